"""Approving the minutes seals them; handing out a copy is remembered."""

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from channel.meetings import access, canonical, steps
from channel.meetings.actions.meetings import locked
from channel.meetings.models import Meeting, Minutes
from prevent_cms import clock
from prevent_cms.history import EventType
from prevent_cms.history.record import record


@transaction.atomic
def approve_minutes(meeting: Meeting, *, by: User) -> Minutes:
    """Seal the record of a closed meeting with the SHA-256 of its canonical text (R139, R141).

    Returns the minutes, which nothing can change afterwards. Raises ActionDenied for anyone but
    chair and deputy, ActionInvalid before the meeting has closed or when it is sealed already.
    """
    meeting = locked(meeting)
    access.require(by, Perm.MINUTES_APPROVE, meeting)
    steps.require("approve", meeting)
    text = canonical.text_of(canonical.build(meeting))
    minutes = Minutes.objects.create(
        meeting=meeting,
        record=text,
        sha256=canonical.digest(text),
        approved_by=by,
        approved_at=clock.now(),
    )
    meeting.status = Meeting.Status.SEALED
    meeting.save(update_fields=["status"])
    area = meeting.panel.area.code
    record(EventType.MINUTES_APPROVED, by=by, area_code=area, target=minutes, sha256=minutes.sha256)
    for item in meeting.items.select_related("case__area"):
        record(EventType.MINUTES_APPROVED, by=by, case=item.case, target=minutes)
    return minutes


@transaction.atomic
def note_download(meeting: Meeting, *, by: User) -> None:
    """Remember who took a copy of the minutes, in the area's log and in that of each case in it."""
    access.require(by, Perm.MINUTES_EXPORT, meeting)
    area = meeting.panel.area.code
    record(EventType.MINUTES_DOWNLOADED, by=by, area_code=area, target=meeting)
    for item in access.items_for(by, meeting):
        record(EventType.EXPORTED, by=by, case=item.case, target=item)
