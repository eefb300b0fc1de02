"""Who may read which events (design section 5, 6). Whoever reads the log is in it as well.

A police auditor reads every event of the area. Any other auditor reads what the own agency did and
what was done in its cases, each no more than the agency itself could know: nothing that is kept to
police, no conflict of interest, nothing from before the release, nothing from before the case was
shared with the agency or after that ended. A share made during a hold counts from the end of the hold
on (docs/adr/0006). Nobody reads of a case that a conflict of interest keeps them out of. Only events
are asked; no case is looked up.
"""

import datetime
from dataclasses import dataclass
from functools import cached_property

from django.db.models import DateTimeField, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce

from accounts.models import Agency, Area, User
from accounts.permissions import Perm
from accounts.roles import KINDS_FOR_MARK, Role, ShareKind
from prevent_cms.errors import ActionDenied
from prevent_cms.history import EventType
from prevent_cms.history.chain import Broken
from prevent_cms.history.models import Event
from prevent_cms.marking import Mark

HOLDS = (EventType.CASE_HELD, EventType.CASE_RESUMED, EventType.CASE_CLOSED)
NEVER = datetime.datetime.max.replace(tzinfo=datetime.UTC)
ALWAYS, NOTHING = Q(), Q(pk__in=[])
SAME = Q(chain=OuterRef("chain"))
UNTIL = Coalesce(Cast(KT("details__until"), DateTimeField()), Value(NEVER))
UP_TO_IT = Q(chain=OuterRef("chain"), seq__lte=OuterRef("seq"))  # of the same chain, no later


@dataclass(frozen=True)
class Remit:
    """What one auditor may read."""

    user: User

    @cached_property
    def areas(self) -> list[Area]:
        """Where they audit for police."""
        return [
            seat.agency.area
            for seat in self.user.seats
            if Role.POLICE_AUDITOR in seat.roles and seat.agency.kind == Agency.Kind.POLICE
        ]

    @cached_property
    def agencies(self) -> list[Agency]:
        """The own agencies for which they audit."""
        return [seat.agency for seat in self.user.seats if Role.AUDITOR in seat.roles]

    @property
    def is_police(self) -> bool:
        """Whether numbers may be told: a gap in them says that something else happened."""
        return bool(self.areas) and not self.agencies

    @property
    def mark(self) -> Mark:
        """Who may know what they do here."""
        return Mark.POLICE if self.areas else Mark.COORDINATION

    @property
    def where(self) -> list[Area]:
        """The areas in which they audit, for police or for an agency."""
        areas = self.areas + [agency.area for agency in self.agencies]
        return list({area.pk: area for area in areas}.values())

    @cached_property
    def around(self) -> list[Agency]:
        """Every agency of these areas."""
        return list(Agency.objects.filter(area__in=self.where))

    @property
    def title(self) -> str:
        names = [f"{area.name}, police audit" for area in self.areas]
        return "; ".join(names + [f"{agency.name}, audit" for agency in self.agencies])

    @property
    def sees(self) -> str:
        """In words, what they see."""
        parts = [f"every act in {area.name}" for area in self.areas]
        parts += [
            f"what people of {agency.name} did, and what was done in cases shared with it"
            for agency in self.agencies
        ]
        return "; ".join(parts)

    def covers(self, broken: Broken) -> bool:
        """Whether they may be told which event is broken."""
        if self._kept_out().filter(chain=broken.chain).exists():
            return False
        if broken.event_id and self.events().filter(pk=broken.event_id).exists():
            return True
        kind, _, name = broken.chain.partition(":")
        codes = {area.code for area in self.areas}
        return self.is_police and (kind in ("", "service") or name[:3] in codes)

    def events(self) -> QuerySet[Event]:
        """Every event that they may read, in no order."""
        rule = NOTHING
        if self.areas:
            rule |= Q(area_code__in=["", *(area.code for area in self.areas)])
        for agency in self.agencies:
            rule |= _of(agency)
        return Event.objects.filter(rule).exclude(chain__in=self._kept_out().values("chain"))

    def _kept_out(self) -> QuerySet[Event]:
        """By what a conflict of interest keeps the auditor out of a case now."""
        of_them = Event.objects.filter(details__user_id=self.user.pk)
        lifted = of_them.filter(SAME, type=EventType.BAR_LIFTED, seq__gt=OuterRef("seq"))
        return of_them.filter(~Exists(lifted), type=EventType.BAR_SET)


