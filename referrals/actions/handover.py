"""Giving a case to another officer by an offer, which the other accepts or declines (design section 3).

Nobody-owns-it is impossible: until an offer is accepted the owner stays, with every date.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from accounts.permissions import Perm
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionDenied, ActionInvalid, Stale
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.marking import Mark
from referrals import access, handovers
from referrals.access import Reader
from referrals.actions import lifecycle, restricting
from referrals.models import Case, HandOver

Result = HandOver.Result


@transaction.atomic
def give(case: Case, *, to: User, reason: str, by: User, version: int | None = None) -> HandOver:
    """Offer the case to another officer; where nobody has to be waited for, it goes over at once.

    At once goes what nobody has, what belongs to somebody who was switched off or left, and what
    whoever gives takes on. `version` is the one that was seen. Raises Stale for another,
    ActionDenied for who may not give or cannot hold the case, ActionInvalid for who has it
    already or cannot open it, or while another offer waits.
    """
    case = Case.objects.locked(case.pk)
    handovers.require_giver(Reader(by, case))
    if version not in (None, case.version):
        raise Stale("This case has changed since you opened the page.")
    lifecycle.seat_agency(to, case)
    if why := why_not(case, to=to, by=by):
        raise ActionInvalid(why)
    if _goes_at_once(case, to, by):
        for before in _waiting(case):
            _end(before, Result.WITHDRAWN, by=by)
        return _give_at_once(case, to=to, reason=reason, by=by)
    return _offer(case, to=to, reason=reason, by=by)


def why_not(case: Case, *, to: User, by: User) -> str:
    """Why `give` would refuse this case to this officer, in a sentence; empty when it would not."""
    if to == case.owner:
        return f"{to.name} has this case already."
    if to.seat_with(Perm.CASE_TAKE, case.area) is None or not to.is_active:
        return f"{to.name} does not hold cases in this area."
    if _goes_at_once(case, to, by):
        is_open = not restricting.is_barred(to, case)
    elif before := _waiting(case).first():
        return f"This case is offered to {before.to.name} already."
    else:
        is_open = access.may(to, Perm.CASE_TAKE, case)
    # One sentence for a conflict of interest and for a restriction, so that it betrays neither.
    return "" if is_open else f"{to.name} cannot open this case, so it cannot be given there."


def _goes_at_once(case: Case, to: User, by: User) -> bool:
    return to == by or not handovers.is_at_work(case)


def _waiting(case: Case) -> QuerySet[HandOver]:
    rows: QuerySet[HandOver] = HandOver.objects.filter(case=case, result=Result.OPEN)
    return rows.select_related("to")


def _give_at_once(case: Case, *, to: User, reason: str, by: User) -> HandOver:
    lifecycle.set_owner(case, to, by=by)
    row: HandOver = HandOver.objects.create(
        case=case,
        mark=Mark.POLICE,
        to=to,
        reason=reason,
        by=by,
        result=Result.AT_ONCE,
        ended_at=clock.now(),
        ended_by=by,
    )
    return row


def _offer(case: Case, *, to: User, reason: str, by: User) -> HandOver:
    row: HandOver = HandOver.objects.create(
        case=case, mark=Mark.POLICE, to=to, reason=reason, by=by
    )
    record(EventType.CASE_OFFERED, by=by, case=case, target=row, offered=to.label)
    outbox.add("case_offered", offer_id=row.pk)
    return row


@transaction.atomic
def accept(offer: HandOver, *, by: User) -> Case:
    """Take over a case that was offered; returns it with its new owner.

    Raises ActionDenied for anybody else or who may not hold it, ActionInvalid when it has ended.
    """
    offer, case = _answerable(offer, by)
    case = lifecycle.set_owner(case, by, by=by)
    _end(offer, Result.ACCEPTED, by=by)
    outbox.add("offer_answered", offer_id=offer.pk)
    return case


@transaction.atomic
def decline(offer: HandOver, *, reason: str, by: User) -> HandOver:
    """Leave the case where it is, with the reason. Raises as `accept` does."""
    offer, case = _answerable(offer, by)
    _end(offer, Result.DECLINED, by=by, answer=reason)
    record(EventType.OFFER_DECLINED, by=by, case=case, target=offer)
    outbox.add("offer_answered", offer_id=offer.pk)
    return offer


@transaction.atomic
def withdraw(offer: HandOver, *, by: User) -> HandOver:
    """Take an offer back before it is answered.

    Raises ActionDenied for who may not give the case away, ActionInvalid when it has ended.
    """
    case = Case.objects.locked(offer.case_id)
    handovers.require_giver(Reader(by, case))
    offer = _still_open(offer)
    _end(offer, Result.WITHDRAWN, by=by)
    record(EventType.OFFER_WITHDRAWN, by=by, case=case, target=offer, offered=offer.to.label)
    return offer


def _answerable(offer: HandOver, by: User) -> tuple[HandOver, Case]:
    """The offer and its case, locked, for the person who was asked."""
    case = Case.objects.locked(offer.case_id)
    access.require(by, Perm.CASE_TAKE, case)
    offer = _still_open(offer)
    if offer.to_id != by.pk:
        raise ActionDenied("Only who was offered the case can answer.")
    return offer, case


def _still_open(offer: HandOver) -> HandOver:
    """The offer as it is now, the lock on its case held; ActionInvalid when it has ended."""
    found: HandOver = HandOver.objects.select_related("to", "by").get(pk=offer.pk)
    if found.result != Result.OPEN:
        words = found.get_result_display().lower()
        raise ActionInvalid(f"This offer has ended: {words}. Nothing has been changed.")
    return found


def _end(offer: HandOver, result: Result, *, by: User, answer: str = "") -> None:
    offer.result, offer.answer = result, answer
    offer.ended_at, offer.ended_by = clock.now(), by
    offer.save(update_fields=["result", "answer", "ended_at", "ended_by"])


@dataclass(frozen=True)
class Given:
    """What became of one of several cases that were to be given: it went, it waits, or why not."""

    case: Case
    offer: HandOver | None = None
    why_not: str = ""

    @property
    def is_offered(self) -> bool:
        return self.offer is not None and self.offer.result == Result.OPEN


@transaction.atomic
def give_all(cases: Iterable[Case], *, to: User, reason: str, by: User) -> list[Given]:
    """Give each of these cases as `give` does; one that cannot go holds no other back.

    Returns what became of each, in the order of the cases.
    """
    return [_try(case, to=to, reason=reason, by=by) for case in sorted(cases, key=lambda c: c.pk)]


def _try(case: Case, *, to: User, reason: str, by: User) -> Given:
    try:
        with transaction.atomic():
            return Given(case, give(case, to=to, reason=reason, by=by))
    except (ActionDenied, ActionInvalid) as refused:
        return Given(case, why_not=str(refused))
