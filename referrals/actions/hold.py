"""Holding a case and ending the hold. Outside police a hold does not exist (design section 4)."""

from django.db import transaction

from accounts.models import User
from prevent_cms.errors import ActionInvalid
from prevent_cms.marking import Mark
from referrals.actions.lifecycle import make_move
from referrals.clearance import newest_check
from referrals.models import Case, HoldDecision
from referrals.workflow import CASE_WORKFLOW


@transaction.atomic
def hold(case: Case, *, reason: str, by: User) -> Case:
    """Stop the case where it is; every date stays. ActionDenied, ActionInvalid."""
    case = make_move(case, "hold", by=by)
    _remember(case, reason, by, is_resume=False)
    return case


@transaction.atomic
def resume(case: Case, *, reason: str, by: User) -> Case:
    """Let the case go on from where it was.

    Raises ActionInvalid when the last check was not clear: then a new check ends the hold.
    """
    case = make_move(case, "resume", by=by)
    _require_clear(case)
    _remember(case, reason, by, is_resume=True)
    return case


def require_resumable(case: Case) -> None:
    """Raise ActionInvalid when the case is not held, or is held by a check."""
    CASE_WORKFLOW.moves["resume"].require_from(case.status)
    _require_clear(case)


def is_held_by_check(case: Case) -> bool:
    """Whether the last check was not clear, so that only a new one ends the hold."""
    check = newest_check(case)
    return check is not None and not check.is_passing


def _require_clear(case: Case) -> None:
    if is_held_by_check(case):
        raise ActionInvalid("The last check was not clear. Record a new check to end the hold.")


def _remember(case: Case, reason: str, by: User, *, is_resume: bool) -> None:
    if not reason.strip():
        raise ActionInvalid("Enter the reason for your decision.")
    HoldDecision.objects.create(
        case=case, mark=Mark.POLICE, is_resume=is_resume, reason=reason, by=by
    )
