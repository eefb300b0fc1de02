"""Keeping a list of cases under a name, sharing it, and being told when something comes on it."""

import datetime

from django.db import transaction

from accounts.models import Agency, User
from accounts.permissions import Perm
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from referrals import lists
from referrals.filters import Filters
from referrals.models import AlertState, ListAlert, SavedList

How = ListAlert.How
EVERY = {How.DAILY: datetime.timedelta(days=1), How.WEEKLY: datetime.timedelta(days=7)}


@transaction.atomic
def save_list(*, name: str, filters: Filters, is_shared: bool, by: User) -> SavedList:
    """Keep what the list of cases is narrowed to, for oneself or for one's agency.

    Raises ActionDenied without a list of cases, ActionInvalid when there are too many already.
    """
    lists.require(by)
    if SavedList.objects.filter(owner=by).count() >= lists.MOST:
        raise ActionInvalid(f"You keep {lists.MOST} lists already. Remove one first.")
    row = SavedList.objects.create(
        owner=by, agency=_agency(by, is_shared), name=name, filters=filters.stored
    )
    _record(EventType.LIST_SAVED, row, by)
    return row


def _agency(by: User, is_shared: bool) -> Agency | None:
    """The agency that shares it: where the person has cases."""
    seats = [seat for seat in by.seats if seat.kinds_with(Perm.CASE_VIEW)]
    return seats[0].agency if is_shared else None


@transaction.atomic
def change_list(row: SavedList, *, name: str, is_shared: bool, by: User) -> SavedList:
    """Rename one's own list, or share it or not. ActionDenied for somebody else's."""
    row = _own(row, by)
    row.name, row.agency = name, _agency(by, is_shared)
    row.save(update_fields=["name", "agency"])
    _record(EventType.LIST_SAVED, row, by)
    return row


@transaction.atomic
def remove_list(row: SavedList, *, by: User) -> None:
    """Forget one's own list and everybody's alerts of it. ActionDenied for somebody else's."""
    row = _own(row, by)
    for alert in ListAlert.objects.filter(saved_list=row):
        alert.delete()
    _record(EventType.LIST_REMOVED, row, by)
    row.delete()


def _own(row: SavedList, by: User) -> SavedList:
    found = SavedList.objects.select_for_update(of=("self",)).filter(pk=row.pk, owner=by).first()
    if found is None:
        raise ActionDenied("Only who saved a list can change it.")
    return found


@transaction.atomic
def set_alert(row: SavedList, *, how: str, threshold: int | None, by: User) -> ListAlert:
    """Say when one wants to be told of a list. What is on it now counts as known.

    Raises ActionDenied for a list that they do not see.
    """
    if not lists.seen_by(by).filter(pk=row.pk).exists():
        raise ActionDenied("You do not have this list.")
    number = threshold if how == How.THRESHOLD else None
    alert, _ = ListAlert.objects.update_or_create(
        saved_list=row, user=by, defaults={"how": how, "threshold": number}
    )
    known = _found(alert)
    now = {"known": known, "is_waiting": False, "told_at": clock.now()}
    AlertState.objects.update_or_create(alert=alert, defaults=now)
    _record(EventType.LIST_ALERT_SET, row, by)
    return alert


@transaction.atomic
def look(alert: ListAlert) -> bool:
    """Look at one list for the person who asked to be told, and whether they are told now.

    A mail says that there is something and where, never what.
    """
    state = AlertState.objects.select_for_update(of=("self",)).get(alert=alert)
    known, found = set(state.known), _found(alert)
    has_new = bool(set(found) - known)
    if alert.how == How.THRESHOLD:
        is_due = len(known) < (alert.threshold or 0) <= len(found)
    else:
        state.is_waiting = state.is_waiting or has_new
        is_due = state.is_waiting and clock.now() >= state.told_at + _pause(alert)
    if is_due:
        state.is_waiting, state.told_at = False, clock.now()
        outbox.add("list_alert", alert_id=alert.pk)
    state.known = found
    state.save()
    return is_due


def _pause(alert: ListAlert) -> datetime.timedelta:
    return EVERY.get(How(alert.how), datetime.timedelta())


def _found(alert: ListAlert) -> list[int]:
    return list(lists.members(alert.user, alert.saved_list).values_list("pk", flat=True))


def _record(event: EventType, row: SavedList, by: User) -> None:
    record(event, by=by, target=row, shared=row.agency_id is not None)
