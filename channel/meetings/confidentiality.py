"""The confidentiality statement of a meeting: its text, and who has agreed to it."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

from accounts.models import User
from channel.meetings import steps
from channel.meetings.models import Attendance, ConfidentialityAgreed, Meeting
from prevent_cms.components.text import counted


def statement(meeting: Meeting) -> str:
    """The text in force in the area of the panel."""
    return meeting.panel.area.rules.confidentiality


def version(meeting: Meeting) -> str:
    """The SHA-256 of that text, which says later what somebody agreed to."""
    return hashlib.sha256(statement(meeting).encode()).hexdigest()


@dataclass(frozen=True)
class Agreed:
    """Who has agreed, of those who are at the meeting; `seats` saves asking for them again."""

    meeting: Meeting
    seats: list[Attendance] | None = None

    @cached_property
    def _rows(self) -> list[ConfidentialityAgreed]:
        return list(ConfidentialityAgreed.objects.filter(meeting=self.meeting))

    @cached_property
    def _there(self) -> list[Attendance]:
        rows = self.seats
        if rows is None:
            opened = self.meeting.opened_at is not None
            rows = list(Attendance.objects.filter(meeting=self.meeting)) if opened else []
        return [row for row in rows if row.status != Attendance.Status.APOLOGIES]

    def has(self, user: User) -> bool:
        """Whether somebody who signs in has agreed."""
        return any(row.user_id == user.pk for row in self._rows)

    def is_missing(self, seat: Attendance) -> bool:
        """Whether somebody at the meeting has not agreed yet, neither signed in nor aloud."""
        return not any(
            row.attendance_id == seat.pk or (row.user_id and row.user_id == seat.user_id)
            for row in self._rows
        )

    @property
    def missing(self) -> list[Attendance]:
        """Who is at the meeting and has not agreed yet."""
        return [row for row in self._there if self.is_missing(row)]

    @property
    def sentence(self) -> str:
        """The line of the minutes; nothing while nobody is there."""
        if not self._there:
            return ""
        people = counted(len(self._there), "person,people")
        agreed = len(self._there) - len(self.missing)
        return f"{agreed} of {people} agreed to the confidentiality statement."

    def asks(self, user: User) -> bool:
        """Whether somebody who opens an item is asked to agree first."""
        return steps.allows("agree", self.meeting) and not self.has(user)
