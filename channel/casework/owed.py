"""What agencies owe: requests, panel actions and support, to those who owe and to those who wait."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Perm
from channel.casework.rows import MOST, Group, Row
from channel.meetings.models import PanelAction
from channel.support.models import PlanItem, SupportPlan
from prevent_cms.components.text import gov_day
from referrals.information import answering_agencies
from referrals.models import InformationRequest
from referrals.workflow import Status


def duties(user: User) -> list[Group]:
    """The lists of what this person's agencies owe, and of what is owed to them."""
    return [group for one in (_requests, _tasks, _waiting) for group in one(user)]


def _requests(user: User) -> Iterable[Group]:
    """What this person's own agencies have been asked and not answered."""
    if not user.holds(Perm.INFORMATION_RETURN):
        return
    asked = InformationRequest.objects.visible_to(user).filter(
        agency_id__in=answering_agencies(user), answered_at=None
    )
    rows = [
        Row(
            case=one.case,
            what="Answer the request",
            url=reverse("request_detail", args=[one.pk]),
            waiting=f"{one.agency.name}, since {gov_day(one.at)}",
            due_on=None if one.paused_on else one.due_on,
        )
        for one in with_case(asked)
    ]
    yield "requests", "To answer", "blue", "No request waits for your answer.", rows


def with_case(rows: Any) -> Any:
    """Open work on open cases, the most urgent first."""
    found = rows.exclude(case__status=Status.CLOSED).select_related("case__area", "agency")
    return found.order_by("due_on", "pk")[: MOST + 1]


def _tasks(user: User) -> Iterable[Group]:
    """What this person's own agencies took on at the panel and in support plans."""
    if user.holds(Perm.MEETING_VIEW):
        actions = PanelAction.objects.visible_to(user).filter(
            agency_id__in=user.agency_ids, status=PanelAction.Status.OPEN
        )
        rows = [_task(one, "Panel action", "panel_action") for one in with_case(actions)]
        yield "actions", "Panel actions", "green", "Your agency has no open action.", rows
    if user.holds(Perm.SUPPORT_DELIVER):
        items = PlanItem.objects.visible_to(user).filter(
            Q(case__status=Status.SUPPORT) | Q(case__held_from=Status.SUPPORT),
            agency_id__in=user.agency_ids,
            status__in=PlanItem.OPEN,
            plan__status=SupportPlan.Status.CURRENT,
        )
        rows = [_task(one, "Support", "case_plan_item") for one in with_case(items)]
        yield "support", "Support to give", "green", "Your agency has no open support.", rows


def _task(one: Any, what: str, route: str) -> Row:
    return Row(
        case=one.case,
        what=what,
        url=reverse(route, args=[one.case.reference, one.pk]),
        waiting=one.agency.name,
        due_on=one.due_on,
    )


def _waiting(user: User) -> Iterable[Group]:
    """What other agencies owe to the panel; what they owe to those who ask them is in answers.py."""
    if user.holds(Perm.MEETING_RECORD) and not user.holds(Perm.INFORMATION_REQUEST):
        rows = _actions_owed(user)
        yield "waiting", "Waiting on others", "grey", "Nobody owes you an answer.", rows


def _actions_owed(user: User) -> list[Row]:
    owed = PanelAction.objects.visible_to(user).filter(status=PanelAction.Status.OPEN)
    others = owed.exclude(agency_id__in=user.agency_ids)
    return [_task(one, "Panel action", "panel_action") for one in with_case(others)]
