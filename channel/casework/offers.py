"""Offers of cases on my work: those that wait for one's own answer, and those one waits for."""

from collections.abc import Iterable
from typing import Any

from django.db.models import (
    BigIntegerField,
    CharField,
    DateTimeField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast
from django.urls import reverse

from accounts.models import User
from channel.casework.rows import MOST, Group, Row
from prevent_cms.components.text import gov_day
from referrals import handovers
from referrals.models import Case, HandOver

# What a case of any list says of an offer; one that is asked for as an offer says more.
NONE: dict[str, Any] = {
    "offer_to": Cast(Value(None), BigIntegerField()),
    "offer_name": Cast(Value(None), CharField()),
    "offered_at": Cast(Value(None), DateTimeField()),
}


def cases(user: User) -> QuerySet[Case]:
    """The cases with an offer that this person made, must answer, or waits for as owner."""
    offered = handovers.theirs(user).order_by().values("case")
    return (
        Case.objects.visible_to(user)
        .filter(pk__in=offered)
        .order_by("next_due_on", "pk")[: MOST + 1]
    )


def notes() -> dict[str, Any]:
    """What such a case says of its offer."""
    rows = HandOver.objects.filter(case=OuterRef("pk"), result=handovers.OPEN).order_by()
    fields = ("to", "to__name", "at")
    return dict(zip(NONE, (Subquery(rows.values(name)[:1]) for name in fields), strict=True))


def groups(user: User, found: list[Any]) -> Iterable[Group]:
    """The lists this person has, each only when there is something in it."""
    mine = [_row(one, "You", "Accept or decline") for one in found if one.offer_to == user.pk]
    made = [_row(one, one.offer_name, "Answer") for one in found if one.offer_to != user.pk]
    if mine:
        yield "offers", "Offered to you", "purple", "", mine
    if made:
        yield "offered", "Offered to others", "grey", "", made


def _row(one: Any, who: str, what: str) -> Row:
    route = "case_offer" if who == "You" else "case_assign"
    return Row(
        case=one,
        what=what,
        url=reverse(route, args=[one.reference]),
        waiting=f"{who}, since {gov_day(one.offered_at)}",
        due_on=one.next_due_on,
    )
