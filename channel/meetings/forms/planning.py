import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Agency
from channel.meetings.access import Host
from channel.meetings.models import Meeting
from prevent_cms import clock, fields
from prevent_cms.marking import Mark
from referrals.forms.agreed import AgreedForm


class MeetingForm(forms.Form):
    """When and where a panel meets."""

    panel = fields.SelectChoice(label="Panel", choices=(), empty="Choose a panel")
    day = fields.DateField(
        label="Date", what="date of the meeting", future=True, help_text="For example, 6 10 2026"
    )
    time = fields.TimeOfDay(
        label="Start time", what="start time", help_text="For example, 1pm or 13:00"
    )
    place = fields.ShortText(label="Place", what="where the panel meets", max_length=200)

    def __init__(self, *args: Any, hosts: Sequence[Host], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hosts = {host.code: host for host in hosts}
        if len(hosts) == 1:
            del self.fields["panel"]
        else:
            choices = [("", "Choose a panel"), *((h.code, h.panel_name) for h in hosts)]
            self.fields["panel"].choices = choices  # type: ignore[attr-defined]

    def clean_day(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["day"]
        if not clock.is_working_day(day):
            raise forms.ValidationError("The date must be a working day, and no bank holiday")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and Meeting.objects.filter(
            panel__area=self.host.area,
            panel__council=self.host.council,
            starts_at=self.starts_at,
        ):
            self.add_error("time", "The panel meets at this time already")
        return cleaned

    @property
    def host(self) -> Host:
        """Whose panel meets: the one chosen, or the only one there is."""
        return self.hosts[self.cleaned_data.get("panel") or next(iter(self.hosts))]

    @property
    def starts_at(self) -> datetime.datetime:
        both = datetime.datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"])
        return timezone.make_aware(both)


class IssueForm(AgreedForm):
    """Issuing an agenda shares its cases; it asks only where a member has no agreement in force."""

    who_sees_all = Mark.COORDINATION

    def __init__(self, data: Any = None, *, agencies: Iterable[Agency]) -> None:
        super().__init__(data)
        self.agencies = agencies

    def receiving(self) -> Iterable[Agency]:
        return self.agencies
