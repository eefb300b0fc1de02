"""Forms of saved lists and of alerts, and of narrowing a timeline."""

from typing import Any

from django import forms
from django.http import QueryDict

from prevent_cms import fields
from prevent_cms.fields import RevealingForm
from prevent_cms.presentation import Who
from referrals.models import ListAlert
from referrals.timeline import Narrowed

PURPOSES = [
    ("review", "For a review or a panel"),
    ("proceedings", "For a court or an inquiry"),
    ("rights", "For somebody's right to their data"),
    ("assurance", "To check how the case was handled"),
]


class AlertForm(RevealingForm, forms.Form):
    """When one person wants to be told of a list."""

    conditional = {"how": {"threshold": "threshold"}}
    how = fields.RadioChoice(
        label="When do you want a mail?",
        what="when you want a mail",
        help_text="It says that something has come on one of your lists, and nothing else.",
        choices=ListAlert.How.choices,
        small=True,
    )
    threshold = fields.WholeNumber(
        label="How many cases", what="how many cases", min_value=1, max_value=1000
    )

    def alert(self) -> dict[str, Any]:
        """What the action takes; call when the form is valid."""
        return {name: self.cleaned_data[name] for name in ("how", "threshold")}


class SavedListForm(AlertForm):
    """A name for what the list of cases is narrowed to."""

    who_sees_all = Who("you, and everybody in your agency who sees cases if you share it.")
    name = fields.ShortText(
        label="Name of the list",
        what="a name for the list",
        help_text="What is on it, such as Overdue at the panel. Never the name of a person.",
        max_length=60,
    )
    is_shared = fields.YesNoField(
        label="Share it with your agency?",
        what="whether you share it",
        small=True,
        help_text="Each of you sees on it only the cases that are open to you.",
    )
    field_order = ("name", "is_shared", "how", "threshold")

    def kept(self) -> dict[str, Any]:
        """What the action takes; call when the form is valid."""
        return {name: self.cleaned_data[name] for name in ("name", "is_shared")}


class TimelineForm(forms.Form):
    """What a timeline is narrowed to; stands in the address, so it holds codes and dates only."""

    group = fields.SelectChoice(label="Show", choices=[], empty="Everything", required=False)
    by = fields.SelectChoice(label="Done by", choices=[], empty="Anybody", required=False)
    since = fields.DateField(label="From", what="the first day", required=False)
    until = fields.DateField(label="To", what="the last day", required=False)

    def __init__(
        self, data: QueryDict, *, groups: dict[str, str], people: list[tuple[str, str]]
    ) -> None:
        data = data.copy()
        for name, known in (("group", groups), ("by", dict(people))):
            if data.get(name) not in known:  # what is not understood counts as not given
                data.pop(name, None)
        super().__init__(data)
        self._choices("group", [("", "Everything"), *groups.items()])
        self._choices("by", [("", "Anybody"), *people])
        if not groups:
            del self.fields["group"]

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "The last day must be the same as or after the first day")
        return cleaned

    def narrowed(self) -> Narrowed:
        """What to look for; a question with an error in it counts as not asked."""
        self.is_valid()
        chosen = self.cleaned_data
        return Narrowed(
            group=chosen.get("group", ""),
            by=int(chosen.get("by") or 0),
            since=chosen.get("since"),
            until=chosen.get("until"),
        )


class TimelineExportForm(forms.Form):
    why = fields.SelectChoice(label="Why you need a copy", what="why", choices=PURPOSES)
