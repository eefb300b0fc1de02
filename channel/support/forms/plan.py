from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import Agency
from channel.support.actions.items import Draft
from channel.support.models import PlanItem, SupportPlan
from prevent_cms import edits, fields
from prevent_cms.history.versions import Answers, Record, answers_of
from prevent_cms.marking import Mark
from referrals.actions.sharing import Grounds
from referrals.forms.agreed import AgreedForm
from vaf.models import Factor

NEW_NEED = "new"
NO_ITEM = "no_item_"  # and the code of a factor: why no item addresses it


class PlanRecord(Record):
    """A plan, whose versions are rows of their own."""

    def began(self, version: int) -> Answers:
        if self.row is None:
            return {}
        past = SupportPlan.objects.filter(case_id=self.row.case_id, version=version).first()
        if past is None:
            return {}
        return {**answers_of(past), **{NO_ITEM + code: why for code, why in past.no_item.items()}}


class PlanForm(edits.EditForm, forms.Form):
    """A version of the plan: its needs, and how consent is requested (CTSA 2015, s.36(5))."""

    who_sees_all = Mark.PANEL

    needs = fields.LongText(
        label="What does the person need?",
        what="what the person needs",
        help_text="In a few sentences. Each need gets its items next.",
        max_length=3000,
        rows=5,
    )
    consent_how = fields.ShortText(
        label="How will consent be requested?",
        what="how consent will be requested",
        help_text="For example at home, in person, with a parent present",
        max_length=300,
    )
    consent_by = fields.ShortText(
        label="Who requests it?",
        what="who requests consent",
        help_text="Name and agency of the person who knows them best",
    )
    consent_on = fields.DateField(label="When?", what="the date on which consent is requested")
    carry_over = fields.CheckboxChoices(
        choices=[],
        label="Which items go on in the new version?",
        help_text="They keep their progress. An open item without a tick stops.",
        required=False,
    )

    offered = forms.CharField(widget=forms.HiddenInput, required=False)
    not_compared = ("carry_over", "offered")

    def __init__(
        self,
        data: Any = None,
        *,
        old: SupportPlan | None,
        items: list[PlanItem],
        gaps: list[Factor],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, record=PlanRecord(old), **kwargs)
        for factor in gaps:
            self.fields[NO_ITEM + factor.code] = _reason(factor, old)
        self.items = {str(item.root_id): item for item in items}
        self.fields["offered"].initial = ",".join(self.items)
        if not items:
            del self.fields["carry_over"]
            return
        field: Any = self.fields["carry_over"]
        field.choices = [
            (root, f"{item.title} ({item.get_status_display()})")
            for root, item in self.items.items()
        ]
        field.initial = list(self.items)

    @property
    def given(self) -> dict[str, Any]:
        """What the action takes. An item that was added meanwhile was not offered, and goes on."""
        given = {k: v for k, v in self.cleaned_data.items() if not k.startswith(NO_ITEM)}
        told = {
            k.removeprefix(NO_ITEM): self.cleaned_data[k] for k in self.cleaned_data.keys() - given
        }
        given["no_item"] = {code: why for code, why in told.items() if why}
        offered = given.pop("offered")
        given["carry_over"] = [self.items[root] for root in given.get("carry_over", ())]
        given["offered"] = set(offered.split(",")) if offered else None
        return given


def _reason(factor: Factor, old: SupportPlan | None) -> fields.LongText:
    """The question why no item addresses a factor, as it was answered last."""
    return fields.LongText(
        label=f"Why is there no item for {factor}? (optional)",
        help_text="It is rated strongly, and no item of the plan addresses it.",
        initial=old.no_item.get(factor.code) if old else "",
        required=False,
        max_length=500,
        rows=2,
    )


