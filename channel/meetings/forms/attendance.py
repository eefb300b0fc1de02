"""Who is there: the chair, one row for each core agency, and people invited."""

from dataclasses import dataclass
from typing import Any

from django import forms

from accounts.models import Agency
from channel.meetings.actions.meetings import Attended
from channel.meetings.forms.record import seat_name
from channel.meetings.forms.rows import FixedRows
from channel.meetings.models import Attendance, Meeting
from channel.meetings.queries import core_agencies
from prevent_cms import edits, fields

Role, Status = Attendance.Role, Attendance.Status
SPARE_ROWS = 3


@dataclass(frozen=True)
class Seat:
    """One line to fill in, and what was said of it before."""

    role: Attendance.Role
    title: str
    agency: Agency | None = None
    before: Attendance | None = None

    @property
    def name(self) -> str:
        """How the form calls the line; nothing for a spare one."""
        if self.role == Role.GUEST:
            return seat_name(self.before) if self.before else ""
        agency_id = self.agency.pk if self.agency else None
        return seat_name(Attendance(role=self.role, agency_id=agency_id))

    @property
    def speaks_for(self) -> str:
        """How the minutes say for whom: the chair sits for an agency too."""
        named = self.role == Role.CHAIR and self.agency
        return f"{self.title}, {self.agency}" if named else self.title


class AttendanceRow(forms.Form):
    who_sees_all = "everybody who may read the agenda and the minutes of this meeting."
    who_line = "id_form_who"  # of the first row, over all of them
    status = fields.SelectChoice(
        label="Attendance", choices=Status.choices, empty="Not recorded", required=False
    )
    name = fields.ShortText(label="Name", max_length=120, required=False)
    speaks_for = fields.ShortText(label="For whom", max_length=120, required=False)
    note = fields.ShortText(label="Note", max_length=200, required=False)

    def __init__(self, *args: Any, row: Seat, **kwargs: Any) -> None:
        if row.before:
            names = ("status", "name", "speaks_for", "note")
            kwargs["initial"] = {name: getattr(row.before, name) for name in names}
        super().__init__(*args, **kwargs)
        self.row = row
        if not self.is_guest:
            del self.fields["speaks_for"]
        for name, field in self.fields.items():
            field.legend = "hidden"  # type: ignore[attr-defined]
            field.label = f"{row.title}: {str(field.label).lower()}"
            self.fields[name] = field

    @property
    def is_guest(self) -> bool:
        return self.row.role == Role.GUEST

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        title = self.row.title
        if self.is_guest and not any(cleaned.values()):
            return cleaned
        if not cleaned.get("status"):
            self.add_error("status", f"{title}: select present, represented or apologies")
        elif cleaned["status"] != Status.APOLOGIES and not cleaned.get("name"):
            self.add_error("name", f"{title}: enter who came")
        if self.is_guest and not cleaned.get("speaks_for"):
            self.add_error("speaks_for", f"{title}: enter for whom they came")
        return cleaned

    @property
    def attended(self) -> Attended | None:
        """The line for the action; None for a spare row that was left empty."""
        given = self.cleaned_data
        if not given.get("status"):
            return None
        return Attended(
            role=self.row.role,
            agency=self.row.agency,
            name=given["name"],
            speaks_for=given.get("speaks_for") or self.row.speaks_for,
            status=given["status"],
            note=given["note"],
        )


class AttendanceRows(edits.EditRows, FixedRows):
    form = AttendanceRow

    def add_prefix(self, index: Any) -> str:
        """Each line is named after whom it is for, so that no answer lands in another line."""
        seat = self.rows[index]
        spare = index - sum(row.role != Role.GUEST or row.before is not None for row in self.rows)
        return seat.name or f"{self.prefix}-new{spare}"

    @property
    def attended(self) -> list[Attended]:
        return [line for form in self.forms if (line := form.attended)]


def seats_of(meeting: Meeting) -> list[Seat]:
    """The lines of the form: chair, core agencies, people invited, and a few spare."""
    before = list(Attendance.objects.filter(meeting=meeting))
    members = {row.agency_id: row for row in before if row.role == Role.MEMBER}
    guests = [row for row in before if row.role == Role.GUEST]
    chair = next((row for row in before if row.role == Role.CHAIR), None)
    agencies = core_agencies(meeting.panel)
    host = next((a for a in agencies if a.kind == Agency.Kind.LOCAL_AUTHORITY), None)
    seats = [Seat(Role.CHAIR, meeting.panel.chair_label, host, chair)] if host else []
    seats += [Seat(Role.MEMBER, a.name, a, members.get(a.pk)) for a in agencies]
    spare: list[Attendance | None] = [*guests, *([None] * SPARE_ROWS)]
    return seats + [
        Seat(Role.GUEST, f"Invited person {n}", before=row) for n, row in enumerate(spare, 1)
    ]
