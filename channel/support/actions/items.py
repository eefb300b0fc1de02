"""Naming a lead agency, starting its support, telling how it goes."""

import datetime
from dataclasses import dataclass, fields
from dataclasses import field as dataclass_field

from django.db import transaction

from accounts import grants
from accounts.models import Agency, User
from accounts.permissions import Perm
from accounts.roles import ShareKind
from channel.support import access, delivery, providers
from channel.support.models import ItemUpdate, PlanItem, SupportPlan
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionInvalid, Stale
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.workflow import NOT_NOW
from referrals.access import Reader, require
from referrals.actions import sharing
from referrals.actions.sharing import Grounds
from referrals.consent import Standing
from referrals.models import Case
from referrals.workflow import Status

NO_CONSENT = "Support cannot start: consent to Channel support is not recorded as given. Record consent first."
STALE = "Somebody else has changed this item since you opened it. Open it again to see what."


@dataclass(frozen=True)
class Draft:
    """What an item of the plan says (R145-R151, R155, R157, R194)."""

    title: str
    type: str
    need: str
    addresses: str
    agency: Agency
    lead_person: str
    starts_on: datetime.date
    due_on: datetime.date
    measure: str
    provider_risk: str
    provider_controls: str = ""
    intensity: str = PlanItem.Intensity.LIGHT
    whole_family: bool = False
    supervision: str = ""
    sessions_agreed: int | None = None
    report_months: int = 1
    factors: list[str] = dataclass_field(default_factory=list)


@transaction.atomic
def add_item(case: Case, draft: Draft, *, grounds: Grounds, by: User) -> PlanItem:
    """Add support to the current plan, and let the agency that leads it in to deliver it.

    The share shows the agency this item and no more; `grounds` are entered in the register
    (R95-R102), and its mailbox is told, both once a hold has ended. Raises ActionDenied without the
    permission, ActionInvalid outside support, without a plan, for an agency of another area, or
    for a provider's item that does not say who supervises its staff (R194).
    """
    case = Case.objects.locked(case.pk)
    require(by, Perm.PLAN_WRITE, case)
    access.require_supported(case)
    plan = SupportPlan.objects.filter(case=case, status=access.Current).first()
    if plan is None:
        raise ActionInvalid("Write the plan before its items.")
    values = {field.name: getattr(draft, field.name) for field in fields(draft)}
    item = PlanItem(case=case, plan=plan, **values)
    if not item.may_lead(draft.agency):
        raise ActionInvalid("Work on ideology is led by an intervention provider.")
    if item.needs_checks and not item.supervision:
        raise ActionInvalid("Enter who supervises the provider's staff.")
    item.save()
    if not _coordinates(case, draft.agency):
        what = f"Its item of the support plan: {item.get_type_display()}"
        share = sharing.Share(draft.agency, ShareKind.DELIVER, what, grounds)
        sharing.share_case(case, [share], by=by, perm=Perm.PLAN_WRITE)
    _record(EventType.PLAN_CHANGED, item, by)
    if access.may_be_told(item):
        outbox.add("plan_item_assigned", item_id=item.pk)
    return item


def _coordinates(case: Case, agency: Agency) -> bool:
    shares = grants.shares_of(case).filter(group_id=agency.group_id)
    return shares.filter(kind=ShareKind.COORDINATE).exists()


@transaction.atomic
def start_item(item: PlanItem, *, by: User) -> PlanItem:
    """Support starts: never before consent to it is recorded as given and stands (hard rule).

    A provider's does not start before its checks are recorded and hold either (R152-R154). Raises
    ActionDenied for anybody but its lead agency and coordinators, ActionInvalid without consent or
    checks, or at the wrong moment.
    """
    item = locked(item)
    access.require_deliver(Reader(by, item.case), item)
    if item.case.status != Status.SUPPORT or item.status != PlanItem.Status.PLANNED:
        raise ActionInvalid(NOT_NOW)
    if not Standing.of(item.case).allows_support:
        raise ActionInvalid(NO_CONSENT)
    providers.require_checked(item, clock.today())
    item.status, item.started_at = PlanItem.Status.STARTED, clock.now()
    item.version += 1
    item.save(update_fields=["status", "started_at", "version"])
    _record(EventType.SUPPORT_STARTED, item, by)
    outbox.add_all(delivery.chasers(item))
    return item


