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
NOT_YOURS = "Your role does not include the register of providers."


@dataclass(frozen=True)
class Entry:
    """One provider with its checks, newest first."""

    provider: Provider
    checks: list[ProviderCheck] = field(default_factory=list)

    def newest(self, kind: str, on: datetime.date | None = None) -> ProviderCheck | None:
        """The check of a kind that counts on a day: the last one recorded by then (R154)."""
        day = on or clock.today()
        found = (one for one in self.checks if one.kind == kind and _recorded_on(one) <= day)
        return next(found, None)

    def holds(self, kind: str, on: datetime.date) -> bool:
        """Whether a check of a kind was recorded, passed and in force on a day."""
        found = self.newest(kind, on)
        return found is not None and found.holds(on)

    def lacks(self, on: datetime.date, area_id: int) -> list[str]:
        """What keeps it from delivering in an area on a day, each as words after its name.

        The approval, its area, and the two checks without which nobody starts (R152-R154).
        """
        rules = (
            (self.provider.is_approved(on), "is not on the approved list"),
            (area_id in self.provider.areas, "is not approved for this area"),
            (self.holds(Kind.DBS, on), "has no DBS check on record that is in force"),
            (self.holds(Kind.SUITABILITY, on), "has no passed suitability check in force"),
        )
        return [words for holds, words in rules if not holds]

    @property
    def dbs(self) -> ProviderCheck | None:
        return self.newest(Kind.DBS)

    @property
    def suitability(self) -> ProviderCheck | None:
        return self.newest(Kind.SUITABILITY)

    @property
    def state(self) -> list[str]:
        """What it lacks today in its own area; nothing when it may deliver there."""
        return self.lacks(clock.today(), self.provider.agency.area_id)


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
    """Why nobody may deliver this item on a day, as a sentence; "" when nothing stands against it.

    Only an item that `needs_checks` can be hindered.
    """
    if not item.needs_checks:
        return ""
    name = item.agency.name
    entry = entries([item.agency_id]).get(item.agency_id)
    lacking = entry.lacks(on, item.case.area_id) if entry else ["is not on the register"]
    if not lacking:
        return ""
    day = "today" if on == clock.today() else f"on {gov_date(on)}"
    return f"{name} cannot deliver support {day}: it {', and '.join(lacking)}."


def require_checked(item: PlanItem, on: datetime.date) -> None:
    """Raise ActionInvalid unless the lead agency may deliver on a day (R152-R154)."""
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


def page(provider: Provider) -> dict[str, Any]:
    """What the page of a provider shows: its entry, what it lacks today, every check."""
    areas = Area.objects.filter(pk__in=provider.areas)
    checks = list(provider.checks.select_related("by"))
    return {
        "provider": provider,
        "entry": Entry(provider, checks),
        "areas": [area.name for area in areas],
        "kinds": Kind.choices,
    }
