"""Keeping the register of providers: entering one, correcting its entry, recording its checks."""

import datetime
from dataclasses import dataclass

from django.db import transaction

from accounts.models import Agency, User
from channel.support import providers
from channel.support.models import Provider, ProviderCheck
from prevent_cms import clock
from prevent_cms.errors import ActionInvalid, Stale
from prevent_cms.history import EventType
from prevent_cms.history.record import record

Kind = ProviderCheck.Kind
STALE = "Somebody else has changed this provider since you opened the page."


@dataclass(frozen=True)
class Approval:
    """What the register says of a provider (R152): until when, what it does, in which areas."""

    approved_from: datetime.date
    approved_until: datetime.date
    specialisms: str
    areas: tuple[int, ...]


@dataclass(frozen=True)
class Check:
    """A check as it was made, of a mentor or of the provider as a whole; `answers` are those of a
    suitability check, by question (R153)."""

    kind: str
    on: datetime.date
    seen_by: str
    until: datetime.date | None = None
    mentor: str = ""
    level: str = ""
    answers: tuple[tuple[str, bool], ...] = ()
    note: str = ""


@transaction.atomic
def add(agency: Agency, approval: Approval, *, by: User) -> Provider:
    """Enter a provider in the register of its area (R152).

    Raises ActionDenied for whoever does not keep it, ActionInvalid for an agency that is no
    provider or is entered already, or for dates that cannot be.
    """
    agency = Agency.objects.select_for_update(of=("self",)).select_related("area").get(pk=agency.pk)
    providers.require_keeper(by, agency.area)
    if agency.kind != Agency.Kind.PROVIDER:
        raise ActionInvalid("Only an agency that is an intervention provider can be entered.")
    if Provider.objects.filter(agency=agency).exists():
        raise ActionInvalid("This provider is on the register already.")
    provider = Provider(agency=agency)
    _write(provider, approval)
    _record(EventType.PROVIDER_ADDED, provider, by)
    return provider


@transaction.atomic
def change(provider: Provider, approval: Approval, *, version: int, by: User) -> Provider:
    """Correct or renew an entry. Raises what `add` raises, Stale for another version."""
    provider = _locked(provider, by)
    if provider.version != version:
        raise Stale(STALE)
    provider.version += 1
    _write(provider, approval)
    _record(EventType.PROVIDER_CHANGED, provider, by)
    return provider


@transaction.atomic
def record_check(provider: Provider, check: Check, *, by: User) -> ProviderCheck:
    """Add a check to those of a provider; none is overwritten (R153, R154).

    Raises ActionDenied for whoever does not keep the register, ActionInvalid for a day in the
    future, an end before it, or an incomplete check.
    """
    provider = _locked(provider, by)
    if check.on > clock.today():
        raise ActionInvalid("A check cannot be dated in the future.")
    if check.until and check.until < check.on:
        raise ActionInvalid("A check cannot end before it was made.")
    if not _is_complete(check):
        raise ActionInvalid("Answer everything that this check asks.")
    row: ProviderCheck = ProviderCheck.objects.create(
        provider=provider,
        kind=check.kind,
        mentor=check.mentor,
        on=check.on,
        until=check.until,
        seen_by=check.seen_by,
        level=check.level,
        note=check.note,
        by=by,
        **dict(check.answers),
    )
    _record(EventType.PROVIDER_CHECKED, provider, by, kind=check.kind)
    return row


def _is_complete(check: Check) -> bool:
    """Whether it says what its kind asks, and of a certificate, which is a person's, no more than
    whose it is and that it was seen."""
    return {
        Kind.DBS: bool(check.until and check.level and check.mentor and not check.note),
        Kind.SUITABILITY: bool(check.until)
        and {name for name, _ in check.answers} == set(ProviderCheck.QUESTIONS),
        Kind.INTERVIEW: bool(check.note),
    }[Kind(check.kind)]


def _locked(provider: Provider, by: User) -> Provider:
    rows = Provider.objects.select_for_update(of=("self",)).select_related("agency__area")
    found: Provider = rows.get(pk=provider.pk)
    providers.require_keeper(by, found.agency.area)
    return found


def _write(provider: Provider, approval: Approval) -> None:
    if approval.approved_until < approval.approved_from:
        raise ActionInvalid("An approval cannot end before it begins.")
    provider.approved_from, provider.approved_until = (
        approval.approved_from,
        approval.approved_until,
    )
    provider.specialisms, provider.areas = approval.specialisms, sorted(set(approval.areas))
    provider.save()


def _record(event: EventType, provider: Provider, by: User, **details: str) -> None:
    code = provider.agency.area.code
    record(event, by=by, area_code=code, target=provider, agency_id=provider.agency_id, **details)
