"""Sessions delivered against those contracted, reports that are due, and what to look at."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from channel.support.models import ItemUpdate, PlanItem, Session, SessionReport, SupportPlan
from prevent_cms import clock, outbox
from prevent_cms.components.text import counted
from prevent_cms.outbox import OutboxMessage

MORNING = datetime.time(9)
Started, Done = PlanItem.Status.STARTED, PlanItem.Status.DONE


def report_due(
    item: PlanItem, reported_until: datetime.date | None, ended_on: datetime.date | None
) -> datetime.date | None:
    """The day by which the next report on an item is due; None when none is asked for.

    An item with contracted sessions is reported on every `report_months`, counted from its start,
    then from the end of the last report. One that is done is reported on up to the day it ended on.
    """
    if item.sessions_agreed is None or item.status not in (Started, Done):
        return None
    if item.status == Done and reported_until and ended_on and reported_until >= ended_on:
        return None
    since = reported_until or started_on(item)
    return clock.add_months(since, item.report_months)


def started_on(item: PlanItem) -> datetime.date:
    """The day on which an item that runs has started."""
    return timezone.localdate(item.started_at)


def expected(item: PlanItem, on: datetime.date) -> int:
    """How many of the contracted sessions the time gone by would give, rounded down.

    The share of the days between the start and the date by which it is to be done; nought before.
    """
    if item.sessions_agreed is None or item.status != Started:
        return 0
    start = started_on(item)
    whole = max((item.due_on - start).days, 1)
    return item.sessions_agreed * min(max((on - start).days, 0), whole) // whole


@dataclass(frozen=True)
class Delivery:
    """How the sessions of one item go."""

    item: PlanItem
    delivered: int
    missed: int
    reported_until: datetime.date | None = None
    ended_on: datetime.date | None = None

    @classmethod
    def of(cls, item: Any) -> Self:
        """Of an item that was fetched `with_sessions`."""
        return cls(item, item.delivered, item.missed, item.reported_until, item.ended_on)

    @property
    def words(self) -> str:
        """Delivered against contracted: "4 of 7 sessions delivered, 2 missed"; "" for none."""
        agreed = self.item.sessions_agreed
        if agreed is None and not self.delivered + self.missed:
            return ""
        whole = f"{self.delivered} of {agreed} sessions"
        found = counted(self.delivered, "session") if agreed is None else whole
        return f"{found} delivered" + (f", {self.missed} missed" if self.missed else "")

    @property
    def boxes(self) -> list[str]:
        """The same as boxes, which repeat the words; only against a number that was contracted."""
        agreed = self.item.sessions_agreed
        if agreed is None:
            return []
        left = max(agreed - self.delivered - self.missed, 0)
        return ["in"] * self.delivered + ["late"] * self.missed + [""] * left

    @property
    def report_due(self) -> datetime.date | None:
        return report_due(self.item, self.reported_until, self.ended_on)

    @property
    def report_late(self) -> str:
        """How late the report is, in words; "" when it is not."""
        return self.item.case.area.late_words(self.report_due)

    @property
    def alerts(self) -> list[str]:
        """What somebody has to look at while the item is open: missed, behind; and unreported."""
        if not self.item.is_open:
            return [f"report {self.report_late}"] if self.report_late else []
        due = expected(self.item, clock.today())
        rules = (
            (self.missed > 0, f"{counted(self.missed, 'session')} missed"),
            (
                self.delivered < due,
                f"behind: {self.delivered} of {counted(due, 'session')} that would be due by now",
            ),
            (bool(self.report_late), f"report {self.report_late}"),
        )
        return [words for holds, words in rules if holds]


ROOT = Coalesce(OuterRef("origin_id"), OuterRef("pk"))  # the first version of an item


def with_sessions(user: User, items: QuerySet[PlanItem]) -> QuerySet[PlanItem]:
    """These items with how many of their sessions this reader sees delivered and missed."""
    found = with_counts(items, Session.objects.visible_to(user))
    return found.annotate(reported_until=reported_until(user), ended_on=ended_on(user))


def with_counts(items: QuerySet[PlanItem], seen: QuerySet[Session]) -> QuerySet[PlanItem]:
    """These items with how many of the sessions that are `seen` were delivered and missed."""
    seen = seen.filter(item_id=ROOT, withdrawn_at=None).order_by().values("item_id")  # type: ignore[assignment]
    return items.annotate(
        delivered=_count(seen.filter(is_delivered=True)),
        missed=_count(seen.filter(is_delivered=False)),
    )


def _count(rows: Any) -> Any:
    return Coalesce(Subquery(rows.annotate(number=Count("pk")).values("number")), 0)


def reported_until(user: User) -> Subquery:
    """Until which day the sessions of an item are reported, as a column of items."""
    reports = SessionReport.objects.visible_to(user).filter(item_id=ROOT).order_by("-until_on")
    return Subquery(reports.values("until_on")[:1])


def ended_on(user: User) -> Subquery:
    """The day on which an item was done, as a column of items."""
    said = ItemUpdate.objects.visible_to(user).filter(item_id=ROOT, status=Done).order_by("-on")
    return Subquery(said.values("on")[:1])


def sessions_of(user: User, item: PlanItem) -> QuerySet[Session]:
    """The sessions of an item, newest first, through every version of the plan; those too that
    were withdrawn."""
    rows: QuerySet[Session] = Session.objects.visible_to(user).filter(item=item.root_id)
    return rows.select_related("withdrawn_by")


def reports_of(user: User, item: PlanItem) -> QuerySet[SessionReport]:
    """The reports on an item, newest first, through every version of the plan."""
    rows: QuerySet[SessionReport] = SessionReport.objects.visible_to(user).filter(item=item.root_id)
    return rows.select_related("by")


def running(root: int) -> PlanItem | None:
    """The item as it runs or was done, by its first version; None for one that is not reported on."""
    rows = PlanItem.objects.filter(Q(pk=root) | Q(origin=root))
    goes_on = Q(status=Started, plan__status=SupportPlan.Status.CURRENT) | Q(status=Done)
    found: PlanItem | None = rows.filter(goes_on).select_related("case__area", "agency").first()
    return found


def newest_report(item: PlanItem) -> SessionReport | None:
    """The newest report on an item, for a guard."""
    found: SessionReport | None = SessionReport.objects.filter(item=item.root_id).first()
    return found


def due_now(item: PlanItem) -> datetime.date | None:
    """The day by which the next report on an item is due, for a guard."""
    newest = newest_report(item)
    said = ItemUpdate.objects.filter(item=item.root_id, status=Done).order_by("-on").first()
    return report_due(item, newest.until_on if newest else None, said.on if said else None)


def chasers(item: PlanItem) -> Iterator[OutboxMessage]:
    """The mail that chases the next report on the morning after it was due; none where none is."""
    due = due_now(item)
    if due:
        morning = datetime.datetime.combine(due + datetime.timedelta(days=1), MORNING)
        at = timezone.make_aware(morning)
        yield outbox.message(
            "report_overdue", not_before=at, item_id=item.root_id, due=due.isoformat()
        )
