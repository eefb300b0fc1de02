"""Why a share is lawful: the same questions wherever a case is shared (R95-R102)."""

from typing import Any

from prevent_cms import fields
from referrals.actions.sharing import USUAL_LAW, Grounds
from referrals.forms.agreed import AgreedForm
from referrals.models import Gateway

LONG = 3000
MAY = ("purpose", "power", "law", "gateway", "gateway_reason")
TEST = ("necessity", "relevance", "proportionality", "fairness")


class GroundsForm(AgreedForm):
    """Whether one may share (`MAY`), and the test for doing so (`TEST`); sharing/_grounds.html."""

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
    law = fields.ShortText(
        label="Another law that governs it, if there is one (optional)",
        what="the law",
        help_text=f"Leave this empty to record: {USUAL_LAW}.",
        max_length=300,
        required=False,
    )
    gateway = fields.RadioChoice(
        label="Do they consent to it?",
        what="whether they consent to it",
        help_text="Consent wherever possible. The log of consent shows what was asked and answered.",
        choices=Gateway.choices,
        small=True,
    )
    gateway_reason = fields.LongText(
        label="If without consent: why it is not asked for, or overridden",
        what="why you share without consent",
        max_length=LONG,
        rows=2,
        required=False,
    )
    necessity = fields.LongText(
        label="Why it is necessary",
        what="why it is necessary",
        help_text="What could you not do without it?",
        max_length=LONG,
        rows=2,
    )
    relevance = fields.LongText(
        label="Why it is relevant",
        what="why it is relevant",
        help_text="Why does this agency need to know just this?",
        max_length=LONG,
        rows=2,
    )
    proportionality = fields.LongText(
        label="Why it is proportionate",
        what="why it is proportionate",
        help_text="Why this much and no more? Was anything less intrusive possible?",
        max_length=LONG,
        rows=2,
    )
    fairness = fields.LongText(
        label="How you know that it is not discriminatory",
        what="how you know that it is not discriminatory",
        max_length=LONG,
        rows=2,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        gateway, why = cleaned.get("gateway"), cleaned.get("gateway_reason")
        if gateway == Gateway.CONSENT:
            cleaned["gateway_reason"] = ""
        elif gateway and not why and "gateway_reason" not in self.errors:
            self.add_error("gateway_reason", "Enter why you share without consent")
        return cleaned

    def grounds(self) -> Grounds:
        """The answers as the action wants them; call when the form is valid."""
        given = {name: self.cleaned_data[name] for name in (*MAY, *TEST, "without_agreement")}
        given |= {"law": given["law"] or USUAL_LAW, "agreements": self.standing}
        return Grounds(**given)


def told(grounds: Grounds) -> list[tuple[str, Any]]:
    """The answers once more, for the page that is checked before it is done."""
    rows = [
        ("Purpose", grounds.purpose),
        ("Law", grounds.law),
        ("Consent", Gateway(grounds.gateway).label),
        ("Why without consent", grounds.gateway_reason),
        ("Necessary", grounds.necessity),
        ("Relevant", grounds.relevance),
        ("Proportionate", grounds.proportionality),
        ("Not discriminatory", grounds.fairness),
        ("Why without an agreement in force", grounds.without_agreement),
    ]
    return [(words, value) for words, value in rows if value]
