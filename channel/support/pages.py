"""What the pages of support show, worked out for one reader."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.http import Http404

from accounts.area_policy import PARTIES, PARTY_NAMES
from accounts.permissions import Perm
from channel.meetings.models import Decision
from channel.support import access, delivery, providers, queries
from channel.support.models import ExitReport, ItemReview, PlanItem, Review, SupportPlan
from prevent_cms import clock
from prevent_cms.components.text import gov_date
from prevent_cms.fields.base import sentence
from prevent_cms.marking import Mark
from referrals import consent, consequences
from referrals.access import Reader
from referrals.actions import sign_offs
from referrals.consent import Standing
from referrals.models import Consent, SignOff
from vaf.access import assessments_of
from vaf.models import Assessment, Factor


def consent_words(reader: Reader) -> dict[str, Any]:
    """Whether support may run, for the line at the head of the plan.

    The position itself stands in the log of consent, which coordinators read.
    """
    found = Standing.of(reader.case)
    return {
        "consent": found.support if reader.is_coordinator else None,
        "is_consented": found.allows_support,
        "is_ended": reader.is_coordinator and found.ended is not None,
    }


def consent_page(reader: Reader) -> dict[str, Any]:
    """The log of consent, what it comes to, and what follows from it."""
    found = consent.standing(reader)
    supported = access.is_supported(reader.case)
    return {
        "reader": reader,
        "standing": found,
        "positions": [(about.label, found.on(about)) for about in Consent.About],
        "follows": consequences.of_consent(reader.case, found),
        "may_record": reader.case.is_open and reader.may(Perm.CONSENT_RECORD),
        "may_end": supported and found.ended is not None and reader.may(Perm.CONSENT_RECORD),
    }


def plan_page(reader: Reader) -> dict[str, Any]:
    """The current plan as this reader may see it: everything, or the own agency's items."""
    user, case = reader.user, reader.case
    items = queries.current_items(reader)
    plan = items[0].plan if items else queries.plan_of(case)
    sees_all, supported = Mark.PANEL in reader.marks, access.is_supported(case)
    watches = plan is not None and reader.is_coordinator and supported
    ratings = queries.present_factors(user, case) if watches else []
    labels = queries.factor_labels(items, ratings) if reader.is_coordinator else {}
    needs = queries.needs(user, items, labels)
    gaps = queries.gaps(ratings, items)
    reasons = plan.no_item if plan else {}
    return {
        "reader": reader,
        **consent_words(reader),
        "plan": plan,
        "sees_all": sees_all,
        "needs": needs,
        "alerts": [line for need in needs for line in need.lines if line.delivery.alerts],
        "checked": _checked(items) if sees_all else [],
        "late": [item for item in items if item.late],
        "gaps": [factor for factor in gaps if factor.code not in reasons],
        "explained": [(one, reasons[one.code]) for one in gaps if one.code in reasons],
        "may_write": access.may_write(reader),
        "may_end": reader.may(Perm.CONSENT_RECORD),
        "supported": supported,
        **(_panel_part(reader, plan) if sees_all else {}),
    }


def _checked(
    items: list[PlanItem],
) -> list[tuple[str, providers.Entry | None, providers.Checks | None]]:
    """The agencies and mentors that lead open items and need checks, with what is on the register."""
    leading = {
        (item.agency_id, item.lead_person): item.agency.name for item in items if _is_checked(item)
    }
    found = providers.checked(pk for pk, _ in leading) if leading else {}
    entries = [(name, found.get(pk), mentor) for (pk, mentor), name in leading.items()]
    return [(name, entry, entry.of(mentor) if entry else None) for name, entry, mentor in entries]


def _is_checked(item: PlanItem) -> bool:
    return item.is_open and item.needs_checks


def _panel_part(reader: Reader, plan: SupportPlan | None) -> dict[str, Any]:
    """What the panel sees beside the items: reviews, earlier versions, leaving."""
    user, case = reader.user, reader.case
    if not access.is_supported(case):
        looks = [] if case.is_open else list(queries.post_exit_reviews(user, case))
        return {"earlier": _earlier(plan), "post_exit": looks}
    last = queries.last_review(user, case)
    delay = queries.last_delay(user, case)
    due = queries.review_due(case, last, delay)
    return {
        "earlier": _earlier(plan),
        "delay": delay if delay and (last is None or delay.at > last.at) else None,
        "last_review": last,
        "review_due": due,
        "review_late": case.area.late_words(due),
        "may_review": reader.may(Perm.REVIEW_RECORD),
        "exit_decision": queries.exit_decision(case),
    }


def _earlier(plan: SupportPlan | None) -> list[int]:
    return list(range(1, plan.version)) if plan else []


