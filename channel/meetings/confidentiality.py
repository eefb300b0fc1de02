"""The confidentiality statement of a meeting: its text, and who has agreed to it."""

import hashlib
from collections.abc import Collection

from accounts.models import User
from channel.meetings import steps
from channel.meetings.models import Attendance, ConfidentialityAgreed, Meeting
from channel.meetings.room import AWAY, Person, Room
from prevent_cms.components.text import counted


def statement(meeting: Meeting) -> str:
    """The text in force in the area of the panel."""
    return meeting.panel.area.rules.confidentiality


def version(meeting: Meeting) -> str:
    """The SHA-256 of that text, which says later what somebody agreed to."""
    return hashlib.sha256(statement(meeting).encode()).hexdigest()


def has_agreed(meeting: Meeting, user: User) -> bool:
    """Whether somebody who signs in has agreed."""
    return ConfidentialityAgreed.objects.filter(meeting=meeting, user=user).exists()


def asks(meeting: Meeting, user: User) -> bool:
    """Whether somebody who opens an item is asked to agree first."""
    return steps.allows("agree", meeting) and not has_agreed(meeting, user)


def missing(room: Room, shown: Collection[str]) -> list[Attendance]:
    """Who is at the meeting and has not agreed yet; who came for one item, for its readers only.

    `shown` are the numbers of the items that are open to the reader.
    """
    found = [person.row for person in _there(room) if person.is_missing]
    return [row for row in found if row.item is None or row.item.number in shown]


def sentence(room: Room) -> str:
    """The line of the minutes, of who came for the whole meeting; nothing while nobody is there."""
    there = [person for person in _there(room) if person.row.item is None]
    if not there:
        return ""
    agreed = sum(not person.is_missing for person in there)
    return f"{agreed} of {counted(len(there), 'person,people')} agreed to the confidentiality statement."


def _there(room: Room) -> list[Person]:
    """Who is at the meeting; nobody before it opens."""
    if room.meeting.opened_at is None:
        return []
    return [person for person in room.people if person.row.status != AWAY]
