"""Who looks after the agreements of an area, and so may hold one: the same roles."""

from django.db.models import Q, QuerySet

from accounts.models import Area, Membership, User
from accounts.permissions import Perm
from accounts.roles import ROLES, Role

KEEPERS = [role for role in Role if Perm.AGREEMENT_KEEP in ROLES[role].permissions]


def areas_for(user: User) -> list[Area]:
    """The areas whose agreements this person looks after, by name."""
    found = {seat.agency.area for seat in user.seats_with(Perm.AGREEMENT_KEEP)}
    return sorted(found, key=lambda area: area.name)


def keepers_of(area: Area) -> QuerySet[User]:
    """Who can hold an agreement of this area: whoever looks after them now, by name."""
    seats = Membership.objects.current().filter(agency__area=area, role__in=KEEPERS)
    people = User.objects.filter(is_active=True, pk__in=seats.values("user"))
    return people.order_by("name", "pk")


def in_hand_of(user: User) -> Q:
    """The condition that an agreement is theirs to renew: they hold it, or nobody at work does."""
    areas = areas_for(user)
    seats = Membership.objects.current().filter(role__in=KEEPERS, user__is_active=True)
    at_work = seats.filter(agency__area__in=areas).values("user")
    return Q(area__in=areas) & (Q(holder=user) | ~Q(holder__in=at_work))
