"""Releasing a cleared case: the moment at which anybody outside police may know of it."""

import datetime
from collections.abc import Iterable, Mapping

from django.db import transaction

from accounts.models import Agency, User
from accounts.permissions import Perm
from accounts.roles import ShareKind
from prevent_cms.errors import ActionInvalid
from prevent_cms.workflow import NOT_NOW
from referrals import threshold
from referrals.actions import notices
from referrals.actions.conversations import Said, log_conversation
from referrals.actions.lifecycle import make_move
from referrals.actions.requests import ask_agencies, shares_to_answer
from referrals.actions.sharing import Grounds, Share, share_case
from referrals.clearance import Standing, is_clear, standing
from referrals.models import Case
from referrals.workflow import Status

SHARED_TO_COORDINATE = "The case and its referral; nothing that police keep to themselves"


def councils(case: Case) -> list[Agency]:
    """The local authority that coordinates with police in this area."""
    return list(
        Agency.objects.filter(
            area=case.area, kind=Agency.Kind.LOCAL_AUTHORITY, is_active=True
        ).order_by("pk")
    )


def is_releasable(case: Case) -> bool:
    """Whether the case waits for its release and is clear."""
    return bool(case.status == Status.DECONFLICTION) and is_clear(case)


def require_releasable(case: Case) -> Standing:
    """How the referrals of a case stand that waits for its release; raises ActionInvalid else."""
    found = standing(case)
    if case.status != Status.DECONFLICTION or not found.is_clear:
        raise ActionInvalid(NOT_NOW)
    return found


@transaction.atomic
def release(
    case: Case,
    *,
    agencies: Iterable[Agency],
    due_on: datetime.date,
    question: str,
    own: Mapping[int, str] | None = None,
    grounds: Grounds,
    call: Said | None = None,
    by: User,
) -> Case:
    """Open the case to the local authority and ask the chosen agencies (R54-R62, R85-R102).

    With no agency to ask the case goes straight to its assessment. One transaction writes shares,
    register entries, requests, events and mail. What is urgent is told by telephone as well, and
    `call` logs that (R38). Raises ActionDenied without the permission, ActionInvalid before the
    case is clear, before the threshold test where policy wants it first (R66), for a date or agency
    that cannot be, or for an urgent case without a call.
    """
    agencies = list(agencies)
    move, on = ("release", due_on) if agencies else ("release_without_requests", None)
    case = make_move(case, move, by=by, due_on=on)
    threshold.require(by, case, "release")
    found = standing(case)
    if not found.is_clear:
        raise ActionInvalid(NOT_NOW)
    if found.is_urgent and not call:
        raise ActionInvalid("An urgent case is released with a telephone call. Log it.")
    notices.open_at_release(case)
    kind, what = ShareKind.COORDINATE, SHARED_TO_COORDINATE
    shares = [Share(council, kind, what, grounds) for council in councils(case)]
    shares += shares_to_answer(agencies, grounds)
    share_case(case, shares, by=by, perm=Perm.CASE_RELEASE)
    if agencies:
        ask_agencies(case, agencies=agencies, due_on=due_on, question=question, own=own, by=by)
    if call:
        log_conversation(case, call, by=by)
    return case
