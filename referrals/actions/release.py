"""Releasing a cleared case: the moment at which anybody outside police may know of it."""

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.db.models import OuterRef, Subquery

from accounts.models import Agency, User
from accounts.permissions import Perm
from accounts.roles import ShareKind
from prevent_cms.errors import ActionInvalid
from prevent_cms.workflow import NOT_NOW
from referrals import access
from referrals.actions.lifecycle import make_move, set_due
from referrals.actions.requests import Grounds, ask_agencies
from referrals.actions.sharing import share_case
from referrals.models import Case, Deconfliction, Referral
from referrals.workflow import Status

SHARED_TO_COORDINATE = "The case and its referral; nothing that police keep to themselves"


def councils(case: Case) -> list[Agency]:
    """The local authority that coordinates with police in this area."""
    return list(
        Agency.objects.filter(
            area=case.area, kind=Agency.Kind.LOCAL_AUTHORITY, is_active=True
        ).order_by("pk")
    )


def is_clear(case: Case) -> bool:
    """Whether every referral of the case is cleared and the newest check of each still says so."""
    checks = Deconfliction.objects.filter(referral=OuterRef("pk")).order_by("-at", "-pk")
    found = (
        Referral.objects.filter(case=case)
        .annotate(newest=Subquery(checks.values("outcome")[:1]))
        .values_list("cleared_at", "newest")
    )
    clear = Deconfliction.Outcome.CLEAR
    return bool(found) and all(cleared and newest == clear for cleared, newest in found)


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
    case = Case.objects.locked(case.pk)
    access.require(by, Perm.CASE_RELEASE, case)
    require_releasable(case)
    case = make_move(case, "release" if agencies else "release_without_requests", by=by)
    _open_to_councils(case, grounds, by=by)
    if agencies:
        ask_agencies(
            case,
            agencies=agencies,
            due_on=due_on,
            question=question,
            grounds=grounds,
            by=by,
            perm=Perm.CASE_RELEASE,
        )
        case = set_due(case, on=due_on, what="Returns from agencies")
    return case


def _open_to_councils(case: Case, grounds: Grounds, *, by: User) -> None:
    for council in councils(case):
        share_case(
            case,
            agency=council,
            kind=ShareKind.COORDINATE,
            purpose=grounds.purpose,
            power=grounds.power_for(council),
            necessity=grounds.necessity,
            proportionality=grounds.proportionality,
            what=SHARED_TO_COORDINATE,
            by=by,
            perm=Perm.CASE_RELEASE,
        )
