"""The three boxes over an agenda: the quorum, what is on it, and what is still to decide."""

from dataclasses import dataclass

from channel.meetings import queries, quorum
from channel.meetings.room import Room


@dataclass(frozen=True)
class Summary:
    """What the head of a meeting says: the quorum, how many items, how many are decided."""

    quorum: quorum.Quorum
    is_known: bool
    counts: list[tuple[str, int]]
    undecided: int


def summary(room: Room, lines: list[queries.Line]) -> Summary:
    """The three boxes over the agenda, from what this reader sees of it."""
    known = room.meeting.opened_at is not None
    counts = [(group.label, len(members)) for group, members in queries.in_groups(lines)]
    needed = room.meeting.panel.area.rules.quorum_agencies
    there = room.quorum if known else quorum.assess([], needed)
    return Summary(there, known, counts, len(queries.undecided(lines)))
