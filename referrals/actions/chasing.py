"""Mail about a request: that an agency is asked, reminded, chased, told of another date (R90)."""

import datetime
from collections.abc import Iterator

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import grants
from accounts.models import User
from accounts.roles import ShareKind
from prevent_cms import clock, notify, outbox
from prevent_cms.components.text import gov_date
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import event_of, record_all
from prevent_cms.outbox import OutboxMessage
from referrals import information
from referrals.access import Reader
from referrals.models import Case, InformationRequest
from referrals.requests import is_reminded_today, requests_of, to_chase
from referrals.workflow import Status

MORNING = datetime.time(9)


def mails_of(
    request: InformationRequest, first: str = "information_requested"
) -> Iterator[OutboxMessage]:
    """The mail that tells of a request or of its new date, and those that remind and chase later.

    Each of the later ones knows for which date it was meant, and lapses with another.
    """
    yield outbox.message(first, request_id=request.pk)
    if request.paused_on:
        return
    rules, due = request.case.area.rules, request.due_on
    for days in rules.chaser_working_days:
        morning = datetime.datetime.combine(rules.due(due, days), MORNING)
        at = timezone.make_aware(morning)
        if at > clock.now():
            yield outbox.message(
                "information_reminder", not_before=at, request_id=request.pk, due=due.isoformat()
            )


def duty_mails(request: InformationRequest) -> Iterator[OutboxMessage]:
    """The mail that asks, some time after an answer, whether something has changed (R93)."""
    rules = request.case.area.rules
    if rules.change_reminder_working_days and request.answered_at:
        day = rules.due(clock.today(), rules.change_reminder_working_days)
        at = timezone.make_aware(datetime.datetime.combine(day, MORNING))
        since = request.answered_at.isoformat()
        yield outbox.message("information_duty", not_before=at, request_id=request.pk, since=since)


@transaction.atomic
def ask_for_changes(pk: int, since: str) -> bool:
    """Ask an agency whether something has changed since its answer, and plan to ask again.

    False when nobody was asked: while the case is restricted, and with no more mails once it is
    closed, the agency let out or the request open again.
    """
    request = _found(pk, answered=True)
    if request is None or request.answered_at is None or request.answered_at.isoformat() != since:
        return False
    shares = grants.shares_of(request.case).filter(group_id=request.agency.group_id)
    if not shares.filter(kind=ShareKind.RESPOND).exists():
        return False
    outbox.add_all(duty_mails(request))
    if not _is_let_in(request):
        return False
    _mail(request, "information_duty")
    return True


@transaction.atomic
def send_chasers(case: Case, *, by: User) -> int:
    """Chase every agency whose answer is overdue, once a day; returns how many (R90).

    Raises ActionDenied for anyone but the area's requester, ActionInvalid when nobody is overdue.
    """
    case = Case.objects.locked(case.pk)
    information.require_asker(Reader(by, case))
    overdue = to_chase(case, requests_of(by, case))
    if not overdue:
        raise ActionInvalid("No answer is overdue, or every agency has been reminded today.")
    for request in overdue:
        _remember_reminder(request, case, by=by)
        outbox.add("information_chaser", request_id=request.pk)
    return len(overdue)


def _remember_reminder(request: InformationRequest, case: Case, *, by: User | str) -> None:
    request.reminded_at = clock.now()
    request.save(update_fields=["reminded_at"])
    event = event_of(
        EventType.INFORMATION_REMINDED,
        by=by,
        case=case,
        target=request,
        agency_id=request.agency_id,
        agency=request.agency.name,
    )
    record_all([event])


@transaction.atomic
def send_request_mail(pk: int, template: str) -> bool:
    """Mail the agency about a request that still waits, by template; False when none does."""
    request = _reachable(pk, answered=False)
    if request is None:
        return False
    _mail(request, template)
    return True


@transaction.atomic
def send_reminder(pk: int, due: str) -> bool:
    """Remind an agency before the date `due`, chase it after; False when it is not to be.

    That is when it has answered or was reminded today, and when another date holds by now or the
    time stands still. Runs from the outbox, at least once; a case that is on hold looks no
    different from outside.
    """
    request = _reachable(pk, answered=False)
    if request is None or request.paused_on or request.due_on.isoformat() != due:
        return False
    if is_reminded_today(request):
        return False
    _mail(request, "information_chaser" if request.is_overdue else "information_reminder")
    _remember_reminder(request, request.case, by="The service")
    return True


def _reachable(pk: int, *, answered: bool) -> InformationRequest | None:
    """The request, locked, if it is answered or not and its agency still has the case for it."""
    found = _found(pk, answered=answered)
    return found if found and _is_let_in(found) else None


def _is_let_in(request: InformationRequest) -> bool:
    return request.agency.group_id in grants.let_in(request.case, [ShareKind.RESPOND])


def _found(pk: int, *, answered: bool) -> InformationRequest | None:
    found: InformationRequest | None = (
        InformationRequest.objects.select_for_update(of=("self",))
        .select_related("case__area", "agency")
        .filter(pk=pk, answered_at__isnull=not answered)
        .exclude(case__status=Status.CLOSED)
        .first()
    )
    return found


def _mail(request: InformationRequest, template: str) -> None:
    if request.agency.mailbox:
        notify.send(
            template,
            to=[request.agency.mailbox],
            path=reverse("request_detail", args=[request.pk]),
            agency=request.agency.name,
            due="" if request.paused_on else gov_date(request.due_on),
        )
