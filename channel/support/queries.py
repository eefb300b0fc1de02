"""What is planned, late, due and waiting for signatures, each for one reader."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts import grants
from accounts.models import Agency, Area, User
from accounts.roles import ShareKind
from channel.meetings.models import Decision
from channel.support.delivery import Delivery, with_sessions
from channel.support.models import (
    ExitReport,
    ItemUpdate,
    PlanItem,
    PostExitReview,
    Review,
    ReviewDelay,
    SupportPlan,
)
from prevent_cms import clock
from referrals.access import Reader
from referrals.actions import sign_offs
from referrals.models import Case, SignOff
from referrals.workflow import Status
from vaf.access import assessments_of
from vaf.models import Assessment, Factor, Rating, Scale


def plan_of(case: Case) -> SupportPlan | None:
    """The current plan, for a guard; show it only to those who may read it."""
    found: SupportPlan | None = SupportPlan.objects.filter(
        case=case, status=SupportPlan.Status.CURRENT
    ).first()
    return found


def without_coordinators(case: Case, agencies: QuerySet[Agency]) -> QuerySet[Agency]:
    """The agencies that would be let in to the case if they led support."""
    coordinating = grants.shares_of(case).filter(kind=ShareKind.COORDINATE)
    return agencies.exclude(group__in=coordinating.values("group_id"))


@dataclass
class Line:
    """One item on the page, with its sessions and the newest word on how it goes."""

    item: PlanItem
    delivery: Delivery
    update: ItemUpdate | None = None


@dataclass
class Need:
    """A need and the items that meet it."""

    title: str
    addresses: list[str] = field(default_factory=list)
    factors: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def items_of(user: User, plan: SupportPlan) -> list[PlanItem]:
    """The items of a version that this reader may see: all, or the own agency's."""
    rows = PlanItem.objects.visible_to(user).filter(plan=plan)
    found = with_sessions(user, rows.select_related("agency", "case__area", "plan"))
    return list(found.order_by("pk"))


def current_items(reader: Reader) -> list[PlanItem]:
    """The items of the current plan that this reader may see, each with its plan."""
    rows = PlanItem.objects.visible_to(reader.user).filter(
        case=reader.case, plan__status=SupportPlan.Status.CURRENT
    )
    found = with_sessions(reader.user, rows.select_related("agency", "case__area", "plan"))
    return list(found.order_by("pk"))


def need_titles(plan: SupportPlan) -> list[str]:
    """The needs that the items of a version name, in the order in which they were written."""
    return list(dict.fromkeys(plan.items.order_by("pk").values_list("need", flat=True)))


def needs(user: User, items: Iterable[PlanItem], labels: dict[str, str]) -> list[Need]:
    """The items under the need that each meets, in the order in which they were written."""
    items = list(items)
    newest = _newest_updates(user, items)
    found: dict[str, Need] = {}
    for item in items:
        need = found.setdefault(item.need, Need(item.need))
        need.lines.append(Line(item, Delivery.of(item), newest.get(item.root_id)))
        if item.addresses not in need.addresses:
            need.addresses.append(item.addresses)
        words = [labels.get(code, code) for code in item.factors]
        need.factors += [word for word in words if word not in need.factors]
    return list(found.values())


def _newest_updates(user: User, items: list[PlanItem]) -> dict[int, ItemUpdate]:
    rows = ItemUpdate.objects.visible_to(user).filter(item__in=[item.root_id for item in items])
    return {row.item_id: row for row in rows.order_by("on", "pk")}


def updates_of(user: User, item: PlanItem) -> QuerySet[ItemUpdate]:
    """How an item went, newest first, through every version of the plan."""
    rows: QuerySet[ItemUpdate] = ItemUpdate.objects.visible_to(user).filter(item=item.root_id)
    return rows.select_related("by", "agency").order_by("-on", "-pk")


def present_factors(user: User, case: Case) -> list[Rating]:
    """The factors that the latest signed assessment found present, with their ratings."""
    latest = assessments_of(user, case).filter(status=Assessment.Status.SIGNED)
    newest = latest.order_by("-signed_at", "-pk").values("pk")[:1]
    rows = Rating.objects.visible_to(user).filter(
        assessment__in=Subquery(newest), rating__in=[Scale.PARTLY, Scale.STRONGLY]
    )
    return list(rows.select_related("factor").order_by("factor__dimension__order", "factor__order"))


def factor_labels(
    items: Iterable[PlanItem], known: Iterable[Rating] = (), also: Iterable[str] = ()
) -> dict[str, str]:
    """Code -> code and words, for the factors that items name and `also` these; `known` saves
    asking again."""
    labels = {row.factor.code: str(row.factor) for row in known}
    missing = {*also, *(code for item in items for code in item.factors)} - labels.keys()
    rows = Factor.objects.filter(code__in=missing) if missing else Factor.objects.none()
    return labels | {factor.code: str(factor) for factor in rows}


def gaps(ratings: Iterable[Rating], items: Iterable[PlanItem]) -> list[Factor]:
    """Factors rated strongly that no open item addresses."""
    met = {code for item in items if item.is_open for code in item.factors}
    return [r.factor for r in ratings if r.rating == Scale.STRONGLY and r.factor.code not in met]


# Reviews


def last_review(user: User, case: Case) -> Review | None:
    """The newest review of a case that this reader may see."""
    rows = Review.objects.visible_to(user).filter(case=case)
    found: Review | None = rows.select_related("by").first()
    return found


