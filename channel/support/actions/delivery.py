"""Telling of sessions one by one, and reporting on those of a period."""

import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from channel.support import access, delivery, providers
from channel.support.actions.items import locked
from channel.support.models import PlanItem, Session, SessionReport
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from referrals.access import Reader
from referrals.consent import Standing
from referrals.models import Consent


@transaction.atomic
def record_session(
    item: PlanItem,
    *,
    on: datetime.date,
    is_delivered: bool,
    missed_why: str = "",
    note: str = "",
    by: User,
) -> Session:
    """Say of one session that it was delivered, or missed and why (R157; domain 2.7).

    Never of a day before the item started, in the future, on which consent to support did not
    stand, or on which the provider's checks were not recorded and in force (R122, R152-R154).
    Raises ActionDenied for anybody but its lead agency and coordinators, ActionInvalid for such a
    day, for one that is told already, or for a missed session without a reason.
    """
    item = locked(item)
    access.require_deliver(Reader(by, item.case), item)
    told = {"on": on, "is_delivered": is_delivered, "missed_why": missed_why, "note": note}
    session = _add(item, told, by)
    _record(EventType.SESSION_RECORDED, item, by)
    return session


@transaction.atomic
def correct_session(
    item: PlanItem,
    session: Session,
    *,
    because: str,
    on: datetime.date,
    is_delivered: bool,
    missed_why: str = "",
    note: str = "",
    by: User,
) -> Session:
    """Tell of a session anew that was told wrongly; what was told first stays, withdrawn, with why.

    Raises what `record_session` raises, and ActionInvalid without a reason or for one that was
    corrected or withdrawn already.
    """
    item = locked(item)
    access.require_deliver(Reader(by, item.case), item)
    _withdraw(item, session, because, by)
    told = {"on": on, "is_delivered": is_delivered, "missed_why": missed_why, "note": note}
    corrected = _add(item, told, by)
    _record(EventType.SESSION_CORRECTED, item, by)
    return corrected


@transaction.atomic
def withdraw_session(item: PlanItem, session: Session, *, because: str, by: User) -> None:
    """Say that there was no such session: it stays in the record, and no longer counts.

    Raises ActionDenied for anybody but its lead agency and coordinators, ActionInvalid without a
    reason or for one that was corrected or withdrawn already.
    """
    item = locked(item)
    access.require_deliver(Reader(by, item.case), item)
    _withdraw(item, session, because, by)
    _record(EventType.SESSION_WITHDRAWN, item, by)


def _withdraw(item: PlanItem, session: Session, because: str, by: User) -> None:
    row = Session.objects.get(pk=session.pk, item=item.root_id)
    if row.withdrawn_at:
        raise ActionInvalid(access.CORRECTED)
    if not because.strip():
        raise ActionInvalid("Enter what was wrong with the session as it was told.")
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_because = clock.now(), by, because
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_because"])


def _add(item: PlanItem, told: dict[str, Any], by: User) -> Session:
    if words := why_not_on(item, told["on"]):
        raise ActionInvalid(words)
    if told["is_delivered"] == bool(told["missed_why"].strip()):
        raise ActionInvalid("Enter why a session was missed, and only then.")
    session: Session = Session.objects.create(
        case=item.case, item_id=item.root_id, agency=item.agency, **told, by=by
    )
    return session


def _record(event: EventType, item: PlanItem, by: User) -> None:
    record(event, by=by, case=item.case, target=item, agency_id=item.agency_id)


def why_not_on(item: PlanItem, on: datetime.date, instead_of: int | None = None) -> str:
    """Why no session of an item can be recorded for a day, as a sentence; "" when one can.

    `instead_of` is the id of a session that it is to replace.
    """
    if item.status != PlanItem.Status.STARTED:
        return "This item has not started, so it has no sessions yet."
    if on > clock.today():
        return "A session cannot be dated in the future."
    if on < delivery.started_on(item):
        return "A session cannot be dated before the item started."
    if not Standing.of(item.case, _answers_by(item, on)).allows_support:
        return "Consent to support did not stand on that day."
    if words := providers.hindrance(item, on):
        return words
    told = Session.objects.filter(item=item.root_id, on=on, withdrawn_at=None)
    if told.exclude(pk=instead_of).exists():
        return "A session on that day is recorded already."
    return ""


def _answers_by(item: PlanItem, on: datetime.date) -> list[Consent]:
    """What had been answered about consent by a day, for a guard."""
    return list(Consent.objects.filter(case=item.case_id, decided_on__lte=on))


@transaction.atomic
def record_report(item: PlanItem, *, until_on: datetime.date, text: str, by: User) -> SessionReport:
    """Report on the sessions since the last report, up to a day; the next is due some time later.

    Raises ActionDenied for anybody but its lead agency and coordinators, ActionInvalid for an item
    that is not reported on, a day in the future or one that a report covers already.
    """
    item = locked(item)
    access.require_reporting(Reader(by, item.case), item)
    if words := why_not_until(item, until_on):
        raise ActionInvalid(words)
    report: SessionReport = SessionReport.objects.create(
        case=item.case,
        item_id=item.root_id,
        agency=item.agency,
        from_on=reported_from(item),
        until_on=until_on,
        text=text,
        by=by,
    )
    _record(EventType.SESSIONS_REPORTED, item, by)
    outbox.add_all(delivery.chasers(item))
    return report


def reported_from(item: PlanItem) -> datetime.date:
    """The first day that the next report covers."""
    newest = delivery.newest_report(item)
    if newest is None:
        return delivery.started_on(item)
    return newest.until_on + datetime.timedelta(days=1)


def why_not_until(item: PlanItem, until_on: datetime.date) -> str:
    """Why a report cannot end on a day, as a sentence; "" when it can."""
    if until_on > clock.today():
        return "A report cannot cover days in the future."
    if until_on < reported_from(item):
        return "The last report covers that day already, or the item had not started."
    return ""
