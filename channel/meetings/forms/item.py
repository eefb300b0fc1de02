"""The page on which one item is recorded while the panel talks."""

import dataclasses
from typing import Any

from django import forms

from channel.meetings.entry import Decided, Entry, Said
from channel.meetings.forms.action_rows import ActionRows
from channel.meetings.models import Decision
from prevent_cms import clock, conflict, edits, fields
from prevent_cms.marking import Mark
from prevent_cms.presentation import Who
from prevent_cms.workflow import NOT_NOW
from referrals.forms.leaving import HARM, LeavingFields
from referrals.workflow import Status

Choice = Decision.Choice
LEAVING = tuple(LeavingFields.base_fields)
RISKS = ("risk_to_person", "risk_from_person", "risk_to_providers")
HINTS = {
    Choice.ADOPT: "Say below how consent will be asked",
    Choice.REMAIN: "Comes back to the next meeting by itself",
    Choice.NEW_PLAN: "Comes back to the next meeting by itself",
    Choice.EXIT: "Needs the endorsements that this area asks for",
    Choice.OTHER_SUPPORT: "Closes the case. Record health and social care considered",
    Choice.NOT_APPROPRIATE: "Closes the case. Record health and social care considered",
    Choice.POLICE_LED: "Closes the case. Record health and social care considered",
    Choice.TRANSFER: "Both chairs must agree. Nothing moves by itself",
    Choice.DEFER: "Say what is missing and who brings it",
}


def _risk(label: str) -> fields.RadioChoice:
    return fields.RadioChoice(
        label=label, choices=Decision.Risk.choices, required=False, inline=True, small=True
    )


