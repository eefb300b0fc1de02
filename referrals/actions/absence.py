"""Saying that an officer is away and who covers, and ending it before its time."""

import datetime

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from referrals import absences
from referrals.models import Absence


@transaction.atomic
def set_away(
    user: User,
    *,
    covered_by: User,
    starts_on: datetime.date,
    ends_on: datetime.date,
    by: User,
) -> Absence:
    """Record that an officer is away, from and to these days, and who covers.

    Owners stay; what is due stands on the cover's my work as well. Raises ActionDenied for
    somebody else's absence without giving out cases, ActionInvalid for a cover who cannot hold
    the cases, for dates that have passed or that meet another absence.
    """
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    absences.require(by)
    if not absences.may_set(by, user):
        raise ActionDenied("Only they or their supervisor can say that somebody is away.")
    if covered_by == user or not absences.colleagues(user).filter(pk=covered_by.pk).exists():
        raise ActionInvalid(f"{covered_by.name} cannot cover for {user.name}.")
    if ends_on < max(starts_on, clock.today()):
        raise ActionInvalid("The last day away must be today or later, and not before the first.")
    if Absence.objects.in_force().filter(user=user, starts_on__lte=ends_on, ends_on__gte=starts_on):
        raise ActionInvalid(f"{user.name} is recorded as away on some of these days already.")
    row: Absence = Absence.objects.create(
        user=user, covered_by=covered_by, starts_on=starts_on, ends_on=ends_on, by=by
    )
    record(EventType.AWAY_SET, by=by, target=row, **_told(row, by))
    return row


@transaction.atomic
def end_away(absence: Absence, *, by: User) -> Absence:
    """End an absence before its last day, or call it off.

    Raises ActionDenied for whose absence `by` may not record, ActionInvalid when it has ended.
    """
    absence = (
        Absence.objects.select_for_update(of=("self",)).select_related("user").get(pk=absence.pk)
    )
    if not (by.holds(Perm.CASE_TAKE) and absences.may_set(by, absence.user)):
        raise ActionDenied("Only they or their supervisor can end this.")
    if absence.ended_at or absence.ends_on < clock.today():
        raise ActionInvalid("This absence has ended already.")
    absence.ended_at, absence.ended_by = clock.now(), by
    absence.save(update_fields=["ended_at", "ended_by"])
    record(EventType.AWAY_ENDED, by=by, target=absence, **_told(absence, by))
    return absence


def _told(row: Absence, by: User) -> dict[str, str]:
    """What the event keeps: whose absence, when, and in which area."""
    return {
        "area_code": by.seats[0].agency.area.code,
        "person": row.user.label,
        "starts_on": row.starts_on.isoformat(),
        "until": row.ends_on.isoformat(),
    }
