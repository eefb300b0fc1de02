"""Assessed cases of which those who convene agree that they leave: police close them, in my work."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from accounts.area_policy import PARTIES
from accounts.models import Area, User
from accounts.permissions import Perm
from channel.casework.listing import in_care, listed
from channel.casework.rows import Group, Row
from prevent_cms.components.text import gov_day
from referrals import next_steps
from referrals.models import Case, SignOff
from referrals.workflow import Status

NAME = "agreed"


def standing() -> Any:
    """What stands signed in the present round of each case of a query."""
    rows = SignOff.objects.filter(case=OuterRef("pk"), what=SignOff.What.CONVENING)
    return rows.filter(
        replaced_at=None, at__gte=OuterRef("status_since"), agency__area=OuterRef("area")
    )


def differ() -> Exists:
    """The condition on cases that two parties have signed for different next steps."""
    others = SignOff.objects.filter(
        case=OuterRef("case"),
        what=SignOff.What.CONVENING,
        replaced_at=None,
        at__gte=OuterRef("case__status_since"),
        agency__area=OuterRef("case__area"),
    )
    return Exists(standing().filter(Exists(others.exclude(result=OuterRef("result")))))


def cases(user: User) -> QuerySet[Case] | None:
    """The cases in this person's care that wait to be closed; None for others than police."""
    if not (user.is_police and user.holds(Perm.CASE_CLOSE)):
        return None
    areas = {seat.agency.area for seat in user.seats}
    rule = Q(pk__in=[])
    for area in areas:
        rule |= _leave(area)
    ours = Case.objects.coordinated_by(user).filter(in_care(user), rule, ~differ())
    return listed(ours.filter(status=Status.ASSESSMENT), NAME, "next_due_on", "pk")


def _leave(area: Area) -> Q:
    """The condition on cases of an area that every party of its policy has signed that they leave."""
    rule = Q(area=area)
    for party in area.rules.convening_sign_offs:
        if PARTIES[party]:
            rule &= Q(Exists(standing().filter(party=party, result__in=next_steps.LEAVES)))
    return rule


def groups(found: list[Any]) -> Iterable[Group]:
    """The list, only when there is something in it."""
    if found:
        yield NAME, "To close, as agreed", "purple", "", [_row(one) for one in found]


def _row(case: Case) -> Row:
    return Row(
        case=case,
        what="Close the case",
        url=reverse("case_close", args=[case.reference]),
        waiting=f"You, since {gov_day(case.status_since)}",
        due_on=case.next_due_on,
    )
