"""Letting an agency in to a case, and out again: grant, register entry and event in one act."""

import datetime
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts import grants
from accounts.agreements.queries import Standing
from accounts.models import Agency, User
from accounts.permissions import Perm
from accounts.roles import ShareKind
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.models import Event
from prevent_cms.history.record import event_of, record, record_all
from prevent_cms.history.rows import add_all, change_all
from prevent_cms.marking import Mark
from prevent_cms.workflow import NOT_NOW
from referrals import access
from referrals.actions import agreed, restricting
from referrals.models import Case, Correction, Disclosure, Gateway
from referrals.workflow import Status

USUAL_LAW = (
    "UK GDPR and Data Protection Act 2018; Human Rights Act 1998, article 8; common law duty of "
    "confidentiality"
)
STATUTORY = (
    "The panel and its partners assess and support by statute (Counter-Terrorism and Security Act "
    "2015, ss.36 to 38); support itself starts only with consent."
)


@dataclass(frozen=True)
class Grounds:
    """Why a share is lawful (R95-R102).

    An empty `power` means each agency's usual one; what stands in place of consent has its reason.
    """

    purpose: str
    necessity: str
    proportionality: str
    power: str = ""
    law: str = USUAL_LAW
    relevance: str = ""
    fairness: str = ""
    gateway: str = Gateway.DUTY
    gateway_reason: str = STATUTORY
    without_agreement: str = ""
    agreements: Standing | None = None  # as the form has read them

    def power_for(self, agency: Agency) -> str:
        """The power relied on for this agency; ActionInvalid when there is none."""
        power = self.power or agency.power_to_share
        if not power:
            raise ActionInvalid(f"Enter the legal power for sharing with {agency.name}.")
        return power


@dataclass(frozen=True)
class Share:
    """One agency to be let in: in which kind, to what in words, on which grounds, until when."""

    agency: Agency
    kind: ShareKind
    what: str
    grounds: Grounds
    until: datetime.datetime | None = None

    def offer(self, *, waits: bool) -> grants.Offer:
        reason = self.grounds.purpose[:300]
        return grants.Offer(self.agency, self.kind, reason, self.until, waits)

    def entry(self, case: Case, by: User) -> Disclosure:
        """Its line in the register of disclosures, not saved yet."""
        return Disclosure(
            case=case,
            agency=self.agency,
            kind=self.kind,
            purpose=self.grounds.purpose,
            power=self.grounds.power_for(self.agency)[:300],
            law=self.grounds.law,
            gateway=self.grounds.gateway,
            gateway_reason=self.grounds.gateway_reason,
            necessity=self.grounds.necessity,
            relevance=self.grounds.relevance,
            proportionality=self.grounds.proportionality,
            fairness=self.grounds.fairness,
            without_agreement=self.grounds.without_agreement,
            what_was_shared=self.what[:300],
            by=by,
            until=self.until,
        )


@transaction.atomic
def share_case(
    case: Case, shares: Sequence[Share], *, by: User, perm: Perm = Perm.CASE_SHARE
) -> None:
    """Share a case with agencies of its area and enter each disclosure (R95-R102).

    `perm` is the permission of the act that shares (releasing, issuing an agenda, naming a lead),
    and `case` as that act has locked it: what is shared during a hold opens when the hold ends.
    Raises ActionDenied without it or in an emergency, ActionInvalid for another area, before any
    clear result, or without a reason where no agreement is in force and nothing is urgent (R103).
    """
    access.require_lasting(by, perm, case)
    if not shares:
        return
    _require_shareable(case, shares)
    enter(case, shares, by=by)


def enter(case: Case, shares: Sequence[Share], *, by: User) -> None:
    """Write shares with their entries of the register, as part of an act that has asked the rest."""
    entries = [share.entry(case, by) for share in shares]
    agreed.note(case, entries, by=by, standing=shares[0].grounds.agreements)
    is_held = case.status == Status.HELD
    grants.share(case, [share.offer(waits=is_held) for share in shares], by=by)
    restricting.follow_agencies(case, by=by)
    add_all(entries)
    record_all(_told(entry, share) for entry, share in zip(entries, shares, strict=True))


@transaction.atomic
def let_in(case: Case, share: Share, *, by: User) -> None:
    """Share a case with one more agency, as an act of its own; raises what `share_case` raises."""
    share_case(Case.objects.locked(case.pk), [share], by=by)


def _told(entry: Disclosure, share: Share) -> Event:
    """The event; the agency that was let in may read that it was.

    It names the agency's usual power; one that somebody wrote stands in the register alone.
    """
    lacking: dict[str, Any] = {"agreement": "lacking"} if entry.agreement else {}
    return event_of(
        EventType.CASE_SHARED,
        by=entry.by,
        case=entry.case,
        target=entry,
        agency_id=share.agency.pk,
        agency=share.agency.name,
        kind=str(share.kind),
        until=share.until.isoformat() if share.until else None,
        power=share.agency.power_to_share if not share.grounds.power else "",
        gateway=str(entry.gateway),
        **lacking,
    )


def _require_shareable(case: Case, shares: Sequence[Share]) -> None:
    if any(one.agency.area_id != case.area_id or not one.agency.is_active for one in shares):
        raise ActionInvalid("Choose an agency of this area.")
    require_released(case)


def require_released(case: Case) -> None:
    """Raise ActionInvalid while nobody outside police may know of the case."""
    if not case.is_released:  # which only a clear check makes it
        raise ActionInvalid(NOT_NOW)


