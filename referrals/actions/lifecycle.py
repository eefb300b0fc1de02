"""The only writer of a case's status, owner and due date."""

import datetime

from django.db import transaction

from accounts.models import Agency, Area, User
from accounts.permissions import Perm
from prevent_cms import clock
from prevent_cms.errors import ActionDenied
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from referrals import access
from referrals.actions import restricting, sharing
from referrals.models import Case
from referrals.workflow import BEFORE_RELEASE, CASE_WORKFLOW, Status


def next_due(case: Case, status: Status) -> tuple[datetime.date, str]:
    """What is due next on entering a stage, by the area's policy (R90, R166; times are policy)."""
    rules, today = case.area.rules, clock.today()
    return {
        Status.SCREENING: (
            rules.due(today, rules.screening_working_days),
            "Screening decision",
        ),
        Status.DECONFLICTION: (
            rules.due(today, rules.screening_working_days),
            "Deconfliction and release",
        ),
        Status.INFORMATION_GATHERING: (
            rules.due(today, rules.return_working_days),
            "Returns from agencies",
        ),
        Status.ASSESSMENT: (
            rules.due(today, rules.assessment_working_days),
            "Vulnerability assessment and convening",
        ),
        Status.PANEL: (rules.due(today, rules.panel_working_days), "Panel meeting"),
        Status.SUPPORT: (clock.add_months(today, rules.review_months), "Monthly review"),
    }[status]


@transaction.atomic
def make_move(
    case: Case, name: str, *, by: User, due_on: datetime.date | None = None, due_what: str = ""
) -> Case:
    """Lock, check and change the status of a case, and record the move.

    Takes the case as the caller saw it, and the date and the words of what is due next when they
    are other than policy's; returns the locked, fresh one. Raises ActionDenied when
    the person may not, ActionInvalid when the case is elsewhere. Guards that need more are the
    caller's. A case that leaves support takes the shares made to deliver it along; the end of a
    hold opens the shares made during it.
    """
    case = Case.objects.locked(case.pk)
    move = CASE_WORKFLOW.moves[name]
    access.require(by, Perm(move.permission), case)
    move.require_from(case.status)
    target, was = Status(move.target or case.held_from), case.stage
    held_from = case.status if target == Status.HELD else ""
    if name not in ("hold", "resume"):  # a hold leaves every date as it was
        case.status_since = clock.now()
        _set_due(case, target, due_on, due_what)
    case.status, case.held_from = target, held_from
    if target not in BEFORE_RELEASE | {Status.CLOSED, Status.HELD} and not case.released_at:
        case.released_at = clock.now()
    if name == "take":
        case.owner, case.owner_agency = by, seat_agency(by, case)
    case.version += 1
    case.save()
    record(move.event, by=by, case=case)
    if was == Status.SUPPORT != case.stage:  # a hold leaves the stage as it was
        sharing.end_delivery(case, by=by)
    if name == "resume":
        sharing.open_waiting(case, by=by)
    return case


def seat_agency(user: User, case: Case) -> Agency:
    """The police agency of the area in which this officer works; ActionDenied when there is none."""
    seat = user.seat_with(Perm.CASE_TAKE, case.area)
    if seat is None:
        raise ActionDenied("Only police of this area can take the case.")
    return seat.agency


def _set_due(case: Case, target: Status, on: datetime.date | None, what: str) -> None:
    if target == Status.CLOSED:
        case.next_due_on, case.next_due_what = None, ""
    else:
        usual, words = next_due(case, target)
        case.next_due_on, case.next_due_what = on or usual, what or words


@transaction.atomic
def set_due(case: Case, *, on: datetime.date | None, what: str) -> Case:
    """Set what is due next, for an action on any floor that knows better than the stage does."""
    case = Case.objects.locked(case.pk)
    case.next_due_on, case.next_due_what = on, what
    case.version += 1
    case.save(update_fields=["next_due_on", "next_due_what", "version"])
    return case


def move_to(case: Case, area: Area, owner: User) -> Case:
    """Let another area have a locked case, as part of carrying a transfer out (R178).

    The stage stays; its date is set anew by the policy of that area, and what was signed for the
    next step under another policy counts no more. Raises ActionDenied for who holds no cases there.
    """
    case.area = area
    case.owner, case.owner_agency = owner, seat_agency(owner, case)
    case.arrived_at = case.status_since = clock.now()
    case.next_due_on, case.next_due_what = next_due(case, case.stage)
    case.version += 1
    case.save()
    return case


@transaction.atomic
def set_owner(case: Case, to: User, *, by: User) -> Case:
    """Let another officer have the case, as the last part of handing it over (handover.py).

    A restricted case names its new owner. Returns the locked, fresh case. Raises ActionDenied for
    who cannot hold it, ActionInvalid for who is kept out.
    """
    case = Case.objects.locked(case.pk)
    agency = seat_agency(to, case)
    restricting.follow_owner(case, to, by=by)
    case.owner, case.owner_agency = to, agency
    case.version += 1
    case.save(update_fields=["owner", "owner_agency", "version"])
    record(EventType.CASE_ASSIGNED, by=by, case=case, to=to.label)
    return case
