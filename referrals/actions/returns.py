"""What an agency sends back: an answer, a nil return, an addition to either."""

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.history.rows import change_all
from prevent_cms.workflow import NOT_NOW
from referrals import access
from referrals.actions.chasing import duty_mails
from referrals.actions.requests import follow_answers
from referrals.information import answering_agencies, passed_to
from referrals.models import Case, InformationRequest, InformationReturn, ReturnDraft

Known = InformationReturn.Known
Told = dict[str, str | bool]


@transaction.atomic
def answer(
    request: InformationRequest,
    *,
    known: str,
    systems_searched: str,
    by: User,
    involvement: str = "",
    support_in_place: str = "",
    vulnerability: str = "",
    protective: str = "",
    trust: str = "",
    power: str = "",
    written_by: User | None = None,
) -> InformationReturn:
    """Answer a request, late or not (R89); sent twice, it is one. `written_by` is a colleague.

    Raises ActionDenied for anyone but a contact of the asked agency, ActionInvalid once the case
    is closed or the agency has answered otherwise.
    """
    request = locked(request, by=by)
    told: Told = {
        "known": known,
        "systems_searched": systems_searched,
        "involvement": involvement,
        "support_in_place": support_in_place,
        "vulnerability": vulnerability,
        "protective": protective,
        "trust": trust,
        "power": power,
        "is_nil": False,
        "statement": "",
    }
    return _once(request, told, EventType.INFORMATION_RETURNED, by=by, written_by=written_by)


@transaction.atomic
def add(request: InformationRequest, *, text: str, is_change: bool, by: User) -> InformationReturn:
    """Add to an answer, or report what has changed since (R92, R93); sent twice, it is one.

    A change waits on the coordinators' work until one of them has read it. Raises ActionDenied as
    `answer` does, ActionInvalid before there is an answer, for an empty text, or once the case is
    closed.
    """
    request = locked(request, by=by)
    latest = request.returns.order_by("-at", "-pk").first()
    if request.answered_at is None or latest is None:
        raise ActionInvalid("Answer the request first.")
    if not text.strip():
        raise ActionInvalid("Enter what is new.")
    told: Told = {"involvement": text, "is_change": is_change, "is_nil": False}
    if earlier := _same_again(request, told):
        return earlier
    known = Known.BEFORE if latest.is_nil else latest.known
    told |= {"known": known, "systems_searched": latest.systems_searched}
    event = EventType.INFORMATION_CHANGED if is_change else EventType.INFORMATION_ADDED
    return _send(request, told, event, by=by)


@transaction.atomic
def read_changes(request: InformationRequest, *, by: User) -> int:
    """Say that the changes which an agency reported have been read; returns how many.

    Raises ActionDenied for anyone but those who ask agencies, ActionInvalid when none is unread.
    """
    case = Case.objects.locked(request.case_id)
    access.require(by, Perm.INFORMATION_REQUEST, case)
    unread = InformationReturn.objects.filter(request=request, is_change=True, read_at=None)
    count = unread.count()
    if not count:
        raise ActionInvalid(NOT_NOW)
    change_all(unread, read_by=by, read_at=clock.now())
    record(
        EventType.INFORMATION_CHANGE_READ,
        by=by,
        case=case,
        target=request,
        agency=request.agency.name,
    )
    return count


@transaction.atomic
def nil_return(
    request: InformationRequest, *, statement: str, systems_searched: str, by: User
) -> InformationReturn:
    """Say that the agency searched and holds nothing, in the sentence it ticked (R94).

    Sent twice, it is one. Raises ActionDenied as `answer` does, ActionInvalid once the case is
    closed or the agency has answered otherwise.
    """
    request = locked(request, by=by)
    told: Told = {
        "known": Known.NO,
        "systems_searched": systems_searched,
        "statement": statement,
        "is_nil": True,
    }
    return _once(request, told, EventType.INFORMATION_NIL, by=by)


def require_answerable(case: Case) -> None:
    """Raise ActionInvalid once the case is closed; a hold changes nothing for an agency."""
    if not case.is_open:
        raise ActionInvalid(NOT_NOW)


def locked(
    request: InformationRequest, *, by: User, perm: Perm = Perm.INFORMATION_RETURN
) -> InformationRequest:
    """The request with its case, locked in that order, once it may be answered by this person.

    With `perm` INFORMATION_WRITE also for whom the answer was passed to. Raises ActionDenied for
    anyone but a contact of the asked agency, ActionInvalid once the case is closed.
    """
    case = Case.objects.locked(request.case_id)
    access.require(by, perm, case)
    is_passed = perm == Perm.INFORMATION_WRITE and by.pk in passed_to(request)
    if request.agency_id not in answering_agencies(by) and not is_passed:
        raise ActionDenied("Only the agency that was asked can answer.")
    require_answerable(case)
    fresh: InformationRequest = InformationRequest.objects.select_for_update().get(pk=request.pk)
    fresh.case = case
    return fresh


def _once(
    request: InformationRequest,
    told: Told,
    event: EventType,
    *,
    by: User,
    written_by: User | None = None,
) -> InformationReturn:
    """The first answer, or the same again; the draft of it goes."""
    if earlier := _same_again(request, told):
        return earlier
    if request.answered_at:
        raise ActionInvalid("Your agency has answered already. You can add to that answer.")
    for draft in ReturnDraft.objects.filter(request=request):
        draft.delete()
    return _send(request, told, event, by=by, written_by=written_by)


def _same_again(request: InformationRequest, told: Told) -> InformationReturn | None:
    if request.answered_at is None:  # asked again, the same words are an answer
        return None
    latest: InformationReturn | None = request.returns.order_by("-at", "-pk").first()
    if latest and all(getattr(latest, name) == value for name, value in told.items()):
        return latest
    return None


def _send(
    request: InformationRequest,
    told: Told,
    event: EventType,
    *,
    by: User,
    written_by: User | None = None,
) -> InformationReturn:
    case = request.case
    sent: InformationReturn = InformationReturn.objects.create(
        case=case, request=request, agency=request.agency, by=by, written_by=written_by, **told
    )
    if request.answered_at is None:
        request.answered_at, request.paused_on = clock.now(), None
        request.save(update_fields=["answered_at", "paused_on"])
        outbox.add_all(duty_mails(request))
    record(
        event,
        by=by,
        case=case,
        target=sent,
        agency_id=request.agency_id,
        agency=request.agency.name,
    )
    follow_answers(case)
    return sent
