"""What the pages of support show, worked out for one reader."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.http import Http404

from accounts.area_policy import PARTIES, PARTY_NAMES
from accounts.permissions import Perm
from channel.meetings.models import Decision
from channel.support import access, queries
from channel.support.models import ExitReport, ItemReview, PlanItem, Review, SupportPlan
from prevent_cms import clock
from prevent_cms.fields.base import sentence
from prevent_cms.marking import Mark
from referrals import access as case_access
from referrals import consent
from referrals.access import Reader
from referrals.actions import sign_offs
from referrals.models import Case, Consent, SignOff

GIVEN = Consent.Position.GIVEN


def consent_words(case: Case) -> dict[str, Any]:
    """Whether support may run, for the line at the head of the plan."""
    position = consent.support_consent(case)
    return {
        "consent": position,
        "is_consented": position is not None and position.position == GIVEN,
        "is_ended": position is not None and position.position in queries.CONSENT_OUTCOMES,
    }


def plan_page(reader: Reader) -> dict[str, Any]:
    """The current plan as this reader may see it: everything, or the own agency's items."""
    user, case = reader.user, reader.case
    plan = queries.plan_of(case)
    items = queries.items_of(user, plan) if plan else []
    sees_all = Mark.PANEL in reader.marks
    labels = queries.factor_labels(items)
    return {
        **consent_words(case),
        "plan": plan,
        "sees_all": sees_all,
        "needs": queries.needs(user, items, labels),
        "late": [item for item in items if item.late],
        "gaps": queries.gaps(user, case, items)
        if plan and reader.is_coordinator and access.is_supported(case)
        else [],
        "may_write": access.may_write(user, case),
        "may_end": reader.is_coordinator and case_access.may(user, Perm.CONSENT_RECORD, case),
        "supported": access.is_supported(case),
        **(_panel_part(reader, plan) if sees_all else {}),
    }


def _panel_part(reader: Reader, plan: SupportPlan | None) -> dict[str, Any]:
    """What the panel sees beside the items: reviews, earlier versions, leaving."""
    user, case = reader.user, reader.case
    supported = access.is_supported(case)
    due = queries.review_due(case) if supported else None
    earlier = range(1, plan.version) if plan else []
    reviews = Review.objects.visible_to(user).filter(case=case).select_related("by")
    return {
        "earlier": list(earlier),
        "last_review": reviews.first(),
        "review_due": due,
        "review_late": clock.due_words(due) if due and due < clock.today() else "",
        "may_review": supported and case_access.may(user, Perm.REVIEW_RECORD, case),
        "exit_decision": queries.exit_decision(case),
        "post_exit": list(queries.post_exit_reviews(user, case)) if not case.is_open else [],
    }


def version_page(reader: Reader, version: int) -> dict[str, Any]:
    """One agreed version as it stands in the record; Http404 when this reader may not see it."""
    plan = SupportPlan.objects.visible_to(reader.user).filter(case=reader.case, version=version)
    found = plan.select_related("written_by").first()
    if found is None:
        raise Http404
    items = queries.items_of(reader.user, found)
    return {
        "plan": found,
        "needs": queries.needs(reader.user, items, queries.factor_labels(items)),
    }


def plan_initial(old: SupportPlan | None) -> dict[str, Any]:
    """What a new version starts from."""
    names = ("needs", "consent_how", "consent_by", "consent_on")
    return {name: getattr(old, name) for name in names} if old else {}


def item_page(reader: Reader, item: PlanItem) -> dict[str, Any]:
    """One item with how it went."""
    words = consent_words(reader.case)
    can_act = access.may_deliver(reader.user, item)
    return {
        **words,
        "item": item,
        "factors": queries.factor_labels([item]).values() if reader.is_coordinator else [],
        "updates": queries.updates_of(reader.user, item),
        "may_act": can_act,
        "may_start": can_act and item.status == PlanItem.Status.PLANNED and words["is_consented"],
    }


def review_page(reader: Reader) -> dict[str, Any]:
    """What is known before the form: when it is due, and the last review with its answers."""
    case = reader.case
    last = Review.objects.visible_to(reader.user).filter(case=case).select_related("by").first()
    effects = ItemReview.objects.visible_to(reader.user).filter(review=last).select_related("item")
    due = queries.review_due(case)
    return {
        "due_on": due,
        "late": clock.due_words(due) if due < clock.today() else "",
        "last": last,
        "last_effects": list(effects) if last else [],
    }


@dataclass(frozen=True)
class Box:
    """One party of the area's policy, and what it has said of the exit."""

    title: str
    signed: SignOff | None
    is_yours: bool


def exit_page(reader: Reader) -> dict[str, Any]:
    """What was decided, what follows, and who has signed."""
    user, case = reader.user, reader.case
    decision = queries.exit_decision(case)
    report = queries.latest_report(user, case)
    if decision:
        report = report if report and report.decision_id == decision.pk else None
    shown = decision or (report.decision if report else None)
    boxes = _boxes(reader, shown) if shown else []
    months = case.area.rules.post_exit_months
    return {
        "decision": shown,
        "report": report,
        "is_open": decision is not None,
        "boxes": boxes,
        "signed_count": sum(bool(box.signed and box.signed.endorses) for box in boxes),
        "is_refused": bool(decision) and any(b.signed and not b.signed.endorses for b in boxes),
        "may_report": bool(decision and not report) and case_access.may(user, Perm.CASE_EXIT, case),
        "may_sign": bool(report and decision) and any(box.is_yours for box in boxes),
        "post_exit_dates": _post_exit_dates(reader, report, months),
    }


def _boxes(reader: Reader, decision: Decision) -> list[Box]:
    case, since = reader.case, queries.decided_at(decision)
    given = {one.party: one for one in queries.signed(case, decision)}
    refused = any(not one.endorses for one in given.values())
    is_open = access.is_supported(case) and not refused
    yours = sign_offs.parties_open_to(reader.user, case, SignOff.What.EXIT, since)[:1]
    return [
        Box(sentence(PARTY_NAMES[party]), given.get(party), is_open and party in yours)
        for party in sign_offs.asked_of(case, SignOff.What.EXIT)
        if PARTIES[party]
    ]


def _post_exit_dates(
    reader: Reader, report: ExitReport | None, months: tuple[int, ...]
) -> list[datetime.date]:
    if report and report.completed_at:
        return [one.due_on for one in report.reviews.all()]
    return [clock.add_months(clock.today(), month) for month in sorted(months)]
