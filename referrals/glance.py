"""All that the bar of a case asks of its items, in one query and from what one reader may know."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, QuerySet, Subquery
from django.db.models.functions import JSONObject

from prevent_cms.presentation import Moving
from referrals import ageing, clearance, handovers, joining, next_steps, threshold, transfers
from referrals.access import Reader
from referrals.models import Case, Consent, InformationRequest, Routing, ThresholdTest
from referrals.workflow import Status


@dataclass(frozen=True)
class OpenRequest:
    """A request without an answer; `due_on` is None while it is paused."""

    asked_at: datetime.datetime
    due_on: datetime.date | None


@dataclass(frozen=True)
class Offer:
    """The hand-over of the case that waits for an answer."""

    to: int
    name: str


@dataclass(frozen=True)
class Glance:
    """What the bar says of a case; what this reader may not know, or the stage does not ask, is empty.

    `considered` are the stages in which consent was, `is_joined_clear` whether a further referral
    that waits is cleared (None: none waits), `is_vulnerable` what the last threshold test found,
    `signed` for what each party of convening has signed, `lacks_agreement` whether an overt
    investigation still wants the panel's, `routed_at` when it was last decided who leads, asked for
    near the day on which the person comes of age.
    """

    requests: list[OpenRequest] = field(default_factory=list)
    considered: list[Status] = field(default_factory=list)
    offer: Offer | None = None
    moving: Moving | None = None
    is_joined_clear: bool | None = None
    is_vulnerable: bool | None = None
    signed: dict[str, str] = field(default_factory=dict)
    lacks_agreement: bool = False
    routed_at: datetime.datetime | None = None


def glance(reader: Reader) -> Glance:
    """Everything in at most one query."""
    asked = {name: part.ask(reader) for name, part in PARTS.items() if part.is_needed(reader)}
    if not asked:
        return Glance()
    row = Case.objects.filter(pk=reader.case.pk).values(**asked).get()
    return Glance(**{k: PARTS[k].read(v) for k, v in row.items() if v is not None})


@dataclass(frozen=True)
class Part:
    """One thing to know: of whom it is asked, how, and how the answer is read."""

    is_needed: Callable[[Reader], bool]
    ask: Callable[[Reader], Any]
    read: Callable[[Any], Any] = lambda found: found


def _is_coordinator(reader: Reader) -> bool:
    return reader.is_coordinator and reader.case.is_released


def _is_asking(reader: Reader) -> bool:
    return _is_coordinator(reader) and reader.case.is_open


def _is_at_threshold(reader: Reader) -> bool:
    return reader.is_police and reader.stage == threshold.stage_of(reader.case)


def _of(model: Any, reader: Reader, **which: Any) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.visible_to(reader.user).filter(case=reader.case, **which)
    return rows


def _since(reader: Reader) -> dict[str, Any]:
    """Of a case that came from another area only what was considered here."""
    arrived = reader.case.arrived_at
    return {"at__gte": arrived} if arrived else {}


def _moving(reader: Reader) -> Subquery:
    rows = transfers.of_case(reader).filter(result=transfers.OPEN).order_by()
    fields = {"area": "to_area__name", "on": "effective_on"}
    return Subquery(rows.select_related(None).values(row=JSONObject(**fields))[:1])


def _requests(reader: Reader) -> ArraySubquery:
    rows = _of(InformationRequest, reader, answered_at=None).order_by()
    return ArraySubquery(rows.values(row=JSONObject(at="at", due="due_on", paused="paused_on")))


def _read_requests(found: list[dict[str, str]]) -> list[OpenRequest]:
    return [
        OpenRequest(
            datetime.datetime.fromisoformat(one["at"]),
            None if one["paused"] else datetime.date.fromisoformat(one["due"]),
        )
        for one in found
    ]


PARTS = {
    "requests": Part(_is_asking, _requests, _read_requests),
    "considered": Part(
        _is_asking,
        lambda reader: ArraySubquery(
            _of(Consent, reader, **_since(reader)).order_by().values("stage")
        ),
        lambda found: [Status(stage) for stage in found],
    ),
    "offer": Part(
        lambda reader: reader.is_police,
        lambda reader: Subquery(
            handovers.open_on(reader).values(row=JSONObject(to="to_id", name="to__name"))
        ),
        lambda found: Offer(**found),
    ),
    "moving": Part(
        _is_asking,
        _moving,
        lambda found: Moving(found["area"], datetime.date.fromisoformat(found["on"])),
    ),
    "is_joined_clear": Part(
        lambda reader: reader.is_police and reader.case.is_released,
        lambda reader: Subquery(
            joining.kept_back(reader.user, reader.case).values(is_cleared=joining.IS_CLEARED)[:1]
        ),
    ),
    "is_vulnerable": Part(
        _is_at_threshold,
        lambda reader: Subquery(_of(ThresholdTest, reader).values("is_vulnerable")[:1]),
    ),
    "signed": Part(
        lambda reader: reader.is_police and reader.stage == Status.ASSESSMENT,
        lambda reader: ArraySubquery(
            next_steps.standing(reader.case).values(row=JSONObject(of="party", what="result"))
        ),
        lambda found: {one["of"]: one["what"] for one in found},
    ),
    "lacks_agreement": Part(
        lambda reader: reader.is_police and reader.stage == Status.PANEL,
        lambda reader: Exists(clearance.without_agreement(reader.case)),
    ),
    "routed_at": Part(
        lambda reader: _is_asking(reader) and ageing.is_near(reader.case, reader.facts),
        lambda reader: Subquery(_of(Routing, reader).values("at")[:1]),
    ),
}
