"""A year of meetings at once, another day for one of them, and calling one off."""

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from accounts.models import Agency, Area, User
from accounts.permissions import Perm
from channel.meetings import access, dates, steps
from channel.meetings.actions import invitations
from channel.meetings.actions.meetings import locked, plan_meeting, put_off, require_free
from channel.meetings.models import Meeting, Placing
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionInvalid, Stale
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from referrals.models import Case


@transaction.atomic
def plan_year(
    area: Area,
    *,
    starts: Iterable[datetime.datetime],
    place: str,
    length: int,
    by: User,
    council: Agency | None = None,
) -> list[Meeting]:
    """Plan several meetings, all or none (R125). Raises what `plan_meeting` raises, and
    ActionInvalid when there is nothing to plan."""
    planned = [
        plan_meeting(area, council=council, starts_at=one, place=place, length=length, by=by)
        for one in sorted(starts)
    ]
    if not planned:
        raise ActionInvalid("Select at least one date.")
    return planned


@transaction.atomic
def change_meeting(
    meeting: Meeting,
    *,
    starts_at: datetime.datetime,
    place: str,
    length: int,
    version: int,
    by: User,
) -> Meeting:
    """Let a meeting that has not opened be at another time or place, or take longer.

    Cases on an issued agenda are due on the new day; those who were invited are told, and asked
    again who comes. Raises
    ActionDenied, ActionInvalid at another moment or when the panel cannot meet then, Stale when
    somebody else has changed it since `version`.
    """
    meeting = _begin("change", meeting, version, by)
    is_moved, was = meeting.starts_at != starts_at, timezone.localdate(meeting.starts_at)
    if is_moved:
        require_free(meeting.panel, starts_at)
    meeting.starts_at, meeting.place, meeting.length = starts_at, place, length
    meeting.version += 1
    meeting.save(update_fields=["starts_at", "place", "length", "version"])
    if is_moved:
        put_off(meeting, timezone.localdate(starts_at), was)
        for reply in meeting.replies.all():  # who could come then is asked again
            reply.delete()
        invitations.ask_again(meeting, by=by)
    _tell(EventType.MEETING_CHANGED, meeting, by)
    return meeting


@transaction.atomic
def cancel_meeting(meeting: Meeting, *, because: str, version: int, by: User) -> Meeting:
    """Call a meeting off; the cases on its agenda come to the next one (R167).

    What was moved to it is heard where it came from, if that lies ahead, and its guests come there.

    Raises ActionDenied, ActionInvalid at another moment or without a reason, Stale when somebody
    else has changed the meeting since `version`.
    """
    meeting = _begin("cancel", meeting, version, by)
    if not because:
        raise ActionInvalid("Say why the meeting is cancelled.")
    meeting.status, meeting.cancelled_at = Meeting.Status.CANCELLED, clock.now()
    meeting.cancelled_because = because
    meeting.version += 1
    meeting.save(update_fields=["status", "cancelled_at", "cancelled_because", "version"])
    put_off(meeting, dates.next_meeting_on(meeting), timezone.localdate(meeting.starts_at))
    for row in Placing.objects.filter(moved_to=meeting).select_related("meeting"):
        if steps.allows("move", row.meeting):  # where the case is heard again
            invitations.follow(Case.objects.locked(row.case_id), meeting, row.meeting, by=by)
    _tell(EventType.MEETING_CANCELLED, meeting, by)
    return meeting


def _begin(step: str, meeting: Meeting, version: int, by: User) -> Meeting:
    meeting = locked(meeting)
    access.require(by, Perm.MEETING_MANAGE, meeting)
    steps.require(step, meeting)
    if meeting.version != version:
        raise Stale("Somebody else has changed this meeting since you opened it.")
    return meeting


def _tell(event: EventType, meeting: Meeting, by: User) -> None:
    """The event, and a mail to those who know of the meeting: they were told with its agenda, or
    came with a case that was moved to it."""
    record(event, by=by, area_code=meeting.panel.area.code, target=meeting)
    if meeting.issued_at or meeting.invitations.filter(told_at__isnull=False).exists():
        outbox.add("meeting_told", meeting_id=meeting.pk, what=event.name.lower())
