"""The monthly review: what was delivered, whether it helps, what has changed, what is asked."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from channel.support import access, queries
from channel.support.models import ItemReview, PlanItem, Review
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.workflow import NOT_NOW
from referrals.access import require
from referrals.actions import lifecycle
from referrals.models import Case


@dataclass(frozen=True)
class Effect:
    """Whether an item helps, and what shows it."""

    helps: str
    shows: str = ""


@transaction.atomic
def record_review(
    case: Case,
    *,
    on: datetime.date,
    delivered: str,
    risks: str,
    needs_open: str,
    recommendation: str,
    reason: str,
    effects: Mapping[int, Effect],
    by: User,
) -> Review:
    """Record the review that goes to the next panel, and when the next one is due (R158, R166).

    `effects` answers for every open item of the plan by its id. A recommendation decides nothing;
    to escalate tells police at once (R165). Raises ActionDenied without the permission,
    ActionInvalid outside support, for a day in the future, or when items changed meanwhile.
    """
    case = Case.objects.locked(case.pk)
    require(by, Perm.REVIEW_RECORD, case)
    access.require_supported(case)
    plan = queries.plan_of(case)
    open_items = PlanItem.objects.filter(plan=plan, status__in=PlanItem.OPEN)
    if on > clock.today() or set(open_items.values_list("pk", flat=True)) != set(effects):
        raise ActionInvalid(NOT_NOW)
    review = Review.objects.create(
        case=case,
        plan=plan,
        on=on,
        delivered=delivered,
        risks=risks,
        needs_open=needs_open,
        recommendation=recommendation,
        reason=reason,
        by=by,
    )
    _answer(review, effects)
    record(EventType.REVIEW_RECORDED, by=by, case=case, target=review)
    _follow(review)
    return review


def _answer(review: Review, effects: Mapping[int, Effect]) -> None:
    """Write down of each item whether it helps."""
    for item_id, effect in effects.items():
        ItemReview.objects.create(
            case=review.case,
            review=review,
            item_id=item_id,
            helps=effect.helps,
            shows=effect.shows,
        )


def _follow(review: Review) -> None:
    """The next review is due, unless the endorsement of an exit comes first; police may be told."""
    case = review.case
    if queries.exit_decision(case) is None:
        lifecycle.set_due(case, on=queries.review_due(case, review), what="Monthly review")
    if review.recommendation == Review.Recommendation.ESCALATE:
        outbox.add("review_escalated", review_id=review.pk)
