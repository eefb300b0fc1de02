"""Who is expected at the panel for a case, besides its core agencies (R128-R130)."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import Agency, User
from channel.meetings.models import AgendaItem
from channel.meetings.placing import Due
from channel.meetings.queries import Line
from prevent_cms.marking import Mark
from referrals import parallel
from referrals.models import Case, ParallelProcess, Referral

Group = AgendaItem.Group
TOLD = ("name", "organisation", "email", "phone")
ANONYMOUS = "Somebody who asked to stay anonymous"


@dataclass(frozen=True)
class Expected:
    """One person or agency: why they are asked, and whether the area's policy makes them come.

    `key` is how addresses and invitations call them, for it is no name.
    """

    name: str
    why: str
    must: bool
    key: str
    organisation: str = ""
    contact: str = ""
    agency: Agency | None = None

    @property
    def who(self) -> str:
        """The name, with what they are."""
        return ", ".join(filter(None, (self.name, self.organisation)))

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody at a meeting may learn who it is, so that nobody there invites them."""
        return self.name == ANONYMOUS


@dataclass(frozen=True)
class ForCase:
    """Everybody expected for one case; `number` is its item once the agenda is issued."""

    case: Case
    people: list[Expected]
    number: str = ""


def for_items(user: User, items: Iterable[AgendaItem | Due | Line]) -> list[ForCase]:
    """Who is expected for what is on an agenda, or is going on one, in its order."""
    found = [
        (one.case, one.group, getattr(one, "number", "")) for one in items if one.case is not None
    ]
    new = {case.pk for case, group, _ in found if group == Group.NEW}
    told = expected(user, [case for case, _, _ in found], new)
    return [ForCase(case, told[case.pk], number) for case, _, number in found if told[case.pk]]


def expected(user: User, cases: list[Case], new: set[int]) -> dict[int, list[Expected]]:
    """By case, from what this user may read: the agencies of its care plans, and who referred one
    that is heard for the first time. Three queries, however many cases."""
    found: dict[int, list[Expected]] = {case.pk: [] for case in cases}
    rules = {case.pk: case.area.rules for case in cases}
    for pk, row in _referrers(user, new).items():
        found[pk].append(_referrer(row, must=rules[pk].referrer_attends == "must"))
    running = parallel.running(user).filter(mark=Mark.COORDINATION)  # a meeting has many readers
    plans = list(running.filter(case__in=found, kind__in=ParallelProcess.PLANS))
    agencies = Agency.objects.filter(
        pk__in={pk for one in plans for pk in one.agencies},
        area__in={case.area_id for case in cases},  # a case that moved left the others behind
    ).order_by("name")
    named = list(agencies)
    for plan in plans:
        must = rules[plan.case_id].care_plan_agencies_attend == "must"
        why = plan.title[:1].lower() + plan.title[1:]
        told = [
            Expected(one.name, why, must, key=one.key, agency=one)
            for one in named
            if one.pk in plan.agencies
        ]
        found[plan.case_id] += told or [Expected(plan.lead, why, must, key=f"plan-{plan.pk}")]
    return found


def _referrers(user: User, new: set[int]) -> dict[int, Referral]:
    """Who first referred each of these cases, as far as this user may read it."""
    rows = Referral.objects.visible_to(user).filter(case__in=new).order_by("-received_at", "-pk")
    return {row.case_id: row for row in rows}


def _referrer(row: Referral, *, must: bool) -> Expected:
    """A meeting has many readers, so nobody there reads a name that was to stay hidden."""
    why, key = "made the referral", "referrer"
    if row.wants_anonymity:
        return Expected(ANONYMOUS, why, must, key)
    told = {name: row.answers.get(f"referrer_{name}") or "" for name in TOLD}
    contact = told["email"] or told["phone"]
    return Expected(told["name"], why, must, key, told["organisation"], contact)
