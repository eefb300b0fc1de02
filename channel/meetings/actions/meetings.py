"""Planning a meeting, opening and closing it, and saying who was there."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from accounts.models import Agency, Area, Membership, User
from accounts.permissions import Perm
from channel.meetings import access, dates, steps
from channel.meetings.models import (
    AgendaItem,
    Attendance,
    ConfidentialityAgreed,
    HomeForce,
    Meeting,
    Movement,
    Panel,
    Placing,
    Spell,
    Withdrawal,
)
from channel.support.actions import reviews
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid, Stale
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.history.versions import Rows
from referrals.models import Case
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
    user: User | None = None  # who of those who sign in it is
    item: AgendaItem | None = None  # the only one that an invited person comes for
    pk: int | None = None  # of the line as it was, for people invited, whose names can be corrected


@transaction.atomic
def plan_meeting(
    area: Area,
    *,
    starts_at: datetime.datetime,
    place: str,
    by: User,
    council: Agency | None = None,
    length: int = Meeting.USUAL_LENGTH,
    extraordinary_because: str = "",
) -> Meeting:
    """Plan a meeting of the area's panel, which is set up with its first meeting (R124, R125).

    `council` names whose panel, in an area where each council has its own; a meeting outside the
    usual dates says why. Raises ActionDenied without a seat there that manages meetings,
    ActionInvalid for a moment that has passed, a day when offices are shut, or one that is taken.
    """
    host = access.Host(area, council)
    if host not in access.hosts_planned_by(by):
        raise ActionDenied("Only the chair or the panel administrator plans meetings.")
    defaults = {"name": host.panel_name, "chair_label": host.rule.chair, "place": place}
    panel, _ = Panel.objects.get_or_create(area=area, council=council, defaults=defaults)
    require_free(panel, starts_at)
    meeting = Meeting.objects.create(
        panel=panel,
        starts_at=starts_at,
        length=length,
        place=place,
        extraordinary_because=extraordinary_because,
        planned_by=by,
    )
    _event(EventType.MEETING_PLANNED, meeting, by)
    return meeting


def require_free(panel: Panel, starts_at: datetime.datetime) -> None:
    """Raise ActionInvalid unless the panel can meet then: ahead, while offices of its area are
    open, and at no other meeting's time."""
    Panel.objects.select_for_update(of=("self",)).get(pk=panel.pk)  # two plan at the same moment
    if starts_at <= clock.now():
        raise ActionInvalid("A meeting must be in the future.")
    if not panel.area.rules.is_open(timezone.localdate(starts_at)):
        raise ActionInvalid("A meeting must be on a working day.")
    if dates.held_at(panel.area, panel.council, starts_at).exists():
        raise ActionInvalid("There is a meeting at this time already.")


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
    end_spell(meeting)
    meeting.status, meeting.closed_at = Meeting.Status.CLOSED, clock.now()
    meeting.save(update_fields=["status", "closed_at"])
    put_off(meeting, dates.next_meeting_on(meeting), timezone.localdate(meeting.starts_at))
    _event(EventType.MEETING_CLOSED, meeting, by)
    return meeting


def put_off(meeting: Meeting, on: datetime.date, was: datetime.date) -> None:
    """Let the undecided cases of a meeting be due on another day than it `was`.

    One that was moved to this meeting stays due on the day it was, and shows as overdue.
    """
    items = AgendaItem.objects.filter(meeting=meeting)
    moved = set(Placing.objects.filter(moved_to=meeting).values_list("case_id", flat=True))
    Case.objects.lock_all(items.values_list("case", flat=True))
    for item in items.select_related("case", "decision", "moved_to"):
        decision = getattr(item, "decision", None)
        has_own_dates = item.case.area_id != meeting.panel.area_id or item.is_moved
        if has_own_dates or item.case_id in moved:
            continue
        if item.case.stage in NEXT and not (decision and decision.choice):
            reviews.set_next(item.case, on=on, what=NEXT[item.case.stage], instead_of=was)


