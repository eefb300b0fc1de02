"""Planning a meeting or a year of them, changing one, calling one off, issuing an agenda."""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Agency, Area
from channel.meetings import dates
from channel.meetings.access import Host
from channel.meetings.models import Meeting
from channel.meetings.year import LAST, NTH, WEEKS, Proposal, Rule, proposals
from prevent_cms import clock, edits, fields
from prevent_cms.marking import Mark
from referrals.forms.agreed import AgreedForm

READERS = "everybody who may know of the meeting. Name no person referred, and no case."
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
MONTHS_AHEAD = 18


class SittingForm(forms.Form):
    """At what time a panel meets, for how long and where."""

    who_sees_all = READERS
    time = fields.TimeOfDay(
        label="Start time", what="start time", help_text="For example, 1pm or 13:00"
    )
    length = fields.WholeNumber(
        label="Length in minutes",
        what="length",
        minimum=15,
        maximum=600,
        required=False,
        help_text="180 when you leave it empty",
    )
    place = fields.ShortText(label="Place", what="where the panel meets", max_length=200)

    def clean_length(self) -> int:
        return self.cleaned_data["length"] or Meeting.USUAL_LENGTH


class HostForm(SittingForm):
    """The same for a panel that is chosen where somebody plans for several."""

    panel = fields.SelectChoice(label="Panel", choices=(), empty="Choose a panel")

    def __init__(self, *args: Any, hosts: Sequence[Host], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hosts = {host.code: host for host in hosts}
        if len(hosts) == 1:
            del self.fields["panel"]
        else:
            choices = [("", "Choose a panel"), *((h.code, h.panel_name) for h in hosts)]
            self.fields["panel"].choices = choices  # type: ignore[attr-defined]

    @property
    def host(self) -> Host:
        """Whose panel meets: the one chosen, or the only one there is."""
        return self.hosts[self.cleaned_data.get("panel") or next(iter(self.hosts))]


class DayForm(SittingForm):
    """The same with the day; what the panel's calendar says against it stands beside the answer."""

    day = fields.DateField(
        label="Date",
        what="date of the meeting",
        future=True,
        or_today=True,
        help_text="For example, 6 10 2026",
    )

    def whose(self) -> tuple[Area, Agency | None]:
        """Whose calendar counts: an area, and its council where each has a panel."""
        raise NotImplementedError

    def clean_day(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["day"]
        area, _ = self.whose()
        if not area.rules.is_open(day):
            raise forms.ValidationError("The date must be a working day, and no bank holiday")
        return day

    @property
    def is_moved(self) -> bool:
        """Whether the moment is another than the meeting has; a new one has none."""
        return True

    def others(self) -> Any:
        """The meetings that the panel holds already at this moment."""
        return dates.held_at(*self.whose(), self.starts_at)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and self.starts_at <= clock.now() and self.is_moved:
            self.add_error("time", "The start time must be in the future")
        elif not self.errors and self.others().exists():
            self.add_error("time", "The panel meets at this time already")
        return cleaned

    @property
    def starts_at(self) -> datetime.datetime:
        both = datetime.datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"])
        return timezone.make_aware(both)


class MeetingForm(fields.RevealingForm, DayForm, HostForm):
    """When and where a panel meets, and why when it is not one of its usual meetings."""

    field_order = ("panel", "day", "time", "length", "place", "kind", "extraordinary_because")
    conditional = {"kind": {"extraordinary": "extraordinary_because"}}
    kind = fields.RadioChoice(
        label="Kind of meeting",
        choices=[("ordinary", "Ordinary meeting"), ("extraordinary", "Extraordinary meeting")],
        initial="ordinary",
        required=False,
    )
    extraordinary_because = fields.LongText(
        label="Why the panel meets outside its usual dates",
        what="why the panel meets outside its usual dates",
        max_length=500,
        rows=3,
    )

    def whose(self) -> tuple[Area, Agency | None]:
        return self.host.area, self.host.council


class MeetingChangeForm(edits.EditForm, DayForm):
    """Another day, time, length or place for a meeting."""

    field_order = ("day", "time", "length", "place")

    def __init__(self, *args: Any, meeting: Meeting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meeting = meeting

    def whose(self) -> tuple[Area, Agency | None]:
        return self.meeting.panel.area, self.meeting.panel.council

    @property
    def is_moved(self) -> bool:
        return self.starts_at != self.meeting.starts_at

    def others(self) -> Any:
        return super().others().exclude(pk=self.meeting.pk)


class CancelForm(edits.EditForm, forms.Form):
    who_sees_all = READERS
    because = fields.LongText(
        label="Why is the meeting cancelled?",
        what="why the meeting is cancelled",
        max_length=500,
        rows=3,
    )


class YearForm(fields.RevealingForm, HostForm):
    """The rule by which a panel meets through a year."""

    field_order = (
        "panel", "which", "weeks", "weekday", "start", "months", "time", "length", "place",
    )  # fmt: skip
    conditional = {"which": {WEEKS: "weeks"}}
    which = fields.RadioChoice(
        label="How often does the panel meet?",
        what="how often the panel meets",
        choices=[
            *((name, f"On the {name} chosen weekday of each month") for name in (*NTH, LAST)),
            (WEEKS, "Every so many weeks"),
        ],
    )
    weeks = fields.WholeNumber(
        label="Weeks from one meeting to the next", what="number of weeks", minimum=1, maximum=26
    )
    weekday = fields.SelectChoice(label="Weekday", choices=list(enumerate(WEEKDAYS)))
    start = fields.SelectChoice(label="First month", choices=())
    months = fields.WholeNumber(
        label="Number of months", what="number of months", minimum=1, maximum=12, initial=12
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this = clock.today().replace(day=1)
        months = [clock.add_months(this, n) for n in range(MONTHS_AHEAD)]
        choices = [("", "Choose one"), *((f"{m:%Y-%m}", f"{m:%B %Y}") for m in months)]
        self.fields["start"].choices = choices  # type: ignore[attr-defined]

    @property
    def proposals(self) -> list[Proposal]:
        """The dates that follow from the rule; those of meetings that stand are taken."""
        given, host = self.cleaned_data, self.host
        rule = Rule(
            which=given["which"],
            weekday=int(given["weekday"]),
            start=datetime.date.fromisoformat(f"{given['start']}-01"),
            months=given["months"],
            weeks=given.get("weeks") or 0,
        )
        held = dates.held_at(host.area, host.council).values_list("starts_at", flat=True)
        taken = {timezone.localdate(one) for one in held}
        return proposals(rule, given["time"], host.area.rules, taken)


class DatesForm(forms.Form):
    """Which of the proposed dates are planned."""

    days = fields.CheckboxChoices(label="Dates to plan", what="at least one date", choices=())

    def __init__(self, data: Any = None, *, proposals: Sequence[Proposal]) -> None:
        self.proposals = {one.day.isoformat(): one for one in proposals}
        free = [key for key, one in self.proposals.items() if not one.hindrance]
        super().__init__(data, initial={"days": free})
        days: Any = self.fields["days"]
        days.choices = [(key, one.words) for key, one in self.proposals.items()]
        days.option_hints = {key: one.note for key, one in self.proposals.items() if one.note}

    def clean_days(self) -> list[str]:
        days: list[str] = self.cleaned_data["days"]
        for one in (self.proposals[key] for key in days):
            if one.hindrance:
                raise forms.ValidationError(f"Untick {one.words}. {one.hindrance}")
        return days

    @property
    def starts(self) -> list[datetime.datetime]:
        return [self.proposals[key].starts_at for key in self.cleaned_data["days"]]


class IssueForm(AgreedForm):
    """Issuing an agenda shares its cases; it asks only where a member has no agreement in force."""

    who_sees_all = Mark.COORDINATION

    def __init__(self, data: Any = None, *, agencies: Iterable[Agency]) -> None:
        super().__init__(data)
        self.agencies = agencies

    def receiving(self) -> Iterable[Agency]:
        return self.agencies
