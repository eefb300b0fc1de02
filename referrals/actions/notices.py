"""Safeguarding notices: sent to one agency, answered by it, the answer read (R27-R30).

A notice is no share of the case and no move of it: nothing holds it up, not the missing check and
not a hold (design section 4; R219: urgent protection is never blocked).
"""

from django.db import transaction

from accounts.models import Agency, User
from accounts.permissions import Perm
from prevent_cms import clock, outbox, wall
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.history.rows import change_all
from prevent_cms.marking import Mark
from prevent_cms.workflow import NOT_NOW
from referrals import access, notices
from referrals.access import Reader
from referrals.models import Bar, Case, NoticeOutcome, ReceivedNotice, SafeguardingNotice


@transaction.atomic
def send_notice(
    case: Case, *, agency: Agency, about: str, text: str, by: User, told_by_phone: str = ""
) -> SafeguardingNotice:
    """Tell one agency of a safeguarding concern, at any stage and during a hold (R28, R30, R31).

    The agency is let in to nothing. Raises ActionDenied without the permission, ActionInvalid for
    an agency that is no partner of the area, or without a text.
    """
    case = Case.objects.locked(case.pk)
    access.require(by, Perm.NOTICE_SEND, case)
    if not notices.receivers(case).filter(pk=agency.pk).exists():
        raise ActionInvalid("Choose an agency of this area.")
    if not text.strip():
        raise ActionInvalid("Enter what the agency needs to know.")
    mark = notices.mark_for(case, is_police=Reader(by, case).is_police)
    told = {"about": about, "text": text, "told_by_phone": told_by_phone}
    return _send(case, agency, mark, by=by, **told)


def tell_front_door(case: Case, *, agency: Agency, about: str, text: str) -> SafeguardingNotice:
    """Send what came in to the safeguarding front door of the area, as part of receiving it (R84)."""
    return _send(case, agency, Mark.POLICE, by=None, about=about, text=text)


def _send(
    case: Case, agency: Agency, mark: Mark, *, by: User | None, text: str, **told: str
) -> SafeguardingNotice:
    rules = case.area.rules
    due_on = rules.due(clock.today(), rules.notice_working_days)
    with wall.as_service():  # the agency's row is for its own people only
        received = ReceivedNotice.objects.create(
            agency=agency, text=text, due_on=due_on, kept_from=_barred(case)
        )
    sent: SafeguardingNotice = SafeguardingNotice.objects.create(
        case=case,
        mark=mark,
        agency=agency,
        text=text,
        due_on=due_on,
        by=by,
        received=received,
        **told,
    )
    record(
        EventType.NOTICE_SENT,
        by=by or "Referrer",
        case=case,
        target=sent,
        mark=mark,
        agency=agency.name,
    )
    outbox.add("notice_sent", received_id=received.pk)
    return sent


def _barred(case: Case) -> list[int]:
    rows = Bar.objects.in_force().filter(case=case).order_by("user_id")
    return list(rows.values_list("user_id", flat=True))


@wall.as_service()
def follow_bars(case: Case) -> None:
    """Keep a case's notices from whoever has a conflict of interest now, as part of recording it."""
    sent = SafeguardingNotice.objects.filter(case=case)
    change_all(
        ReceivedNotice.objects.filter(pk__in=sent.values("received_id")), kept_from=_barred(case)
    )


def open_at_release(case: Case) -> None:
    """Let the coordinators read the notices that were sent before the release, as part of it."""
    change_all(
        SafeguardingNotice.objects.filter(case=case, mark=Mark.POLICE), mark=Mark.COORDINATION
    )


@transaction.atomic
def answer_notice(received: ReceivedNotice, *, outcome: str, answer: str, by: User) -> None:
    """The agency says what came of it, and whoever sent the notice reads that (R29).

    The agency's own log holds that its contact answered; the case's log holds that an answer came.
    Raises ActionDenied for anybody but a contact of the agency, ActionInvalid once it is answered,
    without a word on what was done, or for an outcome that there is not.
    """
    rows = ReceivedNotice.objects.select_for_update(of=("self",)).select_related("agency__area")
    received = rows.get(pk=received.pk)
    if received.agency_id not in notices.answering(by) or by.pk in received.kept_from:
        raise ActionDenied("Only the agency that was told can answer.")
    if received.answered_at:
        raise ActionInvalid("Your agency has answered already.")
    if not answer.strip() or outcome not in NoticeOutcome.values:
        raise ActionInvalid("Enter what was done.")
    received.outcome, received.answer = outcome, answer
    received.answered_by, received.answered_at = by, clock.now()
    received.save(update_fields=["outcome", "answer", "answered_by", "answered_at"])
    record(
        EventType.NOTICE_ANSWERED,
        by=by,
        area_code=received.agency.area.code,
        target=received,
        agency_id=received.agency_id,
    )
    _return_outcome(received)


@wall.as_service()
def _return_outcome(received: ReceivedNotice) -> None:
    """Write the answer beside the notice of the case, which the agency cannot see."""
    rows = SafeguardingNotice.objects.select_for_update(of=("self",))
    sent = rows.select_related("case__area").get(received=received)
    sent.outcome, sent.answer = received.outcome, received.answer
    sent.answered_at = received.answered_at
    sent.save(update_fields=["outcome", "answer", "answered_at"])
    record(
        EventType.NOTICE_OUTCOME,
        by=received.agency.name,
        case=sent.case,
        target=sent,
        mark=Mark(sent.mark),
    )
    outbox.add("notice_answered", notice_id=sent.pk)


@transaction.atomic
def read_answer(notice: SafeguardingNotice, *, by: User) -> SafeguardingNotice:
    """Say that the answer has been read; it then waits for nobody any more.

    Raises ActionDenied without the permission, ActionInvalid before there is an answer or when it
    was read already.
    """
    rows = SafeguardingNotice.objects.select_for_update(of=("self",)).select_related("case__area")
    notice = rows.get(pk=notice.pk)
    access.require(by, Perm.NOTICE_SEND, notice.case)
    if not notice.is_to_read:
        raise ActionInvalid(NOT_NOW)
    notice.read_by, notice.read_at = by, clock.now()
    notice.save(update_fields=["read_by", "read_at"])
    told = {"case": notice.case, "target": notice, "mark": Mark(notice.mark)}
    record(EventType.NOTICE_READ, by=by, **told)
    return notice
