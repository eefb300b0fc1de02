"""Whom somebody has still to tell of an outcome: the referrers of cases in their care (R216)."""

import datetime
from typing import Any

from django.urls import reverse

from accounts.models import User
from accounts.permissions import Perm
from channel.casework.duties import in_care
from channel.casework.listing import listed
from channel.casework.rows import Row
from prevent_cms.components.text import gov_day
from referrals import feedback
from referrals.models import Case

NAME = "feedback"
GROUP = (NAME, "Feedback to give", "purple", "")


def owed(user: User) -> Any:
    """Whom they have still to tell, as `small.duties` wants it, oldest first; None for others.

    A referral that came in twice to one case counts twice, for two people.
    """
    if not (user.is_police and user.holds(Perm.FEEDBACK_GIVE)):
        return None
    cases = Case.objects.coordinated_by(user).select_related(None).filter(in_care(user))
    ours = cases.filter(status__in=feedback.TELLABLE).order_by().values("pk")
    found = feedback.owed(user).filter(case__in=ours).order_by("case__status_since", "pk")
    return listed(found, NAME)


def row(case: Case, on: datetime.date | None) -> Row:
    return Row(
        case=case,
        what="Tell the referrer",
        url=reverse("case_feedback", args=[case.reference]),
        waiting=f"You, since {gov_day(case.status_since)}",
        due_on=feedback.due_on(case),
    )
