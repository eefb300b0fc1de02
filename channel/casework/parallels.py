"""What runs beside Channel and is to be looked at again: the list of my work about it (R160-R165)."""

from collections.abc import Iterable
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Perm
from channel.casework.listing import in_care, listed
from channel.casework.rows import Group, Row
from prevent_cms import clock
from referrals import parallel
from referrals.models import Case

NAME = "parallel"


def cases(user: User) -> QuerySet[Case] | None:
    """The cases in this person's care with such a process; None when it is not theirs to record."""
    if not user.holds(Perm.PARALLEL_RECORD):
        return None
    due = parallel.running(user).filter(review_on__lte=clock.today()).order_by()
    ours = Case.objects.coordinated_by(user).filter(in_care(user), pk__in=due.values("case")).open()
    first = due.filter(case=OuterRef("pk")).order_by("review_on").values("review_on")[:1]
    return listed(ours, NAME, "review_on", "pk", review_on=Subquery(first))


def groups(found: list[Any]) -> Iterable[Group]:
    """The list, only when there is something in it."""
    if found:
        yield NAME, "Beside Channel, to look at again", "orange", "", [_row(one) for one in found]


def _row(case: Any) -> Row:
    return Row(
        case=case,
        what="Look at what runs beside it",
        url=reverse("case_parallel", args=[case.reference]),
        waiting="You",
        due_on=case.review_on,
    )
