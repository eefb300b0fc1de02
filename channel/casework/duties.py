"""What somebody has to do, one list after another; my work (work.py) shows the lists."""

import datetime
import functools
import operator
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet, Value
from django.urls import reverse

from accounts.area_policy import PARTIES
from accounts.models import Seat, User
from accounts.permissions import Perm
from accounts.roles import ShareKind
from channel.meetings.models import Decision, PanelAction
from channel.support.models import PlanItem, Review, SupportPlan
from prevent_cms import clock
from prevent_cms.components.text import gov_day
from referrals import emergencies
from referrals.information import answering_agencies
from referrals.models import Case, Deconfliction, InformationRequest, Referral, SignOff
from referrals.pages import NEXT_ACTIONS, RELEASE
from referrals.workflow import Status
from vaf.models import Assessment

MOST = 100  # rows fetched of any one kind; a longer list says so


@dataclass(frozen=True)
class Row:
    """One thing to do, with the page where it is done."""

    case: Case
    what: str
    url: str
    waiting: str
    due_on: datetime.date | None
    can_take: bool = False
    is_closed: bool = False  # the case itself may not be open to them
    name: str = ""

    @property
    def late(self) -> str:
        late = self.due_on and self.due_on < clock.today()
        return clock.due_words(self.due_on) if self.due_on and late else ""


Group = tuple[str, str, str, str, list[Row]]  # key, title, colour, words when empty, rows


def duties(user: User) -> list[Group]:
    """Every list that this person's roles give them, the most urgent first."""
    lists = (_cases, _reviews, _requests, _tasks, _waiting)
    return [group for one in lists for group in one(user)]


def _in_care(user: User) -> Q:
    """The cases whose next date is this person's to keep."""
    if user.is_police:
        if user.holds(Perm.CASE_ASSIGN):
            return Q(owner_agency__in=user.agency_ids)
        return Q(owner=user)
    theirs = [Status.PANEL, Status.SUPPORT]
    return Q(status__in=theirs) | Q(status=Status.HELD, held_from__in=theirs)


def _coordinates(user: User) -> bool:
    return any(ShareKind.COORDINATE in seat.kinds for seat in user.seats)


def _cases(user: User) -> Iterable[Group]:
    """The cases that are due or new, and those that wait for a signature, in one query."""
    if not _coordinates(user):
        return
    to_sign = _to_sign(user)
    lists = _due(user) if to_sign is None else _due(user).union(to_sign, all=True)
    found: list[Any] = list(lists)
    yield from _case_groups(user, [case for case in found if not case.is_to_sign])
    if to_sign is not None:
        rows = [_sign_row(case) for case in found if case.is_to_sign]
        yield "sign", "To sign", "purple", "Nothing waits for your signature.", rows


def _due(user: User) -> QuerySet[Case]:
    today = clock.today()
    rule = _in_care(user) & Q(next_due_on__lte=today) & ~Q(status=Status.RECEIVED)
    if _takes(user):
        rule |= Q(status=Status.RECEIVED) | _in_care(user) & Q(pk__in=_escalations().values("case"))
    unclear = Exists(Referral.objects.filter(case=OuterRef("pk"), cleared_at=None))
    escalated = Exists(_escalations().filter(case=OuterRef("pk")))
    cases = Case.objects.coordinated_by(user).open().filter(rule)
    return _noted(cases, unclear, escalated, to_sign=False)[: 3 * MOST]


def _noted(cases: QuerySet[Case], unclear: Any, escalated: Any, *, to_sign: bool) -> QuerySet[Case]:
    """With the same notes on every list, so that lists can be asked for together."""
    mark = Value(to_sign, BooleanField())
    return cases.annotate(is_unclear=unclear, is_escalated=escalated, is_to_sign=mark)


def _takes(user: User) -> bool:
    return user.is_police and user.holds(Perm.CASE_TAKE)


def _case_groups(user: User, cases: list[Any]) -> Iterable[Group]:
    today = clock.today()
    new = [case for case in cases if case.status == Status.RECEIVED]
    taken = [case for case in cases if case.status != Status.RECEIVED]
    due = [_case_row(user, case) for case in taken if case.next_due_on <= today]
    late = [row for row in due if row.late]
    now = [row for row in due if not row.late]
    yield "overdue", "Overdue", "red", "Nothing is overdue.", late
    yield "today", "Due today", "orange", "Nothing is due today.", now
    if _takes(user):
        asked = [_escalated_row(case) for case in taken if case.is_escalated]
        yield "escalated", "Escalated by a review", "red", "No review asks for police.", asked
        rows = [_case_row(user, case) for case in new]
        yield "unallocated", "Unallocated", "blue", "Every referral has been taken.", rows


def _case_row(user: User, case: Case) -> Row:
    stage = Status(case.status) if user.is_police else case.stage
    waits = stage == Status.DECONFLICTION and not case.is_unclear  # type: ignore[attr-defined]
    what, route, _, _ = RELEASE if waits else NEXT_ACTIONS[stage]
    is_new = case.status == Status.RECEIVED
    who = "You" if case.owner_id == user.pk else case.owner.name if case.owner else ""
    return Row(
        case=case,
        what=what,
        url=reverse("case_overview" if is_new else route, args=[case.reference]),
        waiting=f"{who}, since {gov_day(case.status_since)}"
        if who
        else f"Received {gov_day(case.received_at)}",
        due_on=case.next_due_on,
        can_take=is_new,
    )


