"""Whom somebody has still to tell of an outcome: the referrers of cases in their care (R216)."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Perm
from channel.casework.listing import in_care, listed
from channel.casework.rows import Group, Row
from prevent_cms.components.text import gov_day
from referrals import feedback
from referrals.models import Case

NAME = "feedback"


def cases(user: User) -> QuerySet[Case] | None:
    """The cases with a referrer whom they have still to tell; None for others than police."""
    if not (user.is_police and user.holds(Perm.FEEDBACK_GIVE)):
        return None
    untold = feedback.owed(user).order_by().values("case")
    ours = Case.objects.coordinated_by(user).filter(
        in_care(user), status__in=feedback.TELLABLE, pk__in=untold
    )
    return listed(ours, NAME, "status_since", "pk")


def groups(found: list[Case]) -> Iterable[Group]:
    """The list, only when there is something in it."""
    if found:
        yield NAME, "Feedback to give", "purple", "", [_row(one) for one in found]


def _row(case: Case) -> Row:
    return Row(
        case=case,
        what="Tell the referrer",
        url=reverse("case_feedback", args=[case.reference]),
        waiting=f"You, since {gov_day(case.status_since)}",
        due_on=feedback.due_on(case),
    )
