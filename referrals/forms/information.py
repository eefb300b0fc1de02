"""Forms of the coordinators: releasing, asking, going on."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Agency, User
from prevent_cms import clock, fields
from prevent_cms.presentation import Who
from referrals import deadlines
from referrals.forms.grounds import GroundsForm
from referrals.forms.source import SourceForm
from referrals.information import agencies_to_ask
from referrals.models import Case

LONG = 3000


class Partners(fields.CheckboxModelChoices):
    """Agencies that have been read for the answers, and are not read again for the check."""

    read: list[Agency]

    def _check_values(self, value: Any) -> list[Agency]:
        known = {str(one.pk): one for one in self.read}
        if not {str(one) for one in value} <= known.keys():
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return [known[key] for key in known if key in {str(one) for one in value}]


class AskForm(SourceForm, fields.RevealingForm, GroundsForm):
    """Whom to ask, what, by when, and why that is lawful."""

    who_sees_all = Who(
        "police and the coordinators of this case read this form. An agency is told the power, the "
        "question and the date, not your reasons."
    )
    who_sees = {"question": "the agencies you ask. Do not say why the person was referred."}
    field_order = ("agencies", "question", "due_on")
    conditional: dict[str, dict[str, str | tuple[str, ...]]] = {}  # what each agency reveals

    agencies = Partners(
        None,
        label="Agencies to ask",
        what="at least one agency to ask",
        help_text="Under each agency is the power that is recorded unless you enter another.",
        small=True,
    )
    question = fields.LongText(
        label="Anything else to ask (optional)",
        help_text="Every agency is asked whether it knows the person, what support is in place, "
        "and anything that bears on their vulnerability. Add only what goes beyond that.",
        what="your question",
        max_length=LONG,
        rows=3,
        required=False,
    )
    due_on = fields.DateField(
        label="Answer by",
        what="date for answers",
        future=True,
        help_text="A working day. The date shown is your area's usual time.",
    )

    def __init__(self, data: Any = None, *, case: Case, by: User, is_police: bool = True) -> None:
        rules = case.area.rules
        usual = deadlines.usual(rules, clock.today())
        super().__init__(data, initial={"due_on": usual})
        field: Any = self.fields["agencies"]
        field.queryset = agencies_to_ask(case)
        partners = field.read = list(field.queryset)
        field.choices = [(agency.pk, agency.name) for agency in partners]
        field.option_hints = {
            str(agency.pk): agency.power_to_share or "No usual power: enter one below"
            for agency in partners
        }
        self.case = case
        for agency in partners:
            self.fields[f"own_{agency.pk}"] = fields.LongText(
                label=f"A question to {agency.name} alone (optional)",
                what=f"your question to {agency.name}",
                who="this agency. Do not say why the person was referred.",
                max_length=LONG,
                rows=2,
                required=False,
                legend="plain",
            )
        self.conditional = {"agencies": {str(one.pk): f"own_{one.pk}" for one in partners}}
        self.ask_agreement(case.area, self.offered(partners), by=by, case=case)
        self.ask_source(is_police)

    def offered(self, partners: list[Agency]) -> list[Agency]:
        """Every agency that this form can let in."""
        return partners

    def receiving(self) -> list[Agency]:
        return list(self.cleaned_data.get("agencies") or ())

    def clean_due_on(self) -> datetime.date:
        due_on: datetime.date = self.cleaned_data["due_on"]
        if not self.case.area.rules.is_open(due_on):
            raise ValidationError("Date for answers must be a working day, not a holiday")
        return due_on

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        bare = [agency for agency in cleaned.get("agencies") or () if not agency.power_to_share]
        if bare and not cleaned.get("power"):
            self.add_error("power", f"Enter the legal power for sharing with {bare[0].name}")
        return cleaned

    def answers(self) -> dict[str, Any]:
        """What the action takes."""
        given = self.cleaned_data
        return {
            "agencies": list(given["agencies"]),
            "question": given["question"],
            "own": {
                agency.pk: given[f"own_{agency.pk}"]
                for agency in given["agencies"]
                if given[f"own_{agency.pk}"]
            },
            "due_on": given["due_on"],
            "grounds": self.grounds(),
        }


class BeginForm(forms.Form):
    """Going on to the assessment; with answers outstanding that has to be meant."""

    without_answers = fields.Tick(label="", what="that you begin without them")

    def __init__(self, data: Any = None, *, outstanding: int) -> None:
        super().__init__(data)
        tick = self.fields["without_answers"]
        if outstanding:
            whose = "the answer of 1 agency" if outstanding == 1 else f"{outstanding} answers"
            tick.label = f"Begin without {whose}. What comes later can still be added"
        else:
            del self.fields["without_answers"]