def _escalated_row(case: Case) -> Row:
    return Row(
        case=case,
        what="Read the review, and check",
        url=reverse("case_plan", args=[case.reference]),
        waiting="You",
        due_on=clock.today(),
    )


def _escalations() -> Any:
    """The reviews that ask police to look (R165) and have not been followed since by a check of
    theirs, another review or a word of the panel."""
    since = [
        rows.objects.filter(case=OuterRef("case"), at__gt=OuterRef("at"))
        for rows in (Review, Deconfliction, Decision)
    ]
    asked = Review.objects.filter(recommendation=Review.Recommendation.ESCALATE)
    return asked.filter(*(~Exists(later) for later in since)).order_by()


def _to_sign(user: User) -> QuerySet[Case] | None:
    """The cases on which this person's signature is wanted; None when none can be."""
    if not user.holds(Perm.CONVENING_SIGN):
        return None
    signed = SignOff.objects.filter(
        case=OuterRef("pk"), what=SignOff.What.CONVENING, at__gte=OuterRef("status_since")
    )
    wanted = [rule for seat in user.seats for rule in _wanted_of(seat, signed)]
    if not wanted:
        return None
    rule = functools.reduce(operator.or_, wanted)
    stage = Q(status=Status.ASSESSMENT)
    if not user.is_police:  # outside police a hold changes nothing
        stage |= Q(status=Status.HELD, held_from=Status.ASSESSMENT)
    cases = Case.objects.coordinated_by(user).filter(rule, stage)
    no = Value(False, BooleanField())
    return _noted(cases.exclude(Exists(signed.filter(by=user))), no, no, to_sign=True)[: MOST + 1]


def _sign_row(case: Case) -> Row:
    return Row(
        case=case,
        what="Sign off convening",
        url=reverse("case_convene", args=[case.reference]),
        waiting=f"You, since {gov_day(case.status_since)}",
        due_on=case.next_due_on,
    )


def _wanted_of(seat: Seat, signed: Any) -> Iterable[Q]:
    """The cases on which a signature of this seat is still wanted, a condition for each party."""
    rules = seat.agency.area.rules
    assessed = Assessment.objects.filter(case=OuterRef("pk"), status=Assessment.Status.SIGNED)
    is_ready = Q(Exists(assessed)) if rules.assessment_required_before == "convene" else Q()
    for party in rules.convening_sign_offs:
        if PARTIES[party] & seat.roles:
            ours = Q(party=party) | Q(agency=seat.agency)
            is_open = ~Exists(signed.filter(ours, endorses=True))
            yield Q(is_open, is_ready, area=seat.agency.area)


def _reviews(user: User) -> Iterable[Group]:
    """Cases that somebody opened in an emergency, until they are reviewed."""
    if not user.holds(Perm.GLASS_REVIEW):
        return
    rows = [
        Row(
            case=one.case,
            what="Review the emergency",
            url=reverse("emergency_review", args=[one.pk]),
            waiting=f"You, since {gov_day(one.at)}",
            due_on=emergencies.Review(one).due_on,
            is_closed=True,
        )
        for one in emergencies.waiting(user)[: MOST + 1]
    ]
    yield "review", "To review", "red", "No emergency waits for your review.", rows


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
            due_on=one.due_on,
        )
        for one in _with_case(asked)
    ]
    yield "requests", "To answer", "blue", "No request waits for your answer.", rows


def _with_case(rows: Any) -> Any:
    """Open work on open cases, the most urgent first."""
    found = rows.exclude(case__status=Status.CLOSED).select_related("case__area", "agency")
    return found.order_by("due_on", "pk")[: MOST + 1]


def _tasks(user: User) -> Iterable[Group]:
    """What this person's own agencies took on at the panel and in support plans."""
    if user.holds(Perm.MEETING_VIEW):
        actions = PanelAction.objects.visible_to(user).filter(
            agency_id__in=user.agency_ids, status=PanelAction.Status.OPEN
        )
        rows = [_task(one, "Panel action", "panel_action") for one in _with_case(actions)]
        yield "actions", "Panel actions", "green", "Your agency has no open action.", rows
    if user.holds(Perm.SUPPORT_DELIVER):
        items = PlanItem.objects.visible_to(user).filter(
            Q(case__status=Status.SUPPORT) | Q(case__held_from=Status.SUPPORT),
            agency_id__in=user.agency_ids,
            status__in=PlanItem.OPEN,
            plan__status=SupportPlan.Status.CURRENT,
        )
        rows = [_task(one, "Support", "case_plan_item") for one in _with_case(items)]
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
    """What other agencies owe to the cases in this person's care."""
    if not user.holds(Perm.INFORMATION_REQUEST):
        return
    ours = Case.objects.coordinated_by(user).select_related(None)
    ours = ours.filter(_in_care(user)) if user.is_police else ours
    asked = InformationRequest.objects.visible_to(user).filter(
        answered_at=None, case__in=ours.order_by().values("pk")
    )
    rows = [
        Row(
            case=one.case,
            what="Return",
            url=reverse("case_requests", args=[one.case.reference]),
            waiting=f"{one.agency.name}, since {gov_day(one.at)}",
            due_on=one.due_on,
        )
        for one in _with_case(asked.exclude(agency_id__in=user.agency_ids))
    ]
    yield "waiting", "Waiting on others", "grey", "Nobody owes you an answer.", rows
