"""Changing one value: what it will be, and from which day."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts import policy_kinds as kinds
from accounts import policy_values as values
from accounts.actions.policy import entry_of, is_same, partners_of
from accounts.area_policy import in_force
from accounts.models import Area
from prevent_cms import clock, edits, fields
from prevent_cms.components.text import gov_date
from prevent_cms.history.versions import Answers, Rows


class PolicyRecord(Rows):
    """One value of an area's policy, by the names of the form."""

    def __init__(self, area: Area, name: str) -> None:
        super().__init__(Area, id=area.pk)
        self.name = name

    def named(self, rows: list[Any]) -> Answers:
        return shown(rows[0], self.name) if rows else {}


def shown(area: Any, name: str) -> dict[str, Any]:
    """What the form is filled with: what is planned, else what is in force from today."""
    entry, today = entry_of(area, name), clock.today()
    later = entry.get("later")
    if later and later["from"] > today.isoformat():
        day = datetime.date.fromisoformat(later["from"])
        return {"value": typed(name, later["value"]), "starts_on": day}
    return {"value": typed(name, in_force(entry, today)), "starts_on": today}


def typed(name: str, value: Any) -> Any:
    """A value as somebody would type it."""
    if isinstance(values.VALUES[name], kinds.Numbers):
        return ", ".join(map(str, value))
    return list(value) if isinstance(value, tuple) else value


class ValueForm(edits.EditForm, forms.Form):
    """The question depends on the value."""

    starts_on = fields.DateField(
        label="From which day?",
        what="the first day",
        help_text="Today, or a day in the future",
        future=True,
        or_today=True,
    )

    def __init__(self, *args: Any, area: Area, name: str, **kwargs: Any) -> None:
        kwargs.update(initial=shown(area, name), record=PolicyRecord(area, name))
        super().__init__(*args, **kwargs)
        self.area, self.value = area, values.VALUES[name]
        self.entry, self.agencies = entry_of(area, name), partners_of(area)
        self.fields = {"value": field_for(self.value, self.agencies), **self.fields}

    def clean_value(self) -> Any:
        """The value as it is stored; what the action would refuse is said here."""
        given = self.cleaned_data["value"]
        if isinstance(self.value, kinds.Numbers):
            parts = [part.strip() for part in given.split(",") if part.strip()]
            given = [int(part) if part.removeprefix("-").isdecimal() else part for part in parts]
        kept = self.value.kept(given)
        if fault := self.value.wrong(kept, self.agencies):
            raise ValidationError(fault)
        return kept

    def clean(self) -> Any:
        cleaned = super().clean()
        if "value" in self.cleaned_data and is_same(self.entry, self.cleaned_data["value"]):
            self.add_error("value", "This is the value already")
        return cleaned

    @property
    def day_words(self) -> str:
        return gov_date(self.cleaned_data["starts_on"])

    @property
    def words_now(self) -> str:
        return self.value.words(in_force(self.entry, clock.today()), self.agencies)

    @property
    def words_then(self) -> str:
        return self.value.words(self.cleaned_data["value"], self.agencies)


def field_for(value: kinds.Value, agencies: kinds.Choices) -> forms.Field:
    """The question that fits a kind of value."""
    words: dict[str, Any] = {"label": value.title, "help_text": value.help}
    if isinstance(value, kinds.Several):
        return fields.CheckboxChoices(choices=list(value.choices.items()), **words)
    if isinstance(value, kinds.Choice):
        return fields.RadioChoice(choices=list(value.offered(agencies).items()), **words)
    if isinstance(value, kinds.Numbers):
        words["help_text"] = "Numbers with commas between them, for example 6, 12"
        return fields.ShortText(max_length=60, **words)
    if isinstance(value, kinds.Number):
        words["help_text"] = f"From {value.words(value.least, {})} to {value.words(value.most, {})}"
        return fields.WholeNumber(minimum=value.least, maximum=value.most, **words)
    return fields.ShortText(max_length=200, **words)
