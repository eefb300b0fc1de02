"""Overt investigations whose day has come to be looked at again, in my work of police (domain 2.8)."""

from collections.abc import Iterable
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Perm
from channel.casework.listing import in_care, listed
from channel.casework.rows import Group, Row
from prevent_cms import clock
from referrals import clearance
from referrals.models import Case, OvertInvestigation

NAME = "overt"


def cases(user: User) -> QuerySet[Case] | None:
    """The cases in this person's care whose newest check rests on one; None outside police."""
    if not (user.is_police and user.holds(Perm.DECONFLICTION_RECORD)):
        return None
    rows = OvertInvestigation.objects.visible_to(user).filter(review_on__lte=clock.today())
    due = clearance.in_force(rows).order_by()
    ours = Case.objects.coordinated_by(user).filter(in_care(user), pk__in=due.values("case")).open()
    day = due.filter(case=OuterRef("pk")).values("review_on")[:1]
    return listed(ours, NAME, "review_on", "pk", review_on=Subquery(day))


def groups(found: list[Any]) -> Iterable[Group]:
    """The list, only when there is something in it."""
    if found:
        yield NAME, "Overt investigations to review", "red", "", [_row(one) for one in found]


def _row(case: Any) -> Row:
    return Row(
        case=case,
        what="Check again",
        url=reverse("case_deconfliction", args=[case.reference]),
        waiting="You",
        due_on=case.review_on,
    )
