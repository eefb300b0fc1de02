"""Answering the invitation to a meeting, and writing to the panel instead of coming."""

from django.db import transaction

from accounts.models import Agency, User
from channel.meetings import access, replies, steps
from channel.meetings.actions.meetings import locked
from channel.meetings.models import AgendaItem, Meeting, Reply, WrittenUpdate
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid, Stale
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.marking import Mark


@transaction.atomic
def answer_invitation(
    meeting: Meeting,
    *,
    agency: Agency,
    answer: str,
    name: str,
    note: str,
    version: int,
    by: User,
) -> Reply:
    """Say for an agency who comes, who comes instead, or that nobody does (R131).

    Raises ActionDenied for another's agency, ActionInvalid when the agency is not invited, once the
    meeting has opened or when nobody is named, Stale when the answer has changed since `version`.
    """
    meeting = locked(meeting)
    replies.require_own(by, agency)
    steps.require("reply", meeting)
    if not (agency.is_core and meeting.panel.has_seat_for(agency)):
        raise ActionInvalid("This agency is not invited.")
    is_coming = answer != Reply.Answer.APOLOGIES
    if is_coming and not name:
        raise ActionInvalid("Say who comes.")
    reply = replies.reply_of(meeting, agency) or Reply(meeting=meeting, agency=agency, version=0)
    if reply.version != version:
        raise Stale("Somebody else of your agency has answered since you opened this.")
    reply.answer, reply.name, reply.note = answer, name if is_coming else "", note
    reply.by, reply.at = by, clock.now()
    reply.version += 1
    reply.save()
    code = meeting.panel.area.code
    record(EventType.MEETING_ANSWERED, by=by, area_code=code, target=reply, agency_id=agency.pk)
    return reply


@transaction.atomic
def write_update(item: AgendaItem, *, text: str, by: User) -> WrittenUpdate:
    """Tell the panel in writing of one case, for an agency that has sent apologies.

    Raises ActionDenied when none of the writer's agencies has, or when the item is not open to
    them; ActionInvalid once the meeting has opened or without a text.
    """
    meeting = locked(item.meeting)
    steps.require("reply", meeting)
    agency = replies.require_absent(by, meeting)
    if not access.items_for(by, meeting).filter(pk=item.pk).exists():
        raise ActionDenied("This item is not open to you.")
    if not text:
        raise ActionInvalid("Enter the update.")
    update = WrittenUpdate.objects.create(
        case=item.case, mark=Mark.PANEL, item=item, agency=agency, text=text, by=by
    )
    record(EventType.UPDATE_WRITTEN, by=by, case=item.case, target=update, agency_id=agency.pk)
    return update
