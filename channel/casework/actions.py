"""What comes next for an assessed case, where the last signature of the area's policy convenes."""

import datetime

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from channel.casework.access import lacks_assessment
from prevent_cms import clock
from prevent_cms.errors import ActionInvalid
from referrals import access, next_steps, threshold
from referrals.actions import sign_offs
from referrals.actions.lifecycle import make_move
from referrals.actions.sign_offs import NextStep
from referrals.models import Case, SignOff
from referrals.workflow import CASE_WORKFLOW

ASSESSMENT_FIRST = "A signed vulnerability assessment is needed before anyone endorses convening."


@transaction.atomic
def sign_convening(
    case: Case,
    *,
    result: str,
    grounds: str,
    by: User,
    safeguarding_person: str = "",
    safeguarding_raised_on: datetime.date | None = None,
) -> Case:
    """Endorse one next step of a case, with the grounds (R132; CTSA 2015, s.36(3)).

    Returns the case, at the panel when all parties of the policy now endorse that. When they agree
    that it leaves, closing it is the next act, and asks what every way out asks. Raises ActionDenied
    when this person cannot sign for a party, ActionInvalid at another stage, without grounds or who
    raises a concern, or for the panel while the assessment or the threshold test that policy asks
    for is missing.
    """
    case = Case.objects.locked(case.pk)
    access.require(by, Perm.CONVENING_SIGN, case)
    CASE_WORKFLOW.moves["convene"].require_from(case.status)
    raises = result in SignOff.RAISES
    step = NextStep(
        result,
        safeguarding_person if raises else "",
        safeguarding_raised_on if raises else None,
    )
    _require_whole(step, grounds)
    if result in SignOff.TO_PANEL:
        if lacks_assessment(case):
            raise ActionInvalid(ASSESSMENT_FIRST)
        threshold.require(by, case, "convene")
    since, what = case.status_since, SignOff.What.CONVENING
    sign_offs.sign(case, what=what, endorses=True, reason=grounds, by=by, since=since, step=step)
    if next_steps.agreed_now(case) not in SignOff.TO_PANEL:
        return case
    return make_move(case, "convene", by=by)


def _require_whole(step: NextStep, grounds: str) -> None:
    """Raise ActionInvalid when the answer is none, or leaves something unsaid (R31, R132)."""
    raised = step.safeguarding_raised_on
    for is_missing, words in (
        (step.result not in SignOff.Result.values, "Select what should happen next."),
        (not grounds.strip(), "Enter your grounds."),
        (
            step.result in SignOff.RAISES and not step.safeguarding_person.strip(),
            "Name the person who raises the safeguarding concern.",
        ),
        (
            step.result == SignOff.Result.BESIDE and raised is None,
            "The concern is raised before the panel is convened. Enter when it was.",
        ),
        (
            raised is not None and raised > clock.today(),
            "Enter a day that is not in the future for when the concern was raised.",
        ),
    ):
        if is_missing:
            raise ActionInvalid(words)
