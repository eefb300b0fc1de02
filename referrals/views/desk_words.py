"""What the templates of the case list are handed: links with the filters in their address."""

from dataclasses import dataclass, replace

from django.urls import reverse

from accounts.permissions import Perm
from prevent_cms.components.text import gov_day
from referrals import queries
from referrals.filters import Filters
from referrals.forms.desk import FilterForm
from referrals.queries import Lens, Page


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
    def may_allocate(self) -> bool:
        """Whether rows can be picked, to give them to an officer."""
        return self.lens.is_police and self.lens.user.holds(Perm.CASE_ASSIGN)

    @property
    def save_url(self) -> str:
        """Where this list can be kept under a name."""
        here = replace(self.filters, after="", before="").address
        return here.replace(reverse("case_list"), reverse("saved_list_new"), 1)

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
        now = replace(self.filters, after="", before="")
        return [View(title, which.address, which == now) for title, which in ready]

    @property
    def chosen(self) -> list[Chosen]:
        now = replace(self.filters, after="", before="")
        stages = [
            Chosen(
                "Stage",
                stage.label,
                replace(now, stages=tuple(s for s in now.stages if s != stage)).address,
            )
            for stage in self.lens.stages
            if stage in now.stages
        ]
        found = [] if not now.whose else [("Owner", "whose", now.whose)]
        after = [("Due", "due", now.due), ("Waiting for", "waiting", now.waiting)]
        after.append(("Area", "area", now.area))
        first, last = (
            [
                Chosen(group, self.form.words_of(name, value), replace(now, **{name: ""}).address)  # type: ignore[arg-type]
                for group, name, value in rows
                if value
            ]
            for rows in (found, after)
        )
        return [*first, *stages, *last]

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

    def _turn(self, *, after: str = "", before: str = "") -> str:
        return replace(self.filters, after=after, before=before).address

    @property
    def next_label(self) -> str:
        return self._label(-1, "due after")

    @property
    def previous_label(self) -> str:
        return self._label(0, "due before")

    def _label(self, place: int, words: str) -> str:
        due = self.page.rows[place].due_on if self.page.rows else None
        return f"{words} {gov_day(due)}" if self.lens.is_coordinator and due else ""
