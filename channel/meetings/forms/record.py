"""What the forms of a meeting were filled from, by the names of the forms."""

from typing import Any

from channel.meetings.forms.action_rows import PREFIX
from channel.meetings.models import PanelAction
from prevent_cms.history.versions import Answers, Record, Rows, standing

ROW = ("what", "agency", "owner", "due_on")
SEAT = ("status", "name", "speaks_for", "note")


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
    """Who was there: every line of the form at once."""

    def named(self, rows: list[Any]) -> Answers:
        return _named({seat_name(row): row for row in rows}, SEAT)


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
