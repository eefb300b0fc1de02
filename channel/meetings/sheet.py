"""Everything the page of one item shows to one reader, gathered once."""

from dataclasses import dataclass, replace
from functools import cached_property

from accounts.models import User
from accounts.permissions import Perm
from channel.meetings import (
    access,
    asking,
    canonical,
    expected,
    queries,
    reading,
    replies,
    standing,
    steps,
)
from channel.meetings.models import (
    AgendaItem,
    Decision,
    Meeting,
    PanelAction,
    Placing,
    PoliceNote,
    WrittenUpdate,
)
from channel.meetings.quorum import Quorum
from channel.meetings.reading import Heading
from channel.meetings.room import Room
from channel.meetings.timing import Bar, Timing
from channel.support.models import Review
from prevent_cms.components.text import duration
from referrals import parallel
from referrals.access import Reader
from referrals.models import ParallelProcess


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
        lines = queries.agenda(self.user, self.item.meeting, now=self.item.number)
        return [self._timed(line) if line.case else line for line in lines]

    def _timed(self, line: queries.Line) -> queries.Line:
        return replace(line, time=self.timing.words(line), bar=self.timing.bar(line))

    @property
    def timing(self) -> Timing:
        return self.room.timing

    @property
    def elapsed(self) -> str:
        """The time used of that of the meeting: "1 hour 2 minutes of 3 hours"."""
        return f"{duration(self.timing.elapsed)} of {self.item.meeting.length_words}"

    @property
    def bar(self) -> Bar:
        return Bar(self.timing.elapsed, self.item.meeting.length)

    @property
    def progress(self) -> str:
        """How the meeting stands against its plan; nothing for who is there for own items only."""
        if not access.is_seated(self.user, self.item.meeting):
            return ""
        minutes = [sum(kind.minutes for kind in kinds) for kinds in (self.opening, self.closing)]
        return self.timing.progress(self.lines, before=minutes[0], after=minutes[1])

    @property
    def time(self) -> str:
        """The minutes of this item, used and planned."""
        return next(line.time for line in self.lines if line.is_now)

    @property
    def may_start(self) -> bool:
        """Whether this item can be begun, or taken up again."""
        is_heard = self.timing.now_heard == self.item.number
        return self.may_record and steps.allows("start", self.item.meeting) and not is_heard

    @property
    def is_resumed(self) -> bool:
        return self.timing.used(self.item.number) is not None

    @property
    def groups(self) -> list[tuple[Heading, list[queries.Line]]]:
        return queries.in_groups(self.lines)

    opening = standing.OPENING
    closing = standing.CLOSING

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
    def room(self) -> Room:
        """Who is in the room for this item."""
        return Room(self.item.meeting, self.item)

    @property
    def quorum(self) -> Quorum:
        return self.room.quorum

    @property
    def asked(self) -> str:
        reviews = Review.objects.visible_to(self.user).filter(case=self.item.case)
        review = asking.unanswered(reviews, self.item.meeting).first()
        return asking.asked(self.item.group, review)

    @cached_property
    def last_time(self) -> Decision | None:
        """What the panel last decided on this case, before this meeting."""
        earlier = Decision.objects.visible_to(self.user).filter(case=self.item.case)
        earlier = earlier.exclude(item__meeting=self.item.meeting).exclude(choice="")
        found: Decision | None = earlier.order_by("-at").first()
        return found

    @cached_property
    def open_actions(self) -> list[PanelAction]:
        """Actions of earlier meetings that have not come to an end yet."""
        actions = PanelAction.objects.visible_to(self.user).filter(
            case=self.item.case, status__in=PanelAction.UNFINISHED
        )
        return list(
            actions.exclude(decision__item__meeting=self.item.meeting).select_related("agency")
        )

    @property
    def is_open_to_conflict(self) -> bool:
        """Whether this reader can still step out of the item."""
        return steps.allows("withdraw", self.item.meeting) and self.item.case.owner != self.user

    @cached_property
    def moved_because(self) -> str:
        """Why the item went to a later meeting; nothing for one that is heard here."""
        if not self.item.is_moved:
            return ""
        rows = Placing.objects.visible_to(self.user).filter(meeting=self.item.meeting)
        row = rows.filter(case=self.item.case).first()
        return row.reason if row else ""

    @property
    def recommends_transfer(self) -> bool:
        return bool(self.decision and self.decision.choice == Decision.Choice.TRANSFER)

    @property
    def is_in_session(self) -> bool:
        return self.item.meeting.status in (Meeting.Status.ISSUED, Meeting.Status.IN_SESSION)

    @cached_property
    def may_record(self) -> bool:
        recorded = self.item.meeting.is_recorded
        return recorded and self.reader.may(Perm.MEETING_RECORD)

    @cached_property
    def may_decide(self) -> bool:
        return bool(self.offers) and self.was_heard and self.reader.may(Perm.DECISION_RECORD)

    @property
    def was_heard(self) -> bool:
        """Whether a decision can still be recorded: after the meeting, only on what it heard."""
        closed = self.item.meeting.closed_at is not None
        decided = self.decision is not None and self.decision.choice != ""
        return not closed or decided or self.is_resumed

    @cached_property
    def offers(self) -> tuple[Decision.Choice, ...]:
        return steps.offers(self.item, self.decision)

    @cached_property
    def expected(self) -> list[expected.Expected]:
        """Who comes for this item besides the core agencies (R128-R130)."""
        found = expected.for_items(self.user, [self.item])
        return found[0].people if found else []

    @cached_property
    def updates(self) -> list[WrittenUpdate]:
        """What agencies that cannot come have written of the case."""
        return list(replies.updates_for(self.user, self.item))

    @cached_property
    def may_update(self) -> bool:
        return replies.absent_agency(self.user, self.item.meeting) is not None

    @cached_property
    def beside(self) -> list[ParallelProcess]:
        """What runs beside Channel, as far as this reader may know (R160)."""
        return parallel.beside(self.reader)

    @cached_property
    def shown(self) -> reading.ShownItem:
        """What is recorded so far, in words, for those who only read it."""
        record = canonical.of_item(self.item, self.initials, self.decision, self.actions)
        is_open = access.may_read_recorded(self.user, self.item.meeting)
        return reading.item(record, is_open=is_open)

    @cached_property
    def actions(self) -> list[PanelAction]:
        return list(self.decision.actions.select_related("agency")) if self.decision else []

    @cached_property
    def note(self) -> PoliceNote | None:
        """The side note, for police on this case and for nobody else."""
        notes = PoliceNote.objects.visible_to(self.user).filter(item=self.item)
        found: PoliceNote | None = notes.select_related("by").first()
        return found
