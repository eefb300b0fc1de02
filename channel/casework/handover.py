"""The cases of somebody who leaves: who has them, who can take them over, and that none stays behind."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from accounts.models import Membership, User
from accounts.permissions import Perm
from accounts.roles import ROLES, Role
from channel.meetings.models import PanelAction
from prevent_cms.components.text import counted
from prevent_cms.errors import ActionDenied
from referrals.models import Case
from referrals.workflow import Status

# Cases with work left: also those that are closed while reviews after the exit are still to come.
LIVE = ~Q(status=Status.CLOSED) | Q(next_due_on__isnull=False)
HOLDING = frozenset(role for role in Role if Perm.CASE_TAKE in ROLES[role].permissions)


@dataclass(frozen=True)
class Holder:
    """One officer with cases; `is_here` while they can still work on them."""

    user: User
    cases: int
    is_here: bool


def require(user: User) -> None:
    """Raise ActionDenied unless this person hands cases from one officer to another."""
    if not user.holds(Perm.CASE_ASSIGN):
        raise ActionDenied("Your role does not include giving cases to other officers.")


def holders(user: User) -> list[Holder]:
    """Everybody whose cases `user` coordinates, those who have left before the others."""
    cases = Case.objects.coordinated_by(user, lasting=True).filter(LIVE, owner__isnull=False)
    cases = cases.select_related(None)
    counts = dict(cases.order_by().values_list("owner").annotate(Count("pk")))
    here = set(heirs(user).values_list("pk", flat=True))
    people = User.objects.filter(pk__in=counts).order_by("name")
    found = [Holder(one, counts[one.pk], one.pk in here) for one in people]
    return sorted(found, key=lambda one: one.is_here)


def get_holder(user: User, pk: int) -> User:
    """An officer who has or had cases that `user` coordinates; Http404 for anybody else."""
    found = User.objects.filter(pk=pk).first()
    if found is None or not (cases_of(user, found).exists() or found in heirs(user)):
        raise Http404
    return found


def cases_of(user: User, person: User) -> QuerySet[Case]:
    """The cases of `person` with work left, among those that `user` coordinates."""
    return Case.objects.coordinated_by(user, lasting=True).filter(LIVE, owner=person)


def named_actions(user: User, person: User) -> QuerySet[PanelAction]:
    """Open panel actions that bear the name of `person`; they stay with the agency."""
    found = PanelAction.objects.visible_to(user).filter(
        owner=person.name, agency_id__in=user.agency_ids, status=PanelAction.Status.OPEN
    )
    return found.select_related("case", "agency")


def heirs(user: User) -> QuerySet[User]:
    """Everybody who can hold cases at the agencies for which `user` gives them out."""
    agencies = [
        seat.agency.pk
        for seat in user.seats
        if any(Perm.CASE_ASSIGN in ROLES[role].permissions for role in seat.roles)
    ]
    seats = Membership.objects.current().filter(agency_id__in=agencies, role__in=HOLDING)
    return User.objects.filter(is_active=True, pk__in=seats.values("user_id")).order_by("name")


def hindrance(membership: Membership) -> str:
    """Why a police role cannot end yet: the person's last there, with open cases still theirs.

    Says how many and no more: who ends roles learns nothing of cases.
    """
    if membership.role not in HOLDING:
        return ""
    area = membership.agency.area
    others = Membership.objects.current().filter(user=membership.user, agency__area=area)
    if others.filter(role__in=HOLDING).exclude(pk=membership.pk).exists():
        return ""
    left = Case.objects.filter(LIVE, owner=membership.user, area=area).count()
    if not left:
        return ""
    return f"{counted(left, 'case')} must be handed over first by the police supervisor."
