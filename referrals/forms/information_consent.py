from typing import Any

from django import forms

from prevent_cms import fields
from prevent_cms.marking import Mark
from referrals.actions.consent import SOMEBODYS
from referrals.models import Consent

Position = Consent.Position


class ConsentForm(forms.Form):
    """One entry of the log of consent (R109-R123)."""

    who_sees_all = Mark.COORDINATION

    about = fields.RadioChoice(
        label="Consent to what?",
        what="what the consent is about",
        choices=Consent.About.choices,
        small=True,
        option_hints={"support": "No support starts before this is recorded as given"},
    )
    position = fields.RadioChoice(
        label="What was decided or answered?",
        what="what was decided or answered",
        choices=Position.choices,
        small=True,
        option_hints={"not_to_seek": "Say below why asking now would do harm"},
    )
    asked_by = fields.ShortText(
        label="Who asks, or asked (optional)",
        what="who asks",
        help_text="Name and agency of the person who knows them best",
        max_length=200,
        required=False,
    )
    given_by = fields.RadioChoice(
        label="Who gave, refused or withdrew it?",
        what="who gave, refused or withdrew consent",
        choices=Consent.GivenBy.choices,
        small=True,
        required=False,
    )
    capacity_considered = fields.Tick(
        label="Their capacity to decide was considered, with support to decide if in doubt "
        "(16 and over, Mental Capacity Act 2005)",
        what="that their capacity to decide was considered",
        required=False,
    )
    decided_on = fields.DateField(
        label="Date", what="date of the decision", past=True, or_today=True
    )
    note = fields.LongText(
        label="Reasons, and what was said",
        what="the reasons",
        help_text="Taking part is voluntary and consent may be withdrawn at any time.",
        max_length=3000,
        rows=4,
    )

    def __init__(self, data: Any = None, *, is_adult_in_law: bool) -> None:
        super().__init__(data)
        self.is_adult_in_law = is_adult_in_law

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("position") not in SOMEBODYS:
            cleaned["given_by"] = ""
        elif not cleaned.get("given_by") and "given_by" not in self.errors:
            self.add_error("given_by", "Select who gave, refused or withdrew consent")
        own = cleaned.get("given_by") == Consent.GivenBy.SELF
        given = own and cleaned.get("position") == Position.GIVEN
        if given and self.is_adult_in_law and not cleaned.get("capacity_considered"):
            self.add_error(
                "capacity_considered", "Confirm that their capacity to decide was considered"
            )
        return cleaned
