"""Forms of opening a case in an emergency, and of reviewing that."""

from django import forms

from prevent_cms import fields
from prevent_cms.presentation import Who
from referrals.models import EmergencyAccess

REVIEWERS = Who(
    "those who review emergencies: the police Prevent supervisor and, once the case is released, "
    "the panel chair and deputy."
)


class EmergencyForm(forms.Form):
    """What is opened, and why it cannot wait."""

    who_sees_all = REVIEWERS
    # Not checked for its form: whatever opens nothing gets one and the same answer.
    reference = fields.ShortText(
        label="Case reference",
        what="the case reference",
        help_text="As it was read out to you, with or without its dashes.",
        max_length=40,
        width="20",
    )
    reason = fields.LongText(
        label="What has happened, and why it cannot wait",
        what="why it cannot wait",
        max_length=2000,
        rows=4,
    )
    understood = fields.Tick(
        label="I know that this is recorded, and that somebody else reviews it",
        what="that you know it is recorded and reviewed",
    )


class ReviewForm(forms.Form):
    """Whether it was right to open the case."""

    who_sees_all = REVIEWERS
    outcome = fields.RadioChoice(
        label="Was it right to open this case in an emergency?",
        what="whether it was right",
        choices=EmergencyAccess.Outcome.choices,
        small=True,
    )
    note = fields.LongText(
        label="How you know, and what follows", what="how you know", max_length=2000, rows=4
    )
