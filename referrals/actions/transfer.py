"""Agreeing that a case moves to another area: proposed here, answered there (R178, R179).

Nothing moves before both chairs agree and the receiving force has found it clear (design section 5;
docs/adr/0019). A hold changes nothing here, so that nobody outside police learns of it.
"""

import datetime
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.db import transaction

from accounts.models import Area, User
from accounts.permissions import Perm
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.workflow import NOT_NOW
from referrals import access, transfers
from referrals.access import Reader
from referrals.models import Case, Transfer, TransferCheck
from referrals.workflow import Status

Result = Transfer.Result
CLOSED_MEANWHILE = "The case was closed before it moved."


@dataclass(frozen=True)
class Proposal:
    """What is proposed; `sight` says who sees a restricted case once it has moved."""

    to_area: Area
    why: str
    stay: str
    considered: str
    effective_on: datetime.date
    sight: str = ""


@transaction.atomic
def propose(case: Case, proposal: Proposal, *, by: User) -> Transfer:
    """Propose that a case moves to another area with the person (R178, R179).

    A chair who proposes has agreed; else a chair of the area is asked first. Raises ActionDenied
    without the permission, ActionInvalid before the release and after the closing, while another
    transfer waits, for an area or a date that cannot be, or when a case is restricted and nobody
    says who is to see it.
    """
    case = Case.objects.locked(case.pk)
    access.require(by, Perm.CASE_TRANSFER, case)
    _require_movable(case, proposal, by)
    transfer: Transfer = Transfer.objects.create(
        case=case, from_area=case.area, by=by, **asdict_of(proposal)
    )
    _record(EventType.TRANSFER_PROPOSED, transfer, by)
    if access.may(by, Perm.TRANSFER_AGREE, case):
        return _agree(transfer, by)
    outbox.add("transfer_put", transfer_id=transfer.pk)
    return transfer


def asdict_of(proposal: Proposal) -> dict[str, object]:
    """The proposal by the names of its columns; the area stays the row it is."""
    return {**asdict(proposal), "to_area": proposal.to_area}


def _require_movable(case: Case, proposal: Proposal, by: User) -> None:
    if not transfers.may_propose(Reader(by, case)):
        raise ActionInvalid(NOT_NOW)
    if Transfer.objects.filter(case=case, result=Result.OPEN).exists():
        raise ActionInvalid("A transfer of this case waits already.")
    if not transfers.areas_to(case).filter(pk=proposal.to_area.pk).exists():
        raise ActionInvalid("Choose an area that can receive the case.")
    if proposal.effective_on < clock.today():
        raise ActionInvalid("The day of the transfer must be today or in the future.")
    if not proposal.considered.strip():
        raise ActionInvalid("Say what the expected length of the move means for the case.")
    if case.is_restricted and proposal.sight not in Transfer.Sight.values:
        raise ActionInvalid("This case is restricted. Decide who is to see it after the transfer.")


@transaction.atomic
def agree(transfer: Transfer, *, by: User) -> Transfer:
    """The chair whom the case leaves agrees; the other chair is asked from then on.

    Raises ActionDenied without the permission, ActionInvalid when it is agreed or has ended.
    """
    case = Case.objects.locked(transfer.case_id)
    access.require(by, Perm.TRANSFER_AGREE, case)
    transfer = _locked(transfer)
    if transfer.agreed_at:
        raise ActionInvalid(NOT_NOW)
    return _agree(transfer, by)


def _agree(transfer: Transfer, by: User) -> Transfer:
    transfer.agreed_by, transfer.agreed_at = by, clock.now()
    transfer.save(update_fields=["agreed_by", "agreed_at"])
    _record(EventType.TRANSFER_AGREED, transfer, by)
    # The log of the area that is asked says so too, without the case.
    _record_there(EventType.TRANSFER_PROPOSED, transfer, by)
    outbox.add("transfer_put", transfer_id=transfer.pk)
    return transfer


@transaction.atomic
def accept(transfer: Transfer, *, lead: User, by: User) -> Transfer:
    """The receiving chair agrees and names who leads there; naming again changes the lead.

    Police there are asked to check and to take it. Raises ActionDenied for anybody but a chair of
    that area, and for the one who agreed for the other; ActionInvalid once it has ended, or for
    somebody who leads no cases there.
    """
    transfer = _answerable(transfer, by)
    if transfer.agreed_by_id == by.pk:
        raise ActionDenied("You agreed for the other area. Another chair has to answer here.")
    if not transfers.leads(transfer).filter(pk=lead.pk).exists():
        raise ActionInvalid("Choose a Prevent lead of your area.")
    transfer.accepted_by, transfer.accepted_at, transfer.lead = by, clock.now(), lead
    transfer.save(update_fields=["accepted_by", "accepted_at", "lead"])
    _record(EventType.TRANSFER_ACCEPTED, transfer, by)
    _record_there(EventType.TRANSFER_ACCEPTED, transfer, by)
    outbox.add("transfer_answered", transfer_id=transfer.pk)
    outbox.add("transfer_check", transfer_id=transfer.pk)
    return transfer


