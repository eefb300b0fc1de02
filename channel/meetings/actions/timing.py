"""Which item is heard now, and when the panel takes a break."""

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from channel.meetings import access, steps
from channel.meetings.actions.meetings import end_spell, locked
from channel.meetings.models import AgendaItem, Meeting, Spell
from prevent_cms import clock
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from referrals import access as cases


@transaction.atomic
def start_item(item: AgendaItem, *, by: User) -> Spell:
    """Begin an item, or take it up again; what was heard before ends with it, and so does a break.

    Raises ActionDenied for who does not record it, ActionInvalid outside the meeting.
    """
    meeting = locked(item.meeting)
    cases.require(by, Perm.MEETING_RECORD, item.case)
    steps.require("start", meeting)
    spell = Spell.objects.filter(item=item, ended_at=None).first()
    if spell is None:
        spell = begin(meeting, item, by)
        area = meeting.panel.area.code
        record(EventType.ITEM_STARTED, by=by, area_code=area, target=spell)
    return spell


def begin_if_new(meeting: Meeting, item: AgendaItem, by: User) -> None:
    """Begin an item with its first words, where nobody began it before; part of recording it."""
    is_new = steps.allows("start", meeting) and not Spell.objects.filter(item=item).exists()
    if is_new:
        begin(meeting, item, by)


def begin(meeting: Meeting, item: AgendaItem | None, by: User) -> Spell:
    """End what runs and begin this, a break without `item`; takes a locked meeting."""
    end_spell(meeting)
    return Spell.objects.create(meeting=meeting, item=item, began_at=clock.now(), by=by)


@transaction.atomic
def pause_or_go_on(meeting: Meeting, *, by: User) -> bool:
    """Take a break, or end one; what was heard before it is taken up again by starting it.

    Returns whether there is a break now. Raises ActionDenied, and ActionInvalid outside the meeting.
    """
    meeting = locked(meeting)
    access.require(by, Perm.MEETING_RECORD, meeting)
    steps.require("start", meeting)
    was_paused = Spell.objects.filter(meeting=meeting, item=None, ended_at=None).exists()
    if was_paused:
        end_spell(meeting)
    else:
        begin(meeting, None, by)
    area = meeting.panel.area.code
    record(EventType.MEETING_PAUSED, by=by, area_code=area, target=meeting, ended=was_paused)
    return not was_paused
