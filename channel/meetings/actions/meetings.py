"""Planning a meeting, opening and closing it, and saying who was there."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.models import Agency, Area, User
from accounts.permissions import Perm
from channel.meetings import access, queries, steps
from channel.meetings.models import AgendaItem, Attendance, Meeting, Panel
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid, Stale
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.history.versions import Rows
from referrals.actions import lifecycle
from referrals.workflow import Status

# What is due next for a case that stays where it is, by its stage.
NEXT = {Status.PANEL: "Panel meeting", Status.SUPPORT: "Monthly review"}


@dataclass(frozen=True)
class Attended:
    """One line of the attendance form."""

    role: str
    name: str
    speaks_for: str
    status: str
    note: str = ""
    agency: Agency | None = None


@transaction.atomic
def plan_meeting(
    area: Area,
    *,
    starts_at: datetime.datetime,
    place: str,
    by: User,
    council: Agency | None = None,
) -> Meeting:
    """Plan a meeting of the area's panel, which is set up with its first meeting (R124, R125).

    `council` names whose panel, in an area where each council has its own. Raises ActionDenied
    without a seat there that manages meetings, ActionInvalid for a moment that has passed, a day
    when offices are shut, or one that is taken.
    """
    host = access.Host(area, council)
    if host not in access.hosts_planned_by(by):
        raise ActionDenied("Only the chair or the panel administrator plans meetings.")
    if starts_at <= clock.now():
        raise ActionInvalid("A meeting must be in the future.")
    if not clock.is_working_day(timezone.localdate(starts_at)):
        raise ActionInvalid("A meeting must be on a working day.")
    defaults = {"name": host.panel_name, "chair_label": host.rule.chair, "place": place}
    panel, _ = Panel.objects.get_or_create(area=area, council=council, defaults=defaults)
    if Meeting.objects.filter(panel=panel, starts_at=starts_at).exists():
        raise ActionInvalid("There is a meeting at this time already.")
    meeting = Meeting.objects.create(panel=panel, starts_at=starts_at, place=place, planned_by=by)
    record(EventType.MEETING_PLANNED, by=by, area_code=area.code, target=meeting)
    return meeting


def locked(meeting: Meeting) -> Meeting:
    """The same meeting, fresh and locked, inside a transaction only."""
    rows = Meeting.objects.select_for_update(of=("self",)).select_related(
        "panel__area", "panel__council"
    )
    return rows.get(pk=meeting.pk)


@transaction.atomic
def open_meeting(meeting: Meeting, *, by: User) -> Meeting:
    """Open a meeting whose agenda is issued. ActionDenied, or ActionInvalid at another moment."""
    meeting = locked(meeting)
    access.require(by, Perm.MEETING_MANAGE, meeting)
    steps.require("open", meeting)
    meeting.status, meeting.opened_at = Meeting.Status.IN_SESSION, clock.now()
    meeting.save(update_fields=["status", "opened_at"])
    _event(EventType.MEETING_OPENED, meeting, by)
    return meeting


@transaction.atomic
def close_meeting(meeting: Meeting, *, by: User) -> Meeting:
    """Close the meeting; a case that was not decided is due at the next one (R167)."""
    meeting = locked(meeting)
    access.require(by, Perm.MEETING_MANAGE, meeting)
    steps.require("close", meeting)
    meeting.status, meeting.closed_at = Meeting.Status.CLOSED, clock.now()
    meeting.save(update_fields=["status", "closed_at"])
    following = queries.next_meeting_on(meeting)
    for item in AgendaItem.objects.filter(meeting=meeting).select_related("case", "decision"):
        decision = getattr(item, "decision", None)
        if item.case.area_id != meeting.panel.area_id:  # it has moved, with its own dates
            continue
        if item.case.stage in NEXT and not (decision and decision.choice):
            lifecycle.set_due(item.case, on=following, what=NEXT[item.case.stage])
    _event(EventType.MEETING_CLOSED, meeting, by)
    return meeting


@transaction.atomic
def record_attendance(
    meeting: Meeting, *, lines: Iterable[Attended], by: User, version: int | None = None
) -> None:
    """Say who is there, who is represented and who sent apologies (R131); replaces what was said.

    `version` is the one that the writer saw. Raises ActionDenied, ActionInvalid outside the meeting
    or when an agency is of another area, Stale when somebody else has said it since.
    """
    meeting = locked(meeting)
    access.require(by, Perm.MEETING_RECORD, meeting)
    steps.require("attend", meeting)
    if version not in (None, Rows(Attendance, meeting=meeting).version):
        raise Stale("Somebody else has recorded who is here. Open the page again to see what.")
    before = {_key(row): row for row in Attendance.objects.filter(meeting=meeting)}
    for line in lines:
        if line.agency and line.agency.area_id != meeting.panel.area_id:
            raise ActionInvalid("Choose agencies of this area.")
        row = Attendance(
            meeting=meeting,
            agency=line.agency,
            role=line.role,
            name=line.name,
            speaks_for=line.speaks_for,
            status=line.status,
            note=line.note,
        )
        earlier = before.pop(_key(row), None)
        row.pk = earlier.pk if earlier else None
        row.save(force_update=earlier is not None)
    for gone in before.values():
        gone.delete()
    _event(EventType.ATTENDANCE_RECORDED, meeting, by)


def _key(row: Attendance) -> tuple[str, object]:
    return row.role, row.name if row.role == Attendance.Role.GUEST else row.agency_id


def _event(event: EventType, meeting: Meeting, by: User) -> None:
    record(event, by=by, area_code=meeting.panel.area.code, target=meeting)
