"""The cases of somebody who leaves: who has them, who can take them over, and that none stays behind."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from accounts.models import Membership, User
from accounts.permissions import Perm
from channel.meetings.models import PanelAction
from prevent_cms.components.text import counted
from prevent_cms.errors import ActionDenied
from referrals import absences, queries
from referrals.filters import Filters, by_due
from referrals.handovers import HOLDING, heirs
from referrals.models import Case
from referrals.workflow import Status

# Cases with work left: also those that are closed while reviews after the exit are still to come.
LIVE = ~Q(status=Status.CLOSED) | Q(next_due_on__isnull=False)


@dataclass(frozen=True)
class Figure:
    """A number and the list of exactly its cases."""

    number: int
    url: str


@dataclass(frozen=True)
class Holder:
    """One officer, or nobody, with how much they have; `is_here` while they can work on it.

    `lasting` says that closed cases with reviews to come are still theirs.
    """

    user: User | None
    figures: dict[str, Figure]
    is_here: bool
    lasting: bool = False
    away: str = ""


def require(user: User) -> None:
    """Raise ActionDenied unless this person hands cases from one officer to another."""
    if not user.holds(Perm.CASE_ASSIGN):
        raise ActionDenied("Your role does not include giving cases to other officers.")


LOADS = {"open": "", "overdue": "overdue", "week": "week"}  # figure -> filter by date


def holders(user: User, area: str = "") -> list[Holder]:
    """Nobody, everybody whose cases `user` coordinates, and who could hold one, with figures.

    Those who have left stand before the others. A figure counts what its list shows, by the same
    query. `area` is the code of the one area that is looked at (R180).
    """
    user = user.in_area(area) if area else user
    found = queries.cases(user, Filters()).order_by().values_list("owner")
    sums = {f"n_{name}": Count("pk", filter=by_due(due)) for name, due in LOADS.items()}
    counted = found.annotate(**sums)
    loads = {row[0]: row[1:] for row in counted}
    later = Case.objects.coordinated_by(user, lasting=True).filter(LIVE, status=Status.CLOSED)
    lasting = set(later.select_related(None).order_by().values_list("owner", flat=True))
    here = list(heirs(user))
    others = User.objects.filter(pk__in={*loads, *lasting} - {None}).exclude(pk__in=heirs(user))
    away = absences.warnings(here)
    rows = [Holder(one, _figures(one, loads, area), False, one.pk in lasting) for one in others]
    rows += [
        Holder(one, _figures(one, loads, area), True, one.pk in lasting, away.get(one.pk, ""))
        for one in here
    ]
    return [Holder(None, _figures(None, loads, area), True), *rows] if None in loads else rows


def _figures(
    one: User | None, loads: dict[int | None, tuple[int, ...]], area: str
) -> dict[str, Figure]:
    numbers = loads.get(one.pk if one else None, (0,) * len(LOADS))
    whose = str(one.pk) if one else "unallocated"
    return {
        name: Figure(number, Filters(whose=whose, due=due, area=area).address)
        for (name, due), number in zip(LOADS.items(), numbers, strict=True)
    }


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
        owner=person.name, agency_id__in=user.agency_ids, status__in=PanelAction.UNFINISHED
    )
    return found.select_related("case", "agency")


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
