"""Writing the plan: its first version, and each later one in place of the one before."""

import datetime
from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from channel.support import access
from channel.support.actions import items
from channel.support.models import PlanItem, SupportPlan
from prevent_cms.errors import Stale
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from referrals.access import require
from referrals.models import Case

STALE = "Somebody else has written a newer version of this plan. Open the plan to see it."


@transaction.atomic
def write_plan(
    case: Case,
    *,
    needs: str,
    consent_how: str,
    consent_on: datetime.date,
    consent_by: str,
    no_item: dict[str, str] | None = None,
    by: User,
    carry_over: Iterable[PlanItem] = (),
    offered: set[str] | None = None,
    replaces: int = 0,
) -> SupportPlan:
    """Write the plan, or a new version that takes the place of version `replaces`.

    Says how, when and by whom consent is requested (CTSA 2015, s.36(5)), and in `no_item`, by the
    code of a factor rated strongly, why no item addresses it. Items in `carry_over` go
    on in the new version with their progress, and so do those that were not `offered`; others stop,
    and who leads none is let out. Raises ActionDenied without the permission, ActionInvalid outside
    support, Stale with a newer version.
    """
    case = Case.objects.locked(case.pk)
    require(by, Perm.PLAN_WRITE, case)
    access.require_supported(case)
    old = _superseded(case, replaces)
    plan = SupportPlan.objects.create(
        case=case,
        version=replaces + 1,
        needs=needs,
        consent_how=consent_how,
        consent_on=consent_on,
        consent_by=consent_by,
        no_item=no_item or {},
        written_by=by,
    )
    if old:
        _carry_over(old, plan, {item.pk for item in carry_over}, offered, by)
    event = EventType.PLAN_CHANGED if old else EventType.PLAN_STARTED
    record(event, by=by, case=case, target=plan, version=plan.version)
    return plan


def _superseded(case: Case, version: int) -> SupportPlan | None:
    """The version in force, which ends now; raises Stale when it is another than was seen."""
    old: SupportPlan | None = SupportPlan.objects.filter(case=case, status=access.Current).first()
    if (old.version if old else 0) != version:
        raise Stale(STALE)
    if old:
        old.status = SupportPlan.Status.SUPERSEDED
        old.save(update_fields=["status"])
    return old


def _carry_over(
    old: SupportPlan, plan: SupportPlan, kept: set[int], offered: set[str] | None, by: User
) -> None:
    """Open items go on as they are or stop; what is done or stopped stays in its version."""
    dropped: set[int] = set()
    for item in old.items.filter(status__in=PlanItem.OPEN):
        was_offered = offered is None or str(item.root_id) in offered
        if item.pk not in kept and was_offered:
            items.stop(item, why=f"Not part of version {plan.version} of the plan.", by=by)
            dropped.add(item.agency_id)
            continue
        item.origin_id, item.plan = item.root_id, plan
        item.pk, item._state.adding = None, True
        item.save()
    items.let_out(plan.case, dropped, by=by)
