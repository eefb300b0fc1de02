"""Forms on agreements: what one says, that it was signed anew, that it ends."""

from typing import Any

from django import forms

from accounts.actions.agreements import Draft, renewal, wrong_dates
from accounts.agreements import keepers, queries
from accounts.agreements.models import Agreement
from accounts.models import Area
from prevent_cms import clock, edits, fields
from prevent_cms.history.versions import Record


class Dated(forms.Form):
    """Mixin: when it was signed, and by when it is to be renewed."""

    area: Area
    signed_on = fields.DateField(
        label="Signed on", what="the day of signing", past=True, or_today=True
    )
    renews_on = fields.DateField(
        label="To be renewed by (optional)",
        what="the day of renewal",
        required=False,
    )

    stands: Any = None  # the dates in force, which a shorter policy leaves alone

    def tell_renewal(self) -> None:
        """Say what stands when the second date is left empty."""
        months = self.area.rules.agreement_months
        words = f"Leave this empty for {months} months after it was signed."
        self.fields["renews_on"].help_text = words

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        signed_on = cleaned.get("signed_on")
        if signed_on and "renews_on" in cleaned:
            cleaned["renews_on"] = cleaned["renews_on"] or renewal(self.area, signed_on)
            stands = (signed_on, cleaned["renews_on"]) == self.stands
            if fault := not stands and wrong_dates(self.area, signed_on, cleaned["renews_on"]):
                self.add_error("renews_on", fault)
        return cleaned


class NewForm(Dated):
    """An agreement that was signed."""

    name = fields.ShortText(label="Name of the agreement", what="its name", max_length=150)
    parties = fields.CheckboxChoices(
        choices=[],
        label="Between whom?",
        what="the agencies",
        help_text="Each agency that the agreement covers, at least two",
        small=True,
    )
    holder = fields.SelectChoice(
        choices=[],
        label="Who keeps it?",
        what="who keeps it",
        help_text="This person is reminded by mail and finds it in My work",
    )
    post = fields.ShortText(
        label="In which post?",
        what="the post",
        help_text="For example, Head of Community Safety. With a new holder the post stays.",
        max_length=150,
    )
    kept_at = fields.ShortText(
        label="Where is the signed paper? (optional)",
        what="where the signed paper is",
        help_text="A file number or a place in your own records",
        max_length=200,
        required=False,
    )
    field_order = ("name", "parties", "holder", "post", "kept_at", "signed_on", "renews_on")

    def __init__(self, *args: Any, area: Area, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.area = area
        self.people = {str(one.pk): one for one in keepers.keepers_of(area)}
        options: Any = self.fields
        options["parties"].choices = list(queries.parties_of(area).items())
        named = [(key, one.name) for key, one in self.people.items()]
        options["holder"].choices = [("", "Choose one"), *named]
        self.tell_renewal()

    def clean_parties(self) -> tuple[int, ...]:
        chosen = self.cleaned_data["parties"]
        if len(chosen) < 2:
            raise forms.ValidationError("Select at least two agencies")
        return tuple(map(int, chosen))

    def draft(self) -> Draft:
        """What the action takes; call when the form is valid."""
        given = dict(self.cleaned_data)
        return Draft(**given | {"holder": self.people[given["holder"]]})


class ChangeForm(edits.EditForm, NewForm):
    """Correcting what an agreement says."""

    def __init__(self, data: Any = None, *, agreement: Agreement) -> None:
        names = ("name", "parties", "post", "kept_at", "signed_on", "renews_on")
        initial = {name: getattr(agreement, name) for name in names}
        initial["holder"] = agreement.holder_id
        record = Record(agreement)
        super().__init__(data, initial=initial, area=agreement.area, record=record)
        self.stands = (agreement.signed_on, agreement.renews_on)


class RenewForm(edits.EditForm, Dated):
    """That it was signed anew."""

    def __init__(self, data: Any = None, *, agreement: Agreement) -> None:
        self.area, self.agreement = agreement.area, agreement
        record = Record(agreement, also=("signed_on", "renews_on"))
        super().__init__(data, initial={"signed_on": clock.today()}, record=record)
        self.tell_renewal()

    def clean_signed_on(self) -> Any:
        signed_on = self.cleaned_data["signed_on"]
        if signed_on <= self.agreement.signed_on:
            raise forms.ValidationError("Enter the day on which it was signed anew")
        return signed_on


class EndForm(edits.EditForm, forms.Form):
    """Why an agreement ends."""

    ended_why = fields.LongText(
        label="Why does it end?",
        what="why it ends",
        help_text="For example, a new agreement takes its place. Write nothing about a case.",
        max_length=1000,
        rows=3,
    )

    def __init__(self, data: Any = None, *, agreement: Agreement) -> None:
        super().__init__(data, record=Record(agreement, also=("ended_why",)))
