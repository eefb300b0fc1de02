"""What lies ahead beside cases: meetings, and agreements on sharing to renew (R103), in one query."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.db.models import (
    BigIntegerField,
    CharField,
    DateField,
    DateTimeField,
    F,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast
from django.urls import reverse

from accounts.agreements import queries
from accounts.models import Area, User
from accounts.permissions import Perm
from channel.casework.rows import MOST, Group, Row
from channel.meetings.access import meetings_for
from channel.meetings.models import Meeting
from prevent_cms import clock

COLUMNS = ("kind", "pk", "title", "note", "at", "on", "area")


@dataclass(frozen=True)
class NextMeeting:
    """A meeting on my work."""

    pk: int
    panel: str
    starts_at: datetime.datetime
    status: str


@dataclass
class Ahead:
    meetings: list[NextMeeting] = field(default_factory=list)
    agreements: list[Row] = field(default_factory=list)

    @property
    def groups(self) -> list[Group]:
        """The list of agreements, only when there is something in it."""
        found = self.agreements
        return [("agreements", "Agreements to renew", "yellow", "", found)] if found else []


def ahead(user: User) -> Ahead:
    """The next three meetings this person may know of, and the agreements that are theirs to renew."""
    asked = []
    if user.holds(Perm.MEETING_VIEW):
        asked.append(_meetings(user))
    if user.holds(Perm.AGREEMENT_KEEP):
        asked.append(_agreements(user))
    if not asked:
        return Ahead()
    first, *others = asked
    found = Ahead()
    areas = {area.pk: area for area in user.areas()}
    for kind, pk, title, note, at, on, area in first.union(*others, all=True) if others else first:
        if kind == "meeting":
            found.meetings.append(NextMeeting(pk, title, at, Meeting.Status(note).label))
        else:
            found.agreements.append(_row(pk, title, on, areas[area], is_own=note == "own"))
    return found


def _meetings(user: User) -> QuerySet[Any, Any]:
    to_come = (Meeting.Status.PLANNED, Meeting.Status.ISSUED, Meeting.Status.IN_SESSION)
    start = clock.now() - datetime.timedelta(days=1)
    rows = meetings_for(user).filter(status__in=to_come, starts_at__gte=start).order_by("starts_at")
    return _listed(
        rows, "meeting", title=F("panel__name"), note=F("status"), at=F("starts_at"), most=3
    )


def _agreements(user: User) -> QuerySet[Any, Any]:
    rows = queries.due_for(user).order_by("renews_on", "pk")
    return _listed(
        rows,
        "agreement",
        title=F("name"),
        note=F("whose"),
        on=F("renews_on"),
        area=F("area_id"),
        most=MOST + 1,
    )


def _listed(rows: Any, kind: str, *, most: int, **columns: Any) -> QuerySet[Any, Any]:
    silent: dict[str, Any] = {
        "at": Cast(Value(None), DateTimeField()),
        "on": Cast(Value(None), DateField()),
        "area": Cast(Value(None), BigIntegerField()),
    }
    told = {"kind": Value(kind, CharField()), **silent, **columns}
    named = rows.annotate(**{f"its_{name}": value for name, value in told.items()})
    columns_of = ["pk" if name == "pk" else f"its_{name}" for name in COLUMNS]
    return named.values_list(*columns_of)[:most]  # type: ignore[no-any-return]


def _row(pk: int, name: str, renews_on: datetime.date, area: Area, *, is_own: bool) -> Row:
    return Row(
        case=None,
        area=area,
        title=name,
        what="Renew the agreement",
        url=reverse("agreement", args=[pk]),
        waiting="You" if is_own else "Nobody at work keeps it",
        due_on=renews_on,
    )
