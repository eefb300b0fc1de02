"""What the room sees on the wall: of each item only what every member of the panel may read.

The presenter's own rights apply first: what is closed to them is closed to the room. Nothing else of
theirs is shown, so that it is the same page whoever presents it, police or not.
"""

from dataclasses import dataclass, replace
from functools import cached_property

from accounts.models import User
from channel.meetings import access, asking, canonical, queries, reading, recorded
from channel.meetings.models import AgendaItem, Decision, Meeting, PanelAction
from channel.meetings.pack.parts import BUDGET, cut
from channel.meetings.room import Room
from channel.support.models import Review
from prevent_cms.marking import Mark


def agenda(user: User, meeting: Meeting, now: str = "") -> list[queries.Line]:
    """The agenda with the initials that everybody may read, and without what is late."""
    lines = queries.agenda(user, meeting, now=now)
    names = recorded.initials([line.case.pk for line in lines if line.case])
    return [
        replace(line, initials=names.get(line.case.pk, ""), is_late=False) if line.case else line
        for line in lines
    ]


@dataclass(frozen=True)
class Board:
    """One item on the wall."""

    user: User
    item: AgendaItem

    @cached_property
    def lines(self) -> list[queries.Line]:
        return agenda(self.user, self.item.meeting, now=self.item.number)

    @property
    def beside(self) -> list[tuple[str, str]]:
        """The items before and after it that can be shown: their words and numbers."""
        numbers = [line.number for line in self.lines if line.case]
        place = numbers.index(self.item.number)
        found = [("Item before", place - 1), ("Next item", place + 1)]
        return [(words, numbers[n]) for words, n in found if 0 <= n < len(numbers)]

    @cached_property
    def room(self) -> Room:
        return Room(self.item.meeting, self.item)

    @property
    def stage(self) -> str:
        """The stage that everybody may know: a hold does not show."""
        return str(self.item.case.stage.label)

    @property
    def asked(self) -> str:
        reviews = Review.objects.visible_to(self.user).filter(case=self.item.case, mark=Mark.PANEL)
        review = asking.unanswered(reviews, self.item.meeting).first()
        return cut(asking.asked(self.item.group, review), BUDGET["asked"])

    @cached_property
    def _decisions(self) -> list[Decision]:
        found = Decision.objects.visible_to(self.user).filter(case=self.item.case, mark=Mark.PANEL)
        return list(found.select_related("by", "item").prefetch_related("actions__agency"))

    @property
    def last_time(self) -> Decision | None:
        """What the panel last decided before this meeting."""
        earlier = [
            one for one in self._decisions if one.at and one.item.meeting_id != self.item.meeting_id
        ]
        return max(earlier, key=lambda one: str(one.at), default=None)

    @property
    def open_actions(self) -> list[PanelAction]:
        """What earlier meetings handed out and nobody has answered."""
        return [
            action
            for one in self._decisions
            for action in one.actions.all()
            if action.status in PanelAction.UNFINISHED
            and one.item.meeting_id != self.item.meeting_id
        ]

    @cached_property
    def shown(self) -> reading.ShownItem:
        """What is recorded so far, in words."""
        now = next((one for one in self._decisions if one.item_id == self.item.pk), None)
        line = next(line for line in self.lines if line.is_now)
        told = canonical.of_item(self.item, line.initials, now, canonical.actions_of(now))
        is_open = access.may_read_recorded(self.user, self.item.meeting)
        return reading.item(told, is_open=is_open)
