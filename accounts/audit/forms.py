"""What the log is searched by. Codes and dates stand in the address; typed names are posted."""

from typing import Any

from django import forms
from django.http import QueryDict

from accounts.audit.access import Remit
from accounts.audit.queries import Filters
from accounts.audit.words import GROUPS, group_of, target_of
from prevent_cms import fields
from prevent_cms.history import EventType
from prevent_cms.history.types import POLICE_EVENTS

# What the law lets a log be used for (Data Protection Act 2018, s.62(4)).
PURPOSES = [
    ("lawfulness", "To check that processing is lawful"),
    ("self_monitoring", "Self-monitoring or discipline"),
    ("security", "Integrity and security of the data"),
    ("crime", "Criminal proceedings"),
    ("commissioner", "Asked for by the Information Commissioner"),
]


def kinds(remit: Remit) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every kind of event that there can be for this auditor, in its group."""
    there = [kind for kind in EventType if remit.areas or kind not in POLICE_EVENTS]
    return [
        (title, [(kind.value, kind.label) for kind in there if group_of(kind) == code])
        for code, title in GROUPS.items()
    ]


class FilterForm(forms.Form):
    """Sent by GET, so it holds no name."""

    reference = fields.CaseReference(label="Case", what="a case reference", required=False)
    agency = fields.SelectChoice(
        label="Agency of who acted", choices=[], empty="All agencies", required=False
    )
    group = fields.CheckboxChoices(
        label="What was done", choices=list(GROUPS.items()), required=False, small=True
    )
    kind = fields.SelectChoice(label="Or exactly", choices=[], empty="Any act", required=False)
    target = fields.ShortText(
        label="Record",
        what="a record",
        help_text="As the log names it, like Meeting 12",
        required=False,
    )
    since = fields.DateField(label="From", what="the first day", required=False)
    until = fields.DateField(label="To", what="the last day", required=False)

    def __init__(self, data: QueryDict, *, remit: Remit) -> None:
        super().__init__(data)
        self.agencies = {str(agency.pk): agency for agency in remit.around}
        named = [(key, agency.name) for key, agency in self.agencies.items()]
        self.fields["agency"].choices = [("", "All agencies"), *named]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", "Any act"), *kinds(remit)]  # type: ignore[attr-defined]

    def clean_target(self) -> str:
        typed: str = self.cleaned_data["target"]
        found = target_of(typed)
        if typed and not found:
            raise forms.ValidationError("Enter a record as the log names it, like Meeting 12")
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "The last day must be the same as or after the first day")
        return cleaned

    def filters(self, *, person: str = "", term: str = "") -> Filters:
        """What to look for; call when the form is valid."""
        chosen = self.cleaned_data
        return Filters(
            reference=chosen["reference"],
            agency=self.agencies.get(chosen["agency"]),
            groups=tuple(chosen["group"]),
            kind=chosen["kind"],
            target=chosen["target"],
            since=chosen["since"],
            until=chosen["until"],
            person=person,
            term=term,
        )


class NameForm(forms.Form):
    """Sent by POST: what is typed here stands in no address, log or event but as a keyed hash."""

    person = fields.ShortText(
        label="Person who acted",
        what="a name",
        help_text="Part of a name or an email address",
        max_length=100,
        required=False,
    )
    term = fields.ShortText(
        label="Who searched for",
        what="what was searched for",
        help_text="A name or reference as somebody may have typed it, every word in full",
        max_length=100,
        required=False,
    )
    why = fields.SelectChoice(label="Why you ask", what="why you ask", choices=PURPOSES)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        typed = [name for name in ("person", "term") if name in self.errors or cleaned.get(name)]
        if not typed:
            self.add_error("person", "Enter a name, or what somebody may have searched for")
        return cleaned


class ExportForm(forms.Form):
    """Why a copy leaves the service, and the search that it is a copy of."""

    why = fields.SelectChoice(label="Why you need a copy", what="why", choices=PURPOSES)
    person = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)
    term = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)
