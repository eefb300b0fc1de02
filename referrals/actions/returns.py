"""What an agency sends back: an answer, a nil return, an addition to either."""

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.workflow import NOT_NOW
from referrals import access
from referrals.actions.requests import follow_answers
from referrals.information import answering_agencies
from referrals.models import Case, InformationRequest, InformationReturn

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
) -> InformationReturn:
    """Answer a request, late or not, or add to an answer (R89, R92); sent twice, it is one.

    Raises ActionDenied for anyone but a contact of the asked agency, ActionInvalid once the case
    is closed.
    """
    request = _locked(request, by=by)
    told: Told = {
        "known": known,
        "systems_searched": systems_searched,
        "involvement": involvement,
        "support_in_place": support_in_place,
        "vulnerability": vulnerability,
        "protective": protective,
        "is_nil": False,
        "statement": "",
    }
    event = EventType.INFORMATION_ADDED if request.answered_at else EventType.INFORMATION_RETURNED
    return _same_again(request, told) or _send(request, told, event, by=by)


@transaction.atomic
def nil_return(
    request: InformationRequest, *, statement: str, systems_searched: str, by: User
) -> InformationReturn:
    """Say that the agency searched and holds nothing, in the sentence it ticked (R94).

    Sent twice, it is one. Raises ActionDenied as `answer` does, ActionInvalid once the case is
    closed or the agency has answered otherwise.
    """
    request = _locked(request, by=by)
    told: Told = {
        "known": Known.NO,
        "systems_searched": systems_searched,
        "statement": statement,
        "is_nil": True,
    }
    if earlier := _same_again(request, told):
        return earlier
    if request.answered_at:
        raise ActionInvalid("Your agency has answered already. You can add to that answer.")
    return _send(request, told, EventType.INFORMATION_NIL, by=by)


def require_answerable(case: Case) -> None:
    """Raise ActionInvalid once the case is closed; a hold changes nothing for an agency."""
    if not case.is_open:
        raise ActionInvalid(NOT_NOW)


def _locked(request: InformationRequest, *, by: User) -> InformationRequest:
    """The request with its case, locked in that order, once it may be answered by this person."""
    case = Case.objects.locked(request.case_id)
    access.require(by, Perm.INFORMATION_RETURN, case)
    if request.agency_id not in answering_agencies(by):
        raise ActionDenied("Only the agency that was asked can answer.")
    require_answerable(case)
    fresh: InformationRequest = InformationRequest.objects.select_for_update().get(pk=request.pk)
    fresh.case = case
    return fresh


def _same_again(request: InformationRequest, told: Told) -> InformationReturn | None:
    latest: InformationReturn | None = request.returns.order_by("-at", "-pk").first()
    if latest and all(getattr(latest, name) == value for name, value in told.items()):
        return latest
    return None


def _send(
    request: InformationRequest, told: Told, event: EventType, *, by: User
) -> InformationReturn:
    case = request.case
    sent: InformationReturn = InformationReturn.objects.create(
        case=case, request=request, agency=request.agency, by=by, **told
    )
    if request.answered_at is None:
        request.answered_at = clock.now()
        request.save(update_fields=["answered_at"])
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
