"""What the page of a meeting shows, worked out for one reader."""

from collections.abc import Iterable
from typing import Any

from accounts.models import User
from accounts.permissions import Perm
from channel.meetings import (
    access,
    confidentiality,
    expected,
    queries,
    replies,
    standing,
    steps,
)
from channel.meetings.capacity import capacity
from channel.meetings.invitations import Board
from channel.meetings.models import Meeting
from channel.meetings.placing import Due
from channel.meetings.room import Room
from channel.meetings.summary import summary


def agenda_page(user: User, meeting: Meeting, lines: list[queries.Line]) -> dict[str, Any]:
    """The agenda between what opens and closes a meeting, who answered, and what can be done now."""
    manages = access.may(user, Perm.MEETING_MANAGE, meeting)
    may_add = manages and meeting.status in (meeting.Status.ISSUED, meeting.Status.IN_SESSION)
    shown = {line.number for line in lines if line.group}
    room, is_seated = Room(meeting), access.is_seated(user, meeting)
    return {
        **(standing.around(user, meeting) if is_seated else {}),
        "summary": summary(room, lines),
        "capacity": capacity(meeting, lines),
        "replies": replies.expected(user, meeting) if is_seated else None,
        "late": queries.late_cases(user, meeting) if may_add else [],
        "agreed": confidentiality.sentence(room) if is_seated else "",
        "not_agreed": confidentiality.missing(room, shown) if is_seated else [],
        "may_agree": confidentiality.asks(meeting, user),
        "may_record": access.may(user, Perm.MEETING_RECORD, meeting),
        "manages": manages,
        "may_move": manages and steps.allows("move", meeting),
        "may_raise": steps.allows("raise", meeting) and access.coordinates(user, meeting),
        "may_see_guests": steps.allows("invite", meeting) and access.coordinates(user, meeting),
        "may_issue": manages and meeting.status == meeting.Status.PLANNED,
        "may_add": may_add,
        "may_open": manages and steps.allows("open", meeting),
        "may_close": manages and steps.allows("close", meeting),
        "may_change": manages and steps.allows("change", meeting),
    }


def board(user: User, meeting: Meeting, items: Iterable[Due | queries.Line]) -> Board:
    """Who is expected and invited for single cases, for coordinators until the meeting opens."""
    return Board(user, meeting, expected.for_items(user, items))
