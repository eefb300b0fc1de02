"""Saved lists: which ones somebody has, how many of their cases are on each, and what is new there."""

from dataclasses import dataclass

from django.db.models import IntegerField, Q, QuerySet, Subquery
from django.http import Http404

from accounts.models import User
from accounts.permissions import Perm
from prevent_cms.errors import ActionDenied
from referrals import queries
from referrals.filters import Filters
from referrals.models import Case, ListAlert, SavedList

MOST = 30  # that one person can keep


class Capped(Subquery):
    """How many rows a query with a limit has."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) capped)"
    output_field = IntegerField()


@dataclass(frozen=True)
class Shown:
    """One saved list for one reader, with the number of exactly the cases behind its link."""

    row: SavedList
    number: int
    alert: str
    is_own: bool

    @property
    def number_words(self) -> str:
        return (
            f"over {queries.COUNT_MOST:,}"
            if self.number > queries.COUNT_MOST
            else f"{self.number:,}"
        )

    @property
    def url(self) -> str:
        return Filters.of(self.row.filters).address


def require(user: User) -> None:
    """Raise ActionDenied unless this person has a list of cases."""
    if not user.holds(Perm.CASE_VIEW):
        raise ActionDenied("Your role does not include cases.")


def seen_by(user: User) -> QuerySet[SavedList]:
    """One's own lists, and those shared with an agency where one works."""
    rows = SavedList.objects.filter(Q(owner=user) | Q(agency__in=user.agency_ids))
    return rows.select_related("owner", "agency")


def get_list(user: User, pk: int) -> SavedList:
    """A list that this person sees; Http404 for any other."""
    found = seen_by(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def shown(user: User) -> list[Shown]:
    """Every list this person sees, with its number of the cases they see; three queries."""
    rows = list(seen_by(user)[: 3 * MOST])
    counts = _counts(user, rows)
    alerts = ListAlert.objects.filter(user=user, saved_list__in=rows)
    told = {one.saved_list_id: one.get_how_display() for one in alerts}
    never = ListAlert.How.NONE.label
    return [
        Shown(row, counts[row.pk], told.get(row.pk, never), row.owner_id == user.pk) for row in rows
    ]


def _counts(user: User, rows: list[SavedList]) -> dict[int, int]:
    """All the numbers in one query, each counted up to the cap."""
    if not rows:
        return {}
    parts = {f"n{row.pk}": Capped(members(user, row).values("pk")) for row in rows}
    (found,) = User.objects.filter(pk=user.pk).annotate(**parts).values_list(*parts)
    return dict(zip((row.pk for row in rows), found, strict=True))


def members(user: User, row: SavedList) -> QuerySet[Case]:
    """The cases on a list for this reader, up to the cap and one more."""
    found = queries.cases(user, Filters.of(row.filters)).select_related(None)
    return found.order_by("-pk")[: queries.COUNT_MOST + 1]


def alert_of(user: User, row: SavedList) -> ListAlert | None:
    return ListAlert.objects.filter(user=user, saved_list=row).first()
