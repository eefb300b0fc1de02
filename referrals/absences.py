"""Who is away and who covers: what the page shows, and what offers of cases warn of."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from accounts.models import Membership, User
from accounts.permissions import Perm
from prevent_cms import clock
from prevent_cms.components.text import gov_day
from prevent_cms.errors import ActionDenied
from referrals import handovers
from referrals.models import Absence

MOST = 100


def require(user: User) -> None:
    """Raise ActionDenied unless this person holds cases."""
    if not user.holds(Perm.CASE_TAKE):
        raise ActionDenied("Your role does not include holding cases.")


def colleagues(user: User) -> QuerySet[User]:
    """Everybody who can hold cases where this person does."""
    agencies = [seat.agency.pk for seat in user.seats if seat.is_police]
    seats = Membership.objects.current().filter(agency_id__in=agencies, role__in=handovers.HOLDING)
    return User.objects.filter(is_active=True, pk__in=seats.values("user_id")).order_by("name")


def may_set(user: User, person: User) -> bool:
    """Whether `user` may say that `person` is away: themselves, or who gives out their cases."""
    return person == user or handovers.heirs(user).filter(pk=person.pk).exists()


def people_to_set(user: User) -> QuerySet[User]:
    """Whose absence this person may record."""
    return colleagues(user).filter(Q(pk=user.pk) | Q(pk__in=handovers.heirs(user).values("pk")))


def of_colleagues(user: User) -> QuerySet[Absence]:
    """Absences where this person works, past ones too, the newest first."""
    team = colleagues(user).order_by().values("pk")
    rows: QuerySet[Absence] = Absence.objects.filter(Q(user__in=team) | Q(covered_by__in=team))
    return rows.select_related("user", "covered_by", "by", "ended_by")[:MOST]


def rows_for(user: User) -> list[tuple[Absence, bool]]:
    """The same, each with whether this person may end it now."""
    theirs = {user.pk, *handovers.heirs(user).values_list("pk", flat=True)}
    today = clock.today()
    return [
        (row, row.user_id in theirs and row.ended_at is None and row.ends_on >= today)
        for row in of_colleagues(user)
    ]


def get_absence(user: User, pk: int) -> Absence:
    """An absence in force that this person may end; Http404 for any other."""
    found: Absence | None = (
        Absence.objects.in_force().filter(pk=pk).select_related("user", "covered_by").first()
    )
    if found is None or not may_set(user, found.user):
        raise Http404
    return found


def covered(user: User) -> QuerySet[User]:
    """The ids of those whose cases this person looks after today."""
    rows: Any = Absence.objects.current().filter(covered_by=user)
    found: QuerySet[User] = rows.order_by().values("user")
    return found


def warnings(people: Iterable[User]) -> dict[int, str]:
    """Who of these is away now or soon: id -> "away until 3 December, covered by ...", in one query."""
    rows = Absence.objects.in_force().filter(user__in=people).select_related("covered_by")
    return {row.user_id: words(row) for row in rows.order_by("-starts_on")}


def words(row: Absence) -> str:
    when = f"away from {gov_day(row.starts_on)} to {gov_day(row.ends_on)}"
    return f"{when}, covered by {row.covered_by.name}"
