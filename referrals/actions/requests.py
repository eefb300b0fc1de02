"""Asking agencies what they know, reminding them, and going on to the assessment."""

import datetime
from collections.abc import Iterable, Iterator

from django.db import transaction
from django.db.models import Min
from django.urls import reverse
from django.utils import timezone

from accounts import grants
from accounts.models import Agency, User
from accounts.permissions import Perm
from accounts.roles import ShareKind
from prevent_cms import clock, notify, outbox
from prevent_cms.components.text import gov_date
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.models import Event
from prevent_cms.history.record import event_of, record, record_all
from prevent_cms.history.rows import add_all
from prevent_cms.outbox import OutboxMessage
from prevent_cms.workflow import NOT_NOW
from referrals import information
from referrals.access import Reader
from referrals.actions.lifecycle import make_move, set_due
from referrals.actions.sharing import Grounds, Share, share_case
from referrals.models import Case, Deconfliction, InformationRequest, InformationReturn
from referrals.requests import requests_of, to_chase
from referrals.workflow import Status

# Asked of every agency (R89); stored with each request as it was sent.
STANDARD_QUESTION = (
    "Is this person known to your agency, now or in the past?\n"
    "What support or service do they have from you, and who gives it?\n"
    "Do you hold anything that bears on their vulnerability: what makes it more likely that they "
    "are drawn into harm, and what protects them?"
)
SHARED_TO_ANSWER = "Names, date of birth or age, gender and addresses; the question; nothing else"
ASKING_STAGES = frozenset({Status.INFORMATION_GATHERING, Status.ASSESSMENT, Status.PANEL})
MORNING = datetime.time(9)


def ask_agencies(
    case: Case,
    *,
    agencies: Iterable[Agency],
    due_on: datetime.date,
    question: str,
    by: User,
) -> list[InformationRequest]:
    """Ask agencies that are let in to answer by a date; part of an act that locked the case.

    Raises ActionInvalid for a date that is no working day in the future, or an agency that is no
    partner of the area or is already asked.
    """
    if due_on <= clock.today() or not clock.is_working_day(due_on):
        raise ActionInvalid("The date for answers must be a working day in the future.")
    chosen = {agency.pk: agency for agency in agencies}
    open_to = {agency.pk for agency in information.agencies_to_ask(case)}
    for agency in chosen.values():
        if agency.pk not in open_to:
            raise ActionInvalid(f"{agency.name} cannot be asked, or has been asked already.")
    text = f"{STANDARD_QUESTION}\n{question}" if question else STANDARD_QUESTION
    asked = add_all(
        [
            InformationRequest(case=case, agency=agency, question=text, due_on=due_on, by=by)
            for agency in chosen.values()
        ]
    )
    record_all(_asked(request) for request in asked)
    outbox.add_all(entry for request in asked for entry in _mails(request))
    return asked


def shares_to_answer(agencies: Iterable[Agency], grounds: Grounds) -> list[Share]:
    """What lets each agency in to answer, and no further.

    It has no end of its own: an answer may come late and be added to (R92, R93), and once the
    case is closed nothing can be sent any more.
    """
    return [Share(agency, ShareKind.RESPOND, SHARED_TO_ANSWER, grounds) for agency in agencies]


def _asked(request: InformationRequest) -> Event:
    return event_of(
        EventType.INFORMATION_REQUESTED,
        by=request.by,
        case=request.case,
        target=request,
        agency_id=request.agency_id,
        agency=request.agency.name,
        due=request.due_on.isoformat(),
    )


def _mails(request: InformationRequest) -> Iterator[OutboxMessage]:
    """The mail that asks, and the reminder before the date."""
    yield outbox.message("information_requested", request_id=request.pk)
    days = request.case.area.rules.reminder_working_days
    remind_on = clock.add_working_days(request.due_on, -days)
    remind_at = timezone.make_aware(datetime.datetime.combine(remind_on, MORNING))
    if remind_at > clock.now():
        yield outbox.message("information_reminder", not_before=remind_at, request_id=request.pk)


@transaction.atomic
def request_more(
    case: Case,
    *,
    agencies: Iterable[Agency],
    due_on: datetime.date,
    question: str,
    grounds: Grounds,
    by: User,
) -> list[InformationRequest]:
    """Ask further agencies, going back from assessment or panel when the case is there (R85-R88).

    Raises ActionDenied for anyone but the area's requester, ActionInvalid at any other stage.
    """
    case = Case.objects.locked(case.pk)
    require_askable(Reader(by, case))
    if not is_gathering(case):  # from a hold no such move starts
        case = make_move(case, "gather_again", by=by)
    agencies = list(agencies)
    if not agencies:
        raise ActionInvalid("Choose at least one agency to ask.")
    shares = shares_to_answer(agencies, grounds)
    share_case(case, shares, by=by, perm=Perm.INFORMATION_REQUEST)
    asked = ask_agencies(case, agencies=agencies, due_on=due_on, question=question, by=by)
    follow_answers(case)
    return asked


