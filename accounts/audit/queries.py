"""Searching the log: what an auditor may read, narrowed, newest first, page by page."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KT

from accounts.audit.access import Remit
from accounts.audit.words import Told, kinds_in
from accounts.models import Agency, User
from prevent_cms import clock
from prevent_cms.history import EventType, checks, terms
from prevent_cms.history.checks import LogCheck
from prevent_cms.history.models import Event

PAGE = 25
COUNT_MOST = 1000
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
MICROSECOND = datetime.timedelta(microseconds=1)


@dataclass(frozen=True)
class Filters:
    """What the log is narrowed to. `person` and `term` are typed text: posted, and kept nowhere."""

    reference: str = ""
    agency: Agency | None = None
    groups: tuple[str, ...] = ()
    kind: str = ""
    target: str = ""
    since: datetime.date | None = None
    until: datetime.date | None = None
    person: str = ""
    term: str = ""

    @property
    def codes(self) -> dict[str, Any]:
        """What an event may keep of this search: codes and dates; of typed text only hashes."""
        told = {
            "asked_for": self.reference,
            "of_agency": self.agency.name if self.agency else "",
            "groups": list(self.groups),
            "act": self.kind,
            "record": self.target,
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
            "terms": terms.hashed(f"{self.person} {self.term}"),
        }
        return {key: value for key, value in told.items() if value}


@dataclass(frozen=True)
class Page:
    rows: list[Told]
    total: int
    older: str = ""  # where the next page begins
    is_first: bool = True

    @property
    def total_words(self) -> str:
        if self.total > COUNT_MOST:
            return f"More than {COUNT_MOST:,} events"
        return f"{self.total:,} event{'' if self.total == 1 else 's'}"


def found(remit: Remit, filters: Filters) -> QuerySet[Event]:
    """The events in the remit that the filters leave, newest first."""
    events = remit.events().filter(_when(filters), _what(filters))
    if filters.reference:
        events = events.alias(asked_for=KT("details__asked_for")).filter(
            Q(case_reference=filters.reference)
            | Q(type=EventType.REFUSED, asked_for=filters.reference)
        )
    if filters.person:
        events = events.filter(_acted(filters.person))
    if filters.term:
        events = events.filter(_asked(filters.term))
    return events.order_by("-at", "-pk")


def _when(filters: Filters) -> Q:
    rule = Q()
    if filters.since:
        rule &= Q(at__gte=clock.start_of(filters.since))
    if filters.until:
        rule &= Q(at__lt=clock.start_of(filters.until + datetime.timedelta(days=1)))
    return rule


def _what(filters: Filters) -> Q:
    rule = Q()
    if filters.agency:
        rule &= Q(actor_agency_id=filters.agency.pk)
    if filters.groups:
        rule &= Q(type__in=kinds_in(filters.groups))
    if filters.kind:
        rule &= Q(type=filters.kind)
    if filters.target:
        rule &= Q(target=filters.target)
    return rule


def _acted(text: str) -> Q:
    """By a person with this in name or address; those without an account are known by label."""
    people = User.objects.filter(Q(name__icontains=text) | Q(email__icontains=text))
    actors = list(people.values_list("pk", flat=True))  # the index of events needs them named
    return Q(actor__in=actors) | Q(actor=None, actor_label__icontains=text)


def _asked(text: str) -> Q:
    """Searches for every one of these words; none when there is no word in it."""
    rule = Q(pk__in=[])
    for hashes in terms.each_way(text):
        if hashes:
            rule |= Q(details__terms__contains=hashes)
    return Q(type=EventType.SEARCHED) & rule


def page(remit: Remit, filters: Filters, before: str = "") -> Page:
    """One page, and how many there are in all, counted up to a cap.

    `before` is where the page begins; one that is unknown or outside the remit begins anew.
    """
    return _page(remit, found(remit, filters), before)


def register(remit: Remit, before: str = "") -> Page:
    """One page of the register of disclosures over all cases, without what a case says (R95-R104).

    It is told from the events, so it holds what the auditor may read of the log and no more.
    """
    kinds = (EventType.CASE_SHARED, EventType.LINK_MADE)
    entered = remit.events().filter(type__in=kinds).exclude(target="")
    return _page(remit, entered.order_by("-at", "-pk"), before)


def _page(remit: Remit, events: QuerySet[Event], before: str) -> Page:
    total = events.order_by()[: COUNT_MOST + 1].count()
    start = _start(events, before)
    if start:
        events = events.filter(Q(at__lt=start.at) | Q(at=start.at, pk__lt=start.pk))
    window = list(events[: PAGE + 1])
    shown = window[:PAGE]
    older = _place(shown[-1]) if len(window) > PAGE else ""
    return Page(told(remit, shown), total, older, start is None)


def told(remit: Remit, events: Iterable[Event]) -> list[Told]:
    """Events in words; numbers only for those who may know of gaps in them."""
    agencies = {agency.pk: agency.name for agency in remit.around}
    return [Told(event, agencies, remit.is_police) for event in events]


def _place(event: Event) -> str:
    """Where a page ends, without a number that would count what lies between."""
    return f"{(event.at - EPOCH) // MICROSECOND}-{bytes(event.hash).hex()[:16]}"


def _start(events: QuerySet[Event], before: str) -> Event | None:
    moment, _, mark = before.partition("-")
    if not moment.isdecimal() or len(moment) > 17:
        return None
    there = events.filter(at=EPOCH + int(moment) * MICROSECOND)
    return next((e for e in there if bytes(e.hash).hex().startswith(mark or "-")), None)


@dataclass(frozen=True)
class State:
    """What is known of the log as a whole."""

    running: LogCheck | None
    last: LogCheck | None
    published: Event | None

    @property
    def is_broken(self) -> bool:
        return bool(self.last and self.last.broken)

    @property
    def seal(self) -> dict[str, str]:
        """The day and the hash of what was published last."""
        kept = self.published.details if self.published else {}
        return {key: str(kept[key]) for key in ("day", "sha256") if key in kept}

    @property
    def is_published(self) -> bool:
        """Whether head hashes left the database within a day."""
        return bool(self.published and self.published.at > clock.now() - checks.FRESH)


def state() -> State:
    """The checks and the last publication; two queries."""
    running, last = checks.newest()
    published = Event.objects.filter(type=EventType.HEADS_PUBLISHED).order_by("-at", "-pk")
    return State(running, last, published.first())
