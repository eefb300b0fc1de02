"""Asking agencies what they know, and going on to the assessment."""

import datetime
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Count, Min, Q

from accounts.models import Agency, User
from accounts.permissions import Perm
from accounts.roles import ShareKind
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.models import Event
from prevent_cms.history.record import event_of, record_all
from prevent_cms.history.rows import add_all
from prevent_cms.workflow import NOT_NOW
from referrals import information
from referrals.access import Reader
from referrals.actions.chasing import mails_of
from referrals.actions.lifecycle import make_move, set_due
from referrals.actions.sharing import Grounds, Share, share_case
from referrals.models import Case, Deconfliction, InformationRequest, InformationReturn
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


def ask_agencies(
    case: Case,
    *,
    agencies: Iterable[Agency],
    due_on: datetime.date,
    question: str,
    own: Mapping[int, str] | None = None,
    by: User,
) -> list[InformationRequest]:
    """Ask agencies that are let in to answer by a date; part of an act that locked the case.

    `question` goes to all of them, `own` by the id of an agency to that agency alone. Raises
    ActionInvalid for a date that is no working day in the future, or an agency that is no partner
    of the area or is already asked.
    """
    require_date(case, due_on)
    chosen = {agency.pk: agency for agency in agencies}
    open_to = {agency.pk for agency in information.agencies_to_ask(case)}
    for agency in chosen.values():
        if agency.pk not in open_to:
            raise ActionInvalid(f"{agency.name} cannot be asked, or has been asked already.")
    texts = {pk: _question(question, (own or {}).get(pk, "")) for pk in chosen}
    asked = add_all(
        [
            InformationRequest(case=case, agency=agency, question=texts[pk], due_on=due_on, by=by)
            for pk, agency in chosen.items()
        ]
    )
    record_all(_asked(request) for request in asked)
    outbox.add_all(mail for request in asked for mail in mails_of(request))
    return asked


def _question(*more: str) -> str:
    return "\n".join([STANDARD_QUESTION, *filter(None, more)])


def require_date(case: Case, due_on: datetime.date) -> None:
    """Raise ActionInvalid unless this is a working day of the area, and in the future."""
    if due_on <= clock.today() or not case.area.rules.is_open(due_on):
        raise ActionInvalid("The date for answers must be a working day in the future.")


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


@transaction.atomic
def request_more(
    case: Case,
    *,
    agencies: Iterable[Agency],
    due_on: datetime.date,
    question: str,
    own: Mapping[int, str] | None = None,
    grounds: Grounds,
    by: User,
) -> list[InformationRequest]:
    """Ask further agencies, going back from assessment or panel when the case is there (R85-R88).

    Raises ActionDenied for anyone but the area's requester, ActionInvalid at any other stage.
    """
    case = gathering(case, by=by)
    agencies = list(agencies)
    if not agencies:
        raise ActionInvalid("Choose at least one agency to ask.")
    shares = shares_to_answer(agencies, grounds)
    share_case(case, shares, by=by, perm=Perm.INFORMATION_REQUEST)
    asked = ask_agencies(case, agencies=agencies, due_on=due_on, question=question, own=own, by=by)
    follow_answers(case)
    return asked


def gathering(case: Case, *, by: User) -> Case:
    """The case, locked and gathering information, for an act that asks; raises as `request_more`."""
    case = Case.objects.locked(case.pk)
    require_askable(Reader(by, case))
    if not is_gathering(case):  # from a hold no such move starts
        case = make_move(case, "gather_again", by=by)
    return case


def require_askable(reader: Reader) -> None:
    """Raise ActionDenied unless they ask for this area, ActionInvalid unless it is the moment.

    As far as this reader may know: outside police only the act itself refuses during a hold.
    """
    information.require_asker(reader)
    if reader.stage not in ASKING_STAGES:
        raise ActionInvalid(NOT_NOW)


def is_gathering(case: Case) -> bool:
    """Whether the case waits for answers now."""
    return bool(case.status == Status.INFORMATION_GATHERING)


def follow_answers(case: Case) -> None:
    """Set what is due next: the first answer, a look at what is paused, else the assessment."""
    if case.stage != Status.INFORMATION_GATHERING:
        return
    waiting = InformationRequest.objects.filter(case=case, answered_at=None)
    found = waiting.aggregate(first=Min("due_on", filter=Q(paused_on=None)), count=Count("pk"))
    if found["first"]:
        set_due(case, on=found["first"], what="Returns from agencies")
    elif found["count"]:
        rules = case.area.rules
        set_due(case, on=rules.due(clock.today(), rules.pause_working_days), what="Paused requests")
    else:
        on = max(case.next_due_on or clock.today(), clock.today())
        set_due(case, on=on, what="Begin the assessment")


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
    return bool(newest and since and newest.is_passing and newest.at > since)
