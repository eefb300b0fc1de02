"""What follows from a decision, at once: the case moves, or is due at the next meeting."""

from accounts.models import User
from channel.meetings import dates
from channel.meetings.models import Decision
from channel.support.actions import items, reviews
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.marking import Mark
from prevent_cms.workflow import NOT_NOW
from referrals import clearance
from referrals.actions import closing, lifecycle
from referrals.actions.leaving import Leaving
from referrals.models import Closure
from referrals.workflow import Status

Choice = Decision.Choice

# The closing outcome of each decision that ends in no support (R134, R136; design section 4).
OUTCOMES = {
    Choice.OTHER_SUPPORT: Closure.Outcome.OTHER_NEEDS,
    Choice.NOT_APPROPRIATE: Closure.Outcome.NOT_DRAWN_IN,
    Choice.POLICE_LED: Closure.Outcome.POLICE_LED,
}
# What is due at the next meeting when the case stays.
STAYS = {
    Choice.REMAIN: "Monthly review",
    Choice.NEW_PLAN: "New plan",
    Choice.EXIT: reviews.ENDORSEMENT,
    Choice.TRANSFER: "Transfer to be agreed",
}


def follow(decision: Decision, *, by: User) -> None:
    """Carry out a decision that has just been recorded, in the same transaction.

    Raises what `make_move` raises when the case cannot move now; the same sentence stands where an
    overt investigation wants the panel's agreement recorded first (domain 2.8).
    """
    choice = Choice(decision.choice)
    if choice == Choice.ADOPT:
        if clearance.lacks_agreement(decision.case):
            raise ActionInvalid(NOT_NOW)
        case = lifecycle.make_move(decision.case, "adopt", by=by)
        items.stop_all(case, why="Ended when the case last left support.", by=by)
    elif choice in OUTCOMES:
        _close(decision, OUTCOMES[choice], by)
    else:
        on = dates.next_meeting_on(decision.item.meeting)
        waits = "Panel meeting" if decision.case.stage == Status.PANEL else "Monthly review"
        reviews.set_next(decision.case, on=on, what=STAYS.get(choice, waits))
    if choice == Choice.EXIT:
        record(EventType.EXIT_RECOMMENDED, by=by, case=decision.case, target=decision)


def _close(decision: Decision, outcome: str, by: User) -> None:
    case = lifecycle.make_move(decision.case, "not_adopt", by=by)
    closing.write_closure(
        case,
        outcome=outcome,
        stage=Status.PANEL,
        reason=decision.rationale,
        leaving=Leaving.of(decision),
        by=by,
        mark=Mark.PANEL,
    )
