"""Before and during a meeting: the order and times of its cases, moves, and other business."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from simple_history.utils import bulk_update_with_history

from accounts.models import Agency, User
from accounts.permissions import Perm
from channel.meetings import access, placing, queries, steps
from channel.meetings.actions import invitations
from channel.meetings.actions.meetings import locked
from channel.meetings.models import AgendaItem, Meeting, OtherBusiness, Placing
from prevent_cms import clock
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.history.rows import add_all
from prevent_cms.history.versions import Rows
from prevent_cms.marking import Mark
from referrals.models import Case


@transaction.atomic
def arrange_agenda(
    meeting: Meeting,
    *,
    order: Sequence[int],
    minutes: Mapping[int, int],
    version: int | None = None,
    by: User,
) -> None:
    """Put the cases of a planned agenda in this order and give them these minutes (R167).

    `order` and `minutes` go by case id; each case stays in its group, and one that is not named or
    no longer due keeps its place. `version` is the one that the writer saw. Raises ActionDenied,
    and ActionInvalid after the issue or when somebody else has arranged it since.
    """
    meeting = locked(meeting)
    access.require(by, Perm.MEETING_MANAGE, meeting)
    steps.require("arrange", meeting)
    due = {one.case.pk: one for one in queries.due_at(by, meeting)}
    if version not in (None, Rows(Placing, meeting=meeting, case__in=due).version):
        raise ActionInvalid("Somebody else has put this agenda in order. Open it again to see how.")
    held = Placing.objects.select_for_update().filter(meeting=meeting, case__in=due)
    before = {row.case_id: row for row in held}
    new: list[Placing] = []
    changed: list[Placing] = []
    for position, pk in enumerate((pk for pk in order if pk in due), 1):
        row = before.get(pk) or Placing(case=due[pk].case, mark=Mark.PANEL, meeting=meeting)
        given = minutes.get(pk, due[pk].minutes)
        if (row.position, row.minutes) == (position, given):
            continue
        row.position, row.minutes, row.by, row.at = position, given, by, clock.now()
        if row.pk:
            row.version += 1
        (changed if row.pk else new).append(row)
    add_all(sorted(new, key=lambda row: row.case_id))  # as everybody locks cases
    if changed:
        columns = ["position", "minutes", "by", "at", "version"]
        bulk_update_with_history(changed, Placing, columns)
    record(EventType.AGENDA_ARRANGED, by=by, area_code=meeting.panel.area.code, target=meeting)


@transaction.atomic
def move_case(meeting: Meeting, case: Case, *, to: Meeting, reason: str, by: User) -> Placing:
    """Take a case off this agenda and put it on a later one of the panel; it is never just taken off.

    Its review stays due on the day it was, so that it shows as overdue until it is heard. An item of
    an issued agenda keeps its number and says where it went. Who is invited for it goes along. Raises ActionDenied, and ActionInvalid
    for a case that is not on this agenda or was discussed, without a reason, and for a meeting that
    is no later one of this panel still being planned.
    """
    first, second = sorted((meeting, to), key=lambda one: one.pk)
    fresh = {one.pk: one for one in (locked(first), locked(second))}
    meeting, to = fresh[meeting.pk], fresh[to.pk]
    access.require(by, Perm.MEETING_MANAGE, meeting)
    steps.require("move", meeting)
    if not reason:
        raise ActionInvalid("Say why the case is moved.")
    if to not in placing.later_planned(meeting):
        raise ActionInvalid("Choose a later meeting of this panel whose agenda is not issued yet.")
    case = Case.objects.locked(case.pk)
    _take_off(meeting, case, to, by)
    row = Placing.objects.select_for_update().filter(meeting=meeting, case=case).first()
    row = row or Placing(meeting=meeting, case=case, mark=Mark.PANEL, version=0)
    row.moved_to, row.reason, row.by, row.at = to, reason, by, clock.now()
    row.version += 1
    row.save()
    record(EventType.ITEM_MOVED, by=by, case=case, target=row)
    invitations.follow(case, meeting, to, by=by)
    return row


def _take_off(meeting: Meeting, case: Case, to: Meeting, by: User) -> None:
    """Check that the case still waits on this agenda; its item, once issued, says where it went."""
    if meeting.status == Meeting.Status.PLANNED:
        if case.pk not in {one.case.pk for one in queries.due_at(by, meeting)}:
            raise ActionInvalid("This case is not on the agenda of this meeting.")
        return
    item: AgendaItem | None = access.items_for(by, meeting).filter(case=case, decision=None).first()
    if item is None or item.is_moved:
        raise ActionInvalid("Only an item that was not discussed yet can be moved.")
    item.moved_to = to
    item.save(update_fields=["moved_to"])


@transaction.atomic
def add_other_business(
    meeting: Meeting, *, what: str, raised_by: Agency, by: User
) -> OtherBusiness:
    """Add a line under any other business. It is read by everybody there and holds no case content.

    Raises ActionDenied for who does not prepare the meeting, ActionInvalid after it or when the
    agency has no permanent seat there.
    """
    meeting = locked(meeting)
    access.require_coordinator(by, meeting)
    steps.require("raise", meeting)
    if raised_by not in meeting.panel.agencies(is_core=True):
        raise ActionInvalid("Choose an agency with a permanent seat at this panel.")
    line = OtherBusiness.objects.create(meeting=meeting, what=what, raised_by=raised_by, by=by)
    record(
        EventType.OTHER_BUSINESS_ADDED,
        by=by,
        area_code=meeting.panel.area.code,
        target=meeting,
    )
    return line
