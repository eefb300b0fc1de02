"""The items of every agenda that are about no one case (docs/adr/0020): worked out, never stored."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from django.db.models import Count, Q

from accounts.models import User
from channel.meetings import dates, queries
from channel.meetings.models import Attendance, Meeting, OtherBusiness, PanelAction
from prevent_cms import clock
from prevent_cms.components.text import counted, gov_date

EVERY = "On every agenda."


@dataclass(frozen=True)
class State:
    """What the standing items say of one meeting, as far as one reader may know it."""

    user: User
    meeting: Meeting

    @property
    def apologies(self) -> str:
        """How many have said that they cannot come, by the attendance as it stands."""
        if self.meeting.opened_at is None:
            return EVERY
        rows = Attendance.objects.filter(meeting=self.meeting, item=None)
        away = rows.filter(status=Attendance.Status.APOLOGIES).count()
        return f"{EVERY} {counted(away, 'apology,apologies')} so far." if away else EVERY

    @property
    def conflicts(self) -> str:
        """Nothing is counted here: who is barred from a case is not for everybody."""
        return f"{EVERY} Whoever has a conflict says so before the item."

    @cached_property
    def _beside(self) -> list[Meeting]:
        """The panel's meeting held last before this one, and the next after it: one query."""
        others = Meeting.objects.filter(panel=self.meeting.panel_id)
        held = others.filter(starts_at__lt=self.meeting.starts_at, status__in=queries.HELD)
        coming = dates.following(self.meeting)
        return list(held.order_by("-starts_at")[:1].union(coming[:1]))

    @property
    def last(self) -> Meeting | None:
        """The panel's meeting before this one."""
        return next((one for one in self._beside if one.starts_at < self.meeting.starts_at), None)

    @property
    def minutes(self) -> str:
        if self.last is None:
            return "No meeting was held before."
        approved = self.last.status == Meeting.Status.SEALED
        return f"Minutes of {gov_date(self.last.starts_at)}: {'approved' if approved else 'draft'}."

    @property
    def actions(self) -> str:
        """This panel's actions that are not answered, of the cases this reader may read."""
        found = PanelAction.objects.visible_to(self.user).filter(
            decision__item__meeting__panel=self.meeting.panel_id, status__in=PanelAction.UNFINISHED
        )
        late = Count("pk", filter=Q(due_on__lt=clock.today()))
        told = found.order_by().aggregate(open=Count("pk"), late=late)
        if not told["open"]:
            return "No action is open."
        return f"{counted(told['open'], 'action')} open, {told['late']} overdue."

    @cached_property
    def lines(self) -> list[OtherBusiness]:
        """What was raised under any other business."""
        return business(self.meeting)

    @property
    def business(self) -> str:
        return EVERY if self.lines else f"{EVERY} Nothing has been raised."

    @property
    def following(self) -> str:
        coming = next((one for one in self._beside if one.starts_at > self.meeting.starts_at), None)
        return f"{EVERY} On {gov_date(dates.day_after(self.meeting, coming))}."


class Kind(NamedTuple):
    letter: str
    title: str
    minutes: int
    why: Callable[[State], str]


OPENING = (
    Kind("A", "Apologies and who is here", 2, lambda state: state.apologies),
    Kind("B", "Conflicts of interest and confidentiality", 3, lambda state: state.conflicts),
    Kind("C", "Minutes of the last meeting, for approval", 5, lambda state: state.minutes),
    Kind("D", "Matters arising and action log", 10, lambda state: state.actions),
)
CLOSING = (
    Kind("Y", "Any other business", 4, lambda state: state.business),
    Kind("Z", "Next meeting", 1, lambda state: state.following),
)
MINUTES = sum(kind.minutes for kind in OPENING + CLOSING)


@dataclass(frozen=True)
class Item:
    """One standing item as it is drawn."""

    letter: str
    title: str
    minutes: int
    why: str
    lines: list[OtherBusiness] = field(default_factory=list)


def business(meeting: Meeting) -> list[OtherBusiness]:
    """What was raised under any other business, in order."""
    return list(OtherBusiness.objects.filter(meeting=meeting).select_related("raised_by"))


def around(user: User, meeting: Meeting) -> dict[str, list[Item]]:
    """What opens and what closes every meeting, in words for one reader."""
    state = State(user, meeting)
    opening = [_item(kind, state) for kind in OPENING]
    business, following = (_item(kind, state) for kind in CLOSING)
    return {"opening": opening, "closing": [replace(business, lines=state.lines), following]}


def _item(kind: Kind, state: State) -> Item:
    return Item(kind.letter, kind.title, kind.minutes, kind.why(state))
