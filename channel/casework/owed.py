"""What agencies owe: requests, panel actions and support, to those who owe and to those who wait."""

import datetime
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Perm
from channel.casework.rows import MOST, Group, Row
from channel.meetings.models import PanelAction
from channel.support.delivery import ended_on, report_due, reported_until
from channel.support.models import PlanItem, SupportPlan
from prevent_cms import clock
from prevent_cms.components.text import gov_day
from referrals.information import answering_agencies
from referrals.models import InformationRequest, ReturnDraft
from referrals.workflow import Status


def duties(user: User) -> list[Group]:
    """The lists of what this person's agencies owe, and of what is owed to them."""
    return [group for one in (_requests, _tasks, _waiting) for group in one(user)]


def _requests(user: User) -> Iterable[Group]:
    """What this person's own agencies have been asked and not answered, and who writes the answer."""
    if not user.holds(Perm.INFORMATION_WRITE):
        return
    drafts = ReturnDraft.objects.visible_to(user).filter(request=OuterRef("pk"))
    passed = drafts.filter(passed_to__isnull=False).values(told=PASSED)[:1]
    theirs = Q(agency_id__in=answering_agencies(user)) | Q(draft__passed_to=user)
    asked = InformationRequest.objects.visible_to(user).filter(theirs, answered_at=None)
    found = list(with_case(asked.annotate(passed=Subquery(passed))))
    told = [(one, one.passed) for one in found if one.passed]
    mine = [_to_write(*one) for one in told if one[1]["to"] == user.pk and not one[1]["written"]]
    done = [_to_sign(*one) for one in told if one[1]["to"] != user.pk and one[1]["written"]]
    if user.holds(Perm.INFORMATION_RETURN):
        rows = [_to_answer(one) for one in found]
        yield "requests", "To answer", "blue", "No request waits for your answer.", rows
    yield "passed", "Passed to you", "blue", "No answer was passed to you.", mine
    if user.holds(Perm.INFORMATION_RETURN):
        yield "countersign", "To countersign", "purple", "Nothing waits for you to sign.", done


# What a request says of an answer that somebody else of the agency writes.
PASSED = JSONObject(
    to="passed_to_id",
    writer="passed_to__name",
    by="passed_by__name",
    on="passed_at",
    written="written_at",
)


def _to_answer(one: InformationRequest) -> Row:
    return Row(
        case=one.case,
        what="Answer the request",
        url=reverse("request_detail", args=[one.pk]),
        waiting=f"{one.agency.name}, since {gov_day(one.at)}",
        due_on=None if one.paused_on else one.due_on,
    )


def _to_write(one: InformationRequest, passed: dict[str, str]) -> Row:
    since = gov_day(datetime.datetime.fromisoformat(passed["on"]))
    return replace(
        _to_answer(one),
        what="Write the answer",
        url=reverse("request_answer", args=[one.pk]),
        waiting=f"{passed['by']}, since {since}",
    )


def _to_sign(one: InformationRequest, passed: dict[str, str]) -> Row:
    since = gov_day(datetime.datetime.fromisoformat(passed["written"]))
    return replace(
        _to_answer(one),
        what="Countersign the answer",
        url=reverse("request_check", args=[one.pk]),
        waiting=f"{passed['writer']}, since {since}",
    )


def with_case(rows: Any) -> Any:
    """Open work on open cases, the most urgent first."""
    return _with_any_case(rows.exclude(case__status=Status.CLOSED))


def _with_any_case(rows: Any) -> Any:
    """The same also of cases that have left: what the panel handed out then is still to be done."""
    return rows.select_related("case__area", "agency").order_by("due_on", "pk")[: MOST + 1]


def _tasks(user: User) -> Iterable[Group]:
    """What this person's own agencies took on at the panel and in support plans."""
    if user.holds(Perm.CASE_VIEW):
        actions = PanelAction.objects.visible_to(user).filter(
            agency_id__in=user.agency_ids, status__in=PanelAction.UNFINISHED
        )
        rows = [_task(one, "Panel action", "panel_action") for one in _with_any_case(actions)]
        if rows or user.holds(Perm.MEETING_VIEW):
            yield "actions", "Panel actions", "green", "Your agency has no open action.", rows
    if user.holds(Perm.SUPPORT_DELIVER):
        found = list(with_case(_support(user)))
        rows = [_task(one, "Support", "case_plan_item") for one in found if one.is_open]
        yield "support", "Support to give", "green", "Your agency has no open support.", rows
        if late := [row for one in found for row in _report(one)]:
            yield "reports", "Reports to give", "orange", "", late


def _support(user: User) -> Any:
    """The items that their agencies lead and that are open, or done without their last report."""
    items = PlanItem.objects.visible_to(user).filter(
        Q(case__status=Status.SUPPORT) | Q(case__held_from=Status.SUPPORT),
        agency_id__in=user.agency_ids,
    )
    items = items.annotate(reported_until=reported_until(user), ended_on=ended_on(user))
    is_open = Q(status__in=PlanItem.OPEN, plan__status=SupportPlan.Status.CURRENT)
    unreported = Q(reported_until=None) | Q(reported_until__lt=F("ended_on"))
    done = Q(unreported, status=PlanItem.Status.DONE, sessions_agreed__isnull=False)
    return items.filter(is_open | done)


def _report(item: Any) -> list[Row]:
    """The report that is due on an item, if one is by now."""
    due = report_due(item, item.reported_until, item.ended_on)
    if due is None or due > clock.today():
        return []
    row = _task(item, "Report on the sessions", "case_plan_item_report")
    return [replace(row, due_on=due)]


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
    owed = PanelAction.objects.visible_to(user).filter(status__in=PanelAction.UNFINISHED)
    others = owed.exclude(agency_id__in=user.agency_ids)
    return [_task(one, "Panel action", "panel_action") for one in _with_any_case(others)]