@transaction.atomic
def decline(transfer: Transfer, *, reason: str, by: User) -> Transfer:
    """The receiving chair declines, with the reason; the case stays. Raises as `accept` does."""
    transfer = _answerable(transfer, by)
    _require_reason(reason)
    end(transfer, Result.DECLINED, by=by, answer=reason)
    _record(EventType.TRANSFER_DECLINED, transfer, by)
    _record_there(EventType.TRANSFER_DECLINED, transfer, by)
    outbox.add("transfer_answered", transfer_id=transfer.pk)
    return transfer


@transaction.atomic
def withdraw(transfer: Transfer, *, reason: str, by: User) -> Transfer:
    """Take a transfer back before it is carried out, with the reason.

    Raises ActionDenied without the permission, ActionInvalid when it has ended.
    """
    case = Case.objects.locked(transfer.case_id)
    access.require(by, Perm.CASE_TRANSFER, case)
    transfer = _still_open(transfer)
    _require_reason(reason)
    end(transfer, Result.WITHDRAWN, by=by, answer=reason)
    _record(EventType.TRANSFER_WITHDRAWN, transfer, by)
    _record_there(EventType.TRANSFER_WITHDRAWN, transfer, by)
    return transfer


@transaction.atomic
def check(
    transfer: Transfer, *, is_clear: bool, systems: Sequence[str], reason: str = "", by: User
) -> TransferCheck:
    """The receiving force checks the person; an officer who finds it clear takes the case.

    Any other result leaves the transfer waiting, and nobody outside police learns why. Raises
    ActionDenied for anybody but an officer of that area, ActionInvalid before both chairs agree,
    once it has ended, without systems, or without the reason of a result that is not clear.
    """
    transfer = _locked(transfer)
    transfers.require(transfers.checks(by, transfer) and _is_put_to(transfer, by))
    if not systems:
        raise ActionInvalid("Select the systems that you searched.")
    if not is_clear and not reason.strip():
        raise ActionInvalid("Enter the reason.")
    seat = by.seats_with(Perm.CASE_TAKE, transfer.to_area)[0]
    made: TransferCheck = TransferCheck.objects.create(
        case=transfer.case,
        agency=seat.agency,
        transfer=transfer,
        is_clear=is_clear,
        systems=list(systems),
        reason=reason,
        by=by,
    )
    _record(EventType.TRANSFER_CHECKED, transfer, by)
    _record_there(EventType.TRANSFER_CHECKED, transfer, by)
    outbox.add("transfer_due" if is_clear else "transfer_unclear", transfer_id=transfer.pk)
    return made


def lapse(transfer: Transfer) -> None:
    """End a transfer whose case was closed meanwhile: closed cases stay where they are."""
    end(transfer, Result.WITHDRAWN, by=None, answer=CLOSED_MEANWHILE)
    record(EventType.TRANSFER_WITHDRAWN, by="The service", case=transfer.case, target=transfer)
    _record_there(EventType.TRANSFER_WITHDRAWN, transfer, "The service")


def end(transfer: Transfer, result: Result, *, by: User | None, answer: str = "") -> None:
    """Write how a transfer ended, as part of the act that ends it."""
    transfer.result, transfer.answer = result, answer
    transfer.ended_at, transfer.ended_by = clock.now(), by
    transfer.save(update_fields=["result", "answer", "ended_at", "ended_by"])


def _answerable(transfer: Transfer, by: User) -> Transfer:
    """The transfer, locked, for a chair of the area that is asked."""
    transfer = _locked(transfer)
    transfers.require(transfers.answers(by, transfer) and _is_put_to(transfer, by))
    return transfer


def _is_put_to(transfer: Transfer, by: User) -> bool:
    return transfers.put_to(by).filter(pk=transfer.pk).exists()


def _locked(transfer: Transfer) -> Transfer:
    """The transfer as it is now, the lock on its case held; ActionInvalid when it has ended."""
    Case.objects.locked(transfer.case_id)
    found = _still_open(transfer)
    if found.case.status == Status.CLOSED:
        raise ActionInvalid(CLOSED_MEANWHILE)
    return found


def _still_open(transfer: Transfer) -> Transfer:
    rows = Transfer.objects.select_related("case__area", "from_area", "to_area", "by", "lead")
    found: Transfer = rows.get(pk=transfer.pk)
    if found.result != Result.OPEN:
        words = found.get_result_display().lower()
        raise ActionInvalid(f"This transfer has ended: {words}. Nothing has been changed.")
    return found


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ActionInvalid("Enter the reason.")


def _record(event: EventType, transfer: Transfer, by: User) -> None:
    """In the story of the case, which is still that of the area that it leaves."""
    record(event, by=by, case=transfer.case, target=transfer, area=transfer.to_area.name)


def _record_there(event: EventType, transfer: Transfer, by: User | str) -> None:
    """In the log of the area that is to receive it, which knows of no case yet."""
    if transfer.agreed_at:
        record(event, by=by, area_code=transfer.to_area.code, target=transfer)
