"""Where cases stand on an agenda before it is issued, for how long, and which were moved past it."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from django.db.models import Q

from accounts.models import User
from channel.meetings import why
from channel.meetings.models import AgendaItem, Meeting, Placing
from referrals.models import Case

Group = AgendaItem.Group
# How long a case gets when nobody says otherwise.
MINUTES = {Group.NEW: 20, Group.OPEN: 15, Group.EXIT: 10, Group.POST_EXIT: 5, Group.TRANSFER: 10}
ORDER = list(Group)
UNPLACED = 10_000  # after whatever has a place, in the order in which it came up


@dataclass(frozen=True)
class Due:
    """A case that belongs on the next agenda, and why it is there."""

    case: Case
    group: AgendaItem.Group
    why: str
    minutes: int = 0
    is_moved_here: bool = False


class Placed:
    """The placings that bear on one meeting, of cases that the reader may read: one query."""

    def __init__(self, user: User, meeting: Meeting) -> None:
        self.meeting = meeting
        self.rows = list(
            Placing.objects.visible_to(user)
            .filter(Q(meeting=meeting) | Q(moved_to__isnull=False))
            .filter(meeting__panel=meeting.panel_id, meeting__starts_at__lte=meeting.starts_at)
            .filter(Q(moved_to=None) | Q(moved_to__starts_at__gte=meeting.starts_at))
            .select_related("meeting", "moved_to")
        )

    @cached_property
    def away(self) -> set[int]:
        """The cases that were moved from this meeting, or past it, to a later one."""
        return {
            row.case_id
            for row in self.rows
            if row.moved_to
            and not row.moved_to.is_cancelled  # a case is never lost with a meeting
            and row.moved_to.starts_at > self.meeting.starts_at
        }

    @cached_property
    def here(self) -> dict[int, datetime.datetime]:
        """Case id -> when the meeting was that it was moved from to this one."""
        moved = [row for row in self.rows if row.moved_to_id == self.meeting.pk]
        return {row.case_id: row.meeting.starts_at for row in moved}

    @cached_property
    def own(self) -> dict[int, Placing]:
        """Case id -> where it was put on this agenda."""
        return {row.case_id: row for row in self.rows if row.meeting_id == self.meeting.pk}

    def put(self, due: Iterable[Due]) -> list[Due]:
        """The cases without those moved away: by group, then by the places given, then as they
        came up; each with its minutes, and with where it was moved from."""
        here = [self._placed(one) for one in due if one.case.pk not in self.away]
        return sorted(here, key=lambda one: (ORDER.index(one.group), self._position(one)))

    def _placed(self, one: Due) -> Due:
        row, since = self.own.get(one.case.pk), self.here.get(one.case.pk)
        given = row.minutes if row else None
        return replace(
            one,
            why=why.moved(one.why, since) if since else one.why,
            minutes=MINUTES[one.group] if given is None else given,
            is_moved_here=bool(since),
        )

    def _position(self, one: Due) -> int:
        row = self.own.get(one.case.pk)
        return row.position if row and row.position is not None else UNPLACED


def later_planned(meeting: Meeting) -> list[Meeting]:
    """The panel's later meetings whose agenda is not issued yet."""
    later = Meeting.objects.filter(panel=meeting.panel_id, starts_at__gt=meeting.starts_at)
    return list(later.filter(status=Meeting.Status.PLANNED).order_by("starts_at"))


@dataclass(frozen=True)
class Step:
    """A new order of the cases, what to say of it, and where the reader goes on."""

    order: list[int]
    words: str = "Order and times saved"
    query: str = ""

    @classmethod
    def of(
        cls,
        due: list[tuple[int, AgendaItem.Group]],
        order: list[int],
        up: int | None,
        down: int | None,
    ) -> "Step":
        """The order that was typed for the cases of `due`, with one case a place up or down inside its group."""
        groups = {case_id: ORDER.index(group) for case_id, group in due}
        order = sorted(order, key=groups.__getitem__)
        pk, way, step = (up, "up", -1) if up else (down, "down", 1)
        if pk not in groups:
            return cls(order)
        was = order.index(pk)
        place = was + step
        if not (0 <= place < len(order) and groups[order[place]] == groups[pk]):
            return cls(order)
        order[was], order[place] = order[place], order[was]
        words = f"Item {was + 1} is now item {place + 1}"
        return cls(order, words, f"?at={place + 1}&by={way}#item-{place + 1}")
