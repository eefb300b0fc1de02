"""Recording who comes and goes while the panel meets, and which other force has to be there."""

import datetime

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from channel.meetings import access, steps
from channel.meetings.actions.meetings import locked
from channel.meetings.models import AgendaItem, Attendance, HomeForce, Movement
from channel.meetings.timing import hour
from prevent_cms import clock
from prevent_cms.errors import ActionInvalid, Stale
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.marking import Mark
from referrals import access as cases

STALE = "Somebody else has recorded this since you opened the page. Open it again to see what."


@transaction.atomic
def record_movement(
    attendance: Attendance, *, kind: str, at: datetime.datetime, by: User
) -> Movement:
    """Say that somebody came into the meeting or left it; it counts for every item from then on.

    Raises ActionDenied, and ActionInvalid outside the meeting or for a time before it or to come.
    """
    meeting = locked(attendance.meeting)
    access.require(by, Perm.MEETING_RECORD, meeting)
    steps.require("attend", meeting)
    require_moment(meeting.opened_at, meeting.closed_at, at)
    row = Movement.objects.create(attendance=attendance, kind=kind, at=at, by=by)
    area = meeting.panel.area.code
    record(EventType.ATTENDANCE_RECORDED, by=by, area_code=area, target=row)
    return row


def require_moment(
    opened: datetime.datetime | None, closed: datetime.datetime | None, at: datetime.datetime
) -> None:
    """Raise ActionInvalid unless the moment lies in the meeting, by the minute; the form's own rule."""
    first = opened.replace(second=0, microsecond=0) if opened else at
    if not first <= at <= (closed or clock.now()):
        since = f"The time must be between {hour(first)} and {hour(closed or clock.now())}"
        raise ActionInvalid(since)


@transaction.atomic
def set_home_force(
    item: AgendaItem, *, force: str, spoken_for_by: Attendance | None, version: int, by: User
) -> HomeForce:
    """Say which other force polices where the person lives, and who speaks for it (CTSA 2015, s.37).

    With another force there is no decision on the item without its representative. An empty `force`
    says that it is the force of this area after all. Raises ActionDenied, ActionInvalid outside the
    meeting or for somebody who is not at it, Stale when the page was out of date.
    """
    meeting = locked(item.meeting)
    cases.require(by, Perm.MEETING_RECORD, item.case)
    steps.require("record", meeting)
    if spoken_for_by and (
        spoken_for_by.meeting_id != meeting.pk or spoken_for_by.item_id not in (None, item.pk)
    ):
        raise ActionInvalid("Choose somebody who is at this meeting.")
    found = HomeForce.objects.select_for_update().filter(item=item).first()
    if version != (found.version if found else 0):
        raise Stale(STALE)
    found = found or HomeForce(item=item, case=item.case, mark=Mark.PANEL, version=0)
    found.force, found.spoken_for_by = force, spoken_for_by if force else None
    found.by, found.at, found.version = by, clock.now(), found.version + 1
    found.save()
    record(EventType.HOME_FORCE_RECORDED, by=by, case=item.case, target=found)
    return found
