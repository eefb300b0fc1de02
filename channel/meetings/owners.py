"""Which agencies can take an action on: those whose people can open the case and learn of it."""

import functools
import operator

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts import grants
from accounts.models import Agency, Membership
from accounts.permissions import Perm
from accounts.roles import ROLES, ShareKind
from referrals.models import Case


def of(case: Case) -> QuerySet[Agency]:
    """The agencies of the case's area with somebody who reaches the case in any kind of share.

    A share that waits for the end of a hold counts, so that nobody can tell the hold by it.
    """
    shares = grants.shares_of(case).order_by()
    seats = Membership.objects.current().filter(agency=OuterRef("pk"), user__is_active=True)
    if case.is_restricted:
        seats = seats.filter(user__group__in=shares.values("group"))
    reached = functools.reduce(
        operator.or_,
        (
            Q(Exists(seats.filter(role__in=_roles(kind))))
            & Q(group__in=shares.filter(kind=kind).values("group"))
            for kind in ShareKind
        ),
    )
    found: QuerySet[Agency] = Agency.objects.filter(reached, area=case.area_id, is_active=True)
    return found.order_by("name")


def _roles(kind: ShareKind) -> list[str]:
    """The roles that can use such a share to open a case."""
    return [
        role for role, rule in ROLES.items()
        if kind in rule.kinds and Perm.CASE_VIEW in rule.permissions
    ]  # fmt: skip
