"""What the forms of a meeting were filled from, by the names of the forms."""

import datetime
from typing import Any

from django.utils import timezone

from channel.meetings import replies
from channel.meetings.forms.action_rows import PREFIX
from channel.meetings.models import Attendance, Meeting, PanelAction
from prevent_cms.history.versions import Answers, Record, Rows, standing

ROW = ("what", "agency", "owner", "due_on")
SEAT = ("status", "user", "name", "speaks_for", "item", "note")


class ItemRecord(Record):
    """The record of an item with its actions that nobody had answered."""

    def began(self, version: int) -> Answers:
        if self.row is None:
            return {}
        later = self.versions().filter(version__gt=version).last()
        actions = PanelAction.history.filter(decision_id=self.row.pk)
        if later:
            actions = actions.filter(history_date__lt=later.history_date)
        rows = {f"{PREFIX}-{row.id}": row for row in standing(actions)}
        return {**super().began(version), **_named(rows, ROW)}


class SeatsRecord(Rows):
    """Who was there: every line of the form at once. It begins with the answers to the invitation."""

    def __init__(self, meeting: Meeting) -> None:
        super().__init__(Attendance, meeting=meeting)
        self.meeting = meeting

    def began(self, version: int) -> Answers:
        return super().began(version) or self.named(replies.as_attendance(self.meeting))

    def named(self, rows: list[Any]) -> Answers:
        return _named({seat_name(row): row for row in rows}, SEAT)


class MeetingRecord(Record):
    """When and where a meeting is held, by the names of its form."""

    def began(self, version: int) -> Answers:
        past = super().began(version)
        return {**past, **when(past["starts_at"])} if past else {}


def when(starts_at: datetime.datetime) -> dict[str, Any]:
    """A moment as the form asks for it: the day and the time."""
    local = timezone.localtime(starts_at)
    return {"day": local.date(), "time": local.time()}


def seat_name(row: Any) -> str:
    """How the form calls the line of this attendance, so that no answer lands in another line."""
    named = {"chair": "chair", "member": f"agency{row.agency_id}"}
    return f"seat-{named.get(row.role) or f'guest{row.id}'}"


def _named(rows: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Answers of rows by the names of their questions; what is pointed at, by its number."""
    return {
        f"{prefix}-{name}": getattr(row, row._meta.get_field(name).attname)
        for prefix, row in rows.items()
        for name in names
    }
