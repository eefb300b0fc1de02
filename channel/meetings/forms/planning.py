import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Area
from channel.meetings.models import Meeting
from prevent_cms import clock, fields


class MeetingForm(forms.Form):
    """When and where a panel meets."""

    area = fields.SelectChoice(label="Area", choices=(), empty="Choose an area")
    day = fields.DateField(
        label="Date", what="date of the meeting", future=True, help_text="For example, 6 10 2026"
    )
    time = fields.TimeOfDay(
        label="Start time", what="start time", help_text="For example, 1pm or 13:00"
    )
    place = fields.ShortText(label="Place", what="where the panel meets", max_length=200)

    def __init__(self, *args: Any, areas: Sequence[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.areas = {area.slug: area for area in areas}
        if len(areas) == 1:
            del self.fields["area"]
        else:
            choices = [("", "Choose an area"), *((a.slug, a.name) for a in areas)]
            self.fields["area"].choices = choices  # type: ignore[attr-defined]

    def clean_day(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["day"]
        if not clock.is_working_day(day):
            raise forms.ValidationError("The date must be a working day, and no bank holiday")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and Meeting.objects.filter(
            panel__area=self.chosen_area, starts_at=self.starts_at
        ):
            self.add_error("time", "The panel meets at this time already")
        return cleaned

    @property
    def chosen_area(self) -> Area:
        """The area chosen, or the only one there is."""
        slug = self.cleaned_data.get("area") or next(iter(self.areas))
        return self.areas[slug]

    @property
    def starts_at(self) -> datetime.datetime:
        both = datetime.datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"])
        return timezone.make_aware(both)
