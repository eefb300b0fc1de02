"""Consent whose day to be checked again has come, or whose case has moved here: the list of it (R120)."""

from collections.abc import Iterable
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Perm
from channel.casework.listing import in_care, listed
from channel.casework.rows import Group, Row
from referrals.consent import not_checked_since_move, to_check_again
from referrals.models import Case, Consent

NAME = "consent"


def cases(user: User) -> QuerySet[Case] | None:
    """The cases in this person's care with such a consent; None when it is not theirs to check."""
    if not user.holds(Perm.CONSENT_RECORD):
        return None
    due = Consent.objects.visible_to(user).filter(pk__in=to_check_again().values("pk")).order_by()
    again = Q(pk__in=due.values("case")) | Q(pk__in=not_checked_since_move().values("pk"))
    ours = Case.objects.coordinated_by(user).filter(in_care(user), again).open()
    first = due.filter(case=OuterRef("pk")).order_by("recheck_on").values("recheck_on")[:1]
    return listed(ours, NAME, "recheck_on", "pk", recheck_on=Subquery(first))


def groups(found: list[Any]) -> Iterable[Group]:
    """The list, only when there is something in it."""
    if found:
        yield NAME, "Consent to check again", "orange", "", [_row(one) for one in found]


def _row(case: Any) -> Row:
    return Row(
        case=case,
        what="Check consent again",
        url=reverse("case_consent", args=[case.reference]),
        waiting="You",
        due_on=case.recheck_on,
    )
