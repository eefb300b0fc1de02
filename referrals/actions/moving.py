"""Carrying a transfer out, as far as this floor knows the case: nothing is left without somebody.

Part of `channel.transfers.actions.carry_out`, which holds the lock and asks whether it is time.
"""

from typing import cast

from django.db.models import Q
from django.urls import reverse

from accounts import grants
from accounts.models import User
from accounts.roles import ShareKind
from prevent_cms import clock, wall
from prevent_cms.drafts.models import Draft
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.history.rows import change_all
from referrals import information
from referrals.actions import lifecycle, restricting, routing, sharing
from referrals.actions.sharing import Grounds, Share
from referrals.actions.transfer import Result, end
from referrals.models import (
    Case,
    HandOver,
    InformationRequest,
    OneTimeRequest,
    ReturnDraft,
    Transfer,
)
from referrals.workflow import Status

MOVED = "The case moved to another area."
GROUNDS = Grounds(
    purpose="The person moves to this area, and the case moves with them (R178).",
    power="Counter-Terrorism and Security Act 2015, s.36 to s.38",
    necessity="Whoever goes on with the case needs all of it to keep the person safe.",
    proportionality="The area that the case leaves keeps no access to it.",
    without_agreement="Both chairs agreed to the move; the case goes where the person is.",
)
POLICE_REASON = "Police of the area to which the case moved"
WHAT = "The whole case; nothing that police keep to themselves"


@wall.as_service()
def move(transfer: Transfer, officer: User) -> Case:
    """Take a locked, ready case out of its area and into the other, with all that is open in it.

    Shares end there and begin here; owner, area and next date change; requests, links, offers and
    drafts of the old side end with the reason. Returns the case as it is now.
    """
    case = transfer.case
    record(EventType.CASE_MOVED_OUT, by=officer, case=case, target=transfer, **_to(transfer))
    sharing.end_all(case, why=MOVED, by=officer)
    _end_requests(case)
    _end_what_waits(case, officer)
    _forget_drafts(case)
    case = lifecycle.move_to(case, transfer.to_area, officer)
    _share_here(case, cast(User, transfer.lead), officer)  # one that is ready has a lead
    _follow_restriction(case, transfer, officer)
    _follow_requests(case)
    end(transfer, Result.DONE, by=officer)
    record(EventType.CASE_MOVED_IN, by=officer, case=case, target=transfer, to=officer.label)
    return case


def _follow_requests(case: Case) -> None:
    """Nobody here has been asked yet."""
    if case.stage == Status.INFORMATION_GATHERING:
        rules = case.area.rules
        on = rules.due(clock.today(), rules.asking_working_days)
        lifecycle.set_due(case, on=on, what=information.TO_ASK)


def _to(transfer: Transfer) -> dict[str, str]:
    return {"area": transfer.to_area.name}


def _end_requests(case: Case) -> None:
    """Nobody of the old side can answer any more; what they had begun to write goes with it."""
    waiting = InformationRequest.objects.filter(case=case, answered_at=None)
    for draft in ReturnDraft.objects.filter(request__case=case):
        draft.delete()
    change_all(waiting, answered_at=clock.now(), paused_on=None, ended_why=MOVED)


def _end_what_waits(case: Case, by: User) -> None:
    """One-time links open nothing any more, and no officer of the old side is offered the case."""
    now = clock.now()
    links = OneTimeRequest.objects.filter(case=case, answered_at=None, ended_at=None)
    change_all(links, ended_at=now, ended_by=by)
    offers = HandOver.objects.filter(case=case, result=HandOver.Result.OPEN)
    change_all(offers, result=HandOver.Result.WITHDRAWN, answer=MOVED, ended_at=now, ended_by=by)


def _forget_drafts(case: Case) -> None:
    """What somebody of the old side typed and did not send; its page is closed to them now."""
    pages = Q(page__startswith=reverse("case_overview", args=[case.reference]))
    for pk in InformationRequest.objects.filter(case=case).values_list("pk", flat=True):
        pages |= Q(page__startswith=reverse("request_detail", args=[pk]))
    Draft.objects.filter(pages).delete()


def _share_here(case: Case, lead: User, officer: User) -> None:
    """Police of the new area have the case as every case of theirs, the lead's council as released."""
    kind = ShareKind.COORDINATE
    grants.share(case, [grants.Offer(case.owner_agency, kind, POLICE_REASON)], by=officer)
    here = [
        Share(council, kind, WHAT, GROUNDS) for council in routing.arrive(case, lead, by=officer)
    ]
    sharing.enter(case, here, by=officer)


def _follow_restriction(case: Case, transfer: Transfer, by: User) -> None:
    """A restricted case opens as the proposal said; with nothing said, to those who take it alone."""
    if not case.is_restricted:
        return
    is_for_all = transfer.sight == Transfer.Sight.ALL
    named = [] if is_for_all else [transfer.accepted_by, transfer.lead, by]
    restricting.move_restriction(case, people=[one for one in named if one], why=MOVED, by=by)
