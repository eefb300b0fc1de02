"""Cases in which the person has come of age and nobody has decided who leads: a list of my work."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Perm
from channel.casework.listing import in_care, listed
from channel.casework.rows import Group, Row
from referrals.ageing import came_of_age
from referrals.models import Case, PersonFact

NAME = "ageing"


def cases(user: User) -> QuerySet[Case] | None:
    """The cases of this kind that this person leads or owns; None for who decides it nowhere."""
    if not user.holds(Perm.CASE_ROUTE):
        return None
    ours = Case.objects.coordinated_by(user)
    if user.is_police:
        ours = ours.filter(in_care(user))
    found, day = came_of_age(ours, PersonFact.objects.visible_to(user), user.areas())
    return listed(found, NAME, "came_on", "pk", came_on=day)


def groups(found: list[Any]) -> Iterable[Group]:
    """The list, only when there is something in it."""
    if found:
        yield NAME, "Come of age", "orange", "", [_row(one) for one in found]


def _row(case: Any) -> Row:
    return Row(
        case=case,
        what="Decide who leads",
        url=reverse("case_route", args=[case.reference]),
        waiting="You",
        due_on=case.came_on,
    )