def end_spell(meeting: Meeting) -> None:
    """End the item or the break that runs, if there is one; takes a locked meeting."""
    for spell in Spell.objects.filter(meeting=meeting, ended_at=None):
        spell.ended_at = clock.now()
        spell.save(update_fields=["ended_at"])


@transaction.atomic
def record_attendance(
    meeting: Meeting, *, lines: Iterable[Attended], by: User, version: int | None = None
) -> None:
    """Say who is there, who is represented and who sent apologies (R131); replaces what was said.

    Who came for an item that is closed to the writer stays as it was. `version` is the one that the
    writer saw. Raises ActionDenied, ActionInvalid outside the meeting or when an agency is of
    another area, an item not open to the writer or a person without a seat at it, Stale when
    somebody else has said it since.
    """
    meeting = locked(meeting)
    access.require(by, Perm.MEETING_RECORD, meeting)
    steps.require("attend", meeting)
    if version not in (None, Rows(Attendance, meeting=meeting).version):
        raise Stale("Somebody else has recorded who is here. Open the page again to see what.")
    before = {_key(row): row for row in access.seats_for(by, meeting)}
    lines = list(lines)
    _require_seats(lines)
    _require_items(meeting, lines, by)
    for line in lines:
        if line.agency and line.agency.area_id != meeting.panel.area_id:
            raise ActionInvalid("Choose agencies of this area.")
        row = Attendance(
            meeting=meeting,
            agency=line.agency,
            user=line.user,
            role=line.role,
            name=line.name,
            speaks_for=line.speaks_for,
            status=line.status,
            note=line.note,
            item=line.item,
        )
        key = next((key for key, one in before.items() if one.pk == line.pk), _key(row))
        earlier = before.pop(key, None)
        row.pk = earlier.pk if earlier else None
        _require_same_person(earlier, row)
        row.save(force_update=earlier is not None)
    _take_out(before.values())
    _event(EventType.ATTENDANCE_RECORDED, meeting, by)


def _require_seats(lines: list[Attended]) -> None:
    """Raise ActionInvalid for somebody with an account who does not work for the agency; one query."""
    said = {(line.user.pk, line.agency and line.agency.pk) for line in lines if line.user}
    seats = Membership.objects.current().filter(user__in=[user for user, _ in said])
    if said - set(seats.values_list("user", "agency")):
        raise ActionInvalid("Choose somebody of the agency.")


def _require_items(meeting: Meeting, lines: list[Attended], by: User) -> None:
    """Raise ActionInvalid for somebody who comes for an item that is not open to the writer."""
    said = {line.item for line in lines if line.item}
    if said and said - set(access.items_for(by, meeting)):
        raise ActionInvalid("Choose an item of this meeting.")


def _require_same_person(earlier: Attendance | None, row: Attendance) -> None:
    """What one person agreed to, or stepped out of, never passes to who sits there next."""
    if earlier is None or (earlier.user_id, earlier.name) == (row.user_id, row.name):
        return
    told = (ConfidentialityAgreed, Withdrawal, Movement)
    speaks = HomeForce.objects.filter(spoken_for_by=earlier).exists()
    if speaks or any(kind.objects.filter(attendance=earlier).exists() for kind in told):
        raise ActionInvalid(
            f"More is recorded of {earlier.name}. Leave that line as it is, and add whoever came "
            "instead as an invited person."
        )


def _take_out(rows: Iterable[Attendance]) -> None:
    """Take lines out; ActionInvalid for somebody of whom more is recorded than that they came."""
    for gone in rows:
        try:
            gone.delete()
        except ProtectedError:
            words = f"{gone.name} stays: what they did at the meeting is in the record."
            raise ActionInvalid(words) from None


def _key(row: Attendance) -> tuple[str, object]:
    is_guest = row.role == Attendance.Role.GUEST
    return row.role, (row.name, row.item_id) if is_guest else row.agency_id


def _event(event: EventType, meeting: Meeting, by: User) -> None:
    record(event, by=by, area_code=meeting.panel.area.code, target=meeting)
