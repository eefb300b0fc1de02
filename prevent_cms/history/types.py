"""Every kind of event, with the words of the timeline and its default handling mark.

The sentence never holds case content: it says that a thing was done, not what was written.
An unknown type raises, so a new kind of event must be entered here first.
"""

from django.db import models

from prevent_cms.marking import Mark


class EventType(models.TextChoices):
    """The value is stored; the label is the sentence shown on the timeline."""

    REFERRAL_RECEIVED = "referral.received", "Referral received"
    REFERRAL_FORWARDED = "referral.forwarded", "Referral forwarded to police"
    CASE_TAKEN = "case.taken", "Screening started"
    CASE_ASSIGNED = "case.assigned", "Case owner changed"
    CASE_OFFERED = "case.offered", "Case offered to another officer"
    OFFER_DECLINED = "case.offer_declined", "Offer of the case declined"
    OFFER_WITHDRAWN = "case.offer_withdrawn", "Offer of the case withdrawn"
    SCREENING_PASSED = "screening.passed", "Screened: go on to deconfliction"
    SCREENING_STOPPED = "screening.stopped", "Screened: not taken further"
    DECONFLICTION_CLEAR = "deconfliction.clear", "Deconfliction recorded: clear"
    DECONFLICTION_CONFLICT = "deconfliction.conflict", "Deconfliction recorded: not clear"
    DECONFLICTION_OVERT = "deconfliction.overt", "Deconfliction recorded: overt investigation"
    OVERT_AGREED = "deconfliction.agreed", "Panel's agreement under an overt investigation recorded"
    THRESHOLD_RECORDED = "threshold.recorded", "Threshold test recorded"
    PARALLEL_RECORDED = "parallel.recorded", "Process beside Channel recorded"
    PARALLEL_CHANGED = "parallel.changed", "Process beside Channel looked at again"
    PARALLEL_ENDED = "parallel.ended", "Process beside Channel has ended"
    CASE_HELD = "case.held", "Case held"
    CASE_RESUMED = "case.resumed", "Case resumed"
    PERSON_LINKED = "person.linked", "Earlier referral linked as the same person"
    PERSON_UNLINKED = "person.unlinked", "Link to an earlier referral undone"
    PERSON_COMPARED = "person.compared", "Earlier referral compared"
    ELSEWHERE_ASKED = "person.sought", "Asked whether another force knows the person"
    ELSEWHERE_KNOWN = "person.sought_elsewhere", "Another force asked whether the person is known"
    REFERRER_ASKED = "referral.asked", "Referrer asked for more"
    REFERRAL_JOINED = "referral.joined", "Repeat referral joined to the open case"
    REFERRAL_RELEASED = "case.referral_released", "Further referral released to the coordinators"
    CASE_RELEASED = "case.released", "Released to partners"
    CASE_ROUTED = "case.routed", "Council and lead decided"
    CASE_SHARED = "case.shared", "Case shared"
    CASE_UNSHARED = "case.unshared", "Sharing stopped"
    DISCLOSURE_CORRECTED = "case.disclosure_corrected", "Register of disclosures corrected"
    TRANSFER_PROPOSED = "case.transfer_proposed", "Transfer to another area proposed"
    TRANSFER_AGREED = "case.transfer_agreed", "Transfer agreed by the chair whom the case leaves"
    TRANSFER_ACCEPTED = "case.transfer_accepted", "Transfer accepted by the receiving chair"
    TRANSFER_DECLINED = "case.transfer_declined", "Transfer declined"
    TRANSFER_WITHDRAWN = "case.transfer_withdrawn", "Transfer withdrawn"
    TRANSFER_CHECKED = "case.transfer_checked", "Receiving force checked before a transfer"
    TRANSFER_VIEWED = "transfer.viewed", "Proposed transfer opened"
    CASE_MOVED_OUT = "case.moved_out", "Case left for another area"
    CASE_MOVED_IN = "case.moved_in", "Case taken over from another area"
    CASE_RESTRICTED = "case.restricted", "Case restricted to named people"
    CASE_UNRESTRICTED = "case.unrestricted", "Restriction lifted"
    BAR_SET = "case.bar_set", "Conflict of interest recorded"
    BAR_LIFTED = "case.bar_lifted", "Conflict of interest ended"
    GLASS_BROKEN = "case.opened_in_emergency", "Case opened in an emergency"
    EMERGENCY_REVIEWED = "case.emergency_reviewed", "Emergency access reviewed"
    CASE_PREVIEWED = "case.previewed", "Case previewed as a partner"
    INFORMATION_REQUESTED = "information.requested", "Information requested"
    INFORMATION_REMINDED = "information.reminded", "Reminder sent"
    INFORMATION_PAUSED = "information.paused", "Time for an answer paused"
    INFORMATION_RESUMED = "information.resumed", "Time for an answer goes on"
    INFORMATION_EXTENDED = "information.extended", "More time for an answer"
    INFORMATION_ASKED_AGAIN = "information.asked_again", "Request opened again"
    CONVERSATION_RECORDED = "information.said", "Call or meeting recorded"
    INFORMATION_RETURNED = "information.returned", "Return received"
    INFORMATION_NIL = "information.nil", "Nil return received"
    INFORMATION_ADDED = "information.added", "Addition to a return received"
    INFORMATION_PASSED = "information.passed", "Answer passed to a colleague"
    INFORMATION_WRITTEN = "information.written", "Answer written, to be countersigned"
    INFORMATION_TAKEN_BACK = "information.taken_back", "Answer taken back from a colleague"
    INFORMATION_CHANGED = "information.changed", "Change reported by an agency"
    INFORMATION_CHANGE_READ = "information.change_read", "Reported change read"
    LINK_MADE = "information.link_made", "One-time link made"
    LINK_OPENED = "information.link_opened", "One-time link opened"
    LINK_REFUSED = "information.link_refused", "Wrong code for a one-time link"
    LINK_ANSWERED = "information.link_answered", "Answer by a one-time link received"
    LINK_ENDED = "information.link_ended", "One-time link ended"
    NOTICE_SENT = "safeguarding.notice_sent", "Safeguarding notice sent"
    NOTICE_ANSWERED = "safeguarding.notice_answered", "Safeguarding notice answered"
    NOTICE_OUTCOME = "safeguarding.outcome", "Answer to a safeguarding notice received"
    NOTICE_READ = "safeguarding.outcome_read", "Answer to a safeguarding notice read"
    NOTICE_VIEWED = "safeguarding.notice_viewed", "Safeguarding notice opened"
    GATHERING_REOPENED = "case.gathering_reopened", "More information to be gathered"
    CONSENT_RECORDED = "consent.recorded", "Consent position recorded"
    ASSESSMENT_BEGUN = "case.assessment_begun", "Assessment begun"
    VAF_STARTED = "vaf.started", "Vulnerability assessment started"
    VAF_SIGNED = "vaf.signed", "Vulnerability assessment signed"
    SIGNED_OFF = "case.signed_off", "Sign-off recorded"
    SIGN_OFF_REFUSED = "case.sign_off_refused", "Sign-off refused"
    CASE_CONVENED = "case.convened", "Panel convened"
    MEETING_PLANNED = "meeting.planned", "Meeting planned"
    MEETING_CHANGED = "meeting.changed", "Meeting changed"
    MEETING_CANCELLED = "meeting.cancelled", "Meeting cancelled"
    MEETING_ANSWERED = "meeting.answered", "Invitation to a meeting answered"
    GUEST_INVITED = "meeting.guest_invited", "Somebody invited to the meeting for this case"
    GUEST_ANSWERED = "meeting.guest_answered", "Answer to an invitation for this case recorded"
    GUEST_WITHDRAWN = "meeting.guest_withdrawn", "Invitation for this case withdrawn"
    UPDATE_WRITTEN = "panel.update_written", "Written update for the panel received"
    INVITATION_TAKEN = "meeting.invitation_taken", "Calendar invitation downloaded"
    AGENDA_ISSUED = "meeting.agenda_issued", "Agenda issued"
    PACK_ISSUED = "meeting.pack_issued", "Pack issued"
    PACK_RECALLED = "meeting.pack_recalled", "Pack recalled"
    PACK_DOWNLOADED = "meeting.pack_downloaded", "Pack downloaded"
    AGENDA_ARRANGED = "meeting.agenda_arranged", "Agenda put in order"
    ITEM_MOVED = "meeting.item_moved", "Case moved to another meeting"
    OTHER_BUSINESS_ADDED = "meeting.other_business_added", "Other business added to the agenda"
    MEETING_OPENED = "meeting.opened", "Meeting opened"
    ATTENDANCE_RECORDED = "meeting.attendance_recorded", "Attendance recorded"
    CONFIDENTIALITY_AGREED = "meeting.confidentiality_agreed", "Confidentiality statement agreed"
    ITEM_STARTED = "meeting.item_started", "Item of the agenda begun"
    MEETING_PAUSED = "meeting.paused", "Meeting paused"
    DUTY_CONFIRMED = "panel.duty_confirmed", "Duty of the panel confirmed"
    WITHDREW = "panel.withdrew", "Somebody stepped out of the item"
    HOME_FORCE_RECORDED = "panel.home_force", "Force of where the person lives recorded"
    PANEL_DISCUSSED = "panel.discussed", "Discussed at the panel"
    PANEL_DECIDED = "panel.decided", "Panel decision recorded"
    MEETING_CLOSED = "meeting.closed", "Meeting closed"
    MINUTES_CIRCULATED = "minutes.circulated", "Draft minutes sent round"
    MINUTES_REMARKED = "minutes.remarked", "Draft minutes commented on"
    MINUTES_ANSWERED = "minutes.answered", "Comment on draft minutes answered"
    MINUTES_ACCURATE = "minutes.accurate", "Draft minutes found accurate"
    MINUTES_APPROVED = "minutes.approved", "Minutes approved and sealed"
    MINUTES_CORRECTED = "minutes.corrected", "Sealed minutes corrected by a new version"
    MINUTES_DOWNLOADED = "minutes.downloaded", "Minutes downloaded"
    CASE_ADOPTED = "case.adopted", "Adopted for Channel support"
    CASE_NOT_ADOPTED = "case.not_adopted", "Not adopted for Channel support"
    ACTION_UPDATED = "panel.action_updated", "Panel action updated"
    PLAN_STARTED = "plan.started", "Support plan written"
    PLAN_CHANGED = "plan.changed", "Support plan changed"
    SUPPORT_STARTED = "plan.item_started", "Support started"
    SUPPORT_UPDATED = "plan.item_updated", "Progress of support recorded"
    SESSION_RECORDED = "plan.session_recorded", "Session of support recorded"
    SESSION_CORRECTED = "plan.session_corrected", "Session of support told anew"
    SESSION_WITHDRAWN = "plan.session_withdrawn", "Session of support withdrawn"
    SESSIONS_REPORTED = "plan.sessions_reported", "Report on sessions received"
    REVIEW_PUT_OFF = "review.put_off", "Monthly review put off"
    REVIEW_RECORDED = "review.recorded", "Monthly review recorded"
    RETURNED_TO_PANEL = "case.returned_to_panel", "Returned to the panel"
    EXIT_RECOMMENDED = "exit.recommended", "Exit recommended"
    CASE_EXITED = "case.exited", "Left Channel support"
    POST_EXIT_REVIEWED = "exit.reviewed", "Post-exit review recorded"
    CASE_CLOSED = "case.closed", "Case closed"
    CASE_REOPENED = "case.reopened", "Case reopened"
    FEEDBACK_GIVEN = "feedback.given", "Feedback to the referrer recorded"
    CASE_VIEWED = "case.viewed", "Case opened"
    LIST_VIEWED = "list.viewed", "List opened"
    LIST_SAVED = "list.saved", "List of cases saved"
    LIST_REMOVED = "list.removed", "Saved list removed"
    LIST_ALERT_SET = "list.alert_set", "Alert of a saved list set"
    SEARCHED = "search.made", "Search made"
    EXPORT_ASKED = "export.asked", "Document asked for"
    EXPORTED = "export.made", "Document exported"
    SIGNED_IN = "account.signed_in", "Signed in"
    SIGN_IN_FAILED = "account.sign_in_failed", "Sign-in failed"
    SIGNED_OUT = "account.signed_out", "Signed out"
    SESSIONS_ENDED = "account.sessions_ended", "Signed out everywhere else"
    PASSWORD_CHANGED = "account.password_changed", "Password changed"
    SECOND_FACTOR_ADDED = "account.second_factor_added", "Second step of signing in set up"
    SECOND_FACTOR_REMOVED = "account.second_factor_removed", "Second step of signing in removed"
    RECOVERY_CODES_MADE = "account.recovery_codes_made", "Recovery codes made"
    REFUSED = "access.refused", "Refused"
    PERSON_INVITED = "people.invited", "Person invited"
    CHECK_ASKED = "audit.check_asked", "Check of the log asked for"
    LOG_CHECKED = "audit.checked", "Log checked"
    HEADS_PUBLISHED = "audit.heads_published", "Head hashes of the log published"
    PERSON_JOINED = "people.joined", "Person joined"
    PERSON_LEFT = "people.left", "Person left"
    PERSON_DEACTIVATED = "people.deactivated", "Account switched off"
    PERSON_REACTIVATED = "people.reactivated", "Account switched on again"
    PERSON_RENAMED = "people.renamed", "Name corrected"
    AWAY_SET = "people.away_set", "Absence and cover recorded"
    AWAY_ENDED = "people.away_ended", "Absence ended"
    PERSON_SIGNED_OUT = "people.signed_out", "Signed out everywhere by an administrator"
    POLICY_CHANGED = "policy.changed", "Policy of an area changed"
    AGREEMENT_ADDED = "agreement.added", "Information sharing agreement added"
    AGREEMENT_CHANGED = "agreement.changed", "Information sharing agreement changed"
    AGREEMENT_RENEWED = "agreement.renewed", "Information sharing agreement renewed"
    AGREEMENT_ENDED = "agreement.ended", "Information sharing agreement ended"
    PROVIDER_ADDED = "provider.added", "Provider added to the register"
    PROVIDER_CHANGED = "provider.changed", "Entry of a provider changed"
    PROVIDER_CHECKED = "provider.checked", "Check of a provider recorded"
    PERSON_SIGN_IN_RESET = "people.sign_in_reset", "Asked to set up signing in again"


