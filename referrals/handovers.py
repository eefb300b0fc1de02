"""Offers of a case: what waits for an answer, who may make one, and who is asked."""

from django.db.models import Q, QuerySet
from django.http import Http404

from accounts.models import Membership, User
from accounts.permissions import Perm
from accounts.roles import ROLES, Role
from prevent_cms.errors import ActionDenied
from referrals.access import NOT_YOURS, Reader
from referrals.models import Case, HandOver

OPEN = HandOver.Result.OPEN
HOLDING = frozenset(role for role in Role if Perm.CASE_TAKE in ROLES[role].permissions)


def may_give(reader: Reader) -> bool:
    """Whether this reader may give the case away: its owner, or who gives out cases."""
    owns = reader.case.owner_id == reader.user.pk and reader.may(Perm.CASE_TAKE)
    return owns or reader.may(Perm.CASE_ASSIGN)


def require_giver(reader: Reader) -> None:
    """Raise ActionDenied unless they `may_give`."""
    if not may_give(reader):
        raise ActionDenied(NOT_YOURS)


def is_at_work(case: Case) -> bool:
    """Whether the case has an owner who can go on with it while an offer waits for its answer."""
    owner = case.owner
    return bool(
        owner and owner.is_active and owner.seat_with(Perm.CASE_TAKE, case.area) is not None
    )


def open_offer(reader: Reader) -> HandOver | None:
    """The offer of this case that waits for an answer, for police."""
    return open_on(reader).first() if reader.is_police else None


def open_on(reader: Reader) -> QuerySet[HandOver]:
    """The offer of this case that waits for an answer: at most one."""
    return waiting_for(reader.user).filter(case=reader.case)


def waiting_for(user: User) -> QuerySet[HandOver]:
    """The offers this person may read that wait for an answer, the oldest first."""
    rows: QuerySet[HandOver] = HandOver.objects.visible_to(user).filter(result=OPEN)
    return rows.select_related("case__area", "case__owner", "to", "by").order_by("at", "pk")


def theirs(user: User) -> QuerySet[HandOver]:
    """The offers that wait for this person's answer, and those they made or that are of their cases."""
    return waiting_for(user).filter(Q(to=user) | Q(by=user) | Q(case__owner=user))


def get_open(reader: Reader) -> HandOver:
    """The offer of this case that waits for an answer; Http404 when there is none."""
    found = open_offer(reader)
    if found is None:
        raise Http404
    return found


def get_offer(reader: Reader) -> HandOver:
    """The offer of this case to this reader; Http404 when none waits for their answer."""
    found = get_open(reader)
    if found.to_id != reader.user.pk:
        raise Http404
    return found


def earlier(reader: Reader) -> QuerySet[HandOver]:
    """How earlier offers of this case ended, the newest first."""
    rows: QuerySet[HandOver] = HandOver.objects.visible_to(reader.user).filter(case=reader.case)
    return rows.exclude(result=OPEN).select_related("to", "by")[:20]


def heirs(user: User) -> QuerySet[User]:
    """Everybody who can hold cases at the agencies for which `user` gives them out."""
    agencies = [
        seat.agency.pk
        for seat in user.seats
        if any(Perm.CASE_ASSIGN in ROLES[role].permissions for role in seat.roles)
    ]
    seats = Membership.objects.current().filter(agency_id__in=agencies, role__in=HOLDING)
    return User.objects.filter(is_active=True, pk__in=seats.values("user_id")).order_by("name")
