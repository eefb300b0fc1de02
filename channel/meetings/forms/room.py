"""Who comes, goes and steps out while an item is heard, and which other force has to be there."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone

from channel.meetings.actions.room import require_moment
from channel.meetings.models import AgendaItem, Attendance
from channel.meetings.room import Room
from prevent_cms import clock, edits, fields
from prevent_cms.errors import ActionInvalid
from prevent_cms.history.versions import Record
from prevent_cms.marking import Mark
from referrals.forms.restricting import RECORDERS, of_bars

WITHDREW, BACK = "withdrew", "back"
KINDS = {
    "joined": "Joined the meeting",
    "left": "Left the meeting",
    WITHDREW: "Stepped out of this item: conflict of interest",
}


class PersonForm(forms.Form):
    """Joined, left or stepped out, and when; somebody who stepped out can only be put back."""

    who_sees_all = "everybody who may read the agenda of this meeting."
    kind = fields.RadioChoice(label="What happened", choices=KINDS.items())
    time = fields.TimeOfDay(label="When", what="when", help_text="For example, 13:41")
    reason = fields.LongText(
        label="The conflict of interest",
        help_text="Needed for somebody who stepped out and has an account here.",
        rows=3,
        required=False,
    )

    def __init__(
        self, data: Any = None, *, item: AgendaItem, seat: Attendance, is_out: bool
    ) -> None:
        now = timezone.localtime(clock.now()).time()
        super().__init__(data, initial={"time": now})
        self.meeting, self.seat = item.meeting, seat
        reason: Any = self.fields["reason"]
        reason.who = of_bars(item.case)
        if is_out:
            self.fields["kind"].choices = [(BACK, "Recorded by mistake: is in the room")]  # type: ignore[attr-defined]
            del self.fields["time"]
        if is_out or seat.user_id is None:
            del self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        wants = cleaned.get("kind") == WITHDREW and "reason" in self.fields
        if wants and not cleaned.get("reason"):
            self.add_error("reason", "Enter the conflict of interest")
        if cleaned.get("time"):
            try:
                require_moment(self.meeting.opened_at, self.meeting.closed_at, self.moment)
            except ActionInvalid as wrong:
                self.add_error("time", str(wrong))
        return cleaned

    @property
    def moment(self) -> datetime.datetime:
        """The time on the day on which the meeting opened."""
        day = timezone.localdate(self.meeting.opened_at or self.meeting.starts_at)
        return timezone.make_aware(datetime.datetime.combine(day, self.cleaned_data["time"]))


class ConflictForm(forms.Form):
    """Declaring a conflict of interest of one's own."""

    who_sees_all = RECORDERS
    reason = fields.LongText(label="Your conflict of interest", rows=3)
    sure = fields.Tick(
        label="I understand that I will not be able to open this item or its case",
        what="that you will not be able to open this item",
    )

    def __init__(self, data: Any = None, *, item: AgendaItem) -> None:
        super().__init__(data)
        self.who_sees_all = of_bars(item.case)


class HomeForceForm(edits.EditForm, forms.Form):
    """The force of the area where the person lives, when it is another one, and who speaks for it."""

    who_sees_all = Mark.PANEL
    force = fields.ShortText(
        label="Force of the area where the person lives",
        help_text="Leave empty if it is the force that always comes.",
        max_length=120,
        required=False,
    )
    spoken_for_by = fields.SelectModelChoice(
        Attendance.objects.none(),
        label="Who of those present represents it",
        empty="Nobody yet",
        required=False,
    )

    def __init__(self, data: Any = None, *, room: Room) -> None:
        found = room.home_force
        initial = {"force": found.force, "spoken_for_by": found.spoken_for_by} if found else {}
        super().__init__(data, initial=initial, record=Record(found))
        field: Any = self.fields["spoken_for_by"]
        here = [one.row.pk for one in room.people]
        field.queryset = Attendance.objects.filter(pk__in=here)
        people = [(one.row.pk, f"{one.name}, {one.row.speaks_for}") for one in room.people]
        field.choices = [("", field.empty_label), *people]
