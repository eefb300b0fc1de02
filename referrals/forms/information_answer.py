"""The screens of an answer, one form each."""

from typing import Any

from django import forms

from prevent_cms import edits, fields
from prevent_cms.history.versions import Answers, Record
from prevent_cms.presentation import Who
from referrals.models import InformationReturn, ReturnDraft

WHO = Who("your own agency until you send it, then police and the coordinators of the case.")
SENT = Who("police and the coordinators of the case, and your own agency. No other agency.")
Known = InformationReturn.Known
LONG = 5000


class Begun(Record):
    """A draft, or none yet; what is still empty there begins with what is usual."""

    def __init__(self, row: ReturnDraft | None, start: dict[str, str]) -> None:
        super().__init__(row)
        self.start = start

    def filled(self, answers: Answers) -> Answers:
        return {**answers, **{name: answers.get(name) or text for name, text in self.start.items()}}

    def began(self, version: int) -> Answers:
        """What stood in an earlier version, filled in as the form was."""
        return self.filled(super().began(version))


class PartForm(edits.EditForm, forms.Form):
    """One screen. Whoever means to come back may leave anything empty."""

    who_sees_all = WHO

    def __init__(self, data: Any = None, *, record: Begun) -> None:
        row = record.row
        saved = {name: getattr(row, name) for name in self.base_fields} if row else {}
        super().__init__(data, record=record, initial=dict(record.filled(saved)))
        self.is_later = bool(data) and "later" in data
        for field in self.fields.values() if self.is_later else ():
            field.required = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        return cleaned


class KnownForm(PartForm):
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
        rows=5,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        is_known = cleaned.get("known") in (Known.YES, Known.BEFORE)
        bare = not cleaned.get("involvement") and "involvement" not in self.errors
        if is_known and bare and not self.is_later:
            self.add_error("involvement", "Enter how you know them")
        return cleaned


def optional(label: str, *, what: str, help_text: str, rows: int = 5) -> fields.LongText:
    """A question that an agency may leave empty."""
    return fields.LongText(
        label=f"{label} (optional)",
        what=what,
        help_text=help_text,
        max_length=LONG,
        rows=rows,
        required=False,
    )


class SupportForm(PartForm):
    support_in_place = optional(
        "Support in place",
        what="the support in place",
        help_text="What they have from you or through you, who gives it, and how it is going.",
        rows=6,
    )


class RiskForm(PartForm):
    vulnerability = optional(
        "What makes them more vulnerable",
        what="what makes them more vulnerable",
        help_text="Anything that makes it more likely that they are drawn into harm.",
    )
    protective = optional(
        "What protects them",
        what="what protects them",
        help_text="What they are good at, what they look forward to, what keeps them safe.",
    )


class TrustForm(PartForm):
    trust = optional(
        "Who holds their trust, and what to avoid",
        what="who holds their trust",
        help_text="Whom they listen to, how they are best approached, and what would do harm.",
    )


class PowerForm(PartForm):
    power = fields.ShortText(
        label="Your power to share this",
        what="your power to share",
        help_text="Your agency decides what to share, and only what is necessary and relevant. "
        "Filled in with the power your agency usually relies on.",
        max_length=300,
    )


FORMS: dict[str, type[PartForm]] = {
    "known": KnownForm,
    "support": SupportForm,
    "risk": RiskForm,
    "trust": TrustForm,
    "power": PowerForm,
}


class AddForm(forms.Form):
    """What is added to an answer, or what has changed since it was sent (R92, R93)."""

    who_sees_all = SENT

    kind = fields.RadioChoice(
        label="What do you send?",
        what="what you send",
        choices=[("more", "Something that was left out"), ("change", "Something that has changed")],
        option_hints={"change": "Whoever coordinates the case is shown it until they have read it"},
    )
    text = fields.LongText(
        label="What is new",
        what="what is new",
        help_text="What you sent before stays as it is. Write only what is new or different.",
        max_length=LONG,
        rows=6,
    )


class PassForm(forms.Form):
    """Which colleague writes the answer, and what to look at."""

    who_sees = {"note": Who("your own agency only.")}

    to = fields.RadioModelChoice(None, label="Who writes the answer?", what="who writes it")
    note = fields.LongText(
        label="What should they know? (optional)",
        what="your note",
        max_length=1000,
        rows=3,
        required=False,
    )

    def __init__(self, data: Any = None, *, colleagues: Any) -> None:
        super().__init__(data)
        self.fields["to"].queryset = colleagues  # type: ignore[attr-defined]
