"""Further referrals that have joined a released case and wait for police, in my work."""

from collections.abc import Iterable
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import TruncDate
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Perm
from channel.casework.listing import in_care, listed
from channel.casework.rows import Group, Row
from prevent_cms.components.text import gov_day
from prevent_cms.marking import Mark
from referrals.joining import IS_CLEARED
from referrals.models import IS_RELEASED, Case, Referral
from referrals.pages import CHECK_JOINED, RELEASE_JOINED

NAME = "joined"


def cases(user: User) -> QuerySet[Case] | None:
    """The released cases in this person's care with such a referral; None for others than police."""
    if not (user.is_police and user.holds(Perm.DECONFLICTION_RECORD)):
        return None
    kept = Referral.objects.visible_to(user).filter(mark=Mark.POLICE).order_by()
    ours = Case.objects.coordinated_by(user).filter(
        in_care(user), IS_RELEASED, pk__in=kept.values("case")
    )
    oldest = kept.filter(case=OuterRef("pk")).order_by("received_at", "pk")
    notes: dict[str, Any] = {
        "received_on": Subquery(oldest.values(on=TruncDate("received_at"))[:1]),
        "is_cleared": Subquery(oldest.values(is_cleared=IS_CLEARED)[:1]),
    }
    return listed(ours, NAME, "received_on", "pk", **notes)


def groups(found: list[Any]) -> Iterable[Group]:
    """The list, only when there is something in it."""
    if found:
        yield NAME, "Further referrals", "purple", "", [_row(one) for one in found]


def _row(case: Any) -> Row:
    what, route, _, _ = RELEASE_JOINED if case.is_cleared else CHECK_JOINED
    return Row(
        case=case,
        what=what,
        url=reverse(route, args=[case.reference]),
        waiting=f"You, received {gov_day(case.received_on)}",
        due_on=None,
    )
