"""Closing a case at any open stage, a second person's agreement for a repeat, and reopening."""

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.permissions import Perm
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.marking import Mark
from prevent_cms.workflow import NOT_NOW
from referrals import access, clearance, next_steps
from referrals.actions import sign_offs
from referrals.actions.leaving import Leaving, Outcome, require_leaving
from referrals.actions.lifecycle import make_move
from referrals.models import Case, Closure, PersonLink, Reopening, SignOff
from referrals.workflow import CASE_WORKFLOW

# Leaving Channel support with these outcomes needs the endorsements of an exit (R169-R173).
EXIT_OUTCOMES = frozenset(
    {Outcome.RISK_REDUCED, Outcome.RISK_MANAGED, Outcome.LEFT_EARLY, Outcome.NO_OUTCOME}
)
REPEAT = SignOff.What.REPEAT_CLOSURE
NOT_AGREED = (
    "Those who convene the panel agree first that this case does not go there. Sign on the page "
    "'Convening the panel'."
)
AGREED_CONCERN = "A safeguarding concern or assessment was agreed on. Say who raised it, and when."


def is_repeat(case: Case) -> bool:
    """Whether police have linked this case to an earlier one of the same person in this area."""
    return earlier_of_same_person(case).exists()


def earlier_of_same_person(case: Case) -> QuerySet[PersonLink]:
    """The links that say so; a case of another area is not this area's to know of."""
    same = PersonLink.objects.filter(verdict=PersonLink.Verdict.SAME)
    rows = Case.objects.filter(area_id=case.area_id, received_at__lt=case.received_at)
    earlier = rows.values("person_id")
    return same.filter(
        Q(first=case.person_id, second_id__in=earlier)
        | Q(second=case.person_id, first_id__in=earlier)
    )


def agreed_by(case: Case) -> list[SignOff]:
    """Who has agreed, at this stage, that a repeat referral may be closed."""
    return [s for s in sign_offs.given(case, REPEAT, case.status_since) if s.endorses]


def require_second_person(case: Case, by: User) -> None:
    """Raise unless somebody else agreed to closing a repeat (domain 5.2); else do nothing.

    Why is not said: the earlier case may be restricted, or this person be barred from it.
    """
    if not is_repeat(case):
        return
    agreed = agreed_by(case)
    if not agreed:
        raise ActionInvalid(
            "A police Prevent supervisor must agree on the page 'Close the case' before it can be "
            "closed."
        )
    if all(sign_off.by_id == by.pk for sign_off in agreed):
        raise ActionDenied("You agreed to this closing. A second person has to close the case.")


@transaction.atomic
def agree_to_closing(case: Case, *, endorses: bool, reason: str, by: User) -> SignOff:
    """A supervisor agrees, or does not, that a repeat referral is closed (domain 5.2).

    Raises ActionDenied without the permission, ActionInvalid when the case is no open repeat.
    """
    case = Case.objects.locked(case.pk)
    access.require(by, Perm.REPEAT_CLOSURE_SIGN, case)
    if not case.is_open or not is_repeat(case):
        raise ActionInvalid(NOT_NOW)
    return sign_offs.sign(
        case, what=REPEAT, endorses=endorses, reason=reason, by=by, since=case.status_since
    )


def outcomes_open(case: Case, by: User) -> list[Outcome]:
    """The outcomes with which this person can close the case as it stands now (R132, R169)."""
    may_leave = next_steps.may_leave(case, by)
    alone = Outcome if may_leave else next_steps.POLICE_ALONE
    return [one for one in Outcome if one in alone and one not in EXIT_OUTCOMES]


def _require_agreed(case: Case, outcome: str, leaving: Leaving, by: User) -> None:
    """Raise ActionInvalid for what the parties of the area's policy have not agreed on (R132)."""
    if outcome not in outcomes_open(case, by):
        raise ActionInvalid(NOT_AGREED)
    is_concern = next_steps.agreed_now(case) == SignOff.Result.SAFEGUARDING
    if is_concern and not leaving.safeguarding_concern:
        raise ActionInvalid(AGREED_CONCERN)


@transaction.atomic
def close_case(case: Case, *, outcome: str, reason: str, leaving: Leaving, by: User) -> Closure:
    """Close from any open stage, with why, where to, and who looks after the person now.

    R31, R33, R39, R132, R213, R214, R218, CTSA 2015 s.36(6). Raises ActionDenied without the
    permission, ActionInvalid at the wrong moment, with something missing, or at the assessment
    before the parties of the area's policy agree.
    """
    case = Case.objects.locked(case.pk)
    access.require(by, Perm.CASE_CLOSE, case)
    CASE_WORKFLOW.moves["close"].require_from(case.status)
    if outcome in EXIT_OUTCOMES:
        raise ActionInvalid("This outcome belongs to leaving Channel. Use the exit page.")
    require_second_person(case, by)
    _require_agreed(case, outcome, leaving, by)
    stage, was_released = case.stage, case.is_released
    case = make_move(case, "close", by=by)
    # Who learns that a crime was passed on could warn whom police look for.
    hidden = outcome == Outcome.INVESTIGATION or leaving.crime or not was_released
    mark = Mark.POLICE if hidden else Mark.COORDINATION
    return write_closure(
        case, outcome=outcome, stage=stage, reason=reason, leaving=leaving, mark=mark, by=by
    )


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
    move. Raises ActionInvalid when the case is not closed, or something is left unsaid.
    """
    if case.is_open:
        raise ActionInvalid(NOT_NOW)
    require_leaving(outcome, reason, leaving)
    return Closure.objects.create(
        case=case,
        mark=mark,
        outcome=outcome,
        stage=stage,
        reason=reason,
        by=by,
        **leaving.answers,
    )


def is_reopenable(case: Case) -> bool:
    """Whether a closed case may reach the panel again: it was released, and nothing that police
    recorded before it was closed holds it."""
    was_released = case.released_at is not None
    return was_released and clearance.is_clear(case) and not clearance.is_held_by_hand(case)


def require_reopenable(case: Case) -> None:
    """Raise ActionInvalid when the case is not closed, or is not to reach the panel again."""
    CASE_WORKFLOW.moves["reopen"].require_from(case.status)
    if case.released_at is None:
        raise ActionInvalid("This case was never released. Take a new referral instead.")
    if not is_reopenable(case):
        raise ActionInvalid(NOT_NOW)


@transaction.atomic
def reopen_case(case: Case, *, reason: str, by: User) -> Case:
    """Bring a closed case back to the panel.

    A case that was never released, or that police held until it was closed, would reach partners
    unchecked: a new referral is screened instead. Raises ActionDenied, ActionInvalid.
    """
    case = Case.objects.locked(case.pk)
    access.require(by, Perm.CASE_REOPEN, case)
    require_reopenable(case)
    if not reason.strip():
        raise ActionInvalid("Enter why the case is reopened.")
    case = make_move(case, "reopen", by=by)
    Reopening.objects.create(case=case, reason=reason, by=by)
    return case
