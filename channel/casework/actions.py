"""Convening the panel, where the last signature of the area's policy convenes."""

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from channel.casework.access import lacks_assessment
from prevent_cms.errors import ActionInvalid
from referrals import access, threshold
from referrals.actions import sign_offs
from referrals.actions.lifecycle import make_move
from referrals.models import Case, SignOff
from referrals.workflow import CASE_WORKFLOW

ASSESSMENT_FIRST = "A signed vulnerability assessment is needed before anyone endorses convening."


@transaction.atomic
def sign_convening(case: Case, *, endorses: bool, grounds: str, by: User) -> Case:
    """Endorse or refuse bringing a case to the panel, with the grounds (R132; CTSA 2015, s.36(3)).

    Returns the case, at the panel when this was the last signature asked for. Raises ActionDenied
    when this person cannot sign for a missing party, ActionInvalid at another stage or, for an
    endorsement, while the assessment or the threshold test that policy asks for is missing.
    """
    case = Case.objects.locked(case.pk)
    access.require(by, Perm.CONVENING_SIGN, case)
    CASE_WORKFLOW.moves["convene"].require_from(case.status)
    if endorses and lacks_assessment(case):
        raise ActionInvalid(ASSESSMENT_FIRST)
    if endorses:
        threshold.require(by, case, "convene")
    since, what = case.status_since, SignOff.What.CONVENING
    sign_offs.sign(case, what=what, endorses=endorses, reason=grounds, by=by, since=since)
    if sign_offs.missing(case, what, since):
        return case
    return make_move(case, "convene", by=by)
