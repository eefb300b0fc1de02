"""Why a share is lawful: the same four questions wherever a case is shared (R95-R102)."""

from django import forms

from prevent_cms import fields
from referrals.actions.sharing import Grounds

LONG = 3000


class GroundsForm(forms.Form):
    purpose = fields.ShortText(
        label="Purpose", what="the purpose", max_length=300, initial="Safeguarding"
    )
    power = fields.ShortText(
        label="Another legal power, if you rely on one (optional)",
        what="the legal power",
        help_text="Leave this empty to record each agency's usual power.",
        max_length=300,
        required=False,
    )
    necessity = fields.LongText(
        label="Why it is necessary and relevant",
        what="why it is necessary",
        help_text="What could you not do without it?",
        max_length=LONG,
        rows=3,
    )
    proportionality = fields.LongText(
        label="Why it is proportionate",
        what="why it is proportionate",
        help_text="Why this much and no more? Was anything less intrusive possible? "
        "How do you know that it is not discriminatory?",
        max_length=LONG,
        rows=3,
    )

    def grounds(self) -> Grounds:
        """The answers as the action wants them; call when the form is valid."""
        names = ("purpose", "power", "necessity", "proportionality")
        return Grounds(**{name: self.cleaned_data[name] for name in names})
