"""What the templates of the case list are handed: links with the filters in their address."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from prevent_cms.components.text import gov_day
from referrals import queries
from referrals.forms.desk import FilterForm
from referrals.queries import Filters, Lens, Page

WHOSE = {"mine": "Me", "unallocated": "Nobody yet"}
DUE = {"overdue": "Overdue", "today": "Today", "week": "Next 7 days"}


@dataclass(frozen=True)
class View:
    """One of the ready-made lists above the filter."""

    title: str
    url: str
    active: bool


@dataclass(frozen=True)
class Chosen:
    """One filter in force, with the address of the list without it."""

    group: str
    title: str
    url: str


@dataclass(frozen=True)
class CaseListPage:
    lens: Lens
    form: FilterForm
    filters: Filters
    page: Page

    @property
    def area_code(self) -> str:
        return self.lens.user.seats[0].agency.area.code

    @property
    def views(self) -> list[View]:
        """Received referrals stand first, for police."""
        ready = [("All open cases", Filters())]
        if self.lens.is_police:
            count = queries.received_count(self.lens.user)
            words = f"Received referrals ({count if count <= queries.COUNT_MOST else 'over 1,000'})"
            ready = [(words, Filters(stages=("RECEIVED",))), *ready]
            ready.append(("My cases", Filters(whose="mine")))
            ready.append(("Unallocated", Filters(whose="unallocated")))
        if self.lens.is_coordinator:
            ready.append(("Overdue", Filters(due="overdue")))
        closed = "Closed and answered" if self.lens.may_be_asked else "Closed"
        ready.append((closed, Filters(stages=("CLOSED",))))
        now = Filters(self.filters.stages, self.filters.whose, self.filters.due)
        return [View(title, address(which), which == now) for title, which in ready]

    @property
    def chosen(self) -> list[Chosen]:
        now = self.filters
        stages = [
            Chosen(
                "Stage",
                stage.label,
                address(Filters(tuple(s for s in now.stages if s != stage), now.whose, now.due)),
            )
            for stage in self.lens.stages
            if stage in now.stages
        ]
        found = []
        if now.whose:
            without = Filters(now.stages, "", now.due)
            found.append(Chosen("Owner", WHOSE.get(now.whose, ""), address(without)))
        found += stages
        if now.due:
            without = Filters(now.stages, now.whose, "")
            found.append(Chosen("Due", DUE.get(now.due, ""), address(without)))
        return found

    @property
    def showing(self) -> str:
        """How many of them are on this page."""
        rows = len(self.page.rows)
        if self.page.total <= rows:
            return ""
        order = "most urgent first" if self.lens.is_coordinator else "newest first"
        return f", {rows} on this page, {order}"

    @property
    def next_url(self) -> str:
        return self._turn(after=self.page.next) if self.page.next else ""

    @property
    def previous_url(self) -> str:
        return self._turn(before=self.page.previous) if self.page.previous else ""

    def _turn(self, **where: str) -> str:
        now = self.filters
        return address(Filters(now.stages, now.whose, now.due, **where))

    @property
    def next_label(self) -> str:
        return self._label(-1, "due after")

    @property
    def previous_label(self) -> str:
        return self._label(0, "due before")

    def _label(self, place: int, words: str) -> str:
        due = self.page.rows[place].due_on if self.page.rows else None
        return f"{words} {gov_day(due)}" if self.lens.is_coordinator and due else ""


def address(filters: Filters) -> str:
    """The list with these filters."""
    named = [
        *(("stage", stage) for stage in filters.stages),
        ("whose", filters.whose),
        ("due", filters.due),
        ("after", filters.after),
        ("before", filters.before),
    ]
    query = urlencode([pair for pair in named if pair[1]])
    return reverse("case_list") + (f"?{query}" if query else "")
