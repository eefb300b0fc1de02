"""Going back to the referrer for more than the form has (R64)."""

import datetime

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from prevent_cms import clock
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.marking import Mark
from prevent_cms.workflow import NOT_NOW
from referrals import access, detail
from referrals.models import Case, Feedback, FurtherDetail, Referral


@transaction.atomic
def record_detail(
    referral: Referral, *, asked: str, said: str = "", how: str, on: datetime.date, by: User
) -> FurtherDetail:
    """Record what police asked the referrer, and the answer; empty where there was none (R64).

    Police read it and nobody else: what others need of it is recorded where they read it. Nothing
    of the case changes. Raises ActionDenied without the permission, ActionInvalid before the
    referral is taken, once the case is closed, without a question, or for a day to come.
    """
    case = Case.objects.locked(referral.case_id)
    access.require(by, Perm.SCREENING_RECORD, case)
    if not detail.is_askable(case):
        raise ActionInvalid(NOT_NOW)
    if not asked.strip() or how not in Feedback.How.values:
        raise ActionInvalid("Enter what you asked the referrer, and how.")
    if on > clock.today():
        raise ActionInvalid("The day cannot be in the future.")
    made: FurtherDetail = FurtherDetail.objects.create(
        case=case,
        mark=Mark.POLICE,
        referral=referral,
        asked=asked,
        said=said,
        how=how,
        on=on,
        by=by,
    )
    record(EventType.REFERRER_ASKED, by=by, case=case, target=made)
    return made
