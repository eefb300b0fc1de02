"""Forms of the police desk and of the case list."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict

from prevent_cms import fields
from prevent_cms.marking import Mark
from prevent_cms.presentation import Who
from referrals import filters, next_steps, queries
from referrals.actions.closing import AGREED_CONCERN
from referrals.forms.leaving import LeavingForm
from referrals.forms.source import SourceForm
from referrals.models import Case, Closure, Screening

SECTION_38 = (
    "Do not enter anything held by, or from, an intelligence service (section 38). Keep to what "
    "you need for the decision."
)


class ReasonForm(forms.Form):
    """One reason, read by police only."""

    who_sees_all: Mark | Who = Mark.POLICE
    reason = fields.LongText(label="Reason", help_text=SECTION_38, rows=4)


class ScreeningForm(ReasonForm):
    outcome = fields.RadioChoice(
        label="Screening",
        what="what you decided",
        choices=Screening.Outcome.choices,
        small=True,
        option_hints={
            Screening.Outcome.GO_ON: "Next comes the check against live investigations",
            Screening.Outcome.OTHER_NEEDS: "You will name who takes these on",
        },
    )
    field_order = ("outcome", "reason")

    def __init__(self, *args: Any, area: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.who_sees_all = Who(
            f"police in {area} only. No one else can tell that this case exists until you record "
            "a clear result and release it.",
            police=True,
        )


class CloseForm(SourceForm, LeavingForm):
    outcome = fields.RadioChoice(
        label="Outcome",
        what="the outcome",
        small=True,
        choices=Closure.Outcome.choices,
        option_hints={
            Closure.Outcome.INVESTIGATION: "Outside police only “Closed” is shown",
            Closure.Outcome.OTHER_MECHANISM: "Name it below",
            Closure.Outcome.OTHER_NEEDS: "Name who takes these on below",
            Closure.Outcome.POLICE_LED: "A hand-over: name the team that leads from now on",
        },
    )
    conditional = {"outcome": {"police_led": "handed_over_on"}, **LeavingForm.conditional}
    reason = fields.LongText(label="Reason", help_text=SECTION_38, rows=4)
    field_order = ("outcome", "reason")

    def __init__(
        self, *args: Any, case: Case, outcomes: Iterable[Closure.Outcome], **kwargs: Any
    ) -> None:
        self.concern = next_steps.concern(case)  # what the parties agreed on, as a beginning
        super().__init__(*args, **{"initial": self.concern, **kwargs})
        field: Any = self.fields["outcome"]
        field.choices = [(one.value, one.label) for one in outcomes]
        self.who_sees_all = Mark.COORDINATION if case.is_released else Mark.POLICE
        self.ask_source(case.is_released)
        self.apply(str(self.data.get("outcome", "")))

    def clean(self) -> Any:
        cleaned = super().clean()
        if self.concern and cleaned.get("safeguarding_concern") is False:
            self.add_error("safeguarding_concern", AGREED_CONCERN)
        return cleaned


class AgreeForm(forms.Form):
    """The second person's word on closing a repeat referral."""

    who_sees_all = Mark.POLICE
    endorses = fields.YesNoField(label="Do you agree that this case can be closed?", small=True)
    reason = fields.LongText(label="Why", what="why", help_text=SECTION_38, max_length=2000, rows=3)


class ReopenForm(forms.Form):
    who_sees_all = Mark.COORDINATION
    reason = fields.LongText(
        label="Why the case is reopened", what="why the case is reopened", rows=4
    )


class SearchForm(forms.Form):
    """Posted, so that no name stands in an address or a log."""

    name = fields.ShortText(
        label="Find by name or reference", what="a name or a reference", max_length=100
    )


class FilterForm(forms.Form):
    """What the list is narrowed to; stands in the address, so it holds codes only."""

    whose = fields.RadioChoice(
        label="Owner", choices=[("", "Anyone"), *filters.WHOSE.items()], required=False, small=True
    )
    stage = fields.CheckboxChoices(label="Stage", choices=[], required=False, small=True)
    due = fields.RadioChoice(
        label="Due", choices=[("", "Any time"), *filters.DUE.items()], required=False, small=True
    )
    waiting = fields.RadioChoice(
        label="Waiting for",
        choices=[("", "Anybody"), *filters.WAITING.items()],
        required=False,
        small=True,
    )
    area = fields.RadioChoice(label="Area", choices=[], required=False, small=True)

    def __init__(self, data: QueryDict, *, lens: queries.Lens) -> None:
        data = data.copy()
        for name in ("whose", "due", "waiting", "area"):
            data.setdefault(name, "")  # "Anyone" and "Any time" stand chosen
        super().__init__(data)
        self.stages = tuple(s.value for s in lens.stages if s in data.getlist("stage"))
        self._choices("stage", [(s.value, s.label) for s in lens.stages])
        self._choices("area", [("", "All areas"), *lens.areas.items()])
        chosen = str(data["whose"])
        if officer := queries.officer_of(lens, chosen):
            whose = [("", "Anyone"), *filters.WHOSE.items(), (chosen, officer.name)]
            self._choices("whose", whose)
        for name, is_theirs in (
            ("stage", lens.follows),
            ("whose", lens.is_police),
            ("due", lens.is_coordinator),
            ("waiting", lens.is_coordinator),
            ("area", bool(lens.areas)),
        ):
            if not is_theirs:
                del self.fields[name]

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def words_of(self, name: str, value: str) -> str:
        """The label of one choice."""
        labels: dict[str, str] = dict(self.fields[name].choices)  # type: ignore[attr-defined]
        return labels.get(value, "")

    def filters(self) -> filters.Filters:
        """The filters of the address; what is not understood counts as not given."""
        self.is_valid()
        chosen = self.cleaned_data
        return filters.Filters(
            stages=self.stages,
            **{name: chosen.get(name, "") for name in ("whose", "due", "waiting", "area")},
            after=str(self.data.get("after", ""))[:20],
            before=str(self.data.get("before", ""))[:20],
        )
