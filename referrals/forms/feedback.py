"""The form on which an officer writes down what the referrer was told."""

from typing import Any

from django import forms

from prevent_cms import fields
from prevent_cms.marking import Mark
from prevent_cms.presentation import Who
from referrals import feedback
from referrals.models import Case, Feedback, Referral

Said = Feedback.Said


class FeedbackForm(forms.Form):
    """What one referrer was told; only words that betray nothing can be chosen (R216)."""

    who_sees_all: Mark | Who = Mark.COORDINATION

    referral = fields.RadioModelChoice(
        Referral.objects.none(), label="Which referral?", what="which referral", small=True
    )
    said = fields.RadioChoice(
        label="What the referrer was told", what="what the referrer was told", choices=()
    )
    how = fields.RadioChoice(
        label="How they were told",
        what="how they were told",
        choices=Feedback.How.choices,
        small=True,
        required=False,
    )
    on = fields.DateField(label="When", what="the date", past=True, or_today=True)
    note = fields.LongText(
        label="What else was said, or why they could not be told",
        what="why they could not be told",
        help_text="Never about the person, the family, other agencies or what was decided",
        max_length=1000,
        rows=3,
        required=False,
    )

    def __init__(self, data: Any = None, *, case: Case, waiting: list[Referral]) -> None:
        first = waiting[0].pk if len(waiting) == 1 else None
        super().__init__(data, initial={"referral": first})
        field: Any = self.fields["referral"]
        field.queryset = Referral.objects.filter(pk__in=[one.pk for one in waiting])
        words: Any = self.fields["said"]
        words.choices = [(word.value, word.label) for word in feedback.sayable(case)]
        self.is_guarded = feedback.is_guarded(case)
        if self.is_guarded or not case.is_released or any(o.wants_anonymity for o in waiting):
            self.who_sees_all = Mark.POLICE

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        told = cleaned.get("said") and cleaned["said"] != Said.NOTHING
        if told and not cleaned.get("how"):
            self.add_error("how", "Select how they were told")
        if cleaned.get("said") == Said.NOTHING:
            cleaned["how"] = ""
            if not cleaned.get("note"):
                self.add_error("note", "Enter why they could not be told")
        if told and self.is_guarded and cleaned.get("note"):
            self.add_error("note", "Nothing more may be said to the referrer of this case")
        return cleaned
