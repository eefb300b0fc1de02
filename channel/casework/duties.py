"""The cases in somebody's care: what is due, new or waits for a signature; work.py shows the lists."""

import datetime
import functools
import operator
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import Exact
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from accounts import grants
from accounts.area_policy import PARTIES
from accounts.models import Seat, User
from accounts.permissions import Perm
from accounts.roles import ShareKind
from channel.casework import (
    ageing,
    agreed,
    consents,
    exits,
    feedback,
    joined,
    looks,
    offers,
    overt,
    parallels,
    transfers,
)
from channel.casework.listing import in_care, listed
from channel.casework.rows import MOST, OVERDUE, TODAY, Group, Row
from channel.meetings.models import Decision
from channel.support.models import Review
from prevent_cms import clock
from prevent_cms.components.text import gov_day
from referrals import emergencies, information, threshold
from referrals.models import (
    Case,
    Deconfliction,
    HandOver,
    Referral,
    ThresholdTest,
)
from referrals.pages import NEXT_ACTIONS, RELEASE
from referrals.workflow import Status
from vaf.models import Assessment


def duties(user: User) -> list[Group]:
    """Every list of cases that this person's roles give them, the most urgent first."""
    lists = (_cases, _reviews)
    return [group for one in lists for group in one(user)]


def _coordinates(user: User) -> bool:
    return any(ShareKind.COORDINATE in seat.kinds for seat in user.seats)


def _cases(user: User) -> Iterable[Group]:
    """The cases that are due, to be taken, to be signed or new since yesterday, and those of the
    lists that are mostly empty, in one query."""
    if not (user.holds(Perm.CASE_VIEW) and any(seat.kinds for seat in user.seats)):
        return
    lists = {"new": _new(user), "due": _due(user), "sign": _to_sign(user)}
    lists |= {one.NAME: one.cases(user) for one in (offers, transfers, *RARE)}
    first, *others = (cases for cases in lists.values() if cases is not None)
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for case in first.union(*others, all=True) if others else first:
        found[case.list].append(case)  # type: ignore[attr-defined]
    if lists["due"] is not None:
        yield from _case_groups(user, found["due"])
    if lists["sign"] is not None:
        rows = [_sign_row(case) for case in found["sign"]]
        yield "sign", "To sign", "purple", "Nothing waits for your signature.", rows
    yield from offers.groups(user, found["offer"])
    yield from transfers.groups(user, found["transfer"])
    rows = [_new_row(case) for case in found["new"]]
    yield "new", "New since yesterday", "blue", "Nothing has come since yesterday.", rows
    for one in RARE:
        yield from one.groups(found[one.NAME])


# Mostly empty, and shown when they are not.
RARE = (agreed, exits, looks, consents, ageing, feedback, joined, overt, parallels)


def _new(user: User) -> QuerySet[Case]:
    """The cases newly open to this person, or newly theirs."""
    yesterday = clock.today() - datetime.timedelta(days=1)
    start = timezone.make_aware(datetime.datetime.combine(yesterday, datetime.time.min))
    new = Q(pk__in=grants.reached(user, Case, since__gte=start))
    if user.is_police:
        taken = HandOver.objects.visible_to(user).filter(to=user, ended_at__gte=start)
        new |= Q(pk__in=taken.order_by().values("case"), owner=user)
    return listed(Case.objects.visible_to(user).filter(new), "new", "-pk")


def _new_row(case: Case) -> Row:
    return Row(
        case=case,
        what="Open the case",
        url=reverse("case_overview", args=[case.reference]),
        waiting="",
        due_on=None,
        can_take=case.status == Status.RECEIVED,
    )


def _due(user: User) -> QuerySet[Case] | None:
    """The cases in this person's care that are due or to be taken; None outside coordination."""
    if not _coordinates(user):
        return None
    today = clock.today()
    rule = in_care(user) & Q(next_due_on__lte=today) & ~Q(status=Status.RECEIVED)
    if _takes(user):
        rule |= Q(status=Status.RECEIVED, owner=None) | Q(status=Status.RECEIVED, owner=user)
        rule |= in_care(user) & Q(pk__in=_escalations().values("case"))
    unclear = Exists(Referral.objects.filter(case=OuterRef("pk"), cleared_at=None))
    escalated = Exists(_escalations().filter(case=OuterRef("pk")))
    cases = Case.objects.coordinated_by(user).open().filter(rule)
    notes = {"is_unclear": unclear, "is_escalated": escalated, "is_met": _newest_test()}
    return listed(cases, "due", "next_due_on", "pk", most=3 * MOST, **notes)


