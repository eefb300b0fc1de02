"""The story of a case as one reader may know it, in plain sentences."""

import datetime
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from accounts.area_policy import PARTY_NAMES
from prevent_cms.components.text import gov_date
from prevent_cms.fields.base import sentence
from prevent_cms.history import EventType
from prevent_cms.history.models import Event
from prevent_cms.history.types import NOT_IN_TIMELINE
from prevent_cms.marking import Mark
from referrals.access import Reader

PAGE = 30
POLICE_PREFIXES = (
    "screening.",
    "deconfliction.",
    "person.",
    "referral.",
    "case.held",
    "case.resumed",
)
# What a reader can narrow the timeline to: code -> title and how the types of its events begin.
GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "case": ("Stages, owner and sharing", ("case.",)),
    "police": ("Police checks", POLICE_PREFIXES),
    "information": ("Information and consent", ("information.", "consent.")),
    "assessment": ("Assessment", ("vaf.",)),
    "panel": ("Panel and minutes", ("meeting.", "panel.", "minutes.")),
    "support": ("Support, review and exit", ("plan.", "review.", "exit.")),
}


@dataclass(frozen=True)
class Entry:
    """One line of the timeline."""

    pk: int
    title: str
    at: datetime.datetime
    by: str
    mark: str
    details: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class TimelinePage:
    entries: list[Entry]
    older: int | None = None  # the entry before which the next page begins
    is_first: bool = True


def readable(reader: Reader) -> QuerySet[Event]:
    """The events of the case that this reader may know of, newest first.

    Readable is what bears a mark the reader may read, and what concerns one of the reader's own
    agencies. Outside police the story begins with the release.
    """
    own = Q(agency_id__in=list(reader.held)) & ~Q(mark=Mark.POLICE)
    events = Event.objects.filter(
        Q(mark__in=[str(mark) for mark in reader.marks]) | own,
        case_reference=reader.case.reference,
    ).exclude(type__in=[str(kind) for kind in NOT_IN_TIMELINE])
    if not reader.is_police:
        released = reader.case.released_at
        events = events.filter(at__gte=released) if released else events.none()
    return events.order_by("-at", "-pk")


def timeline(reader: Reader, limit: int = 10) -> list[Entry]:
    """The newest entries, for a page that shows a few."""
    return [entry_of(event) for event in readable(reader)[:limit]]


def timeline_page(reader: Reader, *, group: str = "", before: str = "") -> TimelinePage:
    """One page of the whole timeline; an unknown group or entry is as if none was given."""
    events = readable(reader)
    if group in groups_for(reader):
        rule = Q()
        for prefix in GROUPS[group][1]:
            rule |= Q(type__startswith=prefix)
        events = events.filter(rule)
    start = events.filter(pk=before).first() if before.isdigit() and len(before) < 18 else None
    if start:
        events = events.filter(Q(at__lt=start.at) | Q(at=start.at, pk__lt=start.pk))
    found = list(events[: PAGE + 1])
    older = found[PAGE - 1].pk if len(found) > PAGE else None
    return TimelinePage([entry_of(event) for event in found[:PAGE]], older, start is None)


def groups_for(reader: Reader) -> dict[str, str]:
    """The groups that can be chosen; police checks only by police."""
    return {
        code: title for code, (title, _) in GROUPS.items() if code != "police" or reader.is_police
    }


def entry_of(event: Event) -> Entry:
    return Entry(
        pk=event.pk,
        title=event.sentence,
        at=event.at,
        by=event.actor_label,
        mark=event.mark,
        details=_details(event),
    )


# Which details of an event are told, and how. The rest are ids and codes.
WORDS = {
    "agency": "{}",
    "to": "New owner: {}",
    "other": "Case {}",
    "until": "Until {}",
    "due": "Due {}",
    "due_on": "Due {}",
    "on": "On {}",
}
DATES = {"until", "due", "due_on", "on"}


def _details(event: Event) -> list[str]:
    told = []
    for key, words in WORDS.items():
        value = event.details.get(key)
        if value:
            told.append(words.format(_date(str(value)) if key in DATES else value))
    if event.type in (EventType.SIGNED_OFF, EventType.SIGN_OFF_REFUSED):
        party = str(event.details.get("party", ""))
        told.append(sentence(PARTY_NAMES.get(party, party)))
    return told


def _date(text: str) -> str:
    try:
        return gov_date(datetime.datetime.fromisoformat(text))
    except ValueError:
        return text
