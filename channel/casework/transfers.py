"""Transfers on my work: those a chair here must agree to, and those put to one's own area."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Perm
from channel.casework.listing import listed
from channel.casework.rows import Group, Row
from referrals import transfers
from referrals.models import Case, Transfer

NAME = "transfer"


def cases(user: User) -> QuerySet[Case] | None:
    """The cases whose transfer waits for this person; of another area's nothing but that is told."""
    is_chair, checks = user.holds(Perm.TRANSFER_AGREE), user.holds(Perm.DECONFLICTION_RECORD)
    if not (is_chair or checks):
        return None
    rows = Transfer.objects.filter(case=OuterRef("pk"), result=transfers.OPEN).order_by()
    asked = transfers.to_answer(user) if is_chair else transfers.to_check(user)
    put = Q(pk__in=asked.order_by().values("case"))
    ours = Q(pk__in=[])
    if is_chair:
        open_here = Case.objects.coordinated_by(user, lasting=True).open()
        here = open_here.filter(Exists(rows.filter(agreed_at=None)))
        ours = Q(pk__in=here.order_by().values("pk"))
    notes: dict[str, Any] = {
        "transfer_id": Subquery(rows.filter(agreed_at__isnull=False).values("pk")[:1]),
        "transfer_from": Subquery(rows.values("from_area__name")[:1]),
        "transfer_on": Subquery(rows.values("effective_on")[:1]),
    }
    found = Case.objects.filter(put | ours).select_related("area", "owner", "owner_agency")
    return listed(found, NAME, "pk", **notes)


def groups(user: User, found: list[Any]) -> Iterable[Group]:
    """The list, only when there is something in it."""
    if found:
        yield NAME, "Transfers to answer", "purple", "", [_row(user, one) for one in found]


def _row(user: User, one: Any) -> Row:
    if one.transfer_id is None:  # not yet put to the other area, so it is a case of one's own
        url = reverse("case_transfer", args=[one.reference])
        return Row(case=one, what="Agree to it", url=url, waiting="You", due_on=one.transfer_on)
    is_chair = user.holds(Perm.TRANSFER_AGREE)
    route = "transfer" if is_chair else "transfer_check"
    return Row(
        case=None,
        title=f"A case from {one.transfer_from}",
        what="Accept or decline" if is_chair else "Check before the transfer",
        url=reverse(route, args=[one.transfer_id]),
        waiting="You",
        due_on=one.transfer_on,
    )
