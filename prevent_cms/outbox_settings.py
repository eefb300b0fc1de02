"""Work that outlives a request: which function does each topic of the outbox (prevent_cms/outbox.py)."""

from datetime import timedelta

OUTBOX_HANDLERS: dict[str, str] = {
    "sessions_ended": "prevent_cms.sessions.forget_ended",
    "drafts_ended": "prevent_cms.drafts.keep.forget_old",
    "log_check": "prevent_cms.history.checks.go_on",
    "heads_published": "accounts.audit.tasks.publish_heads",
    "glass_broken": "referrals.tasks.mail_glass_broken",
    "agenda_issued": "channel.meetings.tasks.send_agenda_issued",
    "guest_invited": "channel.meetings.tasks.send_guest_invited",
    "guest_moved": "channel.meetings.tasks.send_guest_moved",
    "meeting_told": "channel.meetings.tasks.send_meeting_told",
    "minutes_circulated": "channel.meetings.tasks.send_minutes_circulated",
    "export": "channel.exports.tasks.make",
    "exports_ended": "channel.exports.tasks.forget_expired",
    "referral_received": "referrals.tasks.mail_referral_received",
    "case_offered": "referrals.tasks.mail_case_offered",
    "offer_answered": "referrals.tasks.mail_offer_answered",
    "transfer_put": "referrals.tasks.mail_transfer_put",
    "transfer_answered": "referrals.tasks.mail_transfer_answered",
    "transfer_check": "referrals.tasks.mail_transfer_check",
    "transfer_unclear": "referrals.tasks.mail_transfer_unclear",
    "case_moved": "referrals.tasks.mail_case_moved",
    "transfer_due": "channel.transfers.tasks.carry_out",
    "transfers_due": "channel.transfers.tasks.carry_out_waiting",
    "age_looks": "referrals.tasks.look_for_coming_of_age",
    "came_of_age": "referrals.tasks.mail_came_of_age",
    "list_looks": "referrals.tasks.look_at_lists",
    "list_alert": "referrals.tasks.mail_list_alert",
    "information_requested": "referrals.tasks.mail_information_requested",
    "information_reminder": "referrals.tasks.remind_of_information",
    "information_dates": "referrals.tasks.mail_information_dates",
    "information_duty": "referrals.tasks.ask_for_changes",
    "information_chaser": "referrals.tasks.mail_information_chaser",
    "link_answered": "referrals.tasks.mail_link_answered",
    "notice_sent": "referrals.tasks.mail_notice_sent",
    "notice_answered": "referrals.tasks.mail_notice_answered",
    "action_given": "channel.meetings.tasks.send_action_given",
    "plan_item_assigned": "channel.support.tasks.send_item_assigned",
    "delivery_opened": "channel.support.tasks.send_items_opened",
    "report_overdue": "channel.support.tasks.send_report_overdue",
    "review_escalated": "channel.support.tasks.send_review_escalated",
    "agreement_reminders": "accounts.agreements.tasks.remind",
    "agreement_mail": "accounts.agreements.tasks.mail_agreement",
    "invitation": "accounts.tasks.mail_invitation",
    "forgotten_password": "accounts.tasks.mail_forgotten_password",
    "sign_in_changed": "accounts.tasks.mail_sign_in_changed",
    "membership_due": "accounts.tasks.settle_membership",
}

# Takes minutes and shows how far it is: done outside a transaction, one after the other.
OUTBOX_LONG = frozenset({"export"})

# Work that comes again and again, and how long after the last time.
OUTBOX_REGULAR: dict[str, timedelta] = {
    "sessions_ended": timedelta(minutes=10),
    "heads_published": timedelta(days=1),
    "drafts_ended": timedelta(days=1),
    "exports_ended": timedelta(hours=1),
    "age_looks": timedelta(days=1),
    "agreement_reminders": timedelta(days=1),
    "list_looks": timedelta(minutes=10),
    "transfers_due": timedelta(hours=1),
}
