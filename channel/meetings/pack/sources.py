"""The rows that the briefs of a pack are made of: each kind in one query, however many cases.

Nothing that is POLICE is fetched, nor what one agency keeps to itself.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models.functions import Coalesce

from channel.meetings.models import AgendaItem, Decision, PanelAction
from channel.support.delivery import with_counts
from channel.support.models import ItemUpdate, PlanItem, Review, Session, SupportPlan
from prevent_cms.marking import Mark
from referrals.models import Consent, ParallelProcess, PersonFact, Referral, ThresholdRisk
from vaf.models import Assessment, Judgement, Rating

FROZEN = (Mark.PANEL, Mark.COORDINATION)
Kind = PersonFact.Kind


@dataclass
class Rows:
    """What is known of one case; each list has the newest first, unless its order is said."""

    facts: list[PersonFact] = field(default_factory=list)
    referrals: list[Referral] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    assessments: list[Assessment] = field(default_factory=list)
    judgements: list[Judgement] = field(default_factory=list)  # as the framework orders them
    ratings: list[Rating] = field(default_factory=list)  # as the framework orders them
    plans: list[SupportPlan] = field(default_factory=list)
    plan_items: list[PlanItem] = field(default_factory=list)  # the next to be done first
    updates: list[ItemUpdate] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    risks: list[ThresholdRisk] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    actions: list[PanelAction] = field(default_factory=list)  # the next to be done first
    beside: list[ParallelProcess] = field(default_factory=list)  # the next to be looked at first


def gather(items: Iterable[AgendaItem]) -> dict[int, Rows]:
    """By case id, everything that the briefs of these items are made of, in fourteen queries."""
    items = list(items)
    found: defaultdict[int, Rows] = defaultdict(Rows)
    for name, rows in _queries(items).items():
        for row in rows:
            getattr(found[row.case_id], name).append(row)
    signed = [one.pk for rows in found.values() for one in _compared(rows.assessments)]
    judged = Judgement.objects.filter(assessment__in=signed, mark__in=FROZEN)
    for judgement in judged.select_related("dimension").order_by("dimension__order"):
        found[judgement.case_id].judgements.append(judgement)
    ratings = Rating.objects.filter(assessment__in=signed, mark__in=FROZEN).defer("evidence")
    for rating in ratings.select_related("factor").order_by("factor__order"):
        found[rating.case_id].ratings.append(rating)
    return found


def _queries(items: list[AgendaItem]) -> dict[str, Any]:
    """The queries for what hangs on the case alone, by the name of its list."""
    known = {"case__in": [one.case_id for one in items], "mark__in": FROZEN}
    meetings = {one.meeting_id for one in items}
    current = SupportPlan.Status.CURRENT
    decided = Decision.objects.exclude(choice="").exclude(item__meeting__in=meetings)
    support = PlanItem.objects.filter(plan__status=current, status__in=PlanItem.OPEN, **known)
    sessions = Session.objects.filter(mark=Mark.PANEL)  # which all who read a brief may read
    running = ItemUpdate.objects.filter(item__in=_roots(known, current))
    return {
        "facts": PersonFact.objects.filter(kind__in=[Kind.NAME, Kind.BORN, Kind.AGE], **known)
        .order_by("pk"),
        "referrals": Referral.objects.filter(**known)
        .order_by("case_id", "mark", "-received_at", "-pk").distinct("case_id", "mark"),
        "decisions": decided.filter(**known)
        .order_by("case_id", "-at").distinct("case_id"),
        "assessments": Assessment.objects.filter(status=Assessment.Status.SIGNED, **known)
        .select_related("framework").order_by("-signed_at", "-pk"),
        "plans": SupportPlan.objects.filter(status=current, **known),
        "plan_items": with_counts(support, sessions).select_related("agency").order_by("due_on", "pk"),
        "updates": running.filter(**known)
        .order_by("item_id", "mark", "-on", "-pk").distinct("item_id", "mark"),
        "reviews": Review.objects.filter(**known)
        .order_by("case_id", "mark", "-on", "-pk").distinct("case_id", "mark"),
        "risks": ThresholdRisk.objects.filter(**known)
        .order_by("case_id", "of", "mark", "-pk").distinct("case_id", "of", "mark"),
        "consents": Consent.objects.filter(**known).order_by("-at", "-pk"),
        "actions": PanelAction.objects.filter(status__in=PanelAction.UNFINISHED, **known)
        .select_related("agency").order_by("due_on", "pk"),
        "beside": ParallelProcess.objects.filter(ended_on=None, **known)
        .order_by("review_on", "pk"),
    }  # fmt: skip


def _roots(known: dict[str, Any], current: str) -> Any:
    """The first versions of the current items, on which their updates hang."""
    items = PlanItem.objects.filter(plan__status=current, **known).order_by()
    return items.values(root=Coalesce("origin_id", "pk"))


def _compared(signed: list[Assessment]) -> list[Assessment]:
    """The last two assessments that each kind of reader may read."""
    panel = [one for one in signed if one.mark == Mark.PANEL]
    return list({one.pk: one for one in (*signed[:2], *panel[:2])}.values())
