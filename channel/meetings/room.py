"""Who is in the room: for a meeting as a whole, or for one of its items at the moment it is heard."""

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q

from accounts.models import Agency, Membership
from accounts.roles import CHAIR_ROLES
from channel.meetings.models import (
    AgendaItem,
    Attendance,
    ConfidentialityAgreed,
    HomeForce,
    Meeting,
    Movement,
    Panel,
    Withdrawal,
)
from channel.meetings.quorum import HomePolice, Presence, Quorum, assess
from channel.meetings.timing import Timing, hour
from referrals.models import Bar

AWAY = Attendance.Status.APOLOGIES
# Whether somebody with a seat has agreed to the confidentiality statement, signed in or aloud.
AGREED = Exists(
    ConfidentialityAgreed.objects.filter(
        Q(attendance=OuterRef("pk")) | Q(meeting=OuterRef("meeting"), user=OuterRef("user"))
    )
)


@dataclass(frozen=True)
class Person:
    """One line of attendance: whether they are in the room now, and since when or why not."""

    row: Any  # a line of attendance, as Table fetches it
    is_here: bool
    words: str

    @property
    def is_missing(self) -> bool:
        """Whether they are at the meeting and have not agreed to the confidentiality statement."""
        return not (self.row.has_agreed or self.row.status == AWAY)

    @property
    def is_chair(self) -> bool:
        """Whether they chair, or can take over, in whichever line they came."""
        return bool(self.row.may_chair) or self.row.role == Attendance.Role.CHAIR

    @property
    def name(self) -> str:
        return self.row.name or "Not named"


@dataclass(frozen=True)
class Table:
    """What is known of everybody at a meeting, fetched once however many items are judged."""

    meeting: Meeting
    timed: Timing | None = None

    @cached_property
    def _told(self) -> list[Any]:
        """Every line with its comings and goings, the cases closed to its person, and whether they
        agreed to the statement and may chair: one query."""
        moves = Movement.objects.filter(attendance=OuterRef("pk")).order_by("at", "pk")
        bars = Bar.objects.in_force().filter(user=OuterRef("user"))
        found = Attendance.objects.filter(meeting=self.meeting).annotate(
            moved=ArraySubquery(moves.values("kind")),
            moved_at=ArraySubquery(moves.values("at")),
            closed=ArraySubquery(bars.values("case")),
            has_agreed=AGREED,
            may_chair=_may_chair(self.meeting.panel),
        )
        return list(found.select_related("agency", "item"))

    @property
    def rows(self) -> list[Attendance]:
        return self._told

    @cached_property
    def movements(self) -> dict[int, list[Movement]]:
        """Line of attendance -> who came and went, in order."""
        return {
            row.pk: [
                Movement(kind=kind, at=at) for kind, at in zip(row.moved, row.moved_at, strict=True)
            ]
            for row in self._told
        }

    @cached_property
    def barred(self) -> set[tuple[int, int]]:
        """Who of them is barred from which case."""
        return {(row.user_id, case) for row in self._told for case in row.closed}

    @cached_property
    def timing(self) -> Timing:
        return self.timed or Timing(self.meeting)


@dataclass(frozen=True)
class Room:
    """The lines of attendance of a meeting, judged for one item or, without one, for all of it."""

    meeting: Meeting
    item: AgendaItem | None = None
    shared: Table | None = None  # by the rooms of several items

    @cached_property
    def table(self) -> Table:
        return self.shared or Table(self.meeting)

    @cached_property
    def people(self) -> list[Person]:
        rows = self.table.rows
        if self.item is None:
            return [Person(row, row.status != AWAY, row.get_status_display()) for row in rows]
        mine = [row for row in rows if row.item_id in (None, self.item.pk)]
        return [person for row in mine if (person := self._person(row, self.item))]

    @property
    def here(self) -> int:
        """How many are in the room."""
        return sum(person.is_here for person in self.people)

    @cached_property
    def quorum(self) -> Quorum:
        """Whether those who are in the room may decide; a guest never makes up the numbers."""
        lines = [
            Presence(
                agency_id=person.row.agency_id,
                is_there=person.is_here,
                is_chair=person.is_chair,
                is_police=_is_of(person.row, Agency.Kind.POLICE),
                is_core=_is_of(person.row),
            )
            for person in self.people
        ]
        return assess(lines, self.meeting.panel.area.rules.quorum_agencies, self._home())

    def _home(self) -> HomePolice | None:
        if self.home_force is None or not self.home_force.force:
            return None
        here = {person.row.pk for person in self.people if person.is_here}
        return HomePolice(self.home_force.force, self.home_force.spoken_for_by_id in here)

    @property
    def home_force(self) -> HomeForce | None:
        """The other force of the item, where its person lives in the area of one."""
        return getattr(self.item, "home_force", None)

    @property
    def timing(self) -> Timing:
        return self.table.timing

    @cached_property
    def moment(self) -> datetime.datetime:
        """When the item is judged: now while it is open, else when it was last put aside."""
        last = self.timing.last_heard(self.item) if self.item else None
        return (last and last.ended_at) or self.timing.now

    @property
    def withdrawn(self) -> list[Withdrawal]:
        """Who stepped out of the item, as it stands in its record."""
        return list(self.item.withdrawals.all()) if self.item else []

    def withdrawal_of(self, row: Attendance) -> Withdrawal | None:
        """How somebody stepped out of the item; None when they did not."""
        return next(
            (
                one
                for one in self.withdrawn
                if row.pk == one.attendance_id or (row.user_id and row.user_id == one.user_id)
            ),
            None,
        )

    def _person(self, row: Attendance, item: AgendaItem) -> Person | None:
        """One line, judged; nothing of somebody who is barred and has said nothing here: whom a
        bar is set on is not for everybody."""
        out = self.withdrawal_of(row)
        if out:
            return Person(row, False, f"Withdrew {hour(out.at)}, conflict of interest")
        if (row.user_id, item.case_id) in self.table.barred:
            return None
        moves = self.table.movements[row.pk]
        past = [move for move in moves if move.at <= self.moment]
        if past:
            last = past[-1]
            is_here = last.kind == Movement.Kind.JOINED
            return Person(row, is_here, f"{last.get_kind_display()} {hour(last.at)}")
        if row.status == AWAY or (moves and moves[0].kind == Movement.Kind.JOINED):
            return Person(row, False, "Apologies" if row.status == AWAY else "Not here yet")
        since = f"here since {hour(self.meeting.opened_at or self.meeting.starts_at)}"
        told = f"{row.get_status_display()}, {since}" if row.status != "present" else since
        return Person(row, True, told[0].upper() + told[1:])


def _may_chair(panel: Panel) -> Exists:
    """Whether who stands in a line of attendance is chair, co-chair or deputy of the panel."""
    held = Membership.objects.current().filter(user=OuterRef("user"), role__in=CHAIR_ROLES)
    council = Agency.Kind.LOCAL_AUTHORITY
    return Exists(held.filter(agency__in=panel.agencies(is_core=True), agency__kind=council))


def _is_of(row: Attendance, kind: Agency.Kind | None = None) -> bool:
    """Whether somebody came as a member for a core agency, or for one of a kind."""
    if row.role == Attendance.Role.GUEST or row.agency is None:
        return False
    return row.agency.kind == kind if kind else row.agency.is_core
