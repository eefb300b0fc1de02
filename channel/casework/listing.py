"""The cases of my work: whose care they are in, and the lists that are asked for in one query."""

from typing import Any

from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast

from accounts.models import User
from accounts.permissions import Perm
from channel.casework.rows import MOST
from referrals import absences, information, routing
from referrals.models import Case
from referrals.workflow import Status


def in_care(user: User) -> Q:
    """The condition on cases that their next date is this person's to keep."""
    if user.is_police:
        if user.holds(Perm.CASE_ASSIGN):
            return Q(owner_agency__in=user.agency_ids)
        return Q(owner=user) | Q(owner__in=absences.covered(user))
    theirs = [Status.PANEL, Status.SUPPORT] if user.holds(Perm.MEETING_VIEW) else []
    rule = Q(status__in=theirs) | Q(status=Status.HELD, held_from__in=theirs)
    if user.remits:
        rule &= routing.led_by(user.remits)
    if areas := [one for one in user.areas() if information.asks_in(user, one)]:
        rule |= Q(area__in=areas, next_due_what=information.TO_ASK)
    return rule


# What a list may say of a case beside its own columns.
NOTES: dict[str, Any] = {
    "is_unclear": BooleanField(),
    "is_escalated": BooleanField(),
    "is_met": BooleanField(),
    "is_reported": BooleanField(),
    "differs": BooleanField(),
    "offer_to": BigIntegerField(),
    "offer_name": CharField(),
    "offered_at": DateTimeField(),
    "received_on": DateField(),
    "is_cleared": BooleanField(),
    "recheck_on": DateField(),
    "transfer_id": BigIntegerField(),
    "transfer_from": CharField(),
    "transfer_on": DateField(),
    "came_on": DateField(),
    "review_on": DateField(),
    "look_id": BigIntegerField(),
}


def listed(
    cases: QuerySet[Case], name: str, *order: str, most: int = MOST + 1, **notes: Any
) -> QuerySet[Case]:
    """The cases of the list called `name`, which can be asked for together with other lists'."""
    silent = {note: Cast(Value(None), kind) for note, kind in NOTES.items()}
    return cases.annotate(list=Value(name, CharField()), **silent | notes).order_by(*order)[:most]
