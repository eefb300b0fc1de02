"""Writing down why and how a case left, beside the move that closes it."""

from django.db import transaction

from accounts.models import User
from prevent_cms.errors import ActionInvalid
from prevent_cms.marking import Mark
from prevent_cms.workflow import NOT_NOW
from referrals.actions.closing import Leaving
from referrals.models import Case, Closure
from referrals.workflow import Status


@transaction.atomic
def write_closure(
    case: Case,
    *,
    outcome: str,
    stage: str,
    reason: str,
    leaving: Leaving,
    by: User,
    mark: Mark = Mark.COORDINATION,
) -> Closure:
    """Keep the outcome, the stage at which it left and where help goes on (R213, R214, s.36(6)).

    For the action that has just closed the case, in its transaction: the permission is that of the
    move. Raises ActionInvalid when the case is not closed.
    """
    if case.status != Status.CLOSED:
        raise ActionInvalid(NOT_NOW)
    return Closure.objects.create(
        case=case,
        mark=mark,
        outcome=outcome,
        stage=stage,
        reason=reason,
        destination=leaving.destination,
        safeguarding_person=leaving.safeguarding_person if leaving.safeguarding_concern else "",
        health_and_care_considered=leaving.health_and_care_considered,
        by=by,
    )
