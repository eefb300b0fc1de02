"""Forms of the check against live investigations, and of going on under an overt one."""

from typing import Any

from django import forms

from prevent_cms import fields
from prevent_cms.marking import Mark
from referrals.actions.deconfliction import Conditions
from referrals.forms.desk import SECTION_38
from referrals.models import Case, Deconfliction, System

Outcome = Deconfliction.Outcome
HOLDS = "Holds the case until you check again"


class DeconflictionForm(forms.Form):
    who_sees_all = Mark.POLICE
    systems = fields.CheckboxChoices(
        label="Systems checked",
        help_text="Tick each one that you have searched.",
        what="the systems that you searched",
        choices=[],
        small=True,
        required=False,
    )
    other_systems = fields.ShortText(
        label="Another system (optional)",
        what="the other system",
        help_text="By its name, if it is not in the list.",
        max_length=300,
        required=False,
    )
    outcome = fields.RadioChoice(
        label="Deconfliction",
        what="the result of the check",
        choices=Outcome.choices,
        small=True,
        option_hints={
            Outcome.CLEAR: "The case can go to other agencies",
            Outcome.CONFLICT: HOLDS,
            Outcome.MAJOR_RISK: HOLDS,
            Outcome.INVESTIGATION: "Holds the case; close it when it stays there",
            Outcome.OVERT: "The case can go on; you record the 3 conditions next",
        },
    )
    reason = fields.LongText(
        label="Reason",
        help_text=f"{SECTION_38} For a result other than clear, say what has been done to protect "
        "anybody at risk now.",
        what="the reason",
        required=False,
        rows=4,
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = case.area.rules.check_systems
        self.fields["systems"].choices = [  # type: ignore[attr-defined]
            (code, System.words(code)) for code in listed
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "systems" in cleaned and not (cleaned["systems"] or cleaned.get("other_systems")):
            self.add_error("systems", "Select the systems that you searched")
        outcome = cleaned.get("outcome", Outcome.CLEAR)
        is_missing = not cleaned.get("reason") and "reason" not in self.errors
        if outcome != Outcome.CLEAR and is_missing:
            self.add_error("reason", "Enter the reason")
        return cleaned

    def names(self) -> list[str]:
        """The systems in words; call when the form is valid."""
        other = self.cleaned_data["other_systems"]
        return [*map(System.words, self.cleaned_data["systems"]), *([other] if other else [])]

    def answers(self) -> dict[str, Any]:
        """What the action takes; call when the form is valid."""
        names = ("systems", "other_systems", "outcome", "reason")
        found = {name: self.cleaned_data[name] for name in names}
        return {**found, "seen": self.cleaned_data.get("seen") or 0}


class OvertForm(forms.Form):
    """How two of the three conditions are met; the panel's agreement is recorded when it is given."""

    who_sees_all = Mark.POLICE
    told = fields.LongText(
        label="How and when the person was told of the investigation",
        what="how and when the person was told",
        help_text="Condition 1: the investigation is overt and the person knows of it.",
        max_length=2000,
        rows=3,
    )
    action_taken = fields.LongText(
        label="Executive action that was taken",
        what="the executive action that was taken",
        help_text="Condition 2: an arrest, a search or other action lies behind.",
        max_length=2000,
        rows=3,
    )
    action_on = fields.DateField(label="Day of that action", what="day of that action", past=True)
    officer = fields.ShortText(
        label="Senior investigating officer",
        what="the senior investigating officer",
        help_text="Condition 3: the panel, with this officer there, has to agree. You record that "
        "when it has met; until then the case cannot be adopted.",
        max_length=200,
    )
    manageable = fields.LongText(
        label="Why that officer thinks the risk can be managed by a panel",
        what="why the risk can be managed",
        help_text=SECTION_38,
        max_length=2000,
        rows=3,
    )
    review_on = fields.DateField(
        label="When you look at this again",
        what="date when you look at this again",
        help_text="The conditions are looked at again for as long as the investigation runs.",
        future=True,
    )

    def conditions(self) -> Conditions:
        """The answers as the action wants them; call when the form is valid."""
        return Conditions(**{name: self.cleaned_data[name] for name in self.base_fields})


class AgreementForm(forms.Form):
    """That the panel agreed, with the senior investigating officer there."""

    who_sees_all = Mark.POLICE
    was_there = fields.Tick(
        label="The senior investigating officer, or somebody on their behalf, was there and agreed",
        what="that the senior investigating officer agreed",
    )
    on = fields.DateField(
        label="Day of the panel", what="day of the panel", past=True, or_today=True
    )
    words = fields.LongText(
        label="What the panel agreed, and on what terms",
        what="what the panel agreed",
        help_text=SECTION_38,
        max_length=2000,
        rows=4,
    )
