"""Who coordinates a case with police: which council by district, which lead by age (R80-R84).

The rules read the area's policy values and what is recorded of the person. They propose; whoever
releases or hands over decides, and what differs from the proposal has its reason.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import In

from accounts import grants
from accounts.models import Agency, Membership
from accounts.roles import Role, ShareKind
from prevent_cms.components.text import age
from prevent_cms.marking import Mark
from referrals.models import Case, PersonFact, Routing

Lead = Routing.Lead
Kind = PersonFact.Kind
# Words that a district may be written with or without.
FILLING = frozenset({"borough", "city", "council", "district", "of", "the", "royal", "county"})


@dataclass(frozen=True)
class Route:
    """Who is to coordinate: a council, one of its leads, and other councils beside it."""

    council: Agency
    lead: str
    reason: str = ""
    also: tuple[Agency, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """What the rules give, and why; `council` is None and `lead` "" where they give nothing."""

    councils: list[Agency]
    council: Agency | None = None
    lead: str = ""
    council_why: str = ""
    lead_why: str = ""

    @property
    def route(self) -> Route | None:
        """The whole of it, where nothing is left to choose."""
        return Route(self.council, self.lead) if self.council and self.lead else None

    @property
    def reason(self) -> str:
        """Why, in sentences."""
        return " ".join(filter(None, (self.council_why, self.lead_why)))

    def holds(self, route: Route) -> bool:
        """Whether this route is what the rules give."""
        return route.council == self.council and route.lead == self.lead and not route.also


def propose(case: Case) -> Proposal:
    """Who should coordinate by the area's rules, in at most two queries."""
    councils = councils_of(case)
    is_one, rules = len(councils) < 2, case.area.rules
    if is_one and rules.leads == "one":
        return Proposal(councils, next(iter(councils), None), Lead.ALL)
    facts = facts_of(case)
    council, council_why = (
        (next(iter(councils), None), "") if is_one else _by_district(councils, facts)
    )
    lead, lead_why = (Lead.ALL, "") if rules.leads == "one" else _by_age(case, facts)
    return Proposal(councils, council, lead, council_why, lead_why)


def councils_of(case: Case) -> list[Agency]:
    """The local authorities of the area."""
    kind = Agency.Kind.LOCAL_AUTHORITY
    return list(Agency.objects.filter(area=case.area, kind=kind, is_active=True).order_by("pk"))


def facts_of(case: Case) -> list[PersonFact]:
    """What bears on it, of what is not kept to police: the reason is read by the coordinators."""
    kinds, mark = (Kind.BORN, Kind.AGE, Kind.DISTRICT), Mark.COORDINATION
    return list(PersonFact.objects.filter(case=case, mark=mark, kind__in=kinds).order_by("pk"))


def _by_district(councils: list[Agency], facts: list[PersonFact]) -> tuple[Agency | None, str]:
    names = [fact.value for fact in facts if fact.kind == Kind.DISTRICT]
    if not names:
        return None, "No council is proposed, because no district is recorded."
    found = {one.pk: one for name in names for one in councils if _has(one, name)}
    said = " and ".join(dict.fromkeys(names))
    if len(found) != 1:
        which = "no council of this area serves" if not found else "several councils serve"
        return None, f"No council is proposed, because {which} {said}."
    council = next(iter(found.values()))
    return council, f"{council.name}, because the person lives in {said}."


def _has(council: Agency, district: str) -> bool:
    return _plain(district) in {_plain(one) for one in council.districts}


def _plain(district: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]+", district.casefold())) - FILLING


def _by_age(case: Case, facts: Iterable[PersonFact]) -> tuple[str, str]:
    boundary = case.area.rules.age_boundary
    years = ages(facts)
    if not years:
        return "", "No lead is proposed, because no age is recorded."
    leads = {Lead.ADULTS if one >= boundary else Lead.FAMILIES for one in years}
    said = " or ".join(map(str, years))
    if len(leads) > 1:
        return "", f"No lead is proposed: {said} is recorded, and the boundary is {boundary}."
    lead = leads.pop()
    return lead, f"{lead.label}, because the person is {said} and the boundary is {boundary}."


def ages(facts: Iterable[PersonFact]) -> list[int]:
    """The ages that the facts give today: of dates of birth, and only without any as told."""
    rows = list(facts)
    born = [fact.date for fact in rows if fact.kind == Kind.BORN and fact.date]
    told = [fact.value for fact in rows if fact.kind == Kind.AGE and fact.value.isdecimal()]
    found = [int(age(day).split(" ")[0]) for day in born] if born else [int(one) for one in told]
    return sorted(set(found))


def leads_of(case: Case) -> list[Lead]:
    """The leads between whom the area chooses."""
    return [Lead.ADULTS, Lead.FAMILIES] if case.area.rules.leads == "by_age" else [Lead.ALL]


def newest(case: Case) -> Routing | None:
    """The decision in force, for who coordinates the case."""
    found: Any = Routing.objects.filter(case=case).select_related("council", "by").first()
    return found  # type: ignore[no-any-return]


# Who works at it


def coordinating(case: Case) -> list[Agency]:
    """The agencies outside police that coordinate the case now."""
    groups = grants.shares_of(case).filter(kind=ShareKind.COORDINATE).values("group_id")
    found = Agency.objects.filter(group_id__in=groups).exclude(kind=Agency.Kind.POLICE)
    return list(found.order_by("pk"))


def checkers(case: Case, council: Agency) -> list[Agency]:
    """The safeguarding hubs that the area lets ask agencies, as soon as the case is released (R88).

    Of several in one area only the hub of this council's part of it.
    """
    return hubs_of(case, [council])


def hubs_of(case: Case, councils: Iterable[Agency]) -> list[Agency]:
    """The same for the parts of several councils."""
    if Role.MASH_COORDINATOR not in case.area.rules.requester:
        return []
    seats = Membership.objects.current().filter(role=Role.MASH_COORDINATOR, user__is_active=True)
    hubs = Agency.objects.filter(area=case.area, pk__in=seats.values("agency"))
    parts = {None, *(one.pk for one in councils)}
    return [one for one in hubs.order_by("pk") if one.council_id in parts]


def let_in_by(case: Case, route: Route) -> list[Agency]:
    """The agencies outside police that a release by this route lets in to coordinate."""
    return [route.council, *route.also, *checkers(case, route.council)]


def led_by(remits: Iterable[str]) -> Q:
    """The condition on cases that a lead with one of these remits leads them, or any lead does."""
    newest = Routing.objects.filter(case=OuterRef("pk")).values("lead")[:1]
    return Q(In(Coalesce(Subquery(newest), Value(str(Lead.ALL))), [*remits, str(Lead.ALL)]))


def leads_at(routing: Routing) -> list[str]:
    """The names of those who lead there, for whom the case is."""
    seats = Membership.objects.current().filter(
        agency=routing.council_id, role=Role.PREVENT_LEAD, user__is_active=True
    )
    names = seats.order_by("user__name").values_list("user__name", "remit")
    return [name for name, remit in names if fits(remit, routing.lead)]


def fits(remit: str, lead: str) -> bool:
    """Whether a lead with this remit leads on a case that is routed so."""
    return not remit or lead in (remit, Lead.ALL)
