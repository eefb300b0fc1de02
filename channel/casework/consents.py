"""Consent whose day to be checked again has come: the list of my work about it (R120)."""

import datetime
from typing import Any

from django.db.models import F
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Perm
from channel.casework.duties import in_care
from channel.casework.listing import listed
from channel.casework.rows import Row
from referrals.consent import to_check_again
from referrals.models import Case, Consent

NAME = "consent"
GROUP = (NAME, "Consent to check again", "orange", "")


def owed(user: User) -> Any:
    """The cases in this person's care, as `small.duties` wants them; None for others."""
    if not user.holds(Perm.CONSENT_RECORD):
        return None
    ours = Case.objects.coordinated_by(user).select_related(None).filter(in_care(user)).open()
    due = Consent.objects.visible_to(user).filter(
        pk__in=to_check_again().values("pk"), case__in=ours.order_by().values("pk")
    )
    return listed(due.order_by("recheck_on", "pk"), NAME, F("recheck_on"))


def row(case: Case, on: datetime.date | None) -> Row:
    return Row(
        case=case,
        what="Check consent again",
        url=reverse("case_consent", args=[case.reference]),
        waiting="You",
        due_on=on,
    )
