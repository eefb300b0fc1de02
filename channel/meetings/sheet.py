"""Everything the page of one item shows to one reader, gathered once."""

from dataclasses import dataclass
from functools import cached_property

from accounts.models import User
from accounts.permissions import Perm
from channel.meetings import canonical, expected, queries, reading, steps
from channel.meetings.models import (
    AgendaItem,
    Attendance,
    Decision,
    Meeting,
    PanelAction,
    PoliceNote,
)
from channel.meetings.quorum import Quorum
from channel.meetings.reading import Heading
from referrals import access as cases
from referrals import parallel
from referrals.access import Reader
from referrals.models import ParallelProcess

Group = AgendaItem.Group
ASKED = {
    Group.NEW: "should this case be adopted for Channel support?",
    Group.OPEN: "does the plan still fit, and does the case stay?",
    Group.EXIT: "does the decision on exit still stand?",
    Group.POST_EXIT: "has anything new come to light since exit?",
}


@dataclass(frozen=True)
class Sheet:
    user: User
    item: AgendaItem

    @cached_property
    def reader(self) -> Reader:
        return Reader(self.user, self.item.case)

    @cached_property
    def decision(self) -> Decision | None:
        return getattr(self.item, "decision", None)

    @cached_property
    def lines(self) -> list[queries.Line]:
        return queries.agenda(self.user, self.item.meeting, now=self.item.number)

    @property
    def groups(self) -> list[tuple[Heading, list[queries.Line]]]:
        return queries.in_groups(self.lines)

    @property
    def initials(self) -> str:
        return next((line.initials for line in self.lines if line.is_now), "")

    @property
    def open_numbers(self) -> list[str]:
        """The items this reader can open, in order."""
        return [line.number for line in self.lines if line.case]

    @property
    def following(self) -> str:
        return self._beside(1)

    @property
    def earlier(self) -> str:
        return self._beside(-1)

    def _beside(self, step: int) -> str:
        numbers = self.open_numbers
        place = numbers.index(self.item.number) + step
        return numbers[place] if 0 <= place < len(numbers) else ""

    @property
    def place(self) -> int:
        """The how-manieth item this is."""
        return next(n for n, line in enumerate(self.lines, 1) if line.is_now)

    @cached_property
    def people(self) -> list[Attendance]:
        return list(Attendance.objects.filter(meeting=self.item.meeting))

    @cached_property
    def quorum(self) -> Quorum:
        return queries.quorum_of(self.item.meeting)

    @property
    def asked(self) -> str:
        return ASKED[Group(self.item.group)]

    @cached_property
    def last_time(self) -> Decision | None:
        """What the panel last decided on this case, before this meeting."""
        earlier = Decision.objects.visible_to(self.user).filter(case=self.item.case)
        earlier = earlier.exclude(item__meeting=self.item.meeting).exclude(choice="")
        found: Decision | None = earlier.order_by("-at").first()
        return found

    @cached_property
    def open_actions(self) -> list[PanelAction]:
        """Actions of earlier meetings that nobody has answered yet."""
        actions = PanelAction.objects.visible_to(self.user).filter(
            case=self.item.case, status=PanelAction.Status.OPEN
        )
        return list(
            actions.exclude(decision__item__meeting=self.item.meeting).select_related("agency")
        )

    @property
    def is_in_session(self) -> bool:
        return self.item.meeting.status in (Meeting.Status.ISSUED, Meeting.Status.IN_SESSION)

    @cached_property
    def may_record(self) -> bool:
        recorded = self.item.meeting.is_recorded
        return recorded and cases.may(self.user, Perm.MEETING_RECORD, self.item.case)

    @cached_property
    def may_decide(self) -> bool:
        return bool(self.offers) and cases.may(self.user, Perm.DECISION_RECORD, self.item.case)

    @cached_property
    def offers(self) -> tuple[Decision.Choice, ...]:
        return steps.offers(self.item, self.decision)

    @cached_property
    def expected(self) -> list[expected.Expected]:
        """Who comes for this item besides the core agencies (R128-R130)."""
        found = expected.for_items(self.user, [self.item])
        return found[0].people if found else []

    @cached_property
    def beside(self) -> list[ParallelProcess]:
        """What runs beside Channel, as far as this reader may know (R160)."""
        return parallel.beside(self.reader)

    @cached_property
    def shown(self) -> reading.ShownItem:
        """What is recorded so far, in words, for those who only read it."""
        return reading.item(canonical.of_item(self.item, self.initials, self.decision))

    @cached_property
    def actions(self) -> list[PanelAction]:
        return list(self.decision.actions.select_related("agency")) if self.decision else []

    @cached_property
    def note(self) -> PoliceNote | None:
        """The side note, for police on this case and for nobody else."""
        notes = PoliceNote.objects.visible_to(self.user).filter(item=self.item)
        found: PoliceNote | None = notes.select_related("by").first()
        return found
