"""The check against live investigations, before anybody outside police may know (R58-R62)."""

import datetime
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from prevent_cms import clock, wall
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.history.rows import change_all
from prevent_cms.marking import Mark
from prevent_cms.workflow import NOT_NOW
from referrals import access, joining
from referrals.actions.lifecycle import make_move
from referrals.actions.parallel import open_processes
from referrals.actions.screening import current_referral
from referrals.actions.threshold import open_tests
from referrals.clearance import awaits_agreement, newest_check
from referrals.models import Case, Deconfliction, OvertInvestigation, PersonFact, Referral
from referrals.workflow import Status

Outcome = Deconfliction.Outcome
EVENTS = {
    Outcome.CLEAR: EventType.DECONFLICTION_CLEAR,
    Outcome.OVERT: EventType.DECONFLICTION_OVERT,
}
# Before screening there is nothing to check; afterwards it can be repeated at any time (R62).
NOT_YET = frozenset({Status.RECEIVED, Status.SCREENING, Status.CLOSED})


@dataclass(frozen=True)
class Conditions:
    """What police record before a case goes on under an overt investigation (domain 2.8)."""

    told: str
    action_taken: str
    action_on: datetime.date
    officer: str
    manageable: str
    review_on: datetime.date


def is_checkable(case: Case) -> bool:
    """Whether the case stands where a check is made.

    A closed one does only while a referral that has joined it waits for its own (R62).
    """
    if case.status == Status.CLOSED and case.is_released:
        return _has_unclear(case)
    return case.status not in NOT_YET


@wall.as_service()
def _has_unclear(case: Case) -> bool:
    return Referral.objects.filter(case=case, cleared_at=None).exists()


def require_checkable(case: Case) -> None:
    """Raise ActionInvalid unless `is_checkable`."""
    if not is_checkable(case):
        raise ActionInvalid(NOT_NOW)


@transaction.atomic
def deconflict(
    case: Case,
    *,
    outcome: str,
    systems: Sequence[str],
    by: User,
    reason: str = "",
    other_systems: str = "",
    overt: Conditions | None = None,
    seen: int | None = None,
) -> Deconfliction:
    """Record one check. A clear one clears the referral and ends a hold; any other holds the case.

    An overt investigation lets it go on like a clear result when `overt` says how the conditions
    are met (domain 2.8). `seen` is the number of the last check that the person saw (0 for none):
    when another was recorded since, ActionInvalid. Also raised at the wrong stage, or when what the
    result needs is missing (`_require_whole`); ActionDenied without the permission.
    """
    case = Case.objects.locked(case.pk)
    access.require(by, Perm.DECONFLICTION_RECORD, case)
    require_checkable(case)
    _require_unseen(case, seen)
    check = Deconfliction(case=case, mark=Mark.POLICE, outcome=outcome, reason=reason, by=by)
    check.systems, check.other_systems = list(systems), other_systems
    _require_whole(check, overt)
    check.referral = current_referral(case)
    check.save()
    if overt:
        OvertInvestigation.objects.create(
            case=case, mark=Mark.POLICE, check_made=check, by=by, **asdict(overt)
        )
    event = EVENTS.get(Outcome(outcome), EventType.DECONFLICTION_CONFLICT)
    record(event, by=by, case=case, target=check)
    if check.is_passing:
        _clear(check.referral, by)
    _hold_or_resume(case, check.is_passing, by)
    return check


def _require_whole(check: Deconfliction, overt: Conditions | None) -> None:
    """Raise ActionInvalid without systems of the area's list or one beside it, or without the
    reason or the conditions that the result needs."""
    named, listed = set(check.systems), set(check.case.area.rules.check_systems)
    if not named <= listed or not (named or check.other_systems):
        raise ActionInvalid("Select the systems that you searched.")
    if check.outcome != Outcome.CLEAR and not check.reason.strip():
        raise ActionInvalid("Enter the reason for your decision.")
    if (check.outcome == Outcome.OVERT) != bool(overt):
        raise ActionInvalid("Say how the three conditions for an overt investigation are met.")


@transaction.atomic
def record_agreement(case: Case, *, on: datetime.date, words: str, by: User) -> OvertInvestigation:
    """Record that the panel, with the senior investigating officer, agreed (domain 2.8).

    Raises ActionDenied without the permission, ActionInvalid when no agreement is waited for, for a
    day to come, or without what was agreed.
    """
    case = Case.objects.locked(case.pk)
    access.require(by, Perm.DECONFLICTION_RECORD, case)
    require_agreeable(case)
    if on > clock.today() or not words.strip():
        raise ActionInvalid("Enter what the panel agreed, and on which day.")
    found: OvertInvestigation = OvertInvestigation.objects.get(check_made=newest_check(case))
    found.agreed_on, found.agreed_words, found.agreed_by = on, words, by
    found.save(update_fields=["agreed_on", "agreed_words", "agreed_by"])
    record(EventType.OVERT_AGREED, by=by, case=case, target=found)
    return found


def require_agreeable(case: Case) -> None:
    """Raise ActionInvalid unless an overt investigation waits for the panel's agreement."""
    if not case.is_open or not awaits_agreement(case):
        raise ActionInvalid(NOT_NOW)


def _require_unseen(case: Case, seen: int | None) -> None:
    newest = newest_check(case)
    if seen is not None and seen != (newest.pk if newest else 0):
        raise ActionInvalid(
            "Somebody else has recorded a check since you opened the page. Nothing has been saved. "
            "Look at that check before you record another."
        )


def _clear(referral: Referral, by: User) -> None:
    """The referral and who it is about can be read from the release on (design section 5).

    One that has joined a released case waits for a release of its own (actions/joining.py).
    """
    has_joined = referral.case.is_released and referral.mark == Mark.POLICE
    if referral.cleared_at is None:
        referral.cleared_at = clock.now()
        referral.mark = referral.mark if has_joined else Mark.COORDINATION
        referral.save(update_fields=["cleared_at", "mark"])
        if not has_joined:
            facts = PersonFact.objects.filter(referral=referral, added_by=None, mark=Mark.POLICE)
            change_all(facts, mark=Mark.COORDINATION)
    if joining.is_settled(by, referral.case):
        open_tests(referral.case)
        open_processes(referral.case)


def _hold_or_resume(case: Case, is_clear: bool, by: User) -> None:
    held = case.status == Status.HELD
    if is_clear and held:
        make_move(case, "resume", by=by)
    elif not is_clear and not held and case.is_open:
        make_move(case, "hold", by=by)
