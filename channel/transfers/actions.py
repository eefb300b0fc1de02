"""Carrying a transfer out once everybody has agreed and its day has come (R178, R179)."""

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from channel.meetings.actions import panel_actions
from channel.support.actions import items
from prevent_cms import outbox, wall
from referrals import transfers
from referrals.actions import moving
from referrals.actions.transfer import lapse
from referrals.models import Case, Transfer
from referrals.workflow import Status


@transaction.atomic
@wall.as_service()
def carry_out(transfer_id: int) -> bool:
    """Move the case of a transfer that is ready; False, and nothing changed, when it is not.

    Behind the lock of the case, so it happens once however often it is called. A transfer whose
    case was closed meanwhile ends; one that police hold up waits without a sign to anybody else.
    """
    transfer = Transfer.objects.only("case_id").get(pk=transfer_id)
    case = Case.objects.locked(transfer.case_id)
    transfer = Transfer.objects.select_related("to_area", "from_area", "lead", "accepted_by").get(
        pk=transfer_id
    )
    transfer.case = case
    if transfer.result != transfers.OPEN:
        return False
    if case.status == Status.CLOSED:
        lapse(transfer)
        return False
    officer, lead = transfers.who_takes(transfer), transfer.lead
    if officer is None or lead is None or not transfers.is_ready(transfer):
        return False
    case = moving.move(transfer, officer)
    _carry_on(case, lead, by=officer)
    outbox.add("case_moved", transfer_id=transfer.pk)
    return True


def _carry_on(case: Case, lead: User, *, by: User) -> None:
    """What agencies of the old area were doing falls to the lead of the new one until arranged anew."""
    seat = lead.seat_with(Perm.CASE_TRANSFER, case.area)
    agency = seat.agency if seat else case.owner_agency
    items.carry_on(case, agency=agency, person=lead.name, by=by)
    panel_actions.carry_on(case, agency=agency, person=lead.name, by=by)
