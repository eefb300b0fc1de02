"""Taking a referral, and screening it: whether it goes on (R54-R57, R63)."""

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.marking import Mark
from referrals import access, threshold
from referrals.actions.closing import close_case
from referrals.actions.leaving import Leaving
from referrals.actions.lifecycle import make_move
from referrals.models import Case, Referral, Screening
from referrals.workflow import CASE_WORKFLOW, Status

Outcome = Screening.Outcome


@transaction.atomic
def take(case: Case, *, by: User) -> Case:
    """Take a received referral to screen it; of two who try, the second is told who has it.

    Raises ActionDenied without the permission, ActionInvalid when it is taken already.
    """
    case = Case.objects.locked(case.pk)
    access.require(by, Perm.CASE_TAKE, case)
    is_theirs = case.status == Status.RECEIVED and case.owner_id == by.pk  # allocated to them
    if case.owner and case.is_open and not is_theirs:
        who = "You have" if case.owner_id == by.pk else f"{case.owner.name} has"
        raise ActionInvalid(f"{who} already taken this referral. Nothing has been changed.")
    return make_move(case, "take", by=by)


@transaction.atomic
def screen(
    case: Case, *, outcome: str, reason: str, by: User, leaving: Leaving | None = None
) -> Screening:
    """Record whether the referral goes on; any other outcome closes the case with `leaving`.

    Raises ActionDenied without the permission, ActionInvalid at another stage, without a reason,
    before the threshold test where policy wants it first (R66), or when closing it needs more (see
    `close_case`).
    """
    case = Case.objects.locked(case.pk)
    access.require(by, Perm.SCREENING_RECORD, case)
    CASE_WORKFLOW.moves["pass_screening"].require_from(case.status)
    if outcome == Outcome.GO_ON:
        threshold.require(by, case, "pass_screening")
    if not reason.strip():
        raise ActionInvalid("Enter the reason for your decision.")
    screening = Screening.objects.create(
        case=case,
        mark=Mark.POLICE,
        referral=current_referral(case),
        outcome=outcome,
        reason=reason,
        by=by,
    )
    if outcome == Outcome.GO_ON:
        make_move(case, "pass_screening", by=by)
        return screening
    record(EventType.SCREENING_STOPPED, by=by, case=case, target=screening)
    close_case(case, outcome=outcome, reason=reason, leaving=leaving or Leaving(), by=by)
    return screening


def current_referral(case: Case) -> Referral:
    """The referral that police work on: the first that is not cleared yet, else the newest."""
    referrals: list[Referral] = list(
        Referral.objects.filter(case=case).order_by("received_at", "pk")
    )
    return next((one for one in referrals if one.cleared_at is None), referrals[-1])
