"""Who is there: the chair, one row for each core agency, and people invited."""

from dataclasses import dataclass, field, replace
from typing import Any

from django import forms

from accounts.models import Agency, Membership, User
from accounts.permissions import Perm
from accounts.roles import CHAIR_ROLES, ROLES
from accounts.roles import Role as Job
from channel.meetings import access, invitations, replies
from channel.meetings.actions.meetings import Attended
from channel.meetings.forms.record import seat_name
from channel.meetings.forms.rows import FixedRows
from channel.meetings.invitations import Invitee
from channel.meetings.models import AgendaItem, Attendance, Meeting
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
    people: dict[int, User] = field(default_factory=dict)  # who of the agency signs in
    invited: Invitee | None = None  # until it is recorded whether they came
    items: dict[int, AgendaItem] = field(default_factory=dict)  # an invited person comes for one

    @property
    def name(self) -> str:
        """How the form calls the line; nothing for a spare one."""
        if self.invited:
            return f"seat-invited{self.invited.invitation.pk}"
        if self.role == Role.GUEST:
            return seat_name(self.before) if self.before else ""
        agency_id = self.agency.pk if self.agency else None
        return seat_name(Attendance(role=self.role, agency_id=agency_id))

    @property
    def given_name(self) -> str:
        """Who is meant, where the form does not ask: a person who was invited by name."""
        return self.invited.invitation.name if self.invited else ""

    @property
    def speaks_for(self) -> str:
        """How the minutes say for whom: the chair sits for an agency too."""
        if self.invited:
            return self.invited.speaks_for
        named = self.role == Role.CHAIR and self.agency
        return f"{self.title}, {self.agency}" if named else self.title


