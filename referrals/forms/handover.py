"""Forms of giving a case to another officer, and of the answer."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import User
from prevent_cms import edits, fields
from prevent_cms.fields import RevealingForm
from prevent_cms.history.versions import Answers, Record
from prevent_cms.marking import Mark
from referrals import absences, queries
from referrals.models import Case


class OwnerRecord(Record):
    """Who has a case, by the name of the form's question."""

    def now(self) -> Answers:
        return {"officer": self.row.owner_id}

    def began(self, version: int) -> Answers:
        return {"officer": super().began(version).get("owner")}


class GiveForm(edits.EditForm, forms.Form):
    who_sees_all = Mark.POLICE
    officer = fields.RadioModelChoice(
        None, label="Who is to have the case?", what="who is to have the case", small=True
    )
    reason = fields.LongText(
        label="Why",
        what="why",
        help_text="Whoever is offered the case reads this.",
        max_length=1000,
        rows=3,
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, record=OwnerRecord(case), **kwargs)
        others = queries.officers(case)
        if not self.is_bound:
            others = others.exclude(pk=case.owner_id or 0)
        _offer_to(self.fields["officer"], others)


class GiveSeveralForm(forms.Form):
    """Which of some cases another officer is to have; all of them at first."""

    who_sees_all = Mark.POLICE
    cases = fields.CheckboxModelChoices(
        None, label="Which cases?", what="at least one case", small=True
    )
    to = fields.RadioModelChoice(
        None, label="Who is to have them?", what="who is to have them", small=True
    )
    reason = fields.LongText(
        label="Why",
        what="why",
        help_text="Whoever is offered the cases reads this.",
        max_length=1000,
        rows=3,
    )

    def __init__(
        self,
        *args: Any,
        cases: QuerySet[Case],
        names: dict[int, str],
        heirs: QuerySet[User],
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("initial", {"cases": [case.pk for case in cases]})
        super().__init__(*args, **kwargs)
        field = self.fields["cases"]
        field.queryset = cases  # type: ignore[attr-defined]
        field.label_from_instance = lambda case: _case_words(case, names)  # type: ignore[attr-defined]
        _offer_to(self.fields["to"], heirs)


def _case_words(case: Case, names: dict[int, str]) -> str:
    name = names.get(case.pk, "name not known")
    return f"{case.reference}, {name}: {case.get_status_display()}"


def _offer_to(field: Any, people: QuerySet[User]) -> None:
    """These officers to choose from; who is away says so."""
    away = absences.warnings(people.order_by())
    field.queryset = people
    field.label_from_instance = lambda one: (
        f"{one.name}, {away[one.pk]}" if one.pk in away else one.name
    )


class AwayForm(forms.Form):
    """Who is away, from when to when, and who covers."""

    user = fields.RadioModelChoice(None, label="Who is away?", what="who is away", small=True)
    starts_on = fields.DateField(label="First day away", what="the first day")
    ends_on = fields.DateField(
        label="Last day away", what="the last day", future=True, or_today=True
    )
    covered_by = fields.RadioModelChoice(
        None,
        label="Who looks after their cases?",
        what="who looks after their cases",
        help_text="What is due of them stands on this officer's my work as well. The owner stays.",
        small=True,
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"user": by.pk})
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = absences.people_to_set(by)  # type: ignore[attr-defined]
        self.fields["covered_by"].queryset = absences.colleagues(by)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "The last day must be the same as or after the first day")
        if cleaned.get("user") and cleaned.get("user") == cleaned.get("covered_by"):
            self.add_error("covered_by", "Select somebody else to look after the cases")
        return cleaned


class OfferAnswerForm(RevealingForm, forms.Form):
    who_sees_all = Mark.POLICE
    conditional = {"accepts": {"no": "reason"}}
    accepts = fields.YesNoField(
        label="Do you take this case over?", what="whether you take it over", small=True
    )
    reason = fields.LongText(
        label="Why not",
        what="why not",
        help_text="Whoever offers the case reads this.",
        max_length=1000,
        rows=3,
    )
