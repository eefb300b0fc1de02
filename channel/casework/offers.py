"""Offers of cases on my work: those that wait for one's own answer, and those one waits for."""

from collections.abc import Iterable
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Perm
from channel.casework.listing import listed
from channel.casework.rows import Group, Row
from prevent_cms.components.text import gov_day
from referrals import handovers
from referrals.models import Case, HandOver

NAME = "offer"


def cases(user: User) -> QuerySet[Case] | None:
    """The cases with an offer that this person made, must answer, or waits for as owner."""
    if not (user.is_police and user.holds(Perm.CASE_TAKE)):
        return None
    offered = handovers.theirs(user).order_by().values("case")
    rows = HandOver.objects.filter(case=OuterRef("pk"), result=handovers.OPEN).order_by()
    fields = {"offer_to": "to", "offer_name": "to__name", "offered_at": "at"}
    notes: dict[str, Any] = {
        note: Subquery(rows.values(field)[:1]) for note, field in fields.items()
    }
    ours = Case.objects.visible_to(user).filter(pk__in=offered)
    return listed(ours, NAME, "next_due_on", "pk", **notes)


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
