"""Telling of sessions one by one, and reporting on those of a period."""

import datetime

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
    if words := why_not_on(item, on):
        raise ActionInvalid(words)
    if is_delivered == bool(missed_why.strip()):
        raise ActionInvalid("Enter why a session was missed, and only then.")
    session: Session = Session.objects.create(
        case=item.case,
        item_id=item.root_id,
        agency=item.agency,
        on=on,
        is_delivered=is_delivered,
        missed_why=missed_why,
        note=note,
        by=by,
    )
    record(EventType.SESSION_RECORDED, by=by, case=item.case, target=item, agency_id=item.agency_id)
    return session


def why_not_on(item: PlanItem, on: datetime.date) -> str:
    """Why no session of an item can be recorded for a day, as a sentence; "" when one can."""
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
    if Session.objects.filter(item=item.root_id, on=on).exists():
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
    record(
        EventType.SESSIONS_REPORTED, by=by, case=item.case, target=item, agency_id=item.agency_id
    )
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
