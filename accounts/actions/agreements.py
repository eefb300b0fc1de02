"""Information sharing agreements: adding, changing, renewing, ending one, and reminding of it."""

import datetime
from dataclasses import dataclass

from django.db import transaction

from accounts.agreements import keepers
from accounts.agreements.models import Agreement
from accounts.models import Agency, Area, User
from accounts.permissions import Perm
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionDenied, ActionInvalid, Stale
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.workflow import NOT_NOW


@dataclass(frozen=True)
class Draft:
    """What an agreement says; without a day of renewal, a year after it was signed (R103)."""

    name: str
    parties: tuple[int, ...]
    holder: User
    post: str
    signed_on: datetime.date
    renews_on: datetime.date | None = None
    kept_at: str = ""


def renewal(area: Area, signed_on: datetime.date) -> datetime.date:
    """The last day by which what was signed on a day is to be renewed, by the area's policy."""
    return clock.add_months(signed_on, area.rules.agreement_months)


def wrong_dates(area: Area, signed_on: datetime.date, renews_on: datetime.date) -> str:
    """What is wrong with the two dates, as a sentence; "" for nothing."""
    if signed_on > clock.today():
        return "The day of signing must be today or in the past"
    if renews_on <= signed_on:
        return "The day of renewal must be after the day of signing"
    if renews_on > renewal(area, signed_on):
        months = area.rules.agreement_months
        return f"An agreement is renewed within {months} months of its signing"
    return ""


@transaction.atomic
def add(area: Area, draft: Draft, *, by: User) -> Agreement:
    """Enter an agreement that was signed (R103).

    Raises ActionDenied for whoever does not look after those of the area, ActionInvalid for dates,
    parties or a holder that cannot be.
    """
    _require(by, area)
    agreement = Agreement(area=area)
    _write(agreement, draft)
    agreement.save()
    _record(EventType.AGREEMENT_ADDED, agreement, by)
    return agreement


@transaction.atomic
def change(agreement: Agreement, draft: Draft, *, version: int, by: User) -> Agreement:
    """Correct what an agreement says, or let somebody else keep it.

    Raises what `add` raises, ActionInvalid once it has ended, Stale for another version.
    """
    agreement = _locked(agreement, version, by)
    _write(agreement, draft)
    return _save(EventType.AGREEMENT_CHANGED, agreement, by)


@transaction.atomic
def renew(
    agreement: Agreement,
    *,
    signed_on: datetime.date,
    renews_on: datetime.date | None = None,
    version: int,
    by: User,
) -> Agreement:
    """Enter that an agreement was signed anew, for another year or less.

    Raises what `change` raises, ActionInvalid when it was not signed after the last time.
    """
    agreement = _locked(agreement, version, by)
    if signed_on <= agreement.signed_on:
        raise ActionInvalid("Enter the day on which it was signed anew.")
    _date(agreement, signed_on, renews_on)
    return _save(EventType.AGREEMENT_RENEWED, agreement, by)


@transaction.atomic
def end(agreement: Agreement, *, ended_why: str, version: int, by: User) -> Agreement:
    """End an agreement today, with the reason; nobody is reminded of it any more.

    Raises what `change` raises, ActionInvalid without a reason.
    """
    agreement = _locked(agreement, version, by)
    if not ended_why.strip():
        raise ActionInvalid("Enter why the agreement ends.")
    agreement.ended_on, agreement.ended_why = clock.today(), ended_why
    return _save(EventType.AGREEMENT_ENDED, agreement, by)


@transaction.atomic
def remind() -> int:
    """Have a mail sent for each agreement on whose account one is due; how many there were.

    The days are the area's, counted from the day of renewal: before it, and after it was missed. A
    day on which the service did not run is made up for once.
    """
    running = Agreement.objects.filter(ended_on=None).select_related("area").order_by("pk")
    due = [one for one in running.select_for_update(of=("self",)) if _is_to_remind(one)]
    for agreement in due:
        agreement.reminded_on = clock.today()
        agreement.save(update_fields=["reminded_on"])
        day = agreement.renews_on.isoformat()
        outbox.add("agreement_mail", agreement_id=agreement.pk, renews_on=day)
    return len(due)


def _is_to_remind(agreement: Agreement) -> bool:
    days = agreement.area.rules.agreement_reminder_days
    dates = [agreement.renews_on + datetime.timedelta(days=number) for number in days]
    last = max((day for day in dates if day <= clock.today()), default=None)
    return last is not None and (agreement.reminded_on is None or agreement.reminded_on < last)


def _require(by: User, area: Area) -> None:
    if by.seat_with(Perm.AGREEMENT_KEEP, area) is None:
        raise ActionDenied("Your role does not include agreements on sharing.")


def _locked(agreement: Agreement, version: int, by: User) -> Agreement:
    """The agreement as it is now, locked; raises as `change` says."""
    rows = Agreement.objects.select_for_update(of=("self",)).select_related("area")
    found: Agreement = rows.get(pk=agreement.pk)
    _require(by, found.area)
    if found.version != version:
        raise Stale("Somebody else has changed this agreement since you opened the page.")
    if found.ended_on:
        raise ActionInvalid(NOT_NOW)
    return found


def _write(agreement: Agreement, draft: Draft) -> None:
    area = agreement.area
    parties = Agency.objects.filter(area=area, pk__in=draft.parties)
    if len(set(draft.parties)) < 2 or parties.count() != len(set(draft.parties)):
        raise ActionInvalid("An agreement is between two or more agencies of the area.")
    if not keepers.keepers_of(area).filter(pk=draft.holder.pk).exists():
        raise ActionInvalid("Choose somebody who looks after the agreements of this area.")
    agreement.name, agreement.post, agreement.kept_at = draft.name, draft.post, draft.kept_at
    agreement.parties, agreement.holder = sorted(set(draft.parties)), draft.holder
    if (draft.signed_on, draft.renews_on) != (agreement.signed_on, agreement.renews_on):
        _date(agreement, draft.signed_on, draft.renews_on)


def _date(agreement: Agreement, signed_on: datetime.date, renews_on: datetime.date | None) -> None:
    renews_on = renews_on or renewal(agreement.area, signed_on)
    if fault := wrong_dates(agreement.area, signed_on, renews_on):
        raise ActionInvalid(f"{fault}.")
    agreement.signed_on, agreement.renews_on = signed_on, renews_on


def _save(event: EventType, agreement: Agreement, by: User) -> Agreement:
    agreement.version += 1
    agreement.save()
    _record(event, agreement, by)
    return agreement


def _record(event: EventType, agreement: Agreement, by: User) -> None:
    """The event; it names the agreement by its number and the day, and no party."""
    record(
        event,
        by=by,
        area_code=agreement.area.code,
        target=agreement,
        until=agreement.renews_on.isoformat(),
    )
