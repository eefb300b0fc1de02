"""Who has still to be told of an outcome, and what may be said to them (R140, R216)."""

import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from referrals import clearance
from referrals.models import Case, Closure, Deconfliction, Feedback, Referral
from referrals.workflow import Status

Said = Feedback.Said
TELLABLE = (Status.SUPPORT, Status.CLOSED)  # the stages at which there is an outcome to tell
# A referrer who knew of one of these could warn the person.
UNTOLD = (Closure.Outcome.INVESTIGATION, Closure.Outcome.POLICE_LED)


def owed(user: User) -> QuerySet[Referral]:
    """The referrals with an outcome of which nobody has told the referrer, for police of the case."""
    rows: QuerySet[Referral] = Referral.objects.visible_to(user)
    return rows.filter(case__status__in=TELLABLE, feedback=None)


def due_on(case: Case) -> datetime.date:
    """The day by which the referrer is told, by the policy of the area."""
    since = timezone.localdate(case.status_since)
    return case.area.rules.due(since, case.area.rules.feedback_working_days)


def referrals_of(user: User, case: Case) -> list[Referral]:
    """The referrals of a case, each with what its referrer was told."""
    rows = Referral.objects.visible_to(user).filter(case=case)
    return list(rows.select_related("feedback__by").order_by("received_at", "pk"))


def sayable(case: Case) -> list[Said]:
    """What may be said: the least where more could warn somebody, nothing of a panel before one."""
    if is_guarded(case):
        return [Said.LOOKED_AT, Said.NOTHING]
    together = [Said.TOGETHER] if case.is_released else []
    return [Said.LOOKED_AT, Said.ELSEWHERE, *together, Said.NOTHING]


def is_guarded(case: Case) -> bool:
    """Whether police left the case to others of theirs, or held it until it was closed."""
    last = Closure.objects.filter(case=case).order_by("-at", "-pk").first()
    newest = clearance.newest_check(case)
    return (
        (last is not None and (last.outcome in UNTOLD or bool(last.crime)))
        or (newest is not None and newest.outcome != Deconfliction.Outcome.CLEAR)
        or clearance.is_held_by_hand(case)
    )


def contact(referral: Referral) -> list[tuple[str, Any]]:
    """Who referred and how to reach them, as they said."""
    rows = [(words, referral.answers.get(key)) for key, words in CONTACT.items()]
    return [(words, value) for words, value in rows if value]


CONTACT = {
    "referrer_name": "Name",
    "referrer_role": "Role",
    "referrer_organisation": "Organisation",
    "referrer_phone": "Telephone",
    "referrer_email": "E-mail",
}
