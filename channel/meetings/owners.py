"""Which agencies can take an action on: those whose people can open the case and learn of it."""

from django.db.models import QuerySet

from accounts import grants
from accounts.models import Agency
from accounts.permissions import Perm
from accounts.roles import ROLES, Role
from referrals.models import Case


def of(case: Case) -> QuerySet[Agency]:
    """The agencies of the case's area with somebody who reaches the case in any kind of share.

    A share that waits for the end of a hold counts, so that nobody can tell the hold by it.
    """
    seats = grants.people_with(case, as_if_open=not case.is_restricted)
    held = {
        seat.agency_id for seat in seats if Perm.CASE_VIEW in ROLES[Role(seat.role)].permissions
    }
    found = Agency.objects.filter(pk__in=held, area=case.area_id, is_active=True)
    return found.order_by("name")
