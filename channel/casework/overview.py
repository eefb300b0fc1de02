"""The whole-case page, put together for one reader from what the shares and marks allow."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from accounts.permissions import Perm
from accounts.roles import ShareKind
from prevent_cms.components.text import gov_date
from prevent_cms.marking import Mark
from referrals import ageing, consent, holders, information, parallel, requests, routing
from referrals.access import Reader
from referrals.actions.deconfliction import is_checkable
from referrals.holders import Holder
from referrals.models import (
    Closure,
    Consent,
    Deconfliction,
    ParallelProcess,
    Referral,
    Screening,
)
from referrals.requests import Line
from referrals.timeline import Entry, timeline
from referrals.workflow import Status

ENTRIES = 10


@dataclass(frozen=True)
class Concern:
    """The newest referral this reader may read, in brief."""

    text: str
    referred_by: str
    reference: str
    received_at: datetime.date  # with the time for who may know the referrer
    is_urgent: bool
    mark: str


@dataclass(frozen=True)
class Check:
    """The newest screening or deconfliction, in one line."""

    title: str
    words: str


@dataclass(frozen=True)
class Having:
    """Who has the case, by kind of share."""

    label: str
    names: list[str]


@dataclass
class Overview:
    """Only what this reader may see is filled in; the rest is absent from the page."""

    entries: list[Entry]
    concern: Concern | None = None
    checks: list[Check] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    having: list[Having] = field(default_factory=list)
    last_share: datetime.datetime | None = None
    consents: list[Consent] = field(default_factory=list)
    identity: list[information.Detail] = field(default_factory=list)
    own: list[Line] = field(default_factory=list)
    is_deconflicted: bool = False
    beside: list[ParallelProcess] = field(default_factory=list)
    closure: Closure | None = None
    coming: ageing.Changes | None = None

    @property
    def summary(self) -> tuple[str, str]:
        return requests.summary(self.lines)

    @property
    def states(self) -> list[str]:
        return [line.state for line in self.lines]

    @property
    def waiting(self) -> list[Line]:
        return [line for line in self.lines if line.state in ("", "late", "paused")]


def overview(reader: Reader) -> Overview:
    """What the page holds for this reader; at most seven queries of its own."""
    found = Overview(entries=timeline(reader, ENTRIES))
    if not reader.case.is_open and not reader.is_only_asked:
        found.closure = _closure(reader)
    if reader.is_coordinator:
        _add_referral(found, reader)
        _add_shares(found, reader)
        found.consents = _consents(reader)
        if ageing.is_near(reader.case, reader.facts):
            found.coming = ageing.changes(reader, routing.newest(reader.case))
        found.beside = parallel.beside(reader)
        if reader.case.is_released:
            found.lines = requests.requests_of(reader.user, reader.case)
    elif ShareKind.RESPOND in reader.kinds:
        lines = requests.requests_of(reader.user, reader.case)
        found.own = [one for one in lines if one.request.agency_id in reader.user.agency_ids]
        found.identity = information.identity(reader.user, reader.case)
    return found


def _closure(reader: Reader) -> Closure | None:
    """How the case last left, for those who may read it."""
    rows = Closure.objects.visible_to(reader.user).filter(case=reader.case)
    found: Closure | None = rows.select_related("by").order_by("-at", "-pk").first()
    return found


def _newest(rows: QuerySet[Any]) -> Subquery:
    """Outcome, time and name of the newest check of a referral, in one value."""
    newest = rows.filter(referral=OuterRef("pk")).order_by("-at", "-pk")
    told: dict[str, str] = {"outcome": "outcome", "at": "at", "by": "by__name"}
    if rows.model is Deconfliction:
        told |= {"systems": "systems", "other_systems": "other_systems"}
    return Subquery(newest.values(data=JSONObject(**told))[:1])


def _add_referral(found: Overview, reader: Reader) -> None:
    rows = Referral.objects.visible_to(reader.user).filter(case=reader.case)
    if reader.is_police:
        rows = rows.annotate(
            screened=_newest(Screening.objects.visible_to(reader.user)),
            checked=_newest(Deconfliction.objects.visible_to(reader.user)),
        )
    referral = rows.order_by("-received_at", "-pk").first()
    if referral is None:
        return
    found.concern = Concern(
        text=referral.answers.get("what", ""),
        referred_by=_referrer(referral, reader),
        reference=referral.reference,
        received_at=_received(referral, reader),
        is_urgent=referral.is_urgent,
        mark=referral.mark,
    )
    if reader.is_police:
        found.checks = _checks(referral)
        found.is_deconflicted = referral.checked is not None


def _received(referral: Referral, reader: Reader) -> datetime.date:
    """When it came in; by the minute it could tell who sent it."""
    if referral.wants_anonymity and not reader.is_police:
        return timezone.localdate(referral.received_at)
    return referral.received_at


def _referrer(referral: Referral, reader: Reader) -> str:
    """Who referred; only police learn it when the referrer asked to stay anonymous."""
    if referral.wants_anonymity and not reader.is_police:
        return "Somebody who asked to stay anonymous"
    names = ("referrer_name", "referrer_role", "referrer_organisation")
    return ", ".join(filter(None, (referral.answers.get(name) for name in names)))


def _checks(referral: Any) -> list[Check]:
    screened, checked = referral.screened, referral.checked
    lines = [Check("Screening", "Not recorded yet"), Check("Deconfliction", "Not recorded yet")]
    if screened:
        words = f"{Screening.Outcome(screened['outcome']).label}. {_when(screened)}"
        lines[0] = Check("Screening", words)
    if checked:
        count = len(checked["systems"]) + bool(checked["other_systems"])
        systems = f"{count} system{'' if count == 1 else 's'} checked"
        outcome = Deconfliction.Outcome(checked["outcome"]).label
        lines[1] = Check("Deconfliction", f"{outcome}. {_when(checked)}, {systems}")
    return lines


def _when(told: dict[str, Any]) -> str:
    return f"{gov_date(datetime.datetime.fromisoformat(told['at']))}, {told['by']}"


def _add_shares(found: Overview, reader: Reader) -> None:
    shares = holders.holders(reader.case)
    if reader.case.is_restricted:  # what agencies have opens nothing
        shares = [one for one in shares if not one.agency_id]
    for kind, label in holders.KIND_WORDS.items():
        names = [_named(one, reader) for one in shares if one.kind == kind]
        if names:
            found.having.append(Having(label, names))
    found.last_share = max((one.since for one in shares), default=None)


def _named(one: Holder, reader: Reader) -> str:
    """Who has the case; only police are told of an agency that waits for the end of a hold."""
    waits = one.waits and reader.is_police
    return f"{one.name} (not let in, because of the hold)" if waits else one.name


def _consents(reader: Reader) -> list[Consent]:
    """The position in force on each matter, for the coordinators."""
    found = consent.standing(reader)
    return [entry for entry in map(found.on, Consent.About) if entry]


@dataclass(frozen=True)
class Links:
    """Where this reader can go on from the overview."""

    may_write_consent: bool
    may_check_again: bool
    is_assessing: bool
    has_panel: bool
    has_plan: bool
    may_route: bool


def links(reader: Reader) -> Links:
    stage = reader.case.stage
    begun = list(Status).index(stage)
    part = bool(reader.kinds & {ShareKind.COORDINATE, ShareKind.PANEL, ShareKind.DELIVER})
    return Links(
        may_write_consent=reader.case.is_open and reader.may(Perm.CONSENT_RECORD),
        may_check_again=reader.may(Perm.DECONFLICTION_RECORD) and is_checkable(reader.case),
        is_assessing=reader.is_coordinator and stage == Status.ASSESSMENT,
        has_panel=Mark.PANEL in reader.marks and begun >= list(Status).index(Status.PANEL),
        may_route=reader.may(Perm.CASE_ROUTE),
        has_plan=part and begun >= list(Status).index(Status.SUPPORT),
    )
