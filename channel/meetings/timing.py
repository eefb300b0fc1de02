"""How much of a meeting's time is used, against what was planned. Never in the minutes."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone

from channel.meetings.models import AgendaItem, Meeting, Spell
from prevent_cms import clock
from prevent_cms.components.text import duration


def hour(moment: datetime.datetime) -> str:
    """13:41, as the record of a meeting says it."""
    return f"{timezone.localtime(moment):%H:%M}"


@dataclass(frozen=True)
class Bar:
    """Minutes used of those planned, as a picture of the words beside it: parts of a hundred.

    What is over the plan is drawn apart from what is within it, not in another colour alone.
    """

    used: int
    planned: int

    @property
    def within(self) -> int:
        return self._part(min(self.used, self.planned))

    @property
    def over(self) -> int:
        return 100 - self.within if self.used > self.planned else 0

    def _part(self, minutes: int) -> int:
        return round(100 * minutes / max(self.used, self.planned, 1))


@dataclass(frozen=True)
class Timing:
    """The time of one meeting as it stands now."""

    meeting: Meeting
    told: list[Spell] | None = None  # where they are known, so that they need not be asked for

    @cached_property
    def spells(self) -> list[Spell]:
        if self.told is not None:
            return self.told
        return list(Spell.objects.filter(meeting=self.meeting).select_related("item"))

    @cached_property
    def now(self) -> datetime.datetime:
        return self.meeting.closed_at or clock.now()

    @cached_property
    def running(self) -> Spell | None:
        return next((one for one in self.spells if one.ended_at is None), None)

    @property
    def is_paused(self) -> bool:
        return self.running is not None and self.running.item_id is None

    @property
    def now_heard(self) -> str:
        """The number of the item that is heard now."""
        return self.running.item.number if self.running and self.running.item else ""

    def _minutes(self, spells: Iterable[Spell]) -> int:
        lengths = [(one.ended_at or self.now) - one.began_at for one in spells]
        return int(sum(lengths, datetime.timedelta()).total_seconds() // 60)

    def last_heard(self, item: AgendaItem) -> Spell | None:
        """The last stretch in which an item was heard; None before the first."""
        return next((one for one in reversed(self.spells) if one.item_id == item.pk), None)

    def used(self, number: str) -> int | None:
        """The minutes an item has taken; None before it has begun."""
        spells = [one for one in self.spells if one.item and one.item.number == number]
        return self._minutes(spells) if spells else None

    def words(self, line: Any) -> str:
        """7 of 15 min; 15 min before the item has begun"""
        used = self.used(line.number)
        return f"{line.minutes} min" if used is None else f"{used} of {line.minutes} min"

    def bar(self, line: Any) -> Bar | None:
        """The same as a picture; None before the item has begun."""
        used = self.used(line.number)
        return None if used is None else Bar(used, line.minutes)

    @property
    def elapsed(self) -> int:
        """The minutes since the meeting opened, without its breaks."""
        opened = self.meeting.opened_at or self.now
        breaks = self._minutes(one for one in self.spells if one.item_id is None)
        return max(int((self.now - opened).total_seconds() // 60) - breaks, 0)

    def progress(self, lines: list[Any], *, before: int, after: int) -> str:
        """How the meeting stands against its plan: "20 min ahead of plan. Should end 15:25."

        `before` and `after` are the minutes of what opens and closes a meeting. Nothing for a reader to whom an item is closed: the sum would tell of it.
        """
        if not all(line.case for line in lines):
            return ""
        lines = [line for line in lines if line.moved_to is None]
        used = {line.number: self.used(line.number) for line in lines}
        left = [line.minutes for line in lines if used[line.number] is None]
        left += [
            max(line.minutes - (used[line.number] or 0), 0)
            for line in lines
            if line.number == self.now_heard
        ]
        ahead = before + sum(line.minutes for line in lines) - sum(left) - self.elapsed
        how = f"{duration(abs(ahead))} {'ahead of' if ahead > 0 else 'behind'} plan"
        ends = self.now + datetime.timedelta(minutes=sum(left) + after)
        return f"{how if ahead else 'As planned'}. Should end {hour(ends)}."