# Acts that only police may know of (design section 5: screening and deconfliction are POLICE).
POLICE_EVENTS = frozenset(
    {
        EventType.REFERRAL_RECEIVED,
        EventType.REFERRER_ASKED,
        EventType.CASE_TAKEN,
        EventType.CASE_OFFERED,
        EventType.OFFER_DECLINED,
        EventType.OFFER_WITHDRAWN,
        EventType.TRANSFER_CHECKED,
        EventType.SCREENING_PASSED,
        EventType.SCREENING_STOPPED,
        EventType.DECONFLICTION_CLEAR,
        EventType.DECONFLICTION_CONFLICT,
        EventType.DECONFLICTION_OVERT,
        EventType.OVERT_AGREED,
        EventType.CASE_HELD,
        EventType.CASE_RESUMED,
        EventType.PERSON_LINKED,
        EventType.PERSON_UNLINKED,
        EventType.PERSON_COMPARED,
        EventType.ELSEWHERE_ASKED,
        EventType.ELSEWHERE_KNOWN,
        EventType.REFERRAL_JOINED,
    }
)
PANEL_EVENTS = frozenset(
    {
        EventType.AGENDA_ISSUED,
        EventType.UPDATE_WRITTEN,
        EventType.WITHDREW,
        EventType.HOME_FORCE_RECORDED,
        EventType.ITEM_MOVED,
        EventType.PANEL_DISCUSSED,
        EventType.PANEL_DECIDED,
        EventType.MINUTES_REMARKED,
        EventType.MINUTES_ANSWERED,
        EventType.MINUTES_APPROVED,
        EventType.MINUTES_CORRECTED,
        EventType.CASE_ADOPTED,
        EventType.CASE_NOT_ADOPTED,
        EventType.ACTION_UPDATED,
        EventType.PLAN_STARTED,
        EventType.PLAN_CHANGED,
        EventType.SUPPORT_STARTED,
        EventType.SUPPORT_UPDATED,
        EventType.SESSION_RECORDED,
        EventType.SESSION_CORRECTED,
        EventType.SESSION_WITHDRAWN,
        EventType.SESSIONS_REPORTED,
        EventType.REVIEW_PUT_OFF,
        EventType.REVIEW_RECORDED,
        EventType.RETURNED_TO_PANEL,
        EventType.EXIT_RECOMMENDED,
        EventType.CASE_EXITED,
        EventType.POST_EXIT_REVIEWED,
    }
)
# Looks and refusals belong to the access log, not to the story of the case.
NOT_IN_TIMELINE = frozenset(
    {
        EventType.TRANSFER_VIEWED,
        EventType.CASE_VIEWED,
        EventType.CASE_PREVIEWED,
        EventType.REFUSED,
        EventType.EXPORT_ASKED,
        EventType.EXPORTED,
        EventType.MINUTES_DOWNLOADED,
        EventType.PACK_DOWNLOADED,
    }
)


def default_mark(event: EventType) -> Mark:
    """Who may read that this happened, unless the action says otherwise."""
    if event in POLICE_EVENTS:
        return Mark.POLICE
    return Mark.PANEL if event in PANEL_EVENTS else Mark.COORDINATION
