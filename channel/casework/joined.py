"""Further referrals that have joined a released case and wait for police, in my work."""

from collections.abc import Iterable

from django.urls import reverse

from accounts.models import User
from accounts.permissions import Perm
from channel.casework.duties import in_care
from channel.casework.rows import MOST, Group, Row
from prevent_cms.components.text import gov_day
from prevent_cms.marking import Mark
from referrals.models import IS_RELEASED, Case, Referral
from referrals.pages import CHECK_JOINED, RELEASE_JOINED


def duties(user: User) -> Iterable[Group]:
    """The list, only when there is something in it."""
    if user.is_police and user.holds(Perm.DECONFLICTION_RECORD) and (rows := _waiting(user)):
        yield "joined", "Further referrals", "purple", "", rows


def _waiting(user: User) -> list[Row]:
    cases = Case.objects.coordinated_by(user).select_related(None)
    ours = cases.filter(in_care(user)).filter(IS_RELEASED).order_by().values("pk")
    rows = Referral.objects.visible_to(user).filter(mark=Mark.POLICE, case__in=ours)
    found = rows.select_related("case__area").order_by("received_at", "pk")
    return [_row(one) for one in found[: MOST + 1]]


def _row(one: Referral) -> Row:
    what, route, _, _ = RELEASE_JOINED if one.cleared_at else CHECK_JOINED
    return Row(
        case=one.case,
        what=what,
        url=reverse(route, args=[one.case.reference]),
        waiting=f"You, received {gov_day(one.received_at)}",
        due_on=None,
    )