def version_page(reader: Reader, version: int) -> dict[str, Any]:
    """One agreed version as it stands in the record; Http404 when this reader may not see it."""
    plan = SupportPlan.objects.visible_to(reader.user).filter(case=reader.case, version=version)
    found = plan.select_related("written_by").first()
    if found is None:
        raise Http404
    items = queries.items_of(reader.user, found)
    reasons = found.no_item if reader.is_coordinator else {}
    labels = queries.factor_labels(items, also=reasons)
    return {
        "reader": reader,
        "plan": found,
        "needs": queries.needs(reader.user, items, labels),
        "explained": [(labels[code], why) for code, why in sorted(reasons.items())],
    }


def plan_initial(old: SupportPlan | None) -> dict[str, Any]:
    """What a new version starts from."""
    names = ("needs", "consent_how", "consent_by", "consent_on")
    return {name: getattr(old, name) for name in names} if old else {}


def plan_gaps(reader: Reader, items: list[PlanItem]) -> list[Factor]:
    """The factors rated strongly of which a new version may say why none of these addresses them."""
    ratings = queries.present_factors(reader.user, reader.case) if reader.is_coordinator else []
    return queries.gaps(ratings, items)


def item_page(reader: Reader, item: PlanItem) -> dict[str, Any]:
    """One item with how it went."""
    words = consent_words(reader)
    can_act = access.may_deliver(reader, item)
    hindrance = providers.hindrance(item, clock.today()) if item.is_open else ""
    may_start = can_act and item.status == PlanItem.Status.PLANNED and words["is_consented"]
    return {
        "reader": reader,
        **words,
        "item": item,
        "delivery": delivery.Delivery.of(item),
        "sessions": delivery.sessions_of(reader.user, item),
        "reports": delivery.reports_of(reader.user, item),
        "hindrance": hindrance,
        "factors": queries.factor_labels([item]).values() if reader.is_coordinator else [],
        "updates": queries.updates_of(reader.user, item),
        "may_act": can_act,
        "may_start": may_start and not hindrance,
        "may_tell": can_act and item.status == PlanItem.Status.STARTED,
        "may_report": access.may_report(reader, item),
    }


def review_page(reader: Reader) -> dict[str, Any]:
    """What is known before the form: when it is due, and the last review with its answers."""
    last = queries.last_review(reader.user, reader.case)
    effects = ItemReview.objects.visible_to(reader.user).filter(review=last).select_related("item")
    delay = queries.last_delay(reader.user, reader.case)
    due = queries.review_due(reader.case, last, delay)
    return {
        "reader": reader,
        "reassessed": _reassessed(reader, last),
        "due_on": due,
        "late": reader.case.area.late_words(due),
        "last": last,
        "last_effects": list(effects) if last else [],
    }


def _reassessed(reader: Reader, last: Review | None) -> str:
    """Whether the vulnerability assessment was made again since the last review (R168), in words."""
    signed = assessments_of(reader.user, reader.case).filter(status=Assessment.Status.SIGNED)
    newest = signed.order_by("-signed_at", "-pk").first()
    if newest is None:
        return "No assessment of this case is signed yet."
    day = gov_date(newest.signed_at)
    if last is None:
        return f"The latest assessment was signed on {day}."
    since = "after" if newest.signed_at > last.at else "before"
    again = "" if since == "after" else " Make it again for this review."
    return f"The latest assessment was signed on {day}, {since} the last review.{again}"


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
    boxes = _boxes(reader, shown) if shown and reader.is_coordinator else []
    months = case.area.rules.post_exit_months
    return {
        "reader": reader,
        "decision": shown,
        "report": report,
        "is_open": decision is not None,
        "boxes": boxes,
        "signed_count": sum(bool(box.signed and box.signed.endorses) for box in boxes),
        "is_refused": bool(decision) and any(b.signed and not b.signed.endorses for b in boxes),
        "may_report": bool(decision and not report) and reader.may(Perm.CASE_EXIT),
        "may_sign": bool(report and decision) and any(box.is_yours for box in boxes),
        "post_exit_dates": _post_exit_dates(reader, report, months),
    }


def _boxes(reader: Reader, decision: Decision) -> list[Box]:
    case, since = reader.case, queries.decided_at(decision)
    given = {one.party: one for one in queries.signed_for(reader.user, case, decision)}
    refused = any(not one.endorses for one in given.values())
    is_open = access.is_supported(case) and not refused
    yours = sign_offs.parties_open_to(reader, SignOff.What.EXIT, since)[:1] if is_open else []
    return [
        Box(sentence(PARTY_NAMES[party]), given.get(party), party in yours)
        for party in sign_offs.asked_of(case, SignOff.What.EXIT)
        if PARTIES[party]
    ]


def _post_exit_dates(
    reader: Reader, report: ExitReport | None, months: tuple[int, ...]
) -> list[datetime.date]:
    if report and report.completed_at:
        return [one.due_on for one in report.reviews.all()]
    return [clock.add_months(clock.today(), month) for month in sorted(months)]
