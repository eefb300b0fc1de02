"""Agreements as pages and rules read them: lists, what is due, with whom there is none in force."""

import datetime
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db.models import Case, QuerySet, Value, When

from accounts.agreements import keepers
from accounts.agreements.models import DUE_WITHIN, Agreement, State
from accounts.models import Agency, Area, User
from prevent_cms import clock
from prevent_cms.components.text import gov_date

MOST_VERSIONS = 101


@dataclass(frozen=True)
class Standing:
    """With which agencies of an area an agreement is in force today, as one agency sees it."""

    until: dict[int, datetime.date]  # by the id of the agency: the last day of its newest agreement
    is_always_needed: bool
    own: frozenset[int]  # nobody needs an agreement with themselves

    def lack(self, agency: Agency) -> str:
        """What is missing with this agency, to stand in the register; "" where nothing is."""
        last = self.until.get(agency.pk)
        if agency.pk in self.own or (last and last >= clock.today()):
            return ""
        if last:
            return f"Lapsed: it was to be renewed by {gov_date(last)}"
        return "None with this agency" if self.is_always_needed else ""


def standing(area: Area, by: User) -> Standing:
    """How the agreements of an area stand for whoever shares now; one query."""
    until: dict[int, datetime.date] = {}
    rows = Agreement.objects.filter(area=area, ended_on=None).order_by("renews_on")
    for parties, renews_on in rows.values_list("parties", "renews_on"):
        until |= dict.fromkeys(parties, renews_on)
    return Standing(until, area.rules.agreement_needed == "always", by.agency_ids)


@dataclass(frozen=True)
class Line:
    """One agreement with the names of its parties."""

    row: Agreement
    parties: list[str]


@dataclass(frozen=True)
class Place:
    """The agreements of one area: those that run, those that have ended, and who has none."""

    area: Area
    running: list[Line]
    ended: list[Line]
    without: list[str]


def places(user: User) -> list[Place]:
    """The areas whose agreements this person looks after; two queries."""
    areas = keepers.areas_for(user)
    rows = list(Agreement.objects.filter(area__in=areas).select_related("holder"))
    agencies = list(Agency.objects.filter(area__in=areas).order_by("name"))
    return [
        _place(
            area,
            [row for row in rows if row.area_id == area.pk],
            [agency for agency in agencies if agency.area_id == area.pk],
        )
        for area in areas
    ]


def _place(area: Area, rows: list[Agreement], agencies: list[Agency]) -> Place:
    names = {agency.pk: agency.name for agency in agencies}
    lines = [Line(row, [names[pk] for pk in row.parties]) for row in rows]
    in_force = (State.IN_FORCE, State.DUE)
    covered = {pk for row in rows if row.state in in_force for pk in row.parties}
    shared_with = [one for one in agencies if one.is_active and one.kind in SHARED_WITH]
    return Place(
        area,
        [line for line in lines if line.row.state != State.ENDED],
        [line for line in lines if line.row.state == State.ENDED],
        [one.name for one in shared_with if one.pk not in covered],
    )


SHARED_WITH = (Agency.Kind.LOCAL_AUTHORITY, Agency.Kind.PARTNER, Agency.Kind.PROVIDER)


def parties_of(area: Area) -> dict[str, str]:
    """Who can be a party: every agency of the area but the service itself; id -> name."""
    rows = Agency.objects.filter(area=area, is_active=True).exclude(kind=Agency.Kind.NATIONAL)
    return {str(pk): name for pk, name in rows.order_by("name").values_list("pk", "name")}


def party_names(agreement: Agreement) -> list[str]:
    """Between whom an agreement is, those too that have left the service since; one query."""
    rows = Agency.objects.filter(pk__in=agreement.parties).order_by("name")
    return list(rows.values_list("name", flat=True))


def due_for(user: User) -> QuerySet[Agreement]:
    """The agreements that are this person's to renew within 60 days, or should have been.

    Each says in `whose` whether they hold it ("own") or nobody at work does ("nobody").
    """
    rows = Agreement.objects.filter(keepers.in_hand_of(user), ended_on=None)
    whose = Case(When(holder=user, then=Value("own")), default=Value("nobody"))
    return rows.filter(renews_on__lte=clock.today() + DUE_WITHIN).annotate(whose=whose)


TITLES = {
    "name": "Name",
    "parties": "Parties",
    "holder": "Kept by",
    "post": "As",
    "kept_at": "Where the signed paper is",
    "signed_on": "Signed",
    "renews_on": "To be renewed by",
    "reminded_on": "Reminder sent",
    "ended_on": "Ended",
    "ended_why": "Why it ended",
}


@dataclass(frozen=True)
class Changed:
    """One version: who, when, and each answer that became another (title, before, after)."""

    at: datetime.datetime
    who: str
    changes: list[tuple[str, str, str]]


def history(agreement: Agreement) -> list[Changed]:
    """What was done with an agreement, newest first, as its versions tell it."""
    rows = agreement.history.select_related("history_user", "holder").order_by("-history_id")
    versions: list[Any] = list(rows[:MOST_VERSIONS])
    names = dict(Agency.objects.filter(area=agreement.area_id).values_list("pk", "name"))
    found = [_changed(new, old, names) for new, old in pairwise(versions)]
    return [*found, _changed(versions[-1], None, names)] if versions else []


def _changed(new: Any, old: Any, names: dict[int, str]) -> Changed:
    changes = [
        (title, _said(old, name, names) if old else "", _said(new, name, names))
        for name, title in TITLES.items()
        if old is None or getattr(old, name) != getattr(new, name)
    ]
    who = new.history_user.name if new.history_user else "The service"
    return Changed(new.history_date, who, [one for one in changes if any(one[1:])])


def _said(row: Any, name: str, names: dict[int, str]) -> str:
    value = getattr(row, name)
    if name == "parties":
        return "; ".join(names[pk] for pk in value)
    if isinstance(value, datetime.date):
        return gov_date(value)
    return str(value or "")
