"""Asking whether another force knows the person of a referral (design section 5)."""

from django.db import transaction

from accounts.models import Agency, User
from accounts.permissions import Perm
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.marking import Mark
from prevent_cms.workflow import NOT_NOW
from referrals import access, elsewhere
from referrals.access import Reader
from referrals.actions.lifecycle import seat_agency
from referrals.models import Case, ElsewhereSearch


@transaction.atomic
def ask_elsewhere(case: Case, *, by: User) -> ElsewhereSearch:
    """Find out which other forces know the person; each reads on its own case who asked.

    Neither side learns a reference, a stage or a word of the other's case. Raises ActionDenied
    without the permission, ActionInvalid before the referral is taken and once the case is closed.
    """
    case = Case.objects.locked(case.pk)
    access.require(by, Perm.SCREENING_RECORD, case)
    if not elsewhere.is_askable(case):
        raise ActionInvalid(NOT_NOW)
    others = elsewhere.known_to(Reader(by, case))
    kind = Agency.Kind.POLICE
    forces = Agency.objects.filter(kind=kind, is_active=True, area__in={o.area_id for o in others})
    search: ElsewhereSearch = ElsewhereSearch.objects.create(
        case=case, mark=Mark.POLICE, found=list(forces.values_list("pk", flat=True)), by=by
    )
    record(EventType.ELSEWHERE_ASKED, by=by, case=case, target=search)
    force = seat_agency(by, case).name
    for other in others:
        record(EventType.ELSEWHERE_KNOWN, by=by, case=other, agency=force)
    return search
