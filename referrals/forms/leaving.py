"""The questions about leaving, the same by whatever way a case leaves."""

from typing import Any

from django import forms

from prevent_cms import fields
from prevent_cms.fields import RevealingForm
from prevent_cms.marking import Mark
from prevent_cms.presentation import Who
from referrals.actions.leaving import NOTHING_TO_OFFER, Leaving, Outcome

HARM = "Significant harm is a safeguarding concern. Say who raised it, and when"


class LeavingFields(forms.Form):
    """Where help goes on, who protects the person, and what was passed on outside Channel."""

    destination = fields.LongText(
        label="Where the person is helped next",
        help_text="The service that takes this on, with a named contact, or that nobody needs to",
        what="where the person is helped next",
        max_length=2000,
        rows=2,
    )
    health_and_care_considered = fields.LongText(
        label="How health and social care were considered",
        help_text="Section 36(6) of the Counter-Terrorism and Security Act 2015 asks for this "
        "whenever somebody is not supported through Channel.",
        what="how health and social care were considered",
        max_length=2000,
        rows=3,
    )
    safeguarding_concern = fields.YesNoField(
        label="Is there a safeguarding concern?",
        what="whether there is a safeguarding concern",
        small=True,
    )
    safeguarding_person = fields.ShortText(
        label="Who raised it",
        help_text="A person by name, and where they work. The case cannot leave before it is raised.",
        what="who raised the safeguarding concern",
        max_length=200,
    )
    safeguarding_raised_on = fields.DateField(
        label="When it was raised",
        what="the date on which the safeguarding concern was raised",
        past=True,
        or_today=True,
    )
    significant_harm = fields.YesNoField(
        label="Is a child suspected of suffering significant harm, or likely to?",
        what="whether a child may be suffering significant harm",
        small=True,
    )
    social_care = fields.ShortText(
        label="Who of children's social care took part in this decision",
        what="who of children's social care took part",
        max_length=300,
    )
    crime = fields.YesNoField(
        label="Is a crime or terrorist activity suspected?",
        what="whether a crime or terrorist activity is suspected",
        help_text="It is passed to police without delay, outside Channel.",
        small=True,
    )
    crime_passed_to = fields.ShortText(
        label="To whom in police it was passed",
        what="to whom it was passed",
        max_length=200,
    )
    crime_passed_on = fields.DateField(
        label="When it was passed on",
        what="the date on which it was passed on",
        past=True,
        or_today=True,
    )
    handed_over_on = fields.DateField(
        label="The day from which police lead", what="the day from which police lead"
    )


class LeavingForm(RevealingForm, LeavingFields):
    """The same on a page of its own; `outcome` says what has to be answered."""

    who_sees_all: Mark | Who = Mark.POLICE
    conditional = {
        "safeguarding_concern": {"yes": ("safeguarding_person", "safeguarding_raised_on")},
        "significant_harm": {"yes": "social_care"},
        "crime": {"yes": ("crime_passed_to", "crime_passed_on")},
    }

    def __init__(self, *args: Any, outcome: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.apply(outcome)
        if "outcome" not in self.fields and outcome != Outcome.POLICE_LED:
            del self.fields["handed_over_on"]

    def apply(self, outcome: str) -> None:
        """Ask what this outcome needs."""
        for name in ("destination", "health_and_care_considered"):
            self.fields[name].required = outcome not in NOTHING_TO_OFFER

    def clean(self) -> Any:
        cleaned = super().clean()
        if cleaned.get("significant_harm") and cleaned.get("safeguarding_concern") is False:
            self.add_error("safeguarding_concern", HARM)
        return cleaned

    def leaving(self) -> Leaving:
        """The answers as the action wants them; call when the form is valid."""
        names = Leaving.__dataclass_fields__
        return Leaving(**{n: self.cleaned_data[n] for n in names if n in self.cleaned_data})
