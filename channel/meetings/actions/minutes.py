"""Approving the minutes seals them; correcting them makes a new version; copies are remembered."""

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from channel.meetings import access, canonical, dates, steps
from channel.meetings.actions.meetings import locked
from channel.meetings.models import AgendaItem, Meeting, Minutes
from prevent_cms import clock
from prevent_cms.components.text import gov_datetime
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record

CHANGED = "The draft has changed since you opened it. Read it again before you approve it."


@transaction.atomic
def approve_minutes(
    meeting: Meeting, *, by: User, at: Meeting | None = None, seen: str | None = None
) -> Minutes:
    """Seal the record of a closed meeting with the SHA-256 of its canonical text (R139, R141).

    `at` is the meeting of the panel that approved them: this one unless a later one did. `seen` is
    the hash of the draft that was read, which every page sends. Returns the minutes, which nothing can change afterwards.
    Raises ActionDenied for anyone but chair and deputy, ActionInvalid before the meeting has
    closed, when somebody approved them first, or when the draft was changed meanwhile.
    """
    meeting = locked(meeting)
    access.require(by, Perm.MINUTES_APPROVE, meeting)
    _require_first(meeting)
    steps.require("approve", meeting)
    later = dates.later(meeting)
    if at and at not in access.approving_meetings(meeting, later):
        raise ActionInvalid("Minutes are approved at their own meeting or a later one.")
    text = canonical.text_of(canonical.build(meeting, later))
    digest = canonical.digest(text)
    if seen not in (None, digest):
        raise ActionInvalid(CHANGED)
    minutes = Minutes.objects.create(
        meeting=meeting,
        record=text,
        sha256=digest,
        approved_by=by,
        approved_at=clock.now(),
        approved_meeting=at or meeting,
    )
    meeting.status = Meeting.Status.SEALED
    meeting.save(update_fields=["status"])
    area = meeting.panel.area.code
    record(EventType.MINUTES_APPROVED, by=by, area_code=area, target=minutes, sha256=minutes.sha256)
    for item in meeting.items.select_related("case__area"):
        record(EventType.MINUTES_APPROVED, by=by, case=item.case, target=minutes)
    return minutes


def _require_first(meeting: Meeting) -> None:
    """Tell the second of two who approve at once who was first."""
    first = meeting.minutes.filter(version=1).select_related("approved_by").first()
    if first:
        raise ActionInvalid(
            f"{first.approved_by.label} approved these minutes on "
            f"{gov_datetime(first.approved_at)}. They are sealed and cannot be changed."
        )


@transaction.atomic
def correct_minutes(
    meeting: Meeting, *, item: str, text: str, why: str, version: int, by: User
) -> Minutes:
    """Say what was wrong in sealed minutes, as their next version; those before it stay (R141).

    `item` is the number of an item, or empty for the record as a whole; `version` the one that was
    read. Raises ActionDenied for anyone but chair and deputy or for an item that is not open to
    them, ActionInvalid before the seal, when the record does not fit its seal, or when somebody
    corrected it meanwhile.
    """
    meeting = locked(meeting)
    access.require(by, Perm.MINUTES_APPROVE, meeting)
    steps.require("correct", meeting)
    found = access.get_item(by, meeting, item) if item else None
    newest = Minutes.objects.filter(meeting=meeting).order_by("-version")[0]
    if newest.version != version:
        raise ActionInvalid(
            f"{newest.approved_by.label} corrected these minutes on "
            f"{gov_datetime(newest.approved_at)}. Read version {newest.version} first."
        )
    canonical.require_intact(newest)
    about = canonical.Correction(
        item=item, text=text, why=why, on=clock.today().isoformat(), by=by.label
    )
    written = canonical.text_of(canonical.corrected(newest, about))
    minutes = Minutes.objects.create(
        meeting=meeting,
        version=newest.version + 1,
        record=written,
        sha256=canonical.digest(written),
        approved_by=by,
        approved_at=clock.now(),
    )
    area, told = meeting.panel.area.code, {"version": minutes.version, "sha256": minutes.sha256}
    record(EventType.MINUTES_CORRECTED, by=by, area_code=area, target=minutes, **told)
    if found:
        record(EventType.MINUTES_CORRECTED, by=by, case=found.case, target=minutes)
    return minutes


@transaction.atomic
def note_download(meeting: Meeting, *, by: User) -> None:
    """Remember who took a copy of the minutes, in the area's log and in that of each case in it."""
    access.require(by, Perm.MINUTES_EXPORT, meeting)
    area = meeting.panel.area.code
    record(EventType.MINUTES_DOWNLOADED, by=by, area_code=area, target=meeting)
    for item in access.items_for(by, meeting):
        record(EventType.EXPORTED, by=by, case=item.case, target=item)


@transaction.atomic
def note_extract(item: AgendaItem, *, by: User) -> None:
    """Remember who took one item of the minutes for the file of its case."""
    access.require(by, Perm.MINUTES_EXPORT, item.meeting)
    record(EventType.EXPORTED, by=by, case=item.case, target=item)
