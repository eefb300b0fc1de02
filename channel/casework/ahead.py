"""What lies ahead beside cases, in one query: meetings, with what they ask of this person, and
agreements on sharing to renew (R103)."""

import datetime
import functools
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import (
    BigIntegerField,
    CharField,
    DateField,
    DateTimeField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone

from accounts.agreements import queries
from accounts.models import Agency, Area, Seat, User
from accounts.permissions import Perm
from channel.casework.rows import MOST, Group, Row
from channel.meetings.access import meetings_for
from channel.meetings.models import Meeting, Reply
from prevent_cms import clock
from prevent_cms.components.text import gov_date

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
    replies: list[Row] = field(default_factory=list)
    minutes: list[Row] = field(default_factory=list)

    @property
    def lists(self) -> dict[str, list[Row]]:
        return {"reply": self.replies, "minutes": self.minutes, "agreement": self.agreements}

    @property
    def groups(self) -> list[Group]:
        """The lists, each only when there is something in it."""
        found = (
            ("replies", "Invitations to answer", "blue", "", self.replies),
            ("minutes", "Minutes to approve", "purple", "", self.minutes),
            ("agreements", "Agreements to renew", "yellow", "", self.agreements),
        )
        return [group for group in found if group[-1]]


def ahead(user: User) -> Ahead:
    """The next three meetings this person may know of, the invitations that their agencies have not
    answered, the minutes that they may approve, and the agreements that are theirs to renew."""
    asked = []
    if user.holds(Perm.MEETING_VIEW):
        asked.append(_meetings(user))
        asked += [_unanswered(user, agency) for agency in _invited(user)]
    if seats := user.seats_with(Perm.MINUTES_APPROVE):
        asked.append(_unapproved(user, seats))
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
            rows, row = found.lists[kind], ROWS[kind]
            rows.append(row(pk, title, note, at or on, areas[area]))
    return found


def _meetings(user: User) -> QuerySet[Any, Any]:
    to_come = (Meeting.Status.PLANNED, Meeting.Status.ISSUED, Meeting.Status.IN_SESSION)
    start = clock.now() - datetime.timedelta(days=1)
    rows = meetings_for(user).filter(status__in=to_come, starts_at__gte=start).order_by("starts_at")
    return _listed(
        rows, "meeting", title=F("panel__name"), note=F("status"), at=F("starts_at"), most=3
    )


def _invited(user: User) -> set[Agency]:
    """The permanent members of panels for which this person answers."""
    return {seat.agency for seat in user.seats_with(Perm.MEETING_VIEW) if seat.agency.is_core}


def _seats_of(agency: Agency) -> Q:
    """The condition on meetings that an agency has a seat at their panel."""
    rule = Q(panel__area=agency.area_id)
    if agency.council_id:
        rule &= Q(panel__council=None) | Q(panel__council=agency.council_id)
    return rule


def _unanswered(user: User, agency: Agency) -> QuerySet[Any, Any]:
    answered = Reply.objects.filter(meeting=OuterRef("pk"), agency=agency)
    rows = meetings_for(user).filter(_seats_of(agency), ~Exists(answered))
    rows = rows.filter(status=Meeting.Status.ISSUED).order_by("starts_at")
    return _of_meetings(rows, "reply", note=Value(agency.key))


def _unapproved(user: User, seats: Iterable[Seat]) -> QuerySet[Any, Any]:
    rule = functools.reduce(operator.or_, (_seats_of(seat.agency) for seat in seats))
    rows = meetings_for(user).filter(rule, status=Meeting.Status.CLOSED).order_by("starts_at")
    return _of_meetings(rows, "minutes", note=Value(""))


def _of_meetings(rows: Any, kind: str, note: Value) -> QuerySet[Any, Any]:
    return _listed(
        rows,
        kind,
        title=F("panel__name"),
        note=note,
        at=F("starts_at"),
        area=F("panel__area_id"),
        most=MOST + 1,
    )


def _reply_row(pk: int, panel: str, key: str, at: datetime.datetime, area: Area) -> Row:
    return Row(
        case=None,
        area=area,
        title=panel,
        what="Say who comes",
        url=reverse("meeting_reply", args=[pk, key]),
        waiting="Your agency",
        due_on=timezone.localdate(at),
    )


def _minutes_row(pk: int, panel: str, _: str, at: datetime.datetime, area: Area) -> Row:
    return Row(
        case=None,
        area=area,
        title=panel,
        what=f"Approve the minutes of {gov_date(timezone.localdate(at))}",
        url=reverse("minutes", args=[pk]),
        waiting="You",
        due_on=None,
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


def _agreement_row(pk: int, name: str, whose: str, renews_on: datetime.date, area: Area) -> Row:
    return Row(
        case=None,
        area=area,
        title=name,
        what="Renew the agreement",
        url=reverse("agreement", args=[pk]),
        waiting="You" if whose == "own" else "Nobody at work keeps it",
        due_on=renews_on,
    )


ROWS: dict[str, Callable[..., Row]] = {
    "reply": _reply_row,
    "minutes": _minutes_row,
    "agreement": _agreement_row,
}
