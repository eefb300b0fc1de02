"""A transfer of the demonstration: one chair has agreed, the other is asked."""

import datetime

from accounts.models import Area
from channel.demo import steps
from channel.demo.cast import Cast
from prevent_cms import clock
from referrals.actions import transfer
from referrals.models import Case


def propose(cast: Cast, case: Case, to: Area, days: float) -> None:
    """The chair proposes that a case moves to another area in three weeks."""
    with clock.at(steps.moment(days)):
        proposal = transfer.Proposal(
            to_area=to,
            why="care",
            stay="long",
            considered="The foster carers move for good, and he with them until he is 18. Support "
            "should be arranged where he lives.",
            effective_on=clock.today() + datetime.timedelta(days=21),
        )
        transfer.propose(case, proposal, by=cast["chair"])
