"""The register of providers as rules and pages read it: who may deliver on which day, and why not."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.models import Agency, Area, User
from accounts.permissions import Perm
from channel.support.models import PlanItem, Provider, ProviderCheck
from prevent_cms import clock
from prevent_cms.components.text import gov_date
from prevent_cms.errors import ActionDenied, ActionInvalid

Kind = ProviderCheck.Kind
LACKING: dict[str, str] = {
    Kind.DBS: "has no DBS check on record that is in force",
    Kind.SUITABILITY: "has no passed suitability check in force",
}
NOT_YOURS = "Your role does not include the register of providers."


@dataclass(frozen=True)
class Checks:
    """The checks of one mentor, or those of a provider as a whole, newest first."""

    of: str
    rows: list[ProviderCheck]

    def newest(self, kind: str, on: datetime.date | None = None) -> ProviderCheck | None:
        """The check of a kind that counts on a day: the last one recorded by then (R154)."""
        day = on or clock.today()
        found = (one for one in self.rows if one.kind == kind and _recorded_on(one) <= day)
        return next(found, None)

    def lacks(self, on: datetime.date, *kinds: str) -> list[str]:
        """Which of these kinds was not recorded, passed and in force on a day, as words after a name."""
        found = [(kind, self.newest(kind, on)) for kind in kinds]
        return [LACKING[kind] for kind, check in found if check is None or not check.holds(on)]

    @property
    def dbs(self) -> ProviderCheck | None:
        return self.newest(Kind.DBS)

    @property
    def suitability(self) -> ProviderCheck | None:
        return self.newest(Kind.SUITABILITY)

    @property
    def state(self) -> list[str]:
        """What a mentor lacks today; nothing when they may meet somebody."""
        return self.lacks(clock.today(), Kind.DBS, Kind.SUITABILITY)


@dataclass(frozen=True)
class Entry:
    """One provider with its checks and those of its mentors, newest first."""

    provider: Provider
    checks: list[ProviderCheck] = field(default_factory=list)

    def of(self, mentor: str) -> Checks:
        """The checks of one mentor; of no name, those of the provider as a whole."""
        name = mentor.casefold()
        return Checks(mentor, [one for one in self.checks if one.mentor.casefold() == name])

    @property
    def mentors(self) -> list[Checks]:
        """Everybody whom a check names, by name."""
        names = {one.mentor.casefold(): one.mentor for one in reversed(self.checks) if one.mentor}
        return [self.of(names[key]) for key in sorted(names)]

    @property
    def suitability(self) -> ProviderCheck | None:
        return self.of("").suitability

    def lacks(self, on: datetime.date, area_id: int) -> list[str]:
        """What keeps it from delivering in an area on a day, each as words after its name: the
        approval, its area, and what the panel must be satisfied of (R152, R153)."""
        rules = (
            (self.provider.is_approved(on), "is not on the approved list"),
            (area_id in self.provider.areas, "is not approved for this area"),
        )
        found = [words for holds, words in rules if not holds]
        return found + self.of("").lacks(on, Kind.SUITABILITY)

    def why_not(self, mentor: str, on: datetime.date, area_id: int) -> list[str]:
        """What keeps one mentor of it from meeting somebody on a day: what it lacks, and which of the
        mentor's own checks (R154), each as a clause."""
        own = self.of(mentor).lacks(on, Kind.DBS, Kind.SUITABILITY)
        clauses = [("it", self.lacks(on, area_id)), (mentor, own)]
        return [f"{who} {', and '.join(words)}" for who, words in clauses if words]

    @property
    def lacking(self) -> list[str]:
        """What it lacks itself today in its own area."""
        return self.lacks(clock.today(), self.provider.agency.area_id)

    @property
    def state(self) -> list[str]:
        """What keeps it from delivering there today; nothing when one of its mentors may."""
        is_ready = any(not one.state for one in self.mentors)
        return (
            self.lacking if is_ready else [*self.lacking, "has no mentor whose checks are in force"]
        )


def _recorded_on(check: ProviderCheck) -> datetime.date:
    return timezone.localdate(check.at)


# Guards


def entries(agencies: Iterable[int]) -> dict[int, Entry]:
    """The entries of the register for these agencies, by agency id; two queries."""
    found = list(Provider.objects.filter(agency__in=agencies).select_related("agency"))
    checks = list(ProviderCheck.objects.filter(provider__in=found))
    return {
        one.agency_id: Entry(one, [row for row in checks if row.provider_id == one.pk])
        for one in found
    }


