"""The monthly review: what was delivered, whether it helps, what has changed, what is asked."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from channel.support import access, queries
from channel.support.actions import consents
from channel.support.models import ItemReview, PlanItem, Review, ReviewDelay
from prevent_cms import clock, outbox
from prevent_cms.components.text import gov_date
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.workflow import NOT_NOW
from referrals.access import require
from referrals.actions import lifecycle
from referrals.models import Case

MONTHLY, ENDORSEMENT = "Monthly review", "Endorsement of exit"


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


@transaction.atomic
def put_off(case: Case, *, until: datetime.date, reason: str, by: User) -> ReviewDelay:
    """Put the monthly review off to a later day, with the reason (R166).

    Shown wherever the review is, until it is done. Raises ActionDenied without the permission,
    ActionInvalid outside support, or for a day that is no later or too late.
    """
    case = Case.objects.locked(case.pk)
    require(by, Perm.REVIEW_RECORD, case)
    access.require_supported(case)
    if words := why_not_until(case, until):
        raise ActionInvalid(words)
    delay: ReviewDelay = ReviewDelay.objects.create(case=case, until=until, reason=reason, by=by)
    record(EventType.REVIEW_PUT_OFF, by=by, case=case, target=delay)
    _set_review(case, until)
    return delay


def why_not_until(case: Case, until: datetime.date) -> str:
    """Why the review cannot be put off to a day, as a sentence; "" when it can.

    At most as long again as the area has between two reviews.
    """
    due = queries.next_review_on(case)
    latest = clock.add_months(max(due, clock.today()), case.area.rules.review_months)
    if until <= max(due, clock.today()):
        return "The new date must be after today, and after the date on which the review is due."
    return "" if until <= latest else f"The new date must be no later than {gov_date(latest)}."


def set_next(
    case: Case, *, on: datetime.date, what: str, instead_of: datetime.date | None = None
) -> None:
    """Set what is due next of a case that the panel keeps, as part of another act.

    No later than the monthly review is due, so that a meeting hides no late one (R166); an exit that
    waits for its endorsements stays what is due. Before the panel has decided, a date before the day
    `instead_of` which another is set stands, and so does the assessment without consent (s.36(4)).
    """
    due = case.next_due_on
    if access.is_supported(case):
        on = min(on, queries.next_review_on(case))
        what = ENDORSEMENT if queries.exit_standing(case) else what
    elif queries.awaits_assessment(case, consents.ASSESSMENT):
        return
    elif due and instead_of and due < instead_of and not queries.is_decided(case):
        on, what = due, case.next_due_what
    lifecycle.set_due(case, on=on, what=what)


def _set_review(case: Case, on: datetime.date) -> None:
    """The next review is due on a day; an exit that waits for its endorsements may be due before."""
    if queries.exit_standing(case) is None:
        lifecycle.set_due(case, on=on, what=MONTHLY)
    elif case.next_due_on and case.next_due_on <= clock.today():
        lifecycle.set_due(case, on=on, what=ENDORSEMENT)


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
    _set_review(review.case, queries.review_due(review.case, review))
    if review.recommendation == Review.Recommendation.ESCALATE:
        outbox.add("review_escalated", review_id=review.pk)
