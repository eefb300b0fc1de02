"""Looking again at a case some months after it left (R173)."""

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from channel.support.models import PostExitReview
from prevent_cms import clock
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.workflow import NOT_NOW
from referrals import access
from referrals.actions import closing, lifecycle
from referrals.models import Case

Outcome = PostExitReview.Outcome
CHOICES = (Outcome.NO_CONCERN, Outcome.NEW_REFERRAL, Outcome.REOPEN)


@transaction.atomic
def record_post_exit(
    review: PostExitReview, *, findings: str, outcome: str, by: User
) -> PostExitReview:
    """Record what was found; the next look, or nothing, is due after it, or the case is reopened.

    Raises ActionDenied without the permission (reopening has its own), ActionInvalid when it is
    done already, the case is open again, or an earlier look is still to be done.
    """
    case = Case.objects.locked(review.case_id)
    access.require(by, Perm.REVIEW_RECORD, case)
    pending = list(PostExitReview.objects.pending().filter(case=case).order_by("due_on"))
    if not pending or pending[0].pk != review.pk or outcome not in CHOICES:
        raise ActionInvalid(NOT_NOW)
    review = pending[0]
    review.findings, review.outcome = findings, outcome
    review.done_at, review.by = clock.now(), by
    review.save(update_fields=["findings", "outcome", "done_at", "by"])
    record(EventType.POST_EXIT_REVIEWED, by=by, case=case, target=review, months=review.months)
    following = pending[1] if len(pending) > 1 else None
    if outcome == Outcome.REOPEN:
        closing.reopen_case(case, reason=findings, by=by)
    elif following:
        lifecycle.set_due(case, on=following.due_on, what=f"{following.months}-month review")
    else:
        lifecycle.set_due(case, on=None, what="")
    return review