class ItemForm(fields.RevealingForm, AgreedForm):
    """One piece of support: which need, what, who leads, by when, how one will know (R145-R157,
    R194)."""

    conditional = {"need": {NEW_NEED: "new_need"}}
    who_sees_all = "the panel, and the agency that leads it."

    need = fields.RadioChoice(
        label="Which need does it meet?", what="which need it meets", choices=[]
    )
    new_need = fields.ShortText(
        label="The need, in a few words",
        what="the need",
        help_text="For example: a place to belong",
    )
    addresses = fields.LongText(
        label="Which behaviours or risks does it address?",
        what="the behaviours or risks",
        help_text="What you would look at in a review to see a change",
        max_length=1000,
        rows=3,
    )
    factors = fields.CheckboxChoices(
        label="Which factors of the assessment? (optional)", choices=[], required=False, small=True
    )
    type = fields.SelectChoice(
        label="Type of support",
        what="the type of support",
        choices=PlanItem.Type.choices,
        empty="Choose a type",
    )
    title = fields.ShortText(
        label="What is it called?",
        what="what it is called",
        help_text="For example: mentoring at college, Thursdays",
        max_length=120,
    )
    agency = fields.SelectModelChoice(
        Agency.objects.none(), label="Lead agency", what="the lead agency", empty="Choose an agency"
    )
    lead_person = fields.ShortText(
        label="Who there?",
        what="the name of the person there",
        help_text="For a provider its mentor, by the name on the register of providers",
        max_length=120,
    )
    starts_on = fields.DateField(label="Start date", what="the start date")
    due_on = fields.DateField(label="To be done by", what="the date by which it is to be done")
    intensity = fields.RadioChoice(
        label="How much of it?",
        what="how much of it there is",
        help_text="Choose the lowest that can work",
        choices=PlanItem.Intensity.choices,
    )
    whole_family = fields.YesNoField(
        label="Is it for the whole family?", what="whether it is for the whole family"
    )
    sessions_agreed = fields.WholeNumber(
        label="How many sessions are contracted? (optional)",
        what="the number of sessions",
        help_text="Leave this empty when sessions are not counted",
        minimum=1,
        maximum=60,
        required=False,
    )
    report_months = fields.WholeNumber(
        label="Report on them every how many months?",
        what="the months between two reports",
        minimum=1,
        maximum=12,
        initial=1,
        required=False,
    )
    measure = fields.LongText(
        label="How will you know that it helps?",
        what="how you will know that it helps",
        max_length=1000,
        rows=3,
    )
    provider_risk = fields.LongText(
        label="What risk is there to those who deliver it?",
        what="the risk to those who deliver it",
        help_text="Write “None known” if you looked and found none",
        max_length=1000,
        rows=3,
    )
    provider_controls = fields.LongText(
        label="What is done about that risk? (optional)",
        what="what is done about that risk",
        max_length=1000,
        rows=3,
        required=False,
    )
    supervision = fields.LongText(
        label="Who supervises those who deliver it?",
        what="who supervises those who deliver it",
        help_text="Needed for an intervention provider: who, and how often",
        max_length=500,
        rows=2,
        required=False,
    )
    necessity = fields.LongText(
        label="Why does this agency need to know?",
        what="why this agency needs to know",
        max_length=1000,
        rows=3,
    )
    proportionality = fields.LongText(
        label="Why is it no more than is needed?",
        what="why it is no more than is needed",
        max_length=1000,
        rows=3,
        initial="It sees who the person is, its own items and the risk to its staff, and no more.",
    )

    def __init__(
        self,
        data: Any = None,
        *,
        needs: list[str],
        factors: list[tuple[str, str]],
        agencies: QuerySet[Agency],
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        options: Any = self.fields
        options["need"].choices = [*((need, need) for need in needs), (NEW_NEED, "A new need")]
        if not needs:
            self.conditional = {}
            options["new_need"].required = True
            del options["need"]
        options["agency"].queryset = agencies
        if factors:
            options["factors"].choices = factors
        else:
            del self.fields["factors"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        starts, due = cleaned.get("starts_on"), cleaned.get("due_on")
        if starts and due and due < starts:
            self.add_error("due_on", "The date by which it is to be done must be after the start")
        agency, kind = cleaned.get("agency"), cleaned.get("type", "")
        is_providers = agency and PlanItem(agency=agency, type=kind).needs_checks
        if agency and not PlanItem(type=kind).may_lead(agency):
            self.add_error("agency", "Work on ideology is led by an intervention provider")
        if is_providers and not cleaned.get("supervision"):
            self.add_error("supervision", "Enter who supervises those who deliver it")
        return cleaned

    def receiving(self) -> list[Agency]:
        agency = self.cleaned_data.get("agency")
        return [agency] if agency else []

    @property
    def draft(self) -> Draft:
        """The answers as the action takes them."""
        given = dict(self.cleaned_data)
        new_need = given.pop("new_need")
        if given.get("need", NEW_NEED) == NEW_NEED:
            given["need"] = new_need
        for name in ("necessity", "proportionality", "without_agreement"):
            del given[name]
        given["report_months"] = given["report_months"] or 1
        return Draft(**given)

    @property
    def grounds(self) -> Grounds:
        """Why the lead agency may be let in (R95-R102)."""
        words = dict(PlanItem.Type.choices)[self.cleaned_data["type"]]
        return Grounds(
            purpose=f"Delivering support under the plan: {words}",
            necessity=self.cleaned_data["necessity"],
            relevance="Only the item that it leads, and the need which that meets",
            proportionality=self.cleaned_data["proportionality"],
            fairness="Named for the need of this person, as for everybody with a plan",
            without_agreement=self.cleaned_data["without_agreement"],
        )
