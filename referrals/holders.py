"""Who has a case now, and what was shared of it and why: for those who coordinate it."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.db.models import OuterRef, Prefetch, Q, Subquery
from django.http import Http404

from accounts import grants
from accounts.models import Agency, Membership, User
from accounts.permissions import Perm
from accounts.roles import ShareKind
from prevent_cms.errors import ActionDenied
from referrals.access import NOT_YOURS, Reader
from referrals.actions.sharing import is_stoppable, may_correct
from referrals.models import Bar, Case, Correction, Disclosure, Restriction, Routing, Transfer
from referrals.models.information import ONE_TIME
from referrals.routing import newest

KIND_WORDS = {
    ShareKind.COORDINATE: "Coordinating",
    ShareKind.RESPOND: "Answering a request",
    ShareKind.PANEL: "For the panel",
    ShareKind.DELIVER: "Delivering support",
}
ORDER = list(KIND_WORDS)


@dataclass(frozen=True)
class Holder:
    """One share in force: with which agency or person, in which kind, why, and until when."""

    pk: int
    name: str
    kind: ShareKind
    reason: str
    since: datetime.datetime
    until: datetime.datetime | None
    by: str
    agency_id: int | None = None  # none for a share with one person
    is_police: bool = False
    waits: bool = False  # for the end of a hold, which only police may know of

    @property
    def words(self) -> str:
        return KIND_WORDS[self.kind]

    @property
    def hidden(self) -> str:
        """What completes the words of its link."""
        return f"with {self.name}: {self.words.lower()}"

    @property
    def is_stoppable(self) -> bool:
        return self.agency_id is not None and is_stoppable(self.kind)


def holders(case: Case) -> list[Holder]:
    """Every share in force, those who coordinate first; one query."""
    agency = Agency.objects.filter(group=OuterRef("group_id"))
    person = User.objects.filter(group=OuterRef("group_id"))
    rows = grants.shares_of(case).select_related("by")
    found = [
        Holder(
            pk=row.pk,
            name=row.agency_name or row.person_name,
            kind=ShareKind(row.kind),
            reason=row.reason,
            since=row.since,
            until=row.until,
            by=row.by.name if row.by else "",
            agency_id=row.agency_pk,
            is_police=row.agency_kind == Agency.Kind.POLICE,
            waits=row.waits,
        )
        for row in rows.annotate(
            agency_pk=Subquery(agency.values("pk")[:1]),
            agency_name=Subquery(agency.values("name")[:1]),
            agency_kind=Subquery(agency.values("kind")[:1]),
            person_name=Subquery(person.values("name")[:1]),
        )
    ]
    return sorted(found, key=lambda one: (ORDER.index(one.kind), not one.agency_id, one.name))


def get_stoppable(case: Case, pk: int) -> tuple[Agency, ShareKind]:
    """The agency and the kind of a share that can be stopped; Http404 for any other."""
    for one in holders(case):
        if one.pk == pk and one.agency_id and one.is_stoppable:
            return Agency.objects.get(pk=one.agency_id), one.kind
    raise Http404


@dataclass(frozen=True)
class Sharing:
    """The Sharing page for one reader; conflicts of interest only for those who record them."""

    holders: list[Holder]
    restriction: Restriction | None
    may_share: bool
    may_restrict: bool
    may_bar: bool
    may_preview: bool
    routing: Routing | None
    may_route: bool
    bars: list[Bar] = field(default_factory=list)

    @property
    def partners(self) -> list[Holder]:
        """One line for each agency outside police, to see the case as it does."""
        found = {one.agency_id: one for one in self.holders if one.agency_id and not one.is_police}
        return list(found.values()) if self.may_preview else []


def sharing(reader: Reader) -> Sharing:
    """Who has the case and why, in at most four queries."""
    case, may_bar = reader.case, reader.may(Perm.BAR_SET)
    bars = Bar.objects.in_force().filter(case=case).select_related("user", "by")
    return Sharing(
        holders=holders(case),
        restriction=restriction_of(case),
        may_share=case.is_released and reader.may(Perm.CASE_SHARE),
        may_restrict=reader.may(Perm.CASE_RESTRICT),
        may_bar=may_bar,
        may_preview=reader.may(Perm.CASE_PREVIEW),
        routing=newest(case),
        may_route=case.is_released and case.is_open and reader.may(Perm.CASE_ROUTE),
        bars=list(bars) if may_bar else [],
    )


@dataclass(frozen=True)
class Entry:
    """One entry of the register, what was added to it, and whether this reader adds more."""

    disclosure: Disclosure
    added: list[Correction]
    may_correct: bool

    @property
    def title(self) -> str:
        kind = self.disclosure.kind
        words = KIND_WORDS[ShareKind(kind)].lower() if kind != ONE_TIME else "by a one-time link"
        return f"{self.disclosure.recipient}: {words}"


def register(reader: Reader) -> list[Entry]:
    """The register of disclosures of the case, newest first, in two queries (R95-R102)."""
    rows = Disclosure.objects.visible_to(reader.user).filter(case=reader.case)
    added = Correction.objects.visible_to(reader.user).select_related("by")
    found = rows.select_related("agency", "by", "ended_by").order_by("-at", "-pk")
    return [
        Entry(one, list(one.corrections.all()), may_correct(reader, one))
        for one in found.prefetch_related(Prefetch("corrections", added))
    ]


def get_correctable(reader: Reader, pk: int) -> Disclosure:
    """An entry of the register of this case; Http404 for any other, ActionDenied for who may not."""
    rows = Disclosure.objects.visible_to(reader.user).filter(case=reader.case, pk=pk)
    found: Disclosure | None = rows.select_related("agency", "by").first()
    if found is None:
        raise Http404
    if not may_correct(reader, found):
        raise ActionDenied(NOT_YOURS)
    return found


def restriction_of(case: Case) -> Restriction | None:
    """The restriction in force, with who set it."""
    if not case.is_restricted:
        return None
    found: Any = Restriction.objects.in_force().filter(case=case).select_related("by").first()
    return found  # type: ignore[no-any-return]


def get_bar(case: Case, pk: int) -> Bar:
    """A conflict of interest in force in this case; Http404 when there is none."""
    bars = Bar.objects.in_force().filter(case=case, pk=pk).select_related("case__area", "user")
    found: Bar | None = bars.first()
    if found is None:
        raise Http404
    return found


def agencies_to_let_in(case: Case) -> Any:
    """The agencies a case can be shared with one by one: partners and providers of its area."""
    kinds = (Agency.Kind.PARTNER, Agency.Kind.PROVIDER)
    return Agency.objects.filter(area=case.area, kind__in=kinds, is_active=True).order_by("name")


def people_to_bar(case: Case, by: User) -> Any:
    """Everybody with a role in the area, or where it may move to, whom this person can keep out."""
    moving = Transfer.objects.filter(case=case, result=Transfer.Result.OPEN).values("to_area")
    at_work = Membership.objects.current().filter(
        Q(agency__area=case.area_id) | Q(agency__area__in=moving)
    )
    out = Bar.objects.in_force().filter(case=case)
    people = User.objects.filter(is_active=True, pk__in=at_work.values("user"))
    people = people.exclude(pk__in=out.values("user")).exclude(pk__in=[by.pk, case.owner_id or 0])
    return people.order_by("name", "pk")


def people_to_name(case: Case) -> dict[int, str]:
    """Whom a restriction can name: id -> name, agency and roles of all whose agency has the case."""
    found: dict[int, str] = {}
    for seat in grants.people_with(case, as_if_open=True):
        role = seat.get_role_display()
        before = found.get(seat.user_id, f"{seat.user.name}, {seat.agency.name}:")
        found[seat.user_id] = f"{before} {role}" if before.endswith(":") else f"{before}, {role}"
    return found


def named(case: Case) -> list[int]:
    """The ids of the people whom the restriction in force names."""
    shares = grants.shares_of(case).filter(reason=grants.NAMED)
    people = User.objects.filter(group__in=shares.values("group"))
    return list(people.order_by("pk").values_list("pk", flat=True))