def review_due(case: Case, last: Review | None, delay: ReviewDelay | None = None) -> datetime.date:
    """The day by which the next monthly review of a supported case is due (R166).

    A delay that is newer than the last review, and than the stage, sets it later.
    """
    since = timezone.localdate(case.status_since)
    due = clock.add_months(max(since, last.on) if last else since, case.area.rules.review_months)
    counts = delay and delay.at >= case.status_since and (last is None or delay.at > last.at)
    return max(due, delay.until) if delay and counts else due


def last_delay(user: User, case: Case) -> ReviewDelay | None:
    """The newest word that a review of this case was put off, for one reader."""
    rows = ReviewDelay.objects.visible_to(user).filter(case=case)
    found: ReviewDelay | None = rows.select_related("by").first()
    return found


def next_review_on(case: Case) -> datetime.date:
    """The day by which the next monthly review is due, for a guard."""
    last = Review.objects.filter(case=case).first()
    return review_due(case, last, ReviewDelay.objects.filter(case=case).first())


def is_decided(case: Case) -> bool:
    """Whether the panel has said anything of a case since it came to this stage, for a guard."""
    said = Decision.objects.filter(case=case, at__gte=case.status_since)
    found: bool = said.exclude(choice="").exists()
    return found


def awaits_assessment(case: Case, what: str) -> bool:
    """Whether a case that is back at the panel is still to be assessed as `what` is due says."""
    signed_since = Assessment.objects.filter(
        case=case, status=Assessment.Status.SIGNED, signed_at__gte=case.status_since
    )
    return case.next_due_what == what and not signed_since.exists()


# Leaving, and looking again


def exit_decision(case: Case) -> Decision | None:
    """The panel's decision that the case leaves, when it is the newest and still to be carried out.

    To defer decides nothing, so it takes no exit back.
    """
    newest: Decision | None = (
        Decision.objects.filter(case=case, at__gte=case.status_since)
        .exclude(choice__in=("", Decision.Choice.DEFER))
        .order_by("-at", "-pk")
        .first()
    )
    if case.stage != Status.SUPPORT or newest is None:
        return None
    return newest if newest.choice == Decision.Choice.EXIT else None


def latest_report(user: User, case: Case) -> ExitReport | None:
    """The newest closing report of a case that this reader may see."""
    rows = ExitReport.objects.visible_to(user).filter(case=case)
    found: ExitReport | None = rows.select_related("by", "decision__by", "decision__item").first()
    return found


def post_exit_reviews(user: User, case: Case) -> QuerySet[PostExitReview]:
    """Every look after exit of a case that this reader may see, first first."""
    rows: QuerySet[PostExitReview] = PostExitReview.objects.visible_to(user).filter(case=case)
    return rows.select_related("by", "case").order_by("due_on", "pk")


def post_exit_due(area: Area, on: datetime.date | Coalesce) -> QuerySet[PostExitReview]:
    """The looks after exit in an area that are due by a day (R173): put on the agenda by itself.

    Not narrowed to a reader; whoever shows them starts from the cases a reader may see.
    """
    rows: QuerySet[PostExitReview] = PostExitReview.objects.pending()
    return rows.filter(case__area=area, due_on__lte=on).select_related("case")


def decided_at(decision: Decision) -> datetime.datetime:
    """When the panel decided; a decision that counts always says so."""
    if decision.at is None:
        raise ValueError("this decision has not been taken")
    return decision.at


def signed(case: Case, decision: Decision) -> list[SignOff]:
    """The endorsements and refusals of an exit since the panel decided on it, for a guard."""
    return list(sign_offs.given(case, SignOff.What.EXIT, decided_at(decision)))


def signed_for(user: User, case: Case, decision: Decision) -> list[SignOff]:
    """Those of them that this reader may see."""
    rows = sign_offs.given(case, SignOff.What.EXIT, decided_at(decision))
    return list(rows.visible_to(user))


def standing_exits() -> QuerySet[Decision]:
    """The decisions on exit of cases in support that nobody has refused to endorse, for a guard.

    They wait for signatures, not for the panel.
    """
    later = Decision.objects.filter(case=OuterRef("case"), at__gt=OuterRef("at"))
    refusals = SignOff.objects.filter(
        case=OuterRef("case"), what=SignOff.What.EXIT, endorses=False, replaced_at=None
    ).filter(at__gte=OuterRef("at"), agency__area=OuterRef("case__area"))
    found = Decision.objects.filter(choice=Decision.Choice.EXIT, at__gte=F("case__status_since"))
    found = found.filter(Q(case__status=Status.SUPPORT) | Q(case__held_from=Status.SUPPORT))
    taken_back = Exists(later.exclude(choice__in=("", Decision.Choice.DEFER)))
    standing: QuerySet[Decision] = found.filter(~taken_back, ~Exists(refusals))
    return standing


def exit_standing(case: Case) -> Decision | None:
    """The one of a case."""
    return standing_exits().filter(case=case).first()


def is_refused(case: Case, decision: Decision) -> bool:
    """Whether somebody did not endorse, so that the panel has to decide again."""
    return case.pk in refused([decision])


def refused(exits: Iterable[Decision]) -> set[int]:
    """The ids of the cases whose exit somebody did not endorse, of these decisions, for a guard."""
    decided = {one.case_id: decided_at(one) for one in exits}
    rows = SignOff.objects.filter(
        case__in=decided, what=SignOff.What.EXIT, endorses=False, replaced_at=None
    )
    rows = rows.filter(agency__area=F("case__area"))  # what another area said counts no more
    return {one.case_id for one in rows if one.at >= decided[one.case_id]}
