"""The form of the threshold test."""

from typing import Any

from django import forms

from accounts.models import User
from prevent_cms import fields
from prevent_cms.presentation import Who
from referrals import joining, threshold
from referrals.actions.threshold import Draft
from referrals.forms.desk import SECTION_38
from referrals.forms.source import SourceForm
from referrals.models import Case, ThresholdRisk, ThresholdTest

Of = ThresholdRisk.Of
EARLY = Who(
    "police of this area only, until everything is clear. After that the coordinators of the case.",
    police=True,
)
LATE = Who("police and the coordinators of this case.")
LONG = 3000


class ThresholdForm(SourceForm, forms.Form):
    who_sees_all: Who = LATE
    who_sees = {
        Of.TO_PROVIDERS: "as above and, once that is clear, every agency that this case is shared "
        "with for the panel."
    }

    circumstances = fields.LongText(
        label="The person's own circumstances",
        what="the person's own circumstances",
        help_text="What is known of this one person, and what speaks against a concern.",
        max_length=LONG,
        rows=4,
    )
    is_vulnerable = fields.YesNoField(
        label="Is a vulnerability to radicalisation present?",
        what="whether a vulnerability is present",
        help_text="If not, the person leaves Channel at once. Other needs are passed on when you "
        "close the case.",
        small=True,
    )
    rationale = fields.LongText(
        label="Why", what="why", help_text=SECTION_38, max_length=LONG, rows=4
    )
    level = fields.RadioChoice(
        label="Level of need",
        what="the level of need",
        choices=ThresholdTest.Level.choices,
        small=True,
    )
    concern_referred = fields.SelectChoice(
        label="Type of concern as referred (optional)",
        choices=[],
        empty="Not recorded",
        help_text="The types of the day on which the referral was received.",
        required=False,
    )
    concern_assessed = fields.SelectChoice(
        label="Type of concern as assessed (optional)",
        choices=[],
        empty="Not recorded",
        required=False,
    )
    to_person = fields.LongText(
        label="Risk to the person of being drawn into terrorism",
        what="the risk to the person",
        max_length=LONG,
        rows=3,
    )
    from_person = fields.LongText(
        label="Risk to others from the person",
        what="the risk from the person",
        max_length=LONG,
        rows=3,
    )
    to_providers = fields.LongText(
        label="Risk to those who give support",
        what="the risk to those who give support",
        help_text="What somebody has to know who visits or meets the person.",
        max_length=LONG,
        rows=3,
    )
    terrorism_risk_owner = fields.ShortText(
        label="Who owns the terrorism risk", what="who owns the terrorism risk", max_length=200
    )
    safeguarding_risk_owner = fields.ShortText(
        label="Who owns the safeguarding risk",
        what="who owns the safeguarding risk",
        max_length=200,
    )

    def __init__(self, data: Any = None, *, user: User, case: Case) -> None:
        super().__init__(data, initial=threshold.usual_owners(case))
        self.who_sees_all = LATE if joining.is_settled(user, case) else EARLY
        then, now = threshold.concern_choices(case)
        for name, found in (("concern_referred", then), ("concern_assessed", now)):
            self.fields[name].choices = [("", "Not recorded"), *found]  # type: ignore[attr-defined]
        self.ask_source(True)

    def draft(self) -> Draft:
        """The answers as the action wants them; call when the form is valid."""
        return Draft(**{name: self.cleaned_data[name] for name in Draft.__dataclass_fields__})

    def risks(self) -> dict[str, str]:
        return {of: self.cleaned_data[of] for of in Of.values}
