"""The time for an answer: stopped and let go on, made longer, begun anew; each with its reason (R90)."""

import datetime

from django.db import transaction

from accounts.models import User
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.workflow import NOT_NOW
from referrals import information
from referrals.access import Reader
from referrals.actions.chasing import mails_of
from referrals.actions.requests import follow_answers, gathering, require_date
from referrals.models import Case, InformationRequest, RequestChange
from referrals.requests import time_of

What = RequestChange.What
EVENTS = {
    What.PAUSED: EventType.INFORMATION_PAUSED,
    What.RESUMED: EventType.INFORMATION_RESUMED,
    What.EXTENDED: EventType.INFORMATION_EXTENDED,
    What.ASKED_AGAIN: EventType.INFORMATION_ASKED_AGAIN,
}


@transaction.atomic
def pause_request(request: InformationRequest, *, reason: str, by: User) -> InformationRequest:
    """Let the time for an answer stand still.

    Raises ActionDenied for anyone but the area's requester, ActionInvalid when the request does not
    wait, stands still already, or is overdue, since then only a later date helps.
    """
    request = _waiting(request, by=by)
    if request.paused_on or request.is_overdue:
        raise ActionInvalid(NOT_NOW)
    request.paused_on = clock.today()
    return _changed(request, What.PAUSED, reason, by=by)


@transaction.atomic
def resume_request(request: InformationRequest, *, reason: str, by: User) -> InformationRequest:
    """Let the time go on: the date moves by the working days on which it stood still.

    Raises what `pause_request` raises, ActionInvalid when the time does not stand still.
    """
    request = _waiting(request, by=by)
    if not request.paused_on:
        raise ActionInvalid(NOT_NOW)
    request.due_on, request.paused_on = time_of(request).resumed(clock.today()), None
    return _changed(request, What.RESUMED, reason, by=by)


@transaction.atomic
def extend_request(
    request: InformationRequest, *, due_on: datetime.date, reason: str, by: User
) -> InformationRequest:
    """Give an agency more time, also when its answer is overdue.

    Raises what `pause_request` raises, ActionInvalid during a pause, for a date that is no later
    than the one that holds, and for one that is no working day in the future.
    """
    request = _waiting(request, by=by)
    require_date(request.case, due_on)
    if request.paused_on or due_on <= request.due_on:
        raise ActionInvalid("Choose a date later than the one that holds now.")
    request.due_on = due_on
    return _changed(request, What.EXTENDED, reason, by=by)


@transaction.atomic
def ask_again(
    request: InformationRequest, *, due_on: datetime.date, reason: str, by: User
) -> InformationRequest:
    """Open an answered request again, because the answer leaves something open.

    What was sent stays. The time is counted anew from today; assessment and panel go back to
    gathering. Raises what `request_more` raises, ActionInvalid when the request was not answered.
    """
    case = gathering(Case.objects.get(pk=request.case_id), by=by)
    request = _locked(request, case)
    require_date(case, due_on)
    if request.answered_at is None or request.ended_why:
        raise ActionInvalid(NOT_NOW)
    request.answered_at, request.reminded_at = None, None
    request.counted_from, request.due_on = clock.today(), due_on
    return _changed(request, What.ASKED_AGAIN, reason, by=by)


def _waiting(request: InformationRequest, *, by: User) -> InformationRequest:
    """The request with its case, locked, if it waits for an answer and this person may ask."""
    case = Case.objects.locked(request.case_id)
    information.require_asker(Reader(by, case))
    request = _locked(request, case)
    if request.answered_at or not case.is_open:
        raise ActionInvalid(NOT_NOW)
    return request


def _locked(request: InformationRequest, case: Case) -> InformationRequest:
    rows = InformationRequest.objects.select_for_update(of=("self",)).select_related("agency")
    fresh: InformationRequest = rows.get(pk=request.pk)
    fresh.case = case
    return fresh


def _changed(
    request: InformationRequest, what: What, reason: str, *, by: User
) -> InformationRequest:
    """Save the new time with its reason, tell the agency, and let the case follow."""
    if not reason.strip():
        raise ActionInvalid("Enter a reason. The agency reads it.")
    case, due = request.case, None if request.paused_on else request.due_on
    request.save(
        update_fields=["due_on", "counted_from", "paused_on", "answered_at", "reminded_at"]
    )
    change = RequestChange.objects.create(
        case=case,
        request=request,
        agency=request.agency,
        what=what,
        due_on=due,
        reason=reason,
        by=by,
    )
    record(
        EVENTS[what],
        by=by,
        case=case,
        target=change,
        agency_id=request.agency_id,
        agency=request.agency.name,
        due=due.isoformat() if due else None,
    )
    outbox.add_all(mails_of(request, "information_dates"))
    follow_answers(case)
    return request
