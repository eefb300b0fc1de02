"""The story of a case as one reader may know it, in plain sentences."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.area_policy import PARTY_NAMES
from accounts.permissions import Perm
from accounts.roles import ShareKind
from prevent_cms.components.text import gov_date, gov_until
from prevent_cms.history import EventType
from prevent_cms.history.models import Event
from prevent_cms.history.paging import page_of
from prevent_cms.history.types import NOT_IN_TIMELINE
from prevent_cms.marking import Mark
from referrals.access import Reader
from referrals.earlier import linked_references
from referrals.models import PersonLink

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
    "information": ("Information and consent", ("information.", "consent.", "feedback.")),
    "safeguarding": ("Safeguarding notices", ("safeguarding.",)),
    "assessment": ("Assessment", ("vaf.", "threshold.")),
    "parallel": ("Processes beside Channel", ("parallel.",)),
    "panel": ("Panel and minutes", ("meeting.", "panel.", "minutes.")),
    "support": ("Support, review and exit", ("plan.", "review.", "exit.")),
}


OF_BARS = frozenset({EventType.BAR_SET, EventType.BAR_LIFTED})
OF_A_REQUEST = Q(type__startswith="information.") | Q(
    type=EventType.CASE_SHARED, details__kind=ShareKind.RESPOND
)


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
class Narrowed:
    """What a timeline is narrowed to: a kind of entry, a person by id, a period."""

    group: str = ""
    by: int = 0
    since: datetime.date | None = None
    until: datetime.date | None = None

    @property
    def codes(self) -> dict[str, str]:
        """The same for an address and for an event."""
        told = {"group": self.group, "by": str(self.by or "")}
        for name, day in (("since", self.since), ("until", self.until)):
            parts = ("day", "month", "year") if day else ()
            told |= {f"{name}_{part}": str(getattr(day, part)) for part in parts}
        return {key: value for key, value in told.items() if value}


EVERYTHING = Narrowed()


@dataclass(frozen=True)
class TimelinePage:
    entries: list[Entry]
    older: int | None = None  # the entry before which the next page begins
    is_first: bool = True


def readable(reader: Reader) -> QuerySet[Event]:
    """The events of the case that this reader may know of, newest first.

    Readable is what bears a mark the reader may read, and what concerns one of the reader's own
    agencies. Outside police the story begins with the release; whoever is only asked reads of the
    request and the answer, whatever else their agency had to do with the case.
    """
    own = Q(agency_id__in=list(reader.held)) & ~Q(mark=Mark.POLICE)
    if reader.is_only_asked:
        own &= OF_A_REQUEST
    events = Event.objects.filter(
        Q(mark__in=[str(mark) for mark in reader.marks]) | own,
        case_reference=reader.case.reference,
    ).exclude(type__in=[str(kind) for kind in _untold(reader)])
    if not reader.is_police:
        released = reader.case.released_at
        events = events.filter(at__gte=released) if released else events.none()
    return events.order_by("-at", "-pk")


def _untold(reader: Reader) -> frozenset[EventType]:
    """Looks belong to the access log, and conflicts of interest to those who record them."""
    return NOT_IN_TIMELINE if reader.may(Perm.BAR_SET) else NOT_IN_TIMELINE | OF_BARS


def timeline(reader: Reader, limit: int = 10) -> list[Entry]:
    """The newest entries, for a page that shows a few."""
    return _entries(reader, readable(reader)[:limit])


def narrowed(reader: Reader, to: Narrowed) -> QuerySet[Event]:
    """The readable events that are left; an unknown group is as if none was given."""
    events = readable(reader)
    if to.group in groups_for(reader):
        rule = Q()
        for prefix in GROUPS[to.group][1]:
            rule |= Q(type__startswith=prefix)
        events = events.filter(rule)
    if to.by:
        events = events.filter(actor=to.by)
    if to.since:
        events = events.filter(at__gte=_midnight(to.since))
    if to.until:
        events = events.filter(at__lt=_midnight(to.until + datetime.timedelta(days=1)))
    return events


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def timeline_page(reader: Reader, to: Narrowed = EVERYTHING, *, before: str = "") -> TimelinePage:
    """One page of the whole timeline; an unknown entry is as if none was given."""
    found, older, is_first = page_of(narrowed(reader, to), before, PAGE)
    return TimelinePage(_entries(reader, found), older, is_first)


def whole(reader: Reader, to: Narrowed, most: int) -> list[Entry]:
    """Every entry that is left, up to `most` and one more, for a copy."""
    return _entries(reader, narrowed(reader, to)[: most + 1])


def people_in(reader: Reader) -> list[tuple[str, str]]:
    """(id, name and agency) of everybody who did something that this reader may know of."""
    found = readable(reader).filter(actor__isnull=False).exclude(target__startswith=LINK)
    found = found.order_by("actor_label", "actor")
    told = dict(found.values_list("actor", "actor_label").distinct())
    return [(str(pk), label) for pk, label in told.items()]


def groups_for(reader: Reader) -> dict[str, str]:
    """The groups that can be chosen; police checks only by police, none where little is told."""
    if reader.is_only_asked:
        return {}
    return {
        code: title for code, (title, _) in GROUPS.items() if code != "police" or reader.is_police
    }


LINK = f"{PersonLink._meta.label_lower}:"


def _entries(reader: Reader, events: Iterable[Event]) -> list[Entry]:
    """What is told of these events; a link to another case only to who may see that case too."""
    found = list(events)
    links = {e.pk: int(e.target.removeprefix(LINK)) for e in found if e.target.startswith(LINK)}
    others = linked_references(reader, set(links.values()))
    return [
        _entry(event, others.get(links.get(event.pk, 0), ""))
        for event in found
        if event.pk not in links or links[event.pk] in others
    ]


def _entry(event: Event, other: str) -> Entry:
    return Entry(
        pk=event.pk,
        title=event.sentence,
        at=event.at,
        by=event.actor_label,
        mark=event.mark,
        details=[*([f"Case {other}"] if other else []), *_details(event)],
    )


# Which details of an event are told, and how. The rest are ids and codes.
WORDS = {
    "agency": "{}",
    "to": "New owner: {}",
    "offered": "Offered to {}",
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
            told.append(words.format(_date(key, str(value)) if key in DATES else value))
    if event.type in (EventType.SIGNED_OFF, EventType.SIGN_OFF_REFUSED):
        party = str(event.details.get("party", ""))
        name = PARTY_NAMES.get(party, party)
        told.append(name[:1].upper() + name[1:])
    return told


def _date(key: str, text: str) -> str:
    try:
        found = datetime.datetime.fromisoformat(text)
    except ValueError:
        return text
    return gov_until(found) if key == "until" and found.tzinfo else gov_date(found)
