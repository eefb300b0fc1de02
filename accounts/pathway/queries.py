"""The policy of an area as its pages say it: every value, what is planned, what was changed."""

import datetime
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

from accounts.actions.policy import entry_of, partners_of
from accounts.area_policy import in_force
from accounts.models import Area
from accounts.policy_values import NAMES, ORDER, is_editable, value_named
from prevent_cms import clock

SOURCES = {
    "seed": "From the area's own paper",
    "default": "Usual value",
    "area": "Set by the area",
}
MOST_VERSIONS = 101


@dataclass(frozen=True)
class Line:
    """One value: its title, what it is today and from where, and what it will be."""

    name: str
    title: str
    words: str
    source: str
    since: datetime.date | None
    later: str
    later_from: datetime.date | None
    is_editable: bool


def lines(area: Area) -> list[tuple[str, list[Line]]]:
    """Every value under the heading of its group, in the order of the pathway."""
    agencies, today = partners_of(area), clock.today()
    names = sorted(NAMES, key=ORDER)
    groups = groupby(names, key=lambda name: value_named(name).group)
    found: dict[str, list[Line]] = {}
    for group, members in groups:
        found.setdefault(group, []).extend(_line(area, n, agencies, today) for n in members)
    return list(found.items())


def _line(area: Area, name: str, agencies: dict[str, str], today: datetime.date) -> Line:
    value, entry = value_named(name), entry_of(area, name)
    later = entry.get("later")
    starts = datetime.date.fromisoformat(later["from"]) if later else None
    is_ahead = starts is not None and starts > today
    since = starts if later and not is_ahead else _day(entry.get("from"))
    return Line(
        name=name,
        title=value.title,
        words=value.words(in_force(entry, today), agencies),
        source=SOURCES["area" if later and not is_ahead else entry["source"]],
        since=since,
        later=value.words(later["value"], agencies) if later and is_ahead else "",
        later_from=starts if is_ahead else None,
        is_editable=is_editable(name),
    )


def _day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


@dataclass(frozen=True)
class Changed:
    """One change of one value: who, when, from what to what, from which day."""

    at: datetime.datetime
    who: str
    title: str
    before: str
    after: str
    starts_on: datetime.date


def history(area: Area) -> list[Changed]:
    """What was changed, the newest first, as the versions of the area tell it."""
    agencies = partners_of(area)
    rows = area.history.select_related("history_user").order_by("-history_id")
    return [
        _changed(name, old, new, agencies)
        for new, old in pairwise(rows[:MOST_VERSIONS])
        for name in sorted(NAMES, key=ORDER)
        if entry_of(old, name) != entry_of(new, name)
    ]


def _changed(name: str, old: Any, new: Any, agencies: dict[str, str]) -> Changed:
    day = new.history_date.date()
    value, entry = value_named(name), entry_of(new, name)
    later = entry.get("later")
    if later and later == entry_of(old, name).get("later"):
        later = None  # planned before
    after = later or entry
    return Changed(
        at=new.history_date,
        who=new.history_user.name if new.history_user else "The file of the area",
        title=value.title,
        before=value.words(in_force(entry_of(old, name), day), agencies),
        after=value.words(after["value"], agencies),
        starts_on=_day(after.get("from")) or day,
    )