def _newest_test() -> Subquery:
    """Whether the newest threshold test of a case was met; nothing without one."""
    tests = ThresholdTest.objects.filter(case=OuterRef("pk"))
    return Subquery(tests.values("is_vulnerable")[:1])


def _takes(user: User) -> bool:
    return user.is_police and user.holds(Perm.CASE_TAKE)


def _case_groups(user: User, cases: list[Any]) -> Iterable[Group]:
    today = clock.today()
    new = [case for case in cases if case.status == Status.RECEIVED and not case.owner_id]
    given = [case for case in cases if case.status == Status.RECEIVED and case.owner_id]
    taken = [case for case in cases if case.status != Status.RECEIVED]
    due = [_case_row(user, case) for case in taken if case.next_due_on <= today]
    late = [row for row in due if row.late]
    now = [row for row in due if not row.late]
    yield (*OVERDUE[:-1], late)
    yield (*TODAY[:-1], now)
    if _takes(user):
        asked = [_escalated_row(case) for case in taken if case.is_escalated]
        yield "escalated", "Escalated by a review", "red", "No review asks for police.", asked
        if given:
            to_take = [_case_row(user, case) for case in given]
            yield "given", "Given to you, not begun", "yellow", "", to_take
        rows = [_case_row(user, case) for case in new]
        yield "unallocated", "Unallocated", "blue", "Every referral has been taken.", rows


def _case_row(user: User, case: Case) -> Row:
    stage = Status(case.status) if user.is_police else case.stage
    waits = stage == Status.DECONFLICTION and not case.is_unclear  # type: ignore[attr-defined]
    what, route, _, _ = RELEASE if waits else NEXT_ACTIONS[stage]
    is_met = case.is_met  # type: ignore[attr-defined]
    step = threshold.next_step(case, stage, is_met) if user.is_police else None
    if step and (waits or stage != Status.DECONFLICTION):
        what, route, _, _ = step
    is_new = case.status == Status.RECEIVED
    who = "You" if case.owner_id == user.pk else case.owner.name if case.owner else ""
    if case.next_due_what == information.TO_ASK:
        what, route, _ = information.ASK
        is_theirs = information.asks_in(user, case.area)
        who = "You" if is_theirs else capfirst(case.area.rules.askers) or who
        route = route if is_theirs else "case_overview"
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
    signed = agreed.standing()
    wanted = [rule for seat in user.seats for rule in _wanted_of(user, seat, signed)]
    if not wanted:
        return None
    rule = functools.reduce(operator.or_, wanted)
    stage = Q(status=Status.ASSESSMENT)
    if not user.is_police:  # outside police a hold changes nothing
        stage |= Q(status=Status.HELD, held_from=Status.ASSESSMENT)
    cases = Case.objects.coordinated_by(user).filter(rule, stage)
    return listed(cases, "sign", "next_due_on", "pk", differs=agreed.differ())


def _sign_row(case: Any) -> Row:
    return Row(
        case=case,
        what="Sign-offs differ: agree" if case.differs else "Sign off convening",
        url=reverse("case_convene", args=[case.reference]),
        waiting=f"You, since {gov_day(case.status_since)}",
        due_on=case.next_due_on,
    )


def _wanted_of(user: User, seat: Seat, signed: Any) -> Iterable[Q]:
    """The cases on which a signature of this seat is still wanted, or differs from another's."""
    rules = seat.agency.area.rules
    assessed = Assessment.objects.filter(case=OuterRef("pk"), status=Assessment.Status.SIGNED)
    is_ready = Q(Exists(assessed)) if rules.assessment_required_before == "convene" else Q()
    if rules.threshold_point == "assessment":
        is_ready &= Q(Exact(_newest_test(), True))
    for party in rules.convening_sign_offs:
        if PARTIES[party] & seat.roles:
            ours = Q(party=party) | Q(agency=seat.agency) | Q(by=user)
            is_open = Q(~Exists(signed.filter(ours))) & (is_ready | Q(Exists(signed)))
            differs = Q(agreed.differ(), Exists(signed.filter(party=party)))
            yield (is_open | differs) & Q(area=seat.agency.area)


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
