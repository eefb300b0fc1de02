"""The form on which police write down what they asked the referrer, and what was said."""

from typing import Any

from django import forms

from prevent_cms import clock, fields
from prevent_cms.marking import Mark
from referrals.models import Feedback, Referral


class DetailForm(forms.Form):
    """What one referrer was asked beyond the form, and said (R64)."""

    who_sees_all = Mark.POLICE

    referral = fields.RadioModelChoice(
        Referral.objects.none(), label="Which referral?", what="which referral", small=True
    )
    how = fields.RadioChoice(
        label="How did you ask?", what="how you asked", choices=Feedback.How.choices, small=True
    )
    on = fields.DateField(label="Day", what="the day", past=True, or_today=True)
    asked = fields.LongText(
        label="What you asked",
        what="what you asked",
        help_text="Ask what they saw and heard. Say nothing of what was found or what police do.",
        max_length=2000,
        rows=3,
    )
    answered = fields.YesNoField(label="Did they answer?", what="whether they answered", small=True)
    said = fields.LongText(
        label="What they said",
        what="what they said",
        help_text="In their words where you can. Keep fact and opinion apart.",
        max_length=20000,
        rows=6,
        required=False,
    )

    def __init__(self, data: Any = None, *, referrals: list[Referral]) -> None:
        first = referrals[0].pk if len(referrals) == 1 else None
        super().__init__(data, initial={"referral": first, "on": clock.today()})
        field: Any = self.fields["referral"]
        field.queryset = Referral.objects.filter(pk__in=[one.pk for one in referrals])
        if len(referrals) == 1:
            field.widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        answered = cleaned.pop("answered", None)
        if answered and not cleaned.get("said"):
            self.add_error("said", "Enter what they said")
        if answered is False and cleaned.get("said"):
            self.add_error("said", "Leave this empty, or say that they answered")
        return cleaned
