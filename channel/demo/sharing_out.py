"""How the officers of the demonstration share the work out: an offer, leave, lists they keep."""

import datetime

from channel.demo.cast import Cast
from prevent_cms import clock
from referrals.actions import absence, handover, lists
from referrals.filters import Filters
from referrals.models import Case, ListAlert


def share_out(cast: Cast, case: Case) -> None:
    """The officer goes on leave in ten days, and offers a case to the supervisor before."""
    officer, supervisor = cast["ctco"], cast["police-lead"]
    handover.give(
        case, to=supervisor, reason="I am on leave when the next review is due.", by=officer
    )
    first = clock.today() + datetime.timedelta(days=10)
    last = first + datetime.timedelta(days=9)
    absence.set_away(officer, covered_by=supervisor, starts_on=first, ends_on=last, by=officer)
    agencies = Filters(waiting="agencies")
    kept = (
        (supervisor, "Waiting for agencies", agencies, ListAlert.How.DAILY),
        (cast["prevent-lead"], "Overdue at panel and support", _late(), ListAlert.How.WEEKLY),
    )
    for user, name, filters, how in kept:
        row = lists.save_list(name=name, filters=filters, is_shared=True, by=user)
        lists.set_alert(row, how=how, threshold=None, by=user)


def _late() -> Filters:
    return Filters(stages=("PANEL", "SUPPORT"), due="overdue")