def get_remit(user: User) -> Remit:
    """What this user may read of the log. Raises ActionDenied for anybody but auditors."""
    remit = Remit(user)
    if not user.holds(Perm.AUDIT_VIEW) or not remit.where:
        raise ActionDenied("Your role does not include the log.")
    return remit


def _of(agency: Agency) -> Q:
    """The events that an auditor of this agency may read; what is quick to tell is asked first."""
    acted, concerns = _is("actor_agency_id", agency), _is("agency_id", agency)
    shared = concerns & Q(Exists(_opened(agency).filter(UP_TO_IT)))
    for kind in (ShareKind.COORDINATE, ShareKind.PANEL):
        marks = [mark for mark in (Mark.COORDINATION, Mark.PANEL) if kind in KINDS_FOR_MARK[mark]]
        ever = _shares(agency).filter(details__kind=kind).values("chain")
        shared |= Q(mark__in=marks) & Q(chain__in=ever) & Q(_stands(agency, kind))
    apart = (acted | concerns) & Q(case_reference="")
    kept = Q(mark=Mark.POLICE) | Q(type__in=[EventType.BAR_SET, EventType.BAR_LIFTED])
    return ~kept & (apart | (acted | shared) & _is_released())


def _is(column: str, agency: Agency) -> Q:
    """Said so that an empty column is a no and not a perhaps, which PostgreSQL would look into."""
    return Q((column, agency.pk), (f"{column}__isnull", False))


def _shares(agency: Agency) -> QuerySet[Event]:
    """The events by which a case was shared with the agency, each with when that runs out."""
    shares = Event.objects.filter(agency_id=agency.pk, type=EventType.CASE_SHARED)
    return shares.alias(until=UNTIL)


def _opened(agency: Agency, by: Q = ALWAYS) -> QuerySet[Event]:
    """The shares that let the agency in, `by` an event or at last; one that waits does so later."""
    hold = Event.objects.filter(SAME, seq__lt=OuterRef("seq"), type__in=HOLDS).order_by("-seq")
    ended = Event.objects.filter(
        SAME,
        agency_id=agency.pk,
        type=EventType.CASE_UNSHARED,
        details__kind=OuterRef(OuterRef("details__kind")),
        seq__gt=OuterRef(OuterRef("seq")),
        seq__lt=OuterRef("seq"),
    )
    resumed = Event.objects.filter(
        by,
        SAME,
        ~Exists(ended),
        type=EventType.CASE_RESUMED,
        seq__gt=OuterRef("seq"),
        at__lt=OuterRef("until"),
    )
    return (
        _shares(agency)
        .alias(hold=Coalesce(Subquery(hold.values("type")[:1]), Value("")))
        .filter(~Q(hold=EventType.CASE_HELD) | Exists(resumed))
    )


def _is_released() -> Q:
    """The case was released no later than this event."""
    return Q(Exists(Event.objects.filter(UP_TO_IT, type=EventType.CASE_RELEASED)))


def _stands(agency: Agency, kind: ShareKind) -> Exists:
    """When this happened the case was open to the agency in this kind."""
    at, seq = OuterRef("at"), OuterRef("seq")
    since = SAME & Q(details__kind=kind, seq__gt=seq, seq__lte=OuterRef(seq))
    ended = Event.objects.filter(since, agency_id=agency.pk, type=EventType.CASE_UNSHARED)
    cut_short = _shares(agency).filter(since & Q(until__lte=OuterRef(at)))
    open_then = UP_TO_IT & Q(details__kind=kind, until__gt=at) & ~Exists(ended) & ~Exists(cut_short)
    return Exists(_opened(agency, by=Q(seq__lte=OuterRef(seq))).filter(open_then))