@transaction.atomic
def record_progress(
    item: PlanItem, *, text: str, on: datetime.date, status: str, version: int, by: User
) -> ItemUpdate:
    """Say what happened on a day, and whether the item goes on, is done or stops (R157).

    An agency that has stopped its last item has no part in the case any more. Raises ActionDenied
    for anybody but its lead agency and coordinators, ActionInvalid for a date in the future, when
    the item cannot take that status now, or when it changed meanwhile.
    """
    item = locked(item)
    access.require_deliver(Reader(by, item.case), item)
    if item.version != version:
        raise Stale(STALE)
    if status not in next_statuses(item) or on > clock.today():
        raise ActionInvalid(NOT_NOW)
    item.status = status
    item.version += 1
    item.save(update_fields=["status", "version"])
    update = _tell(item, text, on, by)
    _record(EventType.SUPPORT_UPDATED, item, by)
    if status == PlanItem.Status.STOPPED:
        let_out(item.case, {item.agency_id}, by=by)
    return update


def next_statuses(item: PlanItem) -> tuple[str, ...]:
    """What a progress note may leave the item at; starting is an act of its own."""
    if item.status == PlanItem.Status.PLANNED:
        return (PlanItem.Status.PLANNED, PlanItem.Status.STOPPED)
    return (PlanItem.Status.STARTED, PlanItem.Status.DONE, PlanItem.Status.STOPPED)


def carry_on(case: Case, *, agency: Agency, person: str, by: User) -> int:
    """Let a new lead look after every open item of the current plan, as part of a transfer.

    Support goes on; who led it until then stands in its updates. Returns how many there were.
    """
    running = PlanItem.objects.filter(case=case, plan__status=access.Current)
    found = list(running.filter(status__in=PlanItem.OPEN).select_related("agency"))
    for item in found:
        was = f"The case has moved. Until then led by {item.lead_person}, {item.agency.name}."
        if not item.may_lead(agency):
            was += " An intervention provider has to be named for it here."
        item.agency, item.lead_person = agency, person
        item.version += 1
        item.save(update_fields=["agency", "lead_person", "version"])
        _tell(item, was, clock.today(), by)
        item.case = case
        _record(EventType.PLAN_CHANGED, item, by)
    return len(found)


def stop(item: PlanItem, *, why: str, by: User) -> None:
    """Stop one item as part of another act, which records the event and holds the lock."""
    item.status = PlanItem.Status.STOPPED
    item.version += 1
    item.save(update_fields=["status", "version"])
    _tell(item, why, clock.today(), by)


def stop_all(case: Case, *, why: str, by: User) -> None:
    """Stop every open item of the current plan, as part of another act."""
    running = PlanItem.objects.filter(case=case, plan__status=access.Current)
    for item in running.filter(status__in=PlanItem.OPEN):
        stop(item, why=why, by=by)


def let_out(case: Case, agencies: set[int], *, by: User) -> None:
    """End the delivery shares of those agencies that lead no open item now, within another act."""
    items = PlanItem.objects.filter(case=case, plan__status=access.Current)
    leading = items.filter(status__in=PlanItem.OPEN).values_list("agency_id", flat=True)
    sharing.end_delivery(case, by=by, of=agencies - set(leading))


def locked(item: PlanItem) -> PlanItem:
    """The item as it is now, behind the lock of its case."""
    Case.objects.locked(item.case_id)
    found: PlanItem = PlanItem.objects.select_related("case__area", "plan", "agency").get(
        pk=item.pk
    )
    return found


def _tell(item: PlanItem, text: str, on: datetime.date, by: User) -> ItemUpdate:
    update: ItemUpdate = ItemUpdate.objects.create(
        case_id=item.case_id,
        item_id=item.root_id,
        agency_id=item.agency_id,
        text=text,
        status=item.status,
        on=on,
        by=by,
    )
    return update


def _record(event: EventType, item: PlanItem, by: User) -> None:
    record(event, by=by, case=item.case, target=item, agency_id=item.agency_id)
