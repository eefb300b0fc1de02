"""Releasing a cleared case: the moment at which anybody outside police may know of it."""

import datetime
from collections.abc import Iterable, Mapping

from django.db import transaction

from accounts.models import Agency, User
from accounts.permissions import Perm
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.workflow import NOT_NOW
from referrals import information, threshold
from referrals.actions import notices, routing
from referrals.actions.conversations import Said, log_conversation
from referrals.actions.lifecycle import make_move
from referrals.actions.requests import ask_agencies, shares_to_answer
from referrals.actions.sharing import Grounds, share_case
from referrals.clearance import Standing, is_clear, standing
from referrals.models import Case
from referrals.routing import Proposal, Route
from referrals.workflow import Status


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
    agencies: Iterable[Agency] = (),
    due_on: datetime.date | None = None,
    question: str = "",
    own: Mapping[int, str] | None = None,
    grounds: Grounds,
    call: Said | None = None,
    route: Route | None = None,
    proposal: Proposal | None = None,
    by: User,
) -> Case:
    """Open the case to the council that coordinates it and ask the chosen agencies (R54-R102).

    `route` says which council and lead, without one the area's rules do (R80-R84; `proposal` is
    what they gave); no other council is let in. With no agency to ask the case goes straight to
    its assessment or, where police are not those who ask, to whoever does (R87). One transaction
    writes shares, register entries, requests, events and mail. What is urgent is told by telephone
    as well, and `call` logs that (R38). Raises ActionDenied without the permission and for asking
    where somebody else asks; ActionInvalid before the case is clear, before the threshold test
    where policy wants it first (R66), for a route, date or agency that cannot be, or for an urgent
    case without a call.
    """
    agencies = list(agencies)
    case = _open(case, agencies, due_on, by=by)
    threshold.require(by, case, "release")
    _require_clear(case, call)
    notices.open_at_release(case)
    decision, route = routing.decide(case, route, by=by, proposal=proposal)
    if not decision.is_proposed:
        routing.tell(decision)
    shares = routing.shares_to_coordinate(case, route, grounds)
    shares += shares_to_answer(agencies, grounds)
    share_case(case, shares, by=by, perm=Perm.CASE_RELEASE)
    if agencies and due_on:
        ask_agencies(case, agencies=agencies, due_on=due_on, question=question, own=own, by=by)
    if call:
        log_conversation(case, call, by=by)
    return case


def _require_clear(case: Case, call: Said | None) -> None:
    found = standing(case)
    if not found.is_clear:
        raise ActionInvalid(NOT_NOW)
    if found.is_urgent and not call:
        raise ActionInvalid("An urgent case is released with a telephone call. Log it.")


def _open(case: Case, agencies: list[Agency], due_on: datetime.date | None, *, by: User) -> Case:
    """The move of a release: to the answers, to the assessment, or to whoever asks."""
    rules = case.area.rules
    if information.asks_in(by, case.area):
        if agencies and due_on is None:
            raise ActionInvalid("Enter the date by which the agencies answer.")
        move = "release" if agencies else "release_without_requests"
        return make_move(case, move, by=by, due_on=due_on if agencies else None)
    if agencies:
        raise ActionDenied(information.SOMEBODY_ELSE)
    on = rules.due(clock.today(), rules.asking_working_days)
    return make_move(case, "release", by=by, due_on=on, due_what=information.TO_ASK)
