"""Agreeing to the confidentiality statement of a meeting."""

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from channel.meetings import access, steps
from channel.meetings.actions.meetings import locked
from channel.meetings.confidentiality import version
from channel.meetings.models import Attendance, ConfidentialityAgreed, Meeting
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record


@transaction.atomic
def agree(meeting: Meeting, *, by: User) -> None:
    """Agree oneself; a second time changes nothing.

    Raises ActionDenied for who has no seat at the panel, ActionInvalid before the agenda is issued
    or after the meeting.
    """
    meeting = locked(meeting)
    access.require(by, Perm.MEETING_VIEW, meeting)
    if not ConfidentialityAgreed.objects.filter(meeting=meeting, user=by).exists():
        _write(meeting, by, user=by)


@transaction.atomic
def agree_aloud(seat: Attendance, *, by: User) -> None:
    """Write down that somebody without an account agreed aloud; a second time changes nothing.

    Raises ActionDenied for who does not keep the record, ActionInvalid for somebody with an account,
    who agrees for themselves, and as `agree`.
    """
    meeting = locked(seat.meeting)
    access.require(by, Perm.MEETING_RECORD, meeting)
    if seat.user_id:
        raise ActionInvalid("Who has an account agrees on the page of the meeting.")
    if not ConfidentialityAgreed.objects.filter(attendance=seat).exists():
        _write(meeting, by, attendance=seat)


def _write(meeting: Meeting, by: User, **whose: User | Attendance) -> None:
    steps.require("agree", meeting)
    text = version(meeting)
    row = ConfidentialityAgreed.objects.create(meeting=meeting, version=text, by=by, **whose)
    area = meeting.panel.area.code
    record(EventType.CONFIDENTIALITY_AGREED, by=by, area_code=area, target=row)
