"""Who may read which events (design section 5, 6). Whoever reads the log is in it as well.

A police auditor reads every event of the area. Any other auditor reads what the own agency did and
what was done in its cases, each no more than the agency itself could know: nothing that is kept to
police, nothing from before the release, nothing from before the case was shared with the agency or
after that ended. Only events are asked; no case is looked up.
"""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import DateTimeField, Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from accounts.models import Agency, Area, User
from accounts.permissions import Perm
from accounts.roles import KINDS_FOR_MARK, Role, ShareKind
from prevent_cms.errors import ActionDenied
from prevent_cms.history import EventType
from prevent_cms.history.chain import Broken
from prevent_cms.history.models import Event
from prevent_cms.marking import Mark

SHARING = (EventType.CASE_SHARED, EventType.CASE_UNSHARED)
NOTHING = Q(pk__in=[])
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
        return Event.objects.filter(rule)


def get_remit(user: User) -> Remit:
    """What this user may read of the log. Raises ActionDenied for anybody but auditors."""
    remit = Remit(user)
    if not user.holds(Perm.AUDIT_VIEW) or not remit.where:
        raise ActionDenied("Your role does not include the log.")
    return remit


def _of(agency: Agency) -> Q:
    """The events that an auditor of this agency may read; what is quick to tell is asked first."""
    own = _is("actor_agency_id", agency) | _is("agency_id", agency)
    shared = NOTHING
    for kind in (ShareKind.COORDINATE, ShareKind.PANEL):
        marks = [mark for mark in (Mark.COORDINATION, Mark.PANEL) if kind in KINDS_FOR_MARK[mark]]
        ever = _shares(agency, kind).values("chain")
        shared |= Q(mark__in=marks) & Q(chain__in=ever) & Q(_stands(agency, kind))
    return ~Q(mark=Mark.POLICE) & (own & Q(case_reference="") | (own | shared) & _is_released())


def _is(column: str, agency: Agency) -> Q:
    """Said so that an empty column is a no and not a perhaps, which PostgreSQL would look into."""
    return Q((column, agency.pk), (f"{column}__isnull", False))


def _shares(agency: Agency, kind: ShareKind) -> QuerySet[Event]:
    """The events by which a case was shared with the agency in this kind."""
    return Event.objects.filter(agency_id=agency.pk, type=EventType.CASE_SHARED, details__kind=kind)


def _is_released() -> Q:
    """The case was released no later than this event."""
    return Q(Exists(Event.objects.filter(UP_TO_IT, type=EventType.CASE_RELEASED)))


def _stands(agency: Agency, kind: ShareKind) -> Exists:
    """When this happened the case was shared with the agency in this kind."""
    since = Event.objects.filter(
        agency_id=agency.pk,
        details__kind=kind,
        chain=OuterRef("chain"),
        type__in=SHARING,
        seq__gt=OuterRef("seq"),
        seq__lte=OuterRef(OuterRef("seq")),
    )
    return Exists(
        _shares(agency, kind)
        .filter(UP_TO_IT)
        .alias(until=Cast(KT("details__until"), DateTimeField()))
        .filter(Q(until=None) | Q(until__gt=OuterRef("at")))
        .exclude(Exists(since))
    )
