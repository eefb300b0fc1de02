"""The check against live investigations, before anybody outside police may know (R58-R62)."""

from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from prevent_cms import clock
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.history.rows import change_all
from prevent_cms.marking import Mark
from prevent_cms.workflow import NOT_NOW
from referrals import access
from referrals.actions.lifecycle import make_move
from referrals.actions.screening import current_referral
from referrals.clearance import newest_check
from referrals.models import Case, Deconfliction, PersonFact, Referral, System
from referrals.workflow import Status

Outcome = Deconfliction.Outcome
# Before screening there is nothing to check; afterwards it can be repeated at any time (R62).
NOT_YET = frozenset({Status.RECEIVED, Status.SCREENING, Status.CLOSED})


def is_checkable(case: Case) -> bool:
    """Whether the case stands where a check is made."""
    return case.status not in NOT_YET


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
    seen: int | None = None,
) -> Deconfliction:
    """Record one check. A clear one clears the referral and ends a hold; any other holds the case.

    `seen` is the number of the last check that the person saw (0 for none): when another was
    recorded since, ActionInvalid. Also raised at the wrong stage, without systems, or without the
    reason that a result other than clear needs; ActionDenied without the permission.
    """
    case = Case.objects.locked(case.pk)
    access.require(by, Perm.DECONFLICTION_RECORD, case)
    require_checkable(case)
    _require_unseen(case, seen)
    if not systems or not set(systems) <= set(System.values):
        raise ActionInvalid("Select the systems that you searched.")
    if outcome != Outcome.CLEAR and not reason.strip():
        raise ActionInvalid("Enter the reason for your decision.")
    referral = current_referral(case)
    check = Deconfliction.objects.create(
        case=case,
        mark=Mark.POLICE,
        referral=referral,
        outcome=outcome,
        systems=list(systems),
        reason=reason,
        by=by,
    )
    if outcome == Outcome.CLEAR:
        record(EventType.DECONFLICTION_CLEAR, by=by, case=case, target=check)
        _clear(referral)
    else:
        record(EventType.DECONFLICTION_CONFLICT, by=by, case=case, target=check)
    _hold_or_resume(case, outcome == Outcome.CLEAR, by)
    return check


def _require_unseen(case: Case, seen: int | None) -> None:
    newest = newest_check(case)
    if seen is not None and seen != (newest.pk if newest else 0):
        raise ActionInvalid(
            "Somebody else has recorded a check since you opened the page. Nothing has been saved. "
            "Look at that check before you record another."
        )


def _clear(referral: Referral) -> None:
    """The referral and who it is about can be read from the release on (design section 5)."""
    if referral.cleared_at is None:
        referral.cleared_at, referral.mark = clock.now(), Mark.COORDINATION
        referral.save(update_fields=["cleared_at", "mark"])
        facts = PersonFact.objects.filter(referral=referral, added_by=None, mark=Mark.POLICE)
        change_all(facts, mark=Mark.COORDINATION)


def _hold_or_resume(case: Case, is_clear: bool, by: User) -> None:
    held = case.status == Status.HELD
    if is_clear and held:
        make_move(case, "resume", by=by)
    elif not is_clear and not held:
        make_move(case, "hold", by=by)
