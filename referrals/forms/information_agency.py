"""Forms of the asked agency: an answer, and a nil return."""

from typing import Any

from django import forms

from prevent_cms import fields
from prevent_cms.presentation import Who
from referrals.models import InformationReturn

WHO = Who("police and the coordinators of the case, and your own agency. No other agency.")
Known = InformationReturn.Known
TOLD = ("involvement", "support_in_place", "vulnerability", "protective")
LONG = 5000


class AnswerForm(forms.Form):
    """What the agency knows. Only what is necessary and relevant."""

    who_sees_all = WHO

    known = fields.RadioChoice(
        label="Is this person known to your agency?",
        what="whether this person is known to your agency",
        choices=Known.choices,
    )
    systems_searched = fields.ShortText(
        label="Systems you searched",
        what="the systems you searched",
        help_text="Filled in from your last return. Change it if this time was different.",
        max_length=300,
    )
    involvement = fields.LongText(
        label="How you know them",
        what="how you know them",
        help_text="Since when, in what way, and who works with them now.",
        max_length=LONG,
        rows=4,
        required=False,
    )
    support_in_place = fields.LongText(
        label="Support in place (optional)",
        what="the support in place",
        help_text="What they have from you or through you, and how it is going.",
        max_length=LONG,
        rows=4,
        required=False,
    )
    vulnerability = fields.LongText(
        label="What makes them more vulnerable (optional)",
        what="what makes them more vulnerable",
        help_text="Anything that makes it more likely that they are drawn into harm.",
        max_length=LONG,
        rows=4,
        required=False,
    )
    protective = fields.LongText(
        label="What protects them (optional)",
        what="what protects them",
        help_text="People they trust, what they are good at, what keeps them safe. "
        "Say what to avoid as well.",
        max_length=LONG,
        rows=4,
        required=False,
    )

    def __init__(self, data: Any = None, *, systems: str) -> None:
        super().__init__(data, initial={"systems_searched": systems})
        if not systems:
            self.fields["systems_searched"].help_text = ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        known = cleaned.get("known")
        told = any(cleaned.get(name) or name in self.errors for name in TOLD)
        if known == Known.NO and not told:
            self.add_error(
                "known", "Make a nil return if you hold nothing, or tell us something below"
            )
        is_known = known in (Known.YES, Known.BEFORE)
        if is_known and not cleaned.get("involvement") and "involvement" not in self.errors:
            self.add_error("involvement", "Enter how you know them")
        return cleaned


class NilForm(fields.StaleEditForm, forms.Form):
    """One tick under exactly the sentence that is stored."""

    stale_message = (
        "The details to search for have changed since you opened this page, so nothing has been "
        "sent. Read the sentence again before you tick it."
    )
    who_sees = {"systems_searched": WHO}

    searched = fields.Tick(label="", what="that you searched and hold nothing")
    systems_searched = fields.ShortText(
        label="Systems you searched",
        what="the systems you searched",
        help_text="Filled in from your last return. Change it if this time was different.",
        max_length=300,
    )

    def __init__(self, data: Any = None, *, sentence: str, systems: str) -> None:
        super().__init__(data, initial={"systems_searched": systems}, version=sentence)
        self.fields["searched"].label = sentence
        if not systems:
            self.fields["systems_searched"].help_text = ""
