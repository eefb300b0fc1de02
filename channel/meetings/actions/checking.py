"""Reading the draft of the minutes for accuracy: sent round until a day, commented on, answered."""

import datetime

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from channel.meetings import access, remarks, steps
from channel.meetings.actions.meetings import locked
from channel.meetings.models import (
    Accuracy,
    Circulation,
    ItemRemark,
    Meeting,
    MeetingRemark,
    Remark,
)
from prevent_cms import clock, outbox
from prevent_cms.components.text import gov_datetime
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.marking import Mark


@transaction.atomic
def circulate_minutes(meeting: Meeting, *, until: datetime.date, by: User) -> Circulation:
    """Open the draft to the panel until the end of a day, and tell agencies; again moves the day
    (R139).

    Raises ActionDenied for those who do not keep the record, ActionInvalid before the meeting has
    closed, after the seal, or for a day that has passed.
    """
    meeting = locked(meeting)
    access.require(by, Perm.MEETING_RECORD, meeting)
    steps.require("circulate", meeting)
    if until < clock.today():
        raise ActionInvalid("Choose today or a later day.")
    found = Circulation.objects.filter(meeting=meeting).first() or Circulation(meeting=meeting)
    found.until, found.by, found.at = until, by, clock.now()
    found.save()
    _event(EventType.MINUTES_CIRCULATED, meeting, by)
    outbox.add("minutes_circulated", meeting_id=meeting.pk)
    return found


@transaction.atomic
def find_accurate(meeting: Meeting, *, by: User) -> Accuracy:
    """Say that the draft is accurate, as far as one may read it; said twice, it counts once.

    Raises ActionInvalid without a draft that this person may read.
    """
    meeting = locked(meeting)
    access.require_checking(by, meeting)
    found = Accuracy.objects.filter(meeting=meeting, by=by).first()
    if found is None:
        found = Accuracy.objects.create(meeting=meeting, by=by, at=clock.now())
        _event(EventType.MINUTES_ACCURATE, meeting, by)
    return found


@transaction.atomic
def add_remark(meeting: Meeting, *, item: str, text: str, by: User) -> Remark:
    """Say what should be corrected in the draft, of the item with this number or of the whole.

    Raises ActionInvalid without a draft that this person may read, Http404 for an item that is not
    open to them.
    """
    meeting = locked(meeting)
    access.require_checking(by, meeting)
    said = {"text": text, "by": by, "at": clock.now()}
    if not item:
        whole = MeetingRemark.objects.create(meeting=meeting, **said)
        _event(EventType.MINUTES_REMARKED, meeting, by)
        return whole
    found = access.get_item(by, meeting, item)
    remark = ItemRemark.objects.create(item=found, case=found.case, mark=Mark.PANEL, **said)
    record(EventType.MINUTES_REMARKED, by=by, case=found.case, target=remark)
    return remark


@transaction.atomic
def answer_remark(meeting: Meeting, remark: Remark, *, state: str, answer: str, by: User) -> Remark:
    """Say that a remark was taken over into the draft, or why it was not.

    Raises ActionDenied for those who do not keep the record, ActionInvalid after the seal, without
    a reason, or when somebody else has answered it.
    """
    meeting = locked(meeting)
    access.require(by, Perm.MEETING_RECORD, meeting)
    steps.require("check", meeting)
    remark = remarks.get_remark(by, meeting, type(remark), remark.pk)
    if not remark.is_open and remark.answered_by:
        raise ActionInvalid(
            f"{remark.answered_by.label} answered this on {gov_datetime(remark.answered_at)}."
        )
    if state == Remark.State.ANSWERED and not answer:
        raise ActionInvalid("Say why it was not taken over.")
    remark.state, remark.answer = state, answer
    remark.answered_by, remark.answered_at = by, clock.now()
    remark.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    if isinstance(remark, ItemRemark):
        record(EventType.MINUTES_ANSWERED, by=by, case=remark.case, target=remark)
    else:
        _event(EventType.MINUTES_ANSWERED, meeting, by)
    return remark


def _event(event: EventType, meeting: Meeting, by: User) -> None:
    record(event, by=by, area_code=meeting.panel.area.code, target=meeting)
