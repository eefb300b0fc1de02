"""Convening the panel, where the last signature of the area's policy convenes; handing cases over."""

from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from channel.casework.access import lacks_assessment
from prevent_cms.errors import ActionInvalid
from referrals import access
from referrals.actions import sign_offs
from referrals.actions.lifecycle import assign, make_move
from referrals.models import Case, SignOff
from referrals.workflow import CASE_WORKFLOW

ASSESSMENT_FIRST = "A signed vulnerability assessment is needed before anyone endorses convening."


@transaction.atomic
def sign_convening(case: Case, *, endorses: bool, grounds: str, by: User) -> Case:
    """Endorse or refuse bringing a case to the panel, with the grounds (R132; CTSA 2015, s.36(3)).

    Returns the case, at the panel when this was the last signature asked for. Raises ActionDenied
    when this person cannot sign for a missing party, ActionInvalid at another stage or, for an
    endorsement, while the assessment that policy asks for is not signed.
    """
    case = Case.objects.locked(case.pk)
    access.require(by, Perm.CONVENING_SIGN, case)
    CASE_WORKFLOW.moves["convene"].require_from(case.status)
    if endorses and lacks_assessment(case):
        raise ActionInvalid(ASSESSMENT_FIRST)
    since, what = case.status_since, SignOff.What.CONVENING
    sign_offs.sign(case, what=what, endorses=endorses, reason=grounds, by=by, since=since)
    if sign_offs.missing(case, what, since):
        return case
    return make_move(case, "convene", by=by)


@transaction.atomic
def hand_over(cases: Iterable[Case], *, to: User, by: User) -> int:
    """Give these cases to another officer, all or none, each with its event; returns how many.

    Raises ActionDenied when `by` may not give one of them away, or `to` cannot hold it.
    """
    return len([assign(case, to=to, by=by) for case in sorted(cases, key=lambda case: case.pk)])
