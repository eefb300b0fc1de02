"""Work off the request: transfers whose day has come."""

import logging

from channel.transfers import actions
from referrals import transfers

log = logging.getLogger(__name__)


def carry_out(transfer_id: int) -> None:
    """Carry one transfer out, if it is ready."""
    actions.carry_out(transfer_id)


def carry_out_waiting() -> None:
    """Look every hour at each transfer whose day has come, or whose case was closed."""
    for pk in list(transfers.waiting().values_list("pk", flat=True)):
        try:
            actions.carry_out(pk)
        except Exception:  # one that cannot move keeps no other from moving
            log.exception("Transfer %s could not be carried out", pk)
