"""Events in plain words: what was done, on what, and the details; never what a record says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils import timezone

from accounts.roles import Role, ShareKind
from prevent_cms.components.text import gov_date, shown
from prevent_cms.history import EventType
from prevent_cms.history.models import Event

E = EventType
SHARED = frozenset(
    {
        E.CASE_RELEASED,
        E.CASE_SHARED,
        E.CASE_UNSHARED,
        E.DISCLOSURE_CORRECTED,
        E.AGENDA_ISSUED,
        E.MINUTES_DOWNLOADED,
        E.PACK_ISSUED,
        E.PACK_DOWNLOADED,
        E.EXPORT_ASKED,
        E.EXPORTED,
    }
)
LOOKED = frozenset({E.CASE_VIEWED, E.CASE_PREVIEWED, E.LIST_VIEWED, E.SEARCHED})
# What was done, in six groups: code -> title. Every kind of event belongs to exactly one.
GROUPS = {
    "looked": "Looked and searched",
    "changed": "Changed a record",
    "shared": "Shared, exported",
    "refused": "Refused",
    "signed_in": "Signed in or out",
    "people": "People, roles, policy and the log",
}


def group_of(kind: EventType) -> str:
    """The group that a kind of event belongs to."""
    if kind in LOOKED:
        return "looked"
    if kind in SHARED:
        return "shared"
    if kind == E.REFUSED:
        return "refused"
    settings = ("people", "audit", "policy", "agreement")
    by_prefix = {"account": "signed_in"} | dict.fromkeys(settings, "people")
    return by_prefix.get(kind.value.partition(".")[0], "changed")


def kinds_in(groups: Iterable[str]) -> list[EventType]:
    """Every kind of event of these groups."""
    wanted = set(groups)
    return [kind for kind in EventType if group_of(kind) in wanted]


# Details that are told in words; the others by their own names.
LABELS = {
    "asked_for": "Reference asked for",
    "code": "Answer",
    "found": "Found",
    "gateway": "Consent",
    "groups": "Kinds of act",
    "page": "Page",
    "sha256": "SHA-256",
    "terms": "Terms",
    "to": "New owner",
    "what": "What",
    "why": "Purpose",
}
UNTOLD = frozenset({"user_id"})  # its name stands beside it
PAGES = {
    "audit_register": "the register of disclosures",
    "audit": "the log",
    "audit_check": "the log",
    "audit_export": "the log",
}
VALUES: Mapping[str, Mapping[str, str]] = {
    "kind": dict(ShareKind.choices),
    "gateway": {
        "consent": "with consent",
        "duty": "without consent: duty or power",
        "public_interest": "without consent: public interest",
        "serious_harm": "without consent: serious harm",
    },
    "role": dict(Role.choices),
    "agreement": {"lacking": "none in force"},
    "code": {"403": "not allowed", "404": "not found", "409": "not now"},
}


@dataclass(frozen=True)
class Told:
    """One event as the page and the export tell it."""

    event: Event
    agencies: Mapping[int, str]
    with_numbers: bool

    @property
    def is_refused(self) -> bool:
        return self.event.type == E.REFUSED

    @property
    def who(self) -> str:
        return self.event.actor_label.partition(", ")[0]

    @property
    def agency(self) -> str:
        known = self.agencies.get(self.event.actor_agency_id or 0)
        return known or self.event.actor_label.partition(", ")[2]

    @property
    def did(self) -> str:
        """What was done; of a refusal, what was tried."""
        found = self.event.details
        page = page_words(str(found.get("page", "")))
        if self.is_refused:
            tried = "change" if found.get("method") == "POST" else "open"
            return f"tried to {tried} {page}" if page != "unknown" else "asked for no page of ours"
        return f"{self.event.sentence}: {page}" if page else self.event.sentence

    @property
    def reference(self) -> str:
        """The case; of a refusal the reference that was asked for, whether or not there is one."""
        asked_for = self.event.details.get("asked_for", "") if self.is_refused else ""
        return self.event.case_reference or str(asked_for)

    @property
    def target(self) -> str:
        return target_words(self.event.target)

    @property
    def hash(self) -> str:
        return bytes(self.event.hash).hex()

    @property
    def short_hash(self) -> str:
        return f"{self.hash[:4]}…{self.hash[-4:]}"

    @property
    def second(self) -> str:
        """The time of day to the second."""
        return f"{timezone.localtime(self.event.at):%H:%M:%S}"

    @property
    def concerned(self) -> str:
        """The agency that it concerns."""
        return self.agencies.get(self.event.agency_id or 0, "")

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The codes, dates and labels that are kept with it."""
        kept = {key: value for key, value in self.event.details.items() if key not in UNTOLD}
        rows = ((label_of(key), said(key, value)) for key, value in kept.items())
        return [(label, value) for label, value in rows if value]

    @property
    def words(self) -> dict[str, str]:
        """The details by their keys, in words, for a page that shows some of them."""
        return {key: said(key, value) for key, value in self.event.details.items()}

    @property
    def details(self) -> list[tuple[str, str]]:
        """Everything that is kept of it but the names above."""
        event = self.event
        rows = [
            ("Time", f"{gov_date(event.at)}, {timezone.localtime(event.at):%H:%M:%S.%f}"),
            ("Act", event.type),
            ("Record", self.target if event.target else ""),
            ("Agency concerned", self.concerned),
            ("Handling mark", event.get_mark_display()),
            *self.kept,
            ("Hash", self.hash),
        ]
        if self.with_numbers:
            rows.append(("Place", f"event {event.pk}, number {event.seq} of chain {event.chain}"))
        return [(label, value) for label, value in rows if value]


def page_words(name: str) -> str:
    """The page as it is called here, else by the name of its address."""
    return PAGES.get(name) or name.replace("_", " ")


def target_words(target: str) -> str:
    """ "referrals.disclosure:12" as "Disclosure 12"; a record of a kind that is no more as it is."""
    model, _, key = target.partition(":")
    try:
        return f"{capital(str(apps.get_model(model)._meta.verbose_name))} {key}"
    except (LookupError, ValueError):
        return target


def capital(words: str) -> str:
    """The same words with a capital first letter."""
    return words[:1].upper() + words[1:]


def label_of(key: str) -> str:
    return LABELS.get(key) or capital(key.replace("_", " "))


def said(key: str, value: Any) -> str:
    """One detail in words; nothing for what is empty."""
    if value is None or value == "" or value == []:
        return ""
    if key == "terms":
        return f"{len(value)} kept as a keyed hash"
    if isinstance(value, bool):
        return str(shown(value))
    if isinstance(value, list):
        return ", ".join(map(str, value))
    text = str(value)
    return VALUES.get(key, {}).get(text, text)


def target_of(words: str) -> str:
    """The record that is named like this in the log, or "" when there is no such kind."""
    name, _, key = words.strip().rpartition(" ")
    if not key.isdecimal() or len(key) > 18:
        return ""
    models = (model for model in apps.get_models() if "Historical" not in model.__name__)
    for model in models:
        if str(model._meta.verbose_name).casefold() == name.casefold():
            return f"{model._meta.label_lower}:{int(key)}"
    return ""
