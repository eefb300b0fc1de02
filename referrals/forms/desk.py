"""Forms of the police desk and of the case list."""

from typing import Any

from django import forms
from django.http import QueryDict

from prevent_cms import edits, fields
from prevent_cms.fields import RevealingForm
from prevent_cms.history.versions import Answers, Record
from prevent_cms.marking import Mark
from prevent_cms.presentation import Who
from referrals import queries
from referrals.actions.closing import EXIT_OUTCOMES, NEEDS_DESTINATION, NO_CARE_QUESTION, Leaving
from referrals.models import Case, Closure, Deconfliction, Screening, System

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


class LeavingForm(RevealingForm, forms.Form):
    """How the person leaves; `outcome` says what has to be answered."""

    who_sees_all: Mark | Who = Mark.POLICE
    conditional = {"safeguarding_concern": {"yes": "safeguarding_person"}}
    destination = fields.ShortText(
        label="Where the person is helped next",
        help_text="The service that takes this on, or that nobody needs to.",
        what="where the person is helped next",
        max_length=300,
        required=False,
    )
    safeguarding_concern = fields.YesNoField(
        label="Is there a safeguarding concern that somebody has to raise?", small=True
    )
    safeguarding_person = fields.ShortText(
        label="Who raises it",
        help_text="A person by name, and where they work.",
        what="who raises it",
    )
    health_and_care_considered = fields.LongText(
        label="How health and social care were considered",
        help_text="Section 36(6) of the Counter-Terrorism and Security Act 2015 asks for this "
        "whenever somebody is not supported through Channel.",
        what="how health and social care were considered",
        max_length=2000,
        rows=4,
    )

    def __init__(self, *args: Any, outcome: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.apply(outcome)

    def apply(self, outcome: str) -> None:
        """Ask what this outcome needs."""
        self.fields["destination"].required = outcome in NEEDS_DESTINATION
        self.fields["health_and_care_considered"].required = outcome not in NO_CARE_QUESTION

    def leaving(self) -> Leaving:
        """The answers as the action wants them; call when the form is valid."""
        names = Leaving.__dataclass_fields__
        return Leaving(**{name: self.cleaned_data.get(name) or _blank(name) for name in names})


def _blank(name: str) -> Any:
    return False if name == "safeguarding_concern" else ""


class CloseForm(LeavingForm):
    outcome = fields.RadioChoice(
        label="Outcome",
        what="the outcome",
        small=True,
        choices=[pair for pair in Closure.Outcome.choices if pair[0] not in EXIT_OUTCOMES],
        option_hints={
            Closure.Outcome.INVESTIGATION: "Outside police only “Closed” is shown",
            Closure.Outcome.OTHER_MECHANISM: "Name it below",
            Closure.Outcome.OTHER_NEEDS: "Name who takes these on below",
        },
    )
    reason = fields.LongText(label="Reason", help_text=SECTION_38, rows=4)
    field_order = ("outcome", "reason")

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.who_sees_all = Mark.COORDINATION if case.is_released else Mark.POLICE
        self.apply(str(self.data.get("outcome", "")))


class AgreeForm(forms.Form):
    """The second person's word on closing a repeat referral."""

    who_sees_all = Mark.POLICE
    endorses = fields.YesNoField(label="Do you agree that this case can be closed?", small=True)
    reason = fields.LongText(label="Why", what="why", help_text=SECTION_38, max_length=2000, rows=3)


class DeconflictionForm(forms.Form):
    who_sees_all = Mark.POLICE
    systems = fields.CheckboxChoices(
        label="Systems checked",
        help_text="Tick each one that you have searched.",
        what="the systems that you searched",
        choices=System.choices,
        small=True,
    )
    outcome = fields.RadioChoice(
        label="Deconfliction",
        what="the result of the check",
        choices=Deconfliction.Outcome.choices,
        small=True,
        option_hints={
            Deconfliction.Outcome.CLEAR: "The case can go to other agencies",
            Deconfliction.Outcome.CONFLICT: "Holds the case until you check again",
            Deconfliction.Outcome.MAJOR_RISK: "Holds the case until you check again",
            Deconfliction.Outcome.INVESTIGATION: "Holds the case; close it when it stays there",
        },
    )
    reason = fields.LongText(
        label="Reason",
        help_text=f"{SECTION_38} For a result other than clear, say what has been done to protect "
        "anybody at risk now.",
        what="the reason",
        required=False,
        rows=4,
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        outcome = cleaned.get("outcome", Deconfliction.Outcome.CLEAR)
        is_missing = not cleaned.get("reason") and "reason" not in self.errors
        if outcome != Deconfliction.Outcome.CLEAR and is_missing:
            self.add_error("reason", "Enter the reason")
        return cleaned

    def answers(self) -> dict[str, Any]:
        """What the action takes; call when the form is valid."""
        found = {name: self.cleaned_data[name] for name in ("systems", "outcome", "reason")}
        return {**found, "seen": self.cleaned_data.get("seen") or 0}


class ReopenForm(forms.Form):
    who_sees_all = Mark.COORDINATION
    reason = fields.LongText(
        label="Why the case is reopened", what="why the case is reopened", rows=4
    )


class OwnerRecord(Record):
    """Who has a case, by the name of the form's question."""

    def now(self) -> Answers:
        return {"officer": self.row.owner_id}

    def began(self, version: int) -> Answers:
        return {"officer": super().began(version).get("owner")}


class AssignForm(edits.EditForm, forms.Form):
    officer = fields.RadioModelChoice(
        None, label="Who has the case from now on?", what="who has the case", small=True
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, record=OwnerRecord(case), **kwargs)
        others = queries.officers(case)
        if not self.is_bound:
            others = others.exclude(pk=case.owner_id or 0)
        self.fields["officer"].queryset = others  # type: ignore[attr-defined]


class SearchForm(forms.Form):
    """Posted, so that no name stands in an address or a log."""

    name = fields.ShortText(
        label="Find by name or reference", what="a name or a reference", max_length=100
    )


class FilterForm(forms.Form):
    """What the list is narrowed to; stands in the address, so it holds codes only."""

    whose = fields.RadioChoice(
        label="Owner",
        choices=[("", "Anyone"), ("mine", "Me"), ("unallocated", "Nobody yet")],
        required=False,
        small=True,
    )
    stage = fields.CheckboxChoices(label="Stage", choices=[], required=False, small=True)
    due = fields.RadioChoice(
        label="Due",
        choices=[
            ("", "Any time"),
            ("overdue", "Overdue"),
            ("today", "Today"),
            ("week", "Next 7 days"),
        ],
        required=False,
        small=True,
    )

    def __init__(self, data: QueryDict, *, lens: queries.Lens) -> None:
        data = data.copy()
        for name in ("whose", "due"):
            data.setdefault(name, "")  # "Anyone" and "Any time" stand chosen
        super().__init__(data)
        self.stages = tuple(s.value for s in lens.stages if s in data.getlist("stage"))
        self.fields["stage"].choices = [(s.value, s.label) for s in lens.stages]  # type: ignore[attr-defined]
        if not lens.follows:
            del self.fields["stage"]
        if not lens.is_police:
            del self.fields["whose"]
        if not lens.is_coordinator:
            del self.fields["due"]

    def filters(self) -> queries.Filters:
        """The filters of the address; what is not understood counts as not given."""
        self.is_valid()
        chosen = self.cleaned_data
        return queries.Filters(
            stages=self.stages,
            whose=chosen.get("whose", ""),
            due=chosen.get("due", ""),
            after=str(self.data.get("after", ""))[:20],
            before=str(self.data.get("before", ""))[:20],
        )
