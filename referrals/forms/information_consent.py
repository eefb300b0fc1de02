from typing import Any

from prevent_cms import fields
from prevent_cms.marking import Mark
from referrals.actions.consent import NEEDS_ASKED, NEEDS_CAPACITY, Entry
from referrals.forms.source import SourceForm
from referrals.models import Case, Consent

Position = Consent.Position


class ConsentForm(SourceForm):
    """One entry of the log of consent (R109-R123)."""

    who_sees_all = Mark.COORDINATION

    about = fields.RadioChoice(
        label="Consent to what?",
        what="what the consent is about",
        choices=Consent.About.choices,
        small=True,
        option_hints={"support": "No support starts before this is recorded as given"},
    )
    position = fields.RadioChoice(
        label="What was decided or answered?",
        what="what was decided or answered",
        choices=Position.choices,
        small=True,
        option_hints={
            "to_seek": "Say below who asks, and when",
            "not_to_seek": "Say below why asking now would do harm or defeat the purpose",
            "withdrawn": "Every item of support stops at once",
        },
    )
    asked_by = fields.ShortText(
        label="Who asks, or asked (optional)",
        what="who asks",
        max_length=200,
        required=False,
    )
    asked_of = fields.CheckboxChoices(
        label="Who was asked?",
        what="who was asked",
        help_text="Under 16, or when the age is not known. Ask the child and the family, unless the "
        "family is implicated or the child would be at risk; then say so below.",
        choices=Consent.GivenBy.choices,
        small=True,
        required=False,
    )
    given_by = fields.RadioChoice(
        label="Who gave, refused or withdrew it?",
        what="who gave, refused or withdrew consent",
        choices=Consent.GivenBy.choices,
        small=True,
        required=False,
    )
    given_by_who = fields.ShortText(
        label="If somebody else: who, and by what right",
        what="who decides for them, and by what right",
        help_text="For example, a deputy appointed by the Court of Protection",
        max_length=200,
        required=False,
    )
    capacity_considered = fields.Tick(
        label="Their capacity to decide was considered, with support to decide if in doubt "
        "(16 and over, Mental Capacity Act 2005)",
        what="that their capacity to decide was considered",
        required=False,
    )
    scope = fields.ShortText(
        label="What it covers, if not everything (optional)",
        what="what it covers",
        max_length=300,
        required=False,
    )
    evidence = fields.ShortText(
        label="Where the evidence is (optional)",
        what="where the evidence is",
        help_text="For example, signed form of 3 December, held by the Prevent lead",
        max_length=300,
        required=False,
    )
    recheck_on = fields.DateField(
        label="Check again on (optional)",
        what="the date of the next check",
        help_text="From that day it stands in My work of those who keep the case.",
        future=True,
        required=False,
    )
    decided_on = fields.DateField(
        label="Date", what="date of the decision", past=True, or_today=True
    )
    note = fields.LongText(
        label="Reasons, and what was said",
        what="the reasons",
        help_text="Taking part is voluntary and consent may be withdrawn at any time. Write nothing "
        "that comes from an intelligence service.",
        max_length=3000,
        rows=4,
    )

    def __init__(
        self, data: Any = None, *, case: Case, is_adult_in_law: bool, is_police: bool
    ) -> None:
        super().__init__(data)
        usual = case.area.rules.consent_asked_by
        self.fields["asked_by"].help_text = f"Name and agency. In this area: {usual}."
        self.is_adult_in_law = is_adult_in_law
        del self.fields["asked_of" if is_adult_in_law else "capacity_considered"]
        self.ask_source(is_police)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        position, whose = cleaned.get("position"), cleaned.get("given_by")
        if position in Consent.ANSWERS and not whose:
            self._ask("given_by", "Select who gave, refused or withdrew consent")
        other = position in Consent.ANSWERS and whose == Consent.GivenBy.OTHER
        if other and not cleaned.get("given_by_who"):
            self._ask("given_by_who", "Enter who decides for them, and by what right")
        if self.is_adult_in_law:
            if position in NEEDS_CAPACITY and not cleaned.get("capacity_considered"):
                words = "Confirm that their capacity to decide was considered"
                self._ask("capacity_considered", words)
        elif position in NEEDS_ASKED and not cleaned.get("asked_of"):
            self._ask("asked_of", "Select who was asked")
        return cleaned

    def _ask(self, name: str, words: str) -> None:
        if name not in self.errors:
            self.add_error(name, words)

    def entry(self) -> Entry:
        """What the action takes; call when the form is valid."""
        given = dict(self.cleaned_data)
        return Entry(**given | {"asked_of": tuple(given.get("asked_of", ()))})