def _require_requester(reader: Reader) -> None:
    if not reader.may(Perm.INFORMATION_REQUEST):
        raise ActionDenied("Your role does not include this. Ask the owner of the case.")
    if not information.may_ask(reader):
        raise ActionDenied("In this area somebody else asks the agencies.")


def require_askable(reader: Reader) -> None:
    """Raise ActionDenied unless they ask for this area, ActionInvalid unless it is the moment.

    As far as this reader may know: outside police only the act itself refuses during a hold.
    """
    _require_requester(reader)
    if reader.stage not in ASKING_STAGES:
        raise ActionInvalid(NOT_NOW)


def is_gathering(case: Case) -> bool:
    """Whether the case waits for answers now."""
    return bool(case.status == Status.INFORMATION_GATHERING)


def follow_answers(case: Case) -> None:
    """Set what is due next from the requests: the first answer, or the assessment once all are in."""
    if case.stage != Status.INFORMATION_GATHERING:
        return
    waiting = InformationRequest.objects.filter(case=case, answered_at=None)
    first = waiting.aggregate(first=Min("due_on"))["first"]
    if first:
        set_due(case, on=first, what="Returns from agencies")
    else:
        on = max(case.next_due_on or clock.today(), clock.today())
        set_due(case, on=on, what="Begin the assessment")


@transaction.atomic
def send_chasers(case: Case, *, by: User) -> int:
    """Chase every agency whose answer is overdue, once a day; returns how many (R90).

    Raises ActionDenied for anyone but the area's requester, ActionInvalid when nobody is overdue.
    """
    case = Case.objects.locked(case.pk)
    _require_requester(Reader(by, case))
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
    record(
        EventType.INFORMATION_REMINDED,
        by=by,
        case=case,
        target=request,
        agency_id=request.agency_id,
        agency=request.agency.name,
    )


@transaction.atomic
def send_request_mail(pk: int, template: str) -> bool:
    """Mail the agency about a request that still waits, by template; False when none does."""
    request = _waiting(pk)
    if request is None:
        return False
    _mail(request, template)
    return True


@transaction.atomic
def send_reminder(pk: int) -> bool:
    """Remind an agency before the date, unless it has answered or was reminded; False then.

    Runs from the outbox, at least once; a case that is on hold looks no different from outside.
    """
    request = _waiting(pk)
    if request is None or request.reminded_at:
        return False
    _mail(request, "information_reminder")
    _remember_reminder(request, request.case, by="The service")
    return True


def _waiting(pk: int) -> InformationRequest | None:
    """The request, locked, if its agency has not answered and still has the case to answer from."""
    found: InformationRequest | None = (
        InformationRequest.objects.select_for_update(of=("self",))
        .select_related("case__area", "agency")
        .filter(pk=pk, answered_at=None)
        .exclude(case__status=Status.CLOSED)
        .first()
    )
    if found and found.agency.group_id in grants.let_in(found.case, [ShareKind.RESPOND]):
        return found
    return None


def _mail(request: InformationRequest, template: str) -> None:
    if request.agency.mailbox:
        notify.send(
            template,
            to=[request.agency.mailbox],
            path=reverse("request_detail", args=[request.pk]),
            agency=request.agency.name,
            due=gov_date(request.due_on),
        )


@transaction.atomic
def begin_assessment(case: Case, *, by: User, without_answers: bool = False) -> Case:
    """Go on to the assessment; answers still outstanding need `without_answers` (R61, R90).

    Raises ActionDenied without the permission; ActionInvalid at another stage, with answers
    outstanding, or where policy asks for a fresh clear result and there is none.
    """
    case = make_move(case, "begin_assessment", by=by)
    if outstanding(case) and not without_answers:
        raise ActionInvalid("Not every agency has answered. Confirm that you begin without them.")
    if case.area.rules.deconfliction == "again_before_assessment" and not _is_clear_again(case):
        raise ActionInvalid(
            "Check for live investigations again first: nothing clear was recorded since the last "
            "return."
        )
    return case


def outstanding(case: Case) -> int:
    """How many agencies have not answered."""
    return InformationRequest.objects.filter(case=case, answered_at=None).count()


def _is_clear_again(case: Case) -> bool:
    """Whether the newest check is clear and newer than the last return (or than the release)."""
    last = InformationReturn.objects.filter(case=case).order_by("-at").first()
    since = last.at if last else case.released_at
    newest = Deconfliction.objects.filter(case=case).order_by("-at", "-pk").first()
    clear = Deconfliction.Outcome.CLEAR
    return bool(newest and since and newest.outcome == clear and newest.at > since)