def _risk_note(label: str) -> fields.ShortText:
    return fields.ShortText(
        label=f"{label}: what was said",
        max_length=500,
        required=False,
        legend="hidden",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SaidForm(edits.EditForm, forms.Form):
    """What was said; every recorder has these questions."""

    who_sees_all = Mark.PANEL
    discussion = fields.LongText(
        label="Discussion note", what="what was discussed", max_length=6000, rows=6
    )
    risk_to_person = _risk("To the person")
    risk_to_person_note = _risk_note("To the person")
    risk_from_person = _risk("From the person")
    risk_from_person_note = _risk_note("From the person")
    risk_to_providers = _risk("To providers")
    risk_to_providers_note = _risk_note("To providers")
    specialist_needed = fields.RadioChoice(
        label="Is specialist intervention needed?",
        what="whether specialist intervention is needed",
        choices=Decision.Specialist.choices,
        required=False,
        inline=True,
        small=True,
    )

    @property
    def said(self) -> Said:
        return Said(**_picked(Said, self.cleaned_data))

    @property
    def decided(self) -> Decided | None:
        return None


class DecisionForm(LeavingFields, SaidForm):
    """The same with the decision, for chair and deputy only."""

    choice = fields.RadioChoice(
        label="Decision", legend="m", choices=(), required=False, small=True
    )
    rationale = fields.LongText(
        label="Why: the reasons for this decision",
        help_text="Needed with a decision. Write what weighed for and against.",
        max_length=4000,
        rows=4,
        required=False,
    )
    agreed = fields.RadioChoice(
        label="How was it agreed?", choices=Decision.Agreed.choices, required=False, small=True
    )
    dissent = fields.LongText(
        label="Who disagreed, and what they would have decided",
        help_text="Needed unless unanimous.",
        max_length=2000,
        rows=4,
        required=False,
    )
    consent_how = fields.ShortText(
        label="How consent will be asked", max_length=300, required=False
    )
    consent_on = fields.DateField(label="When consent will be asked, at the latest", required=False)
    consent_by = fields.ShortText(label="Who will ask", max_length=200, required=False)

    def __init__(
        self,
        *args: Any,
        offers: tuple[Choice, ...],
        decision: Decision | None,
        case_status: str,
        no_quorum: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name in LEAVING:
            self.fields[name].required = False
        self.earlier = decision.choice if decision else ""
        self.case_status, self.no_quorum, self.offers = case_status, no_quorum, offers
        choice = self.fields["choice"]
        choice.choices = [(c.value, c.label) for c in offers]  # type: ignore[attr-defined]
        choice.option_hints = {c.value: HINTS[c] for c in offers}  # type: ignore[attr-defined]

    @property
    def asks_consent(self) -> bool:
        return Choice.ADOPT in self.offers

    @property
    def consent_open(self) -> bool:
        """Whether that part of the page starts open: something was written there, or is missing."""
        return self._is_begun("consent_how", "consent_on", "consent_by")

    @property
    def leaving_open(self) -> bool:
        return self._is_begun(*LEAVING)

    def _is_begun(self, *names: str) -> bool:
        return any(name in self.errors or _is_filled(self[name].value()) for name in names)

    @property
    def asks_leaving(self) -> bool:
        return any(choice in Decision.NO_SUPPORT for choice in self.offers)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = cleaned.get("choice")
        if not chosen:
            if cleaned.get("rationale") and not self.earlier and "choice" not in self.errors:
                self.add_error("choice", "Select the decision that these reasons are for")
            return cleaned
        if self.no_quorum:
            self.add_error("choice", f"The panel cannot decide. {self.no_quorum}")
        moves = chosen == Choice.ADOPT or chosen in Decision.NO_SUPPORT
        if moves and chosen != self.earlier and self.case_status == Status.HELD:
            self.add_error("choice", NOT_NOW)
        for name, words in self._wanted(chosen, cleaned):
            if cleaned.get(name) in (None, "") and name not in self.errors:
                self.add_error(name, words)
        self._check_consent_day(chosen, cleaned)
        return cleaned

    def _wanted(self, chosen: str, cleaned: dict[str, Any]) -> list[tuple[str, str]]:
        """The answers that this decision asks for, with the words for each when it is missing."""
        wanted = [
            ("rationale", "Enter the reasons for this decision"),
            ("agreed", "Select how the decision was agreed"),
            ("risk_to_person", "Select the risk to the person"),
            ("risk_from_person", "Select the risk from the person"),
            ("risk_to_providers", "Select the risk to providers"),
        ]
        if cleaned.get("agreed") not in ("", None, Decision.Agreed.UNANIMOUS):
            wanted.append(("dissent", "Enter who disagreed, and what they would have decided"))
        if chosen == Choice.ADOPT:
            wanted += [
                ("consent_how", "Enter how consent will be asked"),
                ("consent_on", "Enter when consent will be asked"),
                ("consent_by", "Enter who will ask for consent"),
            ]
        if chosen in Decision.NO_SUPPORT:
            wanted += self._wanted_of_leaving(chosen, cleaned)
        return wanted

    def _wanted_of_leaving(self, chosen: str, cleaned: dict[str, Any]) -> list[tuple[str, str]]:
        """What has to be said before a case leaves: R31, R33, R39, R213, R218; s.36(6)."""
        harm, crime = cleaned.get("significant_harm"), cleaned.get("crime")
        concern = cleaned.get("safeguarding_concern")
        names = ["destination", "health_and_care_considered", "safeguarding_concern"]
        names += ["significant_harm", "crime"]
        names += ["handed_over_on"] if chosen == Choice.POLICE_LED else []
        names += ["safeguarding_person", "safeguarding_raised_on"] if concern or harm else []
        names += ["social_care"] if harm else []
        names += ["crime_passed_to", "crime_passed_on"] if crime else []
        if harm and concern is False:
            self.add_error("safeguarding_concern", HARM)
        return [(name, str(self.fields[name].error_messages["required"])) for name in names]

    def _check_consent_day(self, chosen: str, cleaned: dict[str, Any]) -> None:
        day, is_new = cleaned.get("consent_on"), chosen != self.earlier
        if is_new and day and day < clock.today() and chosen == Choice.ADOPT:
            self.add_error("consent_on", "The day consent is asked must be today or later")

    @property
    def decided(self) -> Decided | None:
        """The decision for the action; None while nothing is decided."""
        if not self.cleaned_data.get("choice"):
            return None
        given = _picked(Decided, self.cleaned_data)
        adopts = given["choice"] == Choice.ADOPT
        leaves = given["choice"] in Decision.NO_SUPPORT
        if not adopts:
            given |= {"consent_how": "", "consent_on": None, "consent_by": ""}
        if not leaves:
            given = {name: value for name, value in given.items() if name not in LEAVING}
        return Decided(**given)


def _is_filled(value: Any) -> bool:
    return any(value) if isinstance(value, list) else value not in (None, "")


def _picked(kind: Any, given: dict[str, Any]) -> dict[str, Any]:
    return {field.name: given[field.name] for field in dataclasses.fields(kind)}


class _Both:
    def __init__(self, form: SaidForm, actions: ActionRows) -> None:
        self.form, self.actions, self.is_bound = form, actions, form.is_bound

    def is_valid(self) -> bool:
        return all([forms.Form.is_valid(self.form), self.actions.is_valid()])


class ItemForms(edits.Edits, _Both):
    """The form and its rows of actions as one thing to check and to save."""

    def __init__(self, form: SaidForm, actions: ActionRows, record: conflict.Versioned) -> None:
        super().__init__(form, actions)
        self.record = record

    @property
    def parts(self) -> list[Any]:
        return [self.form, *self.actions.forms]

    @property
    def has_wrong_rows(self) -> bool:
        return self.actions.is_bound and not self.actions.is_valid()

    @property
    def entry(self) -> Entry:
        tasks = [form.task for form in self.actions.forms]
        return Entry(
            said=self.form.said,
            decided=self.form.decided,
            tasks=[task for task in tasks if task],
            version=self.version,
        )


class PoliceNoteForm(edits.EditForm, forms.Form):
    text = fields.LongText(
        label="Side note",
        what="the side note",
        max_length=3000,
        rows=4,
        who=Who("police on this case. Never in the minutes or the agenda.", police=True),
    )