def open_waiting(case: Case, *, by: User) -> None:
    """Let in the agencies that a case was shared with during a hold, as part of ending it.

    The register and the event told of the share when it was made, so this event is for police only;
    those who are to deliver support hear of it now.
    """
    agencies = {agency.group_id: agency for agency in Agency.objects.filter(area=case.area_id)}
    for share in grants.open_waiting(case):
        agency = agencies.get(share.group_id)
        if agency is None:  # a named person of a restricted case
            continue
        record(
            EventType.CASE_SHARED,
            by=by,
            case=case,
            mark=Mark.POLICE,
            agency=agency.name,
            kind=share.kind,
        )
        if share.kind == ShareKind.DELIVER:
            outbox.add("delivery_opened", case_id=case.pk, agency_id=agency.pk)


@contextmanager
def as_if_shared(case: Case, agency: Agency, kind: ShareKind | None = None) -> Iterator[None]:
    """Let an agency in for as long as this lasts, to see what it would see; nothing is stored.

    Without `kind` it has the shares that it has, those too that wait for the end of a hold.
    """
    with transaction.atomic():
        if kind:
            grants.share(case, [grants.Offer(agency, kind, "Preview")], by=None)
        else:
            grants.open_waiting(case)
        yield
        transaction.set_rollback(True)


def is_stoppable(kind: str) -> bool:
    """Whether a share of this kind can be ended alone: who coordinates does so until the end."""
    return kind != ShareKind.COORDINATE


@transaction.atomic
def unshare_case(
    case: Case,
    *,
    agency: Agency,
    kind: ShareKind,
    reason: str,
    by: User,
    perm: Perm = Perm.CASE_SHARE,
) -> None:
    """End a share; it bites on the agency's next request. The register keeps who and why.

    Raises ActionDenied without `perm`, ActionInvalid when there is no such share or when it is
    that of an agency which coordinates the case.
    """
    case = Case.objects.locked(case.pk)
    access.require(by, perm, case)
    if not is_stoppable(kind):
        raise ActionInvalid("Police and the local authority coordinate the case until it ends.")
    end_share(case, agency, kind, reason=reason, by=by)


def end_share(case: Case, agency: Agency, kind: ShareKind, *, reason: str, by: User) -> None:
    """End a share as part of an act that locked the case and may do so; ActionInvalid for none."""
    if not grants.unshare(case, agency, kind):
        raise ActionInvalid("This case is not shared with that agency.")
    restricting.follow_agencies(case, by=by)
    for entry in Disclosure.objects.filter(case=case, agency=agency, kind=kind, ended_at=None):
        entry.ended_at, entry.ended_by, entry.ended_why = clock.now(), by, reason
        entry.save(update_fields=["ended_at", "ended_by", "ended_why"])
    record_all([_ended(case, agency, kind, by)])


@transaction.atomic
def correct_entry(entry: Disclosure, text: str, *, by: User) -> Correction:
    """Add to an entry of the register what is wrong with it and what is right; nothing is edited.

    Raises ActionDenied for anybody but who made the entry and those who share cases.
    """
    case = Case.objects.locked(entry.case_id)
    if not may_correct(access.Reader(by, case), entry):
        raise ActionDenied(access.NOT_YOURS)
    added: Correction = Correction.objects.create(
        case=case, mark=entry.mark, disclosure=entry, text=text, by=by
    )
    record(EventType.DISCLOSURE_CORRECTED, by=by, case=case, target=entry, mark=entry.mark)
    return added


def may_correct(reader: access.Reader, entry: Disclosure) -> bool:
    """Whether this person adds corrections: coordinators who share cases, or made this entry."""
    is_own = entry.by_id == reader.user.pk and reader.is_coordinator
    return is_own or reader.may(Perm.CASE_SHARE)


SUPPORT_ENDED = "The agency's support has ended."


def end_all(case: Case, *, why: str, by: User) -> None:
    """End every share with agencies and with people, as part of the act that takes the case away."""
    rows, now = list(grants.shares_of(case).order_by("pk")), clock.now()
    named = Agency.objects.filter(group_id__in=[row.group_id for row in rows])
    agencies = {agency.group_id: agency for agency in named}
    change_all(grants.shares_of(case), until=now)
    entries = Disclosure.objects.filter(case=case, ended_at=None)
    change_all(entries, ended_at=now, ended_by=by, ended_why=why)
    told = [(agencies[row.group_id], row.kind) for row in rows if row.group_id in agencies]
    record_all(_ended(case, agency, kind, by) for agency, kind in told)


def _ended(case: Case, agency: Agency, kind: str, by: User) -> Event:
    words: dict[str, Any] = {"agency_id": agency.pk, "agency": agency.name, "kind": str(kind)}
    return event_of(EventType.CASE_UNSHARED, by=by, case=case, **words)


def end_delivery(case: Case, *, by: User, of: Collection[int] | None = None) -> None:
    """End the shares made to deliver support, as part of the act that ends support.

    `of` are the ids of the agencies whose support ends; without it, that of every agency does.
    """
    kind = ShareKind.DELIVER
    shares = grants.shares_of(case).filter(kind=kind)
    agencies = Agency.objects.filter(group_id__in=shares.values("group_id")).order_by("pk")
    for agency in agencies if of is None else agencies.filter(pk__in=of):
        unshare_case(
            case, agency=agency, kind=kind, reason=SUPPORT_ENDED, by=by, perm=Perm.CASE_VIEW
        )
