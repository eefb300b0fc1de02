"""What is asked of the panel about one case: what its part of the agenda asks, and its last review."""

from collections.abc import Iterable

from django.db.models import Exists, F, OuterRef, QuerySet

from accounts.models import User
from channel.meetings.models import AgendaItem, Decision, Meeting
from channel.support.models import Review
from prevent_cms.components.text import gov_date
from prevent_cms.marking import Mark
from referrals.models import Case

Group = AgendaItem.Group
ASKED = {
    Group.NEW: "should this case be adopted for Channel support?",
    Group.OPEN: "does the plan still fit, and does the case stay?",
    Group.EXIT: "does the decision on exit still stand? While it waits for its endorsements only, "
    "nothing is decided anew.",
    Group.POST_EXIT: "has anything new come to light since exit?",
    Group.TRANSFER: "should this case go to the other area?",
}
LEAVE = "should this case leave Channel?"


def asked(group: str, review: Review | None) -> str:
    """The question in words, with what the last review asks, of those who may read that review."""
    if review is None:
        return ASKED[Group(group)]
    leaves = group == Group.EXIT and review.recommendation == Review.Recommendation.EXIT
    question = LEAVE if leaves else ASKED[Group(group)]
    said = review.get_recommendation_display().lower()
    return f"{question} The review of {gov_date(review.on)} asks: {said}. Why: {review.reason}"


def unanswered(reviews: QuerySet[Review], meeting: Meeting | None = None) -> QuerySet[Review]:
    """Of these reviews the last one of each case, unless the panel has decided since; what it
    decides at the `meeting` itself is the answer that was asked for. To defer is none."""
    later = Decision.objects.filter(case=OuterRef("case"), at__gt=OuterRef("at"))
    later = later.exclude(choice__in=("", Decision.Choice.DEFER))
    if meeting:
        later = later.exclude(item__meeting=meeting)
        if meeting.closed_at:
            reviews = reviews.filter(at__lte=meeting.closed_at)
    found = reviews.filter(~Exists(later), at__gte=F("case__status_since"))
    return found.order_by("case_id", "-on", "-pk").distinct("case_id")


def for_panel(items: Iterable[AgendaItem], meeting: Meeting) -> dict[int, Review]:
    """Case id -> the review that everybody reads with whom an item is shared, for the pack."""
    cases = [item.case_id for item in items]
    reviews = Review.objects.filter(case__in=cases, mark=Mark.PANEL)
    return {one.case_id: one for one in unanswered(reviews, meeting)}


def for_exit(user: User, cases: Iterable[Case]) -> dict[int, Review]:
    """Case id -> the last review, where it recommends exit and the panel has not decided since."""
    last = unanswered(Review.objects.visible_to(user).filter(case__in=cases))
    return {one.case_id: one for one in last if one.recommendation == Review.Recommendation.EXIT}
