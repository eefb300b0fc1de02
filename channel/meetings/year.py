"""The days of a year of meetings, worked out from a rule. Pure rules, without the database."""

import datetime
from collections.abc import Container
from dataclasses import dataclass

from django.utils import timezone

from accounts.area_policy import AreaPolicy
from prevent_cms import clock
from prevent_cms.components.text import gov_weekday

WEEKS, LAST = "weeks", "last"
# How many weeks after the first such weekday of the month; the others are worked out otherwise.
NTH = {"first": 0, "second": 1, "third": 2, "fourth": 3}
WEEK = datetime.timedelta(weeks=1)


@dataclass(frozen=True)
class Rule:
    """Which days: a weekday of each month, or every so many weeks, for some months."""

    which: str
    weekday: int  # Monday is 0
    start: datetime.date  # the first of a month
    months: int
    weeks: int = 0


@dataclass(frozen=True)
class Proposal:
    """One meeting that the rule asks for, and why it cannot be planned, if so."""

    starts_at: datetime.datetime
    meant: datetime.date  # by the rule, also when offices are shut then
    hindrance: str = ""

    @property
    def day(self) -> datetime.date:
        return timezone.localdate(self.starts_at)

    @property
    def words(self) -> str:
        return gov_weekday(self.day)

    @property
    def note(self) -> str:
        """What there is to say of the date."""
        moved = (
            ""
            if self.day == self.meant
            else f"Moved: offices are shut on {gov_weekday(self.meant)}."
        )
        return " ".join(filter(None, [moved, self.hindrance]))


def days(rule: Rule) -> list[datetime.date]:
    """The days that a rule asks for, whether or not offices are open."""
    if rule.which == WEEKS:
        end = clock.add_months(rule.start, rule.months)
        first = _on_or_after(rule.start, rule.weekday)
        count = -(-(end - first).days // (7 * rule.weeks))  # rounded up
        return [first + n * rule.weeks * WEEK for n in range(count)]
    months = (clock.add_months(rule.start, n) for n in range(rule.months))
    return [_of_month(month, rule) for month in months]


def proposals(
    rule: Rule, time: datetime.time, rules: AreaPolicy, taken: Container[datetime.date]
) -> list[Proposal]:
    """The meetings of a rule; a day on which offices of the area are shut gives way to the next.

    `taken` are days on which the panel meets already.
    """
    found = []
    for meant in days(rule):
        day = rules.due(meant, 0)
        starts_at = timezone.make_aware(datetime.datetime.combine(day, time))
        hindrance = "The panel meets on this day already." if day in taken else ""
        if starts_at <= clock.now():
            hindrance = "This day has passed."
        found.append(Proposal(starts_at, meant, hindrance))
    return found


def _of_month(first: datetime.date, rule: Rule) -> datetime.date:
    if rule.which == LAST:
        return _on_or_after(clock.add_months(first, 1) - WEEK, rule.weekday)
    return _on_or_after(first, rule.weekday) + NTH[rule.which] * WEEK


def _on_or_after(day: datetime.date, weekday: int) -> datetime.date:
    return day + datetime.timedelta(days=(weekday - day.weekday()) % 7)