def checked(agencies: Iterable[int]) -> dict[int, Entry]:
    """As `entries`, in one query, but only of those with a check on record."""
    rows = ProviderCheck.objects.filter(provider__agency__in=agencies)
    found: dict[int, Entry] = {}
    for row in rows.select_related("provider__agency"):
        found.setdefault(row.provider.agency_id, Entry(row.provider)).checks.append(row)
    return found


def hindrance(item: PlanItem, on: datetime.date) -> str:
    """Why this item may not be delivered on a day, as a sentence; "" when nothing stands against it.

    Only an item that `needs_checks` can be hindered: by the provider, or by whom it sends.
    """
    if not item.needs_checks:
        return ""
    name = item.agency.name
    entry = entries([item.agency_id]).get(item.agency_id)
    lacking = ["it is not on the register"]
    if entry:
        lacking = entry.why_not(item.lead_person, on, item.case.area_id)
    if not lacking:
        return ""
    day = "today" if on == clock.today() else f"on {gov_date(on)}"
    return f"{name} cannot deliver support {day}: {'; '.join(lacking)}."


def require_checked(item: PlanItem, on: datetime.date) -> None:
    """Raise ActionInvalid unless who leads the item may deliver on a day (R152-R154)."""
    if words := hindrance(item, on):
        raise ActionInvalid(words)


# The register


def areas_for(user: User) -> list[Area]:
    """The areas whose register this person keeps, by name."""
    found = {seat.agency.area for seat in user.seats_with(Perm.PROVIDER_KEEP)}
    return sorted(found, key=lambda area: area.name)


def require_keeper(user: User, area: Area | None = None) -> None:
    """Raise ActionDenied for whoever does not keep the register: of an area, or any."""
    kept = areas_for(user)
    if area not in kept if area else not kept:
        raise ActionDenied(NOT_YOURS)


def get_area(user: User, slug: str) -> Area:
    """One of the areas whose register this person keeps; Http404 for any other."""
    found = next((area for area in areas_for(user) if area.slug == slug), None)
    if found is None:
        raise Http404
    return found


def get_provider(user: User, pk: int) -> Provider:
    """An entry of one of their registers; Http404 for any other."""
    rows = Provider.objects.filter(agency__area__in=areas_for(user))
    found: Provider | None = rows.select_related("agency__area").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True)
class Register:
    """The providers of one area, and those that are not entered yet."""

    area: Area
    entries: list[Entry]
    missing: list[Agency]


def registers(user: User) -> list[Register]:
    """The registers that this person keeps; three queries."""
    areas = areas_for(user)
    agencies = list(provider_agencies(areas))
    found = entries(agency.pk for agency in agencies)
    return [
        Register(
            area,
            [found[one.pk] for one in agencies if one.area_id == area.pk and one.pk in found],
            [one for one in agencies if one.area_id == area.pk and one.pk not in found],
        )
        for area in areas
    ]


def provider_agencies(areas: Iterable[Area]) -> QuerySet[Agency]:
    """The agencies of these areas that can be on a register, by name."""
    rows = Agency.objects.filter(area__in=areas, kind=Agency.Kind.PROVIDER, is_active=True)
    return rows.order_by("name")


def not_entered(area: Area) -> QuerySet[Agency]:
    """The providers of an area that are not on its register yet, by name."""
    return provider_agencies([area]).exclude(pk__in=Provider.objects.values("agency"))


def mentor_of(provider: Provider, check: str) -> str:
    """Whose check one of a provider's is, by its number, which addresses use for it is no name."""
    rows = provider.checks.filter(pk=check) if check.isdecimal() else provider.checks.none()
    return next(iter(rows.values_list("mentor", flat=True)), "")


def page(provider: Provider) -> dict[str, Any]:
    """What the page of a provider shows: its entry, what it lacks today, every check."""
    areas = Area.objects.filter(pk__in=provider.areas)
    checks = list(provider.checks.select_related("by"))
    return {
        "provider": provider,
        "entry": Entry(provider, checks),
        "areas": [area.name for area in areas],
        "kinds": Kind.choices,
        "own_kinds": [(kind.value, kind.label) for kind in (Kind.DBS, Kind.SUITABILITY)],
    }
