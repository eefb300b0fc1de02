"""The question for whoever shares where no information sharing agreement is in force (R103)."""

from collections.abc import Iterable
from typing import Any

from django import forms

from accounts.agreements.queries import Standing, standing
from accounts.models import Agency, Area, User
from prevent_cms import fields
from referrals.actions import agreed
from referrals.models import Case


class AgreedForm(forms.Form):
    """Mixin: asks for the reason, and only where one of the agencies that can be chosen lacks one.

    A reason is wanted only when such an agency was chosen, and never where a referral is urgent.
    """

    without_agreement = fields.LongText(
        label="Why you share without an agreement in force",
        what="why you share without an agreement in force",
        max_length=3000,
        rows=2,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._question = self.fields.pop("without_agreement")
        self.lacking: dict[int, str] = {}
        self.may_be_left_out = False
        self.standing: Standing | None = None

    def ask_agreement(
        self, area: Area, agencies: Iterable[Agency], *, by: User, case: Case | None = None
    ) -> None:
        """Put the question last if one of these agencies has no agreement in force.

        `case` is the one that is shared, if it is one alone. One query, or two.
        """
        stands = self.standing = standing(area, by)
        found = [(one, stands.lack(one)) for one in agencies]
        self.lacking = {one.pk: words for one, words in found if words}
        if not self.lacking:
            return
        self.may_be_left_out = case is not None and agreed.is_urgent(case, by)
        named = "; ".join(
            f"{one.name}: {words[0].lower()}{words[1:]}" for one, words in found if words
        )
        when = (
            "The referral is urgent, so you can leave this empty. " if self.may_be_left_out else ""
        )
        self._question.help_text = f"{when}Wanted if you share with one of these. {named}."
        self.fields["without_agreement"] = self._question

    def receiving(self) -> Iterable[Agency]:
        """The agencies that were chosen, as far as the answers are right."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        given = cleaned.setdefault("without_agreement", "")
        if given or self.may_be_left_out or "without_agreement" in self.errors:
            return cleaned
        for agency in self.receiving() if self.lacking else ():
            if agency.pk in self.lacking:
                self.add_error("without_agreement", agreed.wanted(agency.name).rstrip("."))
                break
        return cleaned
