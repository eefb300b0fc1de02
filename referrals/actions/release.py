"""Releasing a cleared case: the moment at which anybody outside police may know of it."""

import datetime
from collections.abc import Iterable

from django.db import transaction

from accounts.models import Agency, User
from accounts.permissions import Perm
from accounts.roles import ShareKind
from prevent_cms.errors import ActionInvalid
from prevent_cms.workflow import NOT_NOW
from referrals.actions.lifecycle import make_move
from referrals.actions.requests import ask_agencies, shares_to_answer
from referrals.actions.sharing import Grounds, Share, share_case
from referrals.clearance import is_clear
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


def require_releasable(case: Case) -> None:
    """Raise ActionInvalid unless `is_releasable`."""
    if not is_releasable(case):
        raise ActionInvalid(NOT_NOW)


@transaction.atomic
def release(
    case: Case,
    *,
    agencies: Iterable[Agency],
    due_on: datetime.date,
    question: str,
    grounds: Grounds,
    by: User,
) -> Case:
    """Open the case to the local authority and ask the chosen agencies (R54-R62, R85-R102).

    With no agency to ask the case goes straight to its assessment. One transaction writes shares,
    register entries, requests, events and mail. Raises ActionDenied without the permission,
    ActionInvalid before the case is clear or for a date or agency that cannot be.
    """
    agencies = list(agencies)
    if agencies:
        case = make_move(case, "release", by=by, due_on=due_on)
    else:
        case = make_move(case, "release_without_requests", by=by)
    if not is_clear(case):
        raise ActionInvalid(NOT_NOW)
    shares = [
        Share(council, ShareKind.COORDINATE, SHARED_TO_COORDINATE, grounds)
        for council in councils(case)
    ]
    shares += shares_to_answer(agencies, grounds)
    share_case(case, shares, by=by, perm=Perm.CASE_RELEASE)
    if agencies:
        ask_agencies(case, agencies=agencies, due_on=due_on, question=question, by=by)
    return case
