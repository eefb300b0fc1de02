"""How much of a meeting its agenda fills."""

from collections.abc import Iterable
from dataclasses import dataclass

from channel.meetings import standing
from channel.meetings.models import Meeting
from channel.meetings.queries import Line
from prevent_cms.components.text import duration

RESTRICTED = 15  # an item of which this reader knows the number alone


def planned_minutes(lines: Iterable[Line]) -> int:
    """How long an agenda takes, with what opens and closes every meeting."""
    heard = [line for line in lines if line.moved_to is None]
    return standing.MINUTES + sum(line.minutes if line.case else RESTRICTED for line in heard)


@dataclass(frozen=True)
class Capacity:
    """The minutes that are planned of those there are."""

    planned: int
    length: int

    @property
    def words(self) -> str:
        """2 h 45 min planned of 3 h"""
        return f"{duration(self.planned)} planned of {duration(self.length)}"

    @property
    def over(self) -> str:
        """Over by 20 min; nothing when it fits."""
        more = self.planned - self.length
        return f"Over by {duration(more)}" if more > 0 else ""


def capacity(meeting: Meeting, lines: Iterable[Line]) -> Capacity:
    """What the agenda fills of a meeting."""
    return Capacity(planned_minutes(lines), meeting.length)
