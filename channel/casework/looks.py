"""Looks again at a case some months after its exit that are due by now (R173), in my work."""

from collections.abc import Iterable
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Perm
from channel.casework.listing import in_care, listed
from channel.casework.rows import Group, Row
from channel.support.models import PostExitReview
from prevent_cms import clock
from referrals import routing
from referrals.models import Case
from referrals.workflow import Status

NAME = "looks"


def cases(user: User) -> QuerySet[Case] | None:
    """The cases that left and are to be looked at; None for who records no such look.

    Police see those in their care, the council all that it coordinates.
    """
    if not user.holds(Perm.REVIEW_RECORD):
        return None
    due = PostExitReview.objects.visible_to(user).filter(done_at=None, due_on__lte=clock.today())
    first = due.filter(case=OuterRef("pk")).order_by("due_on").values("pk")[:1]
    ours = Case.objects.coordinated_by(user).filter(_theirs(user), status=Status.CLOSED)
    ours = ours.filter(pk__in=due.order_by().values("case"))
    return listed(ours, NAME, "next_due_on", "pk", look_id=Subquery(first))


def _theirs(user: User) -> Q:
    if user.is_police:
        return in_care(user)
    return routing.led_by(user.remits) if user.remits else Q()


def groups(found: list[Any]) -> Iterable[Group]:
    """The list, only when there is something in it."""
    if found:
        yield NAME, "Reviews after exit", "orange", "", [_row(one) for one in found]


def _row(case: Any) -> Row:
    return Row(
        case=case,
        what=f"Record the {case.next_due_what}",
        url=reverse("case_post_exit", args=[case.reference, case.look_id]),
        waiting="You",
        due_on=case.next_due_on,
    )
