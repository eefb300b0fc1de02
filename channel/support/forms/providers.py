from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import Agency, Area
from channel.support.actions.providers import Approval, Check
from channel.support.models import Provider, ProviderCheck
from prevent_cms import edits, fields
from prevent_cms.history.versions import Record

Kind = ProviderCheck.Kind
MENTOR = "The name under which the mentor leads items of a plan, such as Sam Invented"
KEEPERS = "those who keep the register of providers in your area. Whoever reads a plan sees until when approval and checks hold."


class ApprovalForm(forms.Form):
    """Since when and until when a provider is approved, for what, and where (R152)."""

    who_sees_all = KEEPERS

    approved_from = fields.DateField(label="Approved from", what="the first day of the approval")
    approved_until = fields.DateField(label="Approved until", what="the last day of the approval")
    specialisms = fields.ShortText(
        label="What does it specialise in?",
        what="what it specialises in",
        help_text="For example: mentoring, work on ideology. Write nothing about a case.",
        max_length=300,
    )
    areas = fields.CheckboxChoices(
        label="In which areas may it work?", what="the areas", choices=[], small=True
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        options: Any = self.fields
        options["areas"].choices = [
            (str(pk), name) for pk, name in Area.objects.values_list("pk", "name")
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = cleaned.get("approved_from"), cleaned.get("approved_until")
        if start and end and end < start:
            self.add_error("approved_until", "The last day must be after the first day")
        return cleaned

    @property
    def approval(self) -> Approval:
        """The answers as the action takes them."""
        given = self.cleaned_data
        return Approval(
            given["approved_from"],
            given["approved_until"],
            given["specialisms"],
            tuple(map(int, given["areas"])),
        )


class NewProviderForm(ApprovalForm):
    """A provider that is entered in the register."""

    agency = fields.RadioModelChoice(
        Agency.objects.none(), label="Which provider?", what="the provider"
    )
    field_order = ("agency",)

    def __init__(self, data: Any = None, *, area: Area, agencies: QuerySet[Agency]) -> None:
        super().__init__(data, initial={"areas": [str(area.pk)]})
        options: Any = self.fields
        options["agency"].queryset = agencies


class ChangeProviderForm(edits.EditForm, ApprovalForm):
    """Correcting or renewing the entry of a provider."""

    def __init__(self, data: Any = None, *, provider: Provider) -> None:
        names = ("approved_from", "approved_until", "specialisms")
        initial = {name: getattr(provider, name) for name in names}
        initial["areas"] = [str(pk) for pk in provider.areas]
        super().__init__(data, initial=initial, record=Record(provider))


class CheckForm(forms.Form):
    """When a check was made, by whom, and until when it counts; each kind asks more."""

    who_sees_all = KEEPERS
    kind = ""
    field_order = ("mentor",)

    on = fields.DateField(label="Date of the check", past=True, or_today=True)
    seen_by = fields.ShortText(
        label="Who made it, or saw the certificate?", what="who made it", max_length=120
    )
    until = fields.DateField(label="It counts until", what="the day until which it counts")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        on, until = cleaned.get("on"), cleaned.get("until")
        if on and until and until < on:
            self.add_error("until", "The day until which it counts must be after the check")
        return cleaned

    @property
    def check(self) -> Check:
        """The answers as the action takes them."""
        given = dict(self.cleaned_data)
        names = [name for name in ProviderCheck.QUESTIONS if name in given]
        return Check(
            kind=self.kind, answers=tuple((name, given.pop(name)) for name in names), **given
        )


class DbsForm(CheckForm):
    """That a certificate was seen, of which level; never what stands in it (R154)."""

    kind = Kind.DBS

    mentor = fields.ShortText(
        label="Whose certificate is it?",
        what="whose certificate it is",
        help_text=MENTOR,
        max_length=120,
    )
    level = fields.RadioChoice(
        label="Level of the check", what="the level", choices=ProviderCheck.Level.choices
    )


class SuitabilityForm(CheckForm):
    """What the panel must be satisfied of with a provider and with a mentor it sends (R153)."""

    kind = Kind.SUITABILITY

    mentor = fields.ShortText(
        label="Name of the mentor (optional)",
        what="the name of the mentor",
        help_text=f"Leave it empty for a check of the provider as a whole. {MENTOR}",
        max_length=120,
        required=False,
    )
    reliable = fields.YesNoField(label="Is it reliable?", what="whether it is reliable")
    suitable = fields.YesNoField(label="Is it suitable?", what="whether it is suitable")
    credible = fields.YesNoField(
        label="Is it credible with those it works with?", what="whether it is credible"
    )
    shares_values = fields.YesNoField(
        label="Does it share our values?", what="whether it shares our values"
    )
    knows_area = fields.YesNoField(label="Does it know the area?", what="whether it knows the area")
    note = fields.LongText(label="What shows it?", what="what shows it", max_length=1000, rows=4)


class InterviewForm(CheckForm):
    """That somebody spoke with the provider, and what came of it."""

    kind = Kind.INTERVIEW
    until = None  # type: ignore[assignment]

    note = fields.LongText(
        label="What came of the interview?", what="what came of it", max_length=1000, rows=4
    )


CHECK_FORMS: dict[str, type[CheckForm]] = {
    form.kind: form for form in (DbsForm, SuitabilityForm, InterviewForm)
}