class AttendanceRow(forms.Form):
    who_sees_all = "everybody who may read the agenda and the minutes of this meeting."
    who_line = "id_form_who"  # of the first row, over all of them
    status = fields.SelectChoice(
        label="Attendance", choices=Status.choices, empty="Not recorded", required=False
    )
    user = fields.SelectChoice(label="Who", choices=(), empty="Somebody else", required=False)
    name = fields.ShortText(label="Name", max_length=120, required=False)
    speaks_for = fields.ShortText(label="For whom", max_length=120, required=False)
    item = fields.SelectChoice(
        label="For which item", choices=(), empty="The whole meeting", required=False
    )
    note = fields.ShortText(label="Note", max_length=200, required=False)

    def __init__(self, *args: Any, row: Seat, **kwargs: Any) -> None:
        if row.before:
            names = ("status", "name", "speaks_for", "note")
            kwargs["initial"] = {name: getattr(row.before, name) for name in names}
            kwargs["initial"] |= {"user": row.before.user_id, "item": row.before.item_id}
        super().__init__(*args, **kwargs)
        self.row = row
        if row.invited or not self.is_guest:
            del self.fields["speaks_for"], self.fields["item"]
        else:
            self._offer("item", [(pk, one.words) for pk, one in row.items.items()])
        if row.given_name:
            del self.fields["name"]
        if not row.people:
            del self.fields["user"]
        else:
            self._offer("user", [(pk, one.name) for pk, one in row.people.items()])
        asked: Any
        for asked in self.fields.values():
            asked.legend = "hidden"
            asked.label = f"{row.title}: {str(asked.label).lower()}"

    def _offer(self, name: str, choices: list[tuple[int, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = [field.choices[0], *choices]

    @property
    def is_guest(self) -> bool:
        return self.row.role == Role.GUEST

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        title = self.row.title
        if self.is_guest and not any(cleaned.values()):
            return cleaned
        cleaned.setdefault("name", self.row.given_name)
        if not cleaned.get("status"):
            self.add_error("status", f"{title}: select present, represented or apologies")
        elif cleaned["status"] != Status.APOLOGIES and not (
            cleaned.get("user") or cleaned.get("name")
        ):
            self.add_error("name", f"{title}: enter who came")
        if "speaks_for" in self.fields and not cleaned.get("speaks_for"):
            self.add_error("speaks_for", f"{title}: enter for whom they came")
        return cleaned

    def _named(self, name: str) -> User | None:
        """Who has an account under the name that was typed: a bar and an agreement are theirs."""
        people = self.row.people.values()
        return next((one for one in people if one.name.casefold() == name.casefold()), None)

    @property
    def _item(self) -> AgendaItem | None:
        """The one item they come for; none for the whole meeting."""
        invited = self.row.invited
        pk = invited.item_id if invited else self.cleaned_data.get("item") or 0
        return self.row.items.get(int(pk))

    @property
    def attended(self) -> Attended | None:
        """The line for the action; None for a spare row that was left empty."""
        given = self.cleaned_data
        if not given.get("status"):
            return None
        user = self.row.people.get(int(given.get("user") or 0)) or self._named(given["name"])
        return Attended(
            role=self.row.role,
            agency=None if self.is_guest and not user else self.row.agency,
            user=user,
            pk=self.row.before.pk if self.row.before and self.is_guest else None,
            name=user.name if user else given["name"],
            speaks_for=given.get("speaks_for") or self.row.speaks_for,
            status=given["status"],
            note=given["note"],
            item=self._item,
        )


class AttendanceRows(edits.EditRows, FixedRows):
    form = AttendanceRow

    def add_prefix(self, index: Any) -> str:
        """Each line is named after whom it is for, so that no answer lands in another line."""
        seat = self.rows[index]
        spare = index - sum(bool(row.name) for row in self.rows)
        return seat.name or f"{self.prefix}-new{spare}"

    @property
    def attended(self) -> list[Attended]:
        return [line for form in self.forms if (line := form.attended)]


def seats_of(user: User, meeting: Meeting) -> list[Seat]:
    """The lines of the form: chair, core agencies, people invited, and a few spare.

    Who is invited for a case stands there until it is recorded whether they came. Who came for an
    item that is closed to the writer does not stand there.
    """
    before = list(access.seats_for(user, meeting))
    items = {one.pk: one for one in access.items_for(user, meeting)}
    invited = invitations.invitees(user, meeting)
    known = before or replies.as_attendance(meeting)
    members = {row.agency_id: row for row in known if row.role == Role.MEMBER}
    guests = [row for row in before if row.role == Role.GUEST]
    chair = next((row for row in before if row.role == Role.CHAIR), None)
    agencies = core_agencies(meeting.panel)
    host = replies.host_of(agencies)
    seats = [Seat(Role.CHAIR, meeting.panel.chair_label, host, chair)] if host else []
    seats += [Seat(Role.MEMBER, a.name, a, members.get(a.pk)) for a in agencies]
    people, chairing = _people_of(agencies, host)
    seats = [replace(seat, people=people.get(seat.agency.pk, {})) for seat in seats if seat.agency]
    seats += [
        Seat(Role.GUEST, one.words, invited=one, items=items)
        for one in invited
        if one.item_id in items and not one.is_recorded(guests)
    ]
    spare: list[Attendance | None] = [*guests, *([None] * SPARE_ROWS)]
    return seats + [
        Seat(Role.GUEST, f"Invited person {n}", host, row, people=chairing, items=items)
        for n, row in enumerate(spare, 1)
    ]


def _people_of(
    agencies: list[Agency], host: Agency | None
) -> tuple[dict[int, dict[int, User]], dict[int, User]]:
    """Agency id -> whoever signs in for it and takes part in panels, by name; and who of them may
    chair, so that a deputy who comes later has a line too. One query."""
    found: dict[int, dict[int, User]] = {}
    chairing: dict[int, User] = {}
    seats = Membership.objects.current().filter(agency__in=agencies, user__is_active=True)
    for seat in seats.select_related("user").order_by("user__name", "user"):
        if Perm.MEETING_VIEW in ROLES[Job(seat.role)].permissions:
            found.setdefault(seat.agency_id, {})[seat.user_id] = seat.user
        if host and seat.agency_id == host.pk and seat.role in CHAIR_ROLES:
            chairing[seat.user_id] = seat.user
    return found, chairing
