"""Forms of the one-time link: making it, its code, and the answer."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from prevent_cms import clock, fields
from prevent_cms.presentation import Who
from referrals import deadlines
from referrals.actions.one_time import Asked
from referrals.forms.grounds import GroundsForm
from referrals.forms.source import SourceForm
from referrals.models import Case, InformationReturn

Known = InformationReturn.Known
NOTHING = (
    "This link and this code do not open anything. A link works for a few days and once. Telephone "
    "whoever gave you the code."
)


class OneTimeForm(SourceForm, GroundsForm):
    """Who is asked, on which telephone the code is given, and why that is lawful."""

    who_sees_all = Who(
        "police and the coordinators of this case. Who is asked reads the question, the date and "
        "the power, not your reasons."
    )
    who_sees = {"question": "whoever is asked. Do not say why the person was referred."}
    field_order = ("body", "person", "phone", "question", "due_on")

    body = fields.ShortText(label="School, practice or other body", what="who is asked")
    person = fields.ShortText(
        label="Who answers there?", what="who answers there", help_text="Name and role"
    )
    phone = fields.Phone(
        label="Telephone number",
        what="telephone number",
        help_text="Look it up yourself. On this number you give the code.",
    )
    question = fields.LongText(
        label="Anything else to ask (optional)",
        what="your question",
        max_length=3000,
        rows=3,
        required=False,
    )
    due_on = fields.DateField(label="Answer by", what="date for the answer", future=True)

    def __init__(self, data: Any = None, *, case: Case, is_police: bool) -> None:
        rules = case.area.rules
        latest = rules.due(clock.today(), rules.one_time_link_working_days)
        usual = min(deadlines.usual(rules, clock.today()), latest)
        super().__init__(data, initial={"due_on": usual})
        self.case, self.latest = case, latest
        power = self.fields["power"]
        power.label, power.required = "Legal power", True
        power.help_text = "The power on which you share this with them."
        self.fields["body"].max_length = 120  # type: ignore[attr-defined]
        self.ask_source(is_police)

    def clean_due_on(self) -> datetime.date:
        due_on: datetime.date = self.cleaned_data["due_on"]
        if not self.case.area.rules.is_open(due_on):
            raise ValidationError("Date for the answer must be a working day, not a holiday")
        if due_on > self.latest:
            day = f"{self.latest.day} {self.latest:%B %Y}"
            raise ValidationError(
                f"Date for the answer must be {day} or before: the link ends then"
            )
        return due_on

    def asked(self) -> Asked:
        """What the action takes; call when the form is valid."""
        names = ("body", "person", "phone", "question", "due_on")
        return Asked(**{name: self.cleaned_data[name] for name in names})


class LinkCodeForm(forms.Form):
    """The code that was given by telephone."""

    code = fields.ShortText(
        label="Code",
        what="the code",
        help_text="8 numbers. You were given it by telephone.",
        max_length=20,
        width="10",
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        attrs = {"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}
        self.fields["code"].widget.attrs.update(attrs)

    def refuse(self) -> None:
        """Say the one thing that is said, whatever is wrong with link or code."""
        self.add_error("code", NOTHING)


class OneTimeAnswerForm(SourceForm):
    """What a body without an account knows; what comes from intelligence is refused (s.38)."""

    instead = (
        "Do not send it here. Take out whatever comes from an intelligence service, and telephone "
        "whoever gave you the code: they say how it may be told"
    )

    who_sees_all = Who("police and the coordinators of the case. No other school or agency.")

    known = fields.RadioChoice(
        label="Is this person known to you?",
        what="whether this person is known to you",
        choices=Known.choices,
    )
    answer = fields.LongText(
        label="What you know (optional if they are not known to you)",
        what="what you know",
        help_text="Answer the question. Only what is necessary and relevant. Keep fact and opinion "
        "apart.",
        max_length=5000,
        rows=8,
        required=False,
    )
    answered_by = fields.ShortText(
        label="Your name and role", what="your name and role", max_length=200
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.ask_source(True)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        is_known = cleaned.get("known") in (Known.YES, Known.BEFORE)
        if is_known and not cleaned.get("answer") and "answer" not in self.errors:
            self.add_error("answer", "Enter what you know")
        return cleaned
