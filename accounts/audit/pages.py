"""What the template of the log is handed: the search in words, its links, the state of the log."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from accounts.audit import queries
from accounts.audit.access import Remit
from accounts.audit.forms import ExportForm, FilterForm, NameForm
from accounts.audit.queries import Filters, Page, State
from accounts.audit.words import GROUPS, target_words
from prevent_cms.components.text import gov_date
from prevent_cms.fields.dates import PARTS
from prevent_cms.history import EventType, signing

DATES = tuple(f"{name}_{part}" for name in ("since", "until") for part in PARTS)


@dataclass(frozen=True)
class Chip:
    """One filter in force, with the address without it; a typed name has none."""

    title: str
    url: str = ""


@dataclass(frozen=True)
class LogPage:
    remit: Remit
    query: QueryDict
    form: FilterForm
    names: NameForm | ExportForm

    @cached_property
    def state(self) -> State:
        return queries.state()

    @cached_property
    def filters(self) -> Filters | None:
        """What is looked for, or None while the question has an error in it."""
        asked = self.names.cleaned_data if self.names.is_bound and self.names.is_valid() else {}
        if self.names.errors or not self.form.is_valid():
            return None
        return self.form.filters(person=asked.get("person", ""), term=asked.get("term", ""))

    @cached_property
    def found(self) -> Page | None:
        before = str(self.names.data.get("before", self.query.get("before", "")))
        return queries.page(self.remit, self.filters, before) if self.filters else None

    @property
    def is_named(self) -> bool:
        """Whether a name was typed, so that the next page has to be posted as well."""
        return self.names.is_bound

    @property
    def here(self) -> str:
        """This search without its typed names and without a page."""
        return self._address("before")

    @property
    def newest(self) -> str:
        """The address of the first page, or nothing on it."""
        return "" if self.found is None or self.found.is_first else self.here

    @property
    def older(self) -> str:
        """The address of the next page, or nothing at the end."""
        before = self.found.older if self.found else ""
        return self._address("before", before=before) if before else ""

    @property
    def export_url(self) -> str:
        return self.here.replace(reverse("audit"), reverse("audit_export"), 1)

    @property
    def export_form(self) -> ExportForm:
        asked = self.names.cleaned_data if self.names.is_bound else {}
        return ExportForm(initial=asked, auto_id="export_%s")

    @property
    def chips(self) -> list[Chip]:
        return chips(self.filters, self) if self.filters else []

    @property
    def broken(self) -> str:
        """What is broken, as far as this auditor may know."""
        broken = self.state.last.broken if self.state.last else None
        if broken is None:
            return ""
        if not self.remit.covers(broken):
            return "An event outside what you can read is broken. Its auditors see which."
        return broken.sentence if self.remit.is_police else f"One event is broken: {broken.fault}."

    @property
    def public_key(self) -> str:
        return signing.public_key()

    def _address(self, *gone: str, **new: str) -> str:
        kept = [(key, one) for key, many in self.query.lists() for one in many if key not in gone]
        asked = urlencode([*kept, *new.items()])
        return reverse("audit") + (f"?{asked}" if asked else "")

    def without(self, *names: str, group: str = "") -> str:
        """The address of this search with one filter taken out."""
        if not group:
            return self._address("before", *names)
        query = self.query.copy()
        query.setlist("group", [one for one in query.getlist("group") if one != group])
        return LogPage(self.remit, query, self.form, self.names).here


def chips(filters: Filters, page: LogPage) -> list[Chip]:
    """The search in words, each with the way to take it out."""
    found = [Chip(GROUPS[group], page.without(group=group)) for group in filters.groups]
    if filters.reference:
        found.insert(0, Chip(filters.reference, page.without("reference")))
    if filters.agency:
        found.append(Chip(filters.agency.name, page.without("agency")))
    if filters.kind:
        found.append(Chip(str(EventType(filters.kind).label), page.without("kind")))
    if filters.target:
        found.append(Chip(target_words(filters.target), page.without("target")))
    if filters.since or filters.until:
        first = f"from {gov_date(filters.since)} " if filters.since else ""
        last = f"to {gov_date(filters.until)}" if filters.until else ""
        found.append(Chip(f"{first}{last}".strip(), page.without(*DATES)))
    if filters.person:
        found.append(Chip(f"Acted: {filters.person}"))
    if filters.term:
        found.append(Chip(f"Searched for: {filters.term}"))
    return found
