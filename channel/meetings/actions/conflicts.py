"""Stepping out of an item because of a conflict of interest, said by oneself or for somebody."""

import datetime

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from channel.meetings import steps
from channel.meetings.actions.meetings import locked
from channel.meetings.actions.room import require_moment
from channel.meetings.models import AgendaItem, Attendance, Withdrawal
from prevent_cms import clock
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.marking import Mark
from referrals import access as cases
from referrals.actions import restricting
from referrals.models import Case

KEPT_OUT = "End the conflict of interest on the Sharing page of the case first."


@transaction.atomic
def declare(item: AgendaItem, *, reason: str, by: User) -> Withdrawal:
    """Step out of an item oneself: from the next request on the item and its case are closed.

    Raises ActionDenied for who cannot read the item, ActionInvalid once the minutes are sealed, and
    for the owner of the case, who hands it over first.
    """
    meeting = locked(item.meeting)
    cases.require(by, Perm.MEETING_VIEW, item.case)
    steps.require("withdraw", meeting)
    case = Case.objects.locked(item.case_id)
    restricting.keep_out(case, user=by, reason=reason, by=by)
    seat = Attendance.objects.filter(meeting=meeting, user=by).first()
    return _withdraw(item, seat, user=by, name=by.name, at=clock.now(), by=by)


@transaction.atomic
def withdraw(
    item: AgendaItem, seat: Attendance, *, at: datetime.datetime, reason: str = "", by: User
) -> Withdrawal:
    """Write down that somebody at the meeting has stepped out of an item.

    Whoever has an account is kept out of the case at once, and `reason` says why; of anybody else
    only the stepping out is kept. Raises ActionDenied, and ActionInvalid outside the meeting, without
    that reason, for the owner of the case, for oneself (who declares it) or for who is out already.
    """
    meeting = locked(item.meeting)
    cases.require(by, Perm.MEETING_RECORD, item.case)
    steps.require("attend", meeting)
    require_moment(meeting.opened_at, meeting.closed_at, at)
    if seat.user == by:
        raise ActionInvalid("Declare your own conflict of interest on the page of the item.")
    if Withdrawal.objects.filter(item=item, attendance=seat).exists():
        raise ActionInvalid("This person has stepped out of the item already.")
    case = Case.objects.locked(item.case_id)
    if seat.user and not restricting.is_barred(seat.user, case):
        if not reason:
            raise ActionInvalid("Enter the conflict of interest.")
        restricting.keep_out(case, user=seat.user, reason=reason, by=by)
    return _withdraw(item, seat, user=seat.user, name=seat.name, at=at, by=by)


def _withdraw(
    item: AgendaItem,
    seat: Attendance | None,
    *,
    user: User | None,
    name: str,
    at: datetime.datetime,
    by: User,
) -> Withdrawal:
    row: Withdrawal = Withdrawal.objects.create(
        item=item,
        case=item.case,
        mark=Mark.PANEL,
        attendance=seat,
        user=user,
        name=name,
        at=at,
        by=by,
    )
    record(EventType.WITHDREW, by=by, case=item.case, target=row)
    return row


@transaction.atomic
def take_back(withdrawal: Withdrawal, *, by: User) -> None:
    """Undo what was recorded by mistake; history keeps it.

    Raises ActionDenied, and ActionInvalid outside the meeting or while a conflict of interest keeps
    the person out of the case.
    """
    meeting = locked(withdrawal.item.meeting)
    cases.require(by, Perm.MEETING_RECORD, withdrawal.case)
    steps.require("attend", meeting)
    if withdrawal.user and restricting.is_barred(withdrawal.user, withdrawal.case):
        raise ActionInvalid(KEPT_OUT)
    record(EventType.WITHDREW, by=by, case=withdrawal.case, target=withdrawal, taken_back=True)
    withdrawal.delete()
