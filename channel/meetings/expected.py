"""Who is expected at the panel for a case, besides its core agencies (R128-R130)."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import Agency, User
from channel.meetings.models import AgendaItem
from channel.meetings.queries import Due
from prevent_cms.marking import Mark
from referrals import parallel
from referrals.models import Case, ParallelProcess, Referral

Group = AgendaItem.Group
ANONYMOUS = "Somebody who asked to stay anonymous"


@dataclass(frozen=True)
class Expected:
    """One person or agency: why they are asked, and whether the area's policy makes them come."""

    who: str
    why: str
    must: bool


@dataclass(frozen=True)
class ForCase:
    """Everybody expected for one case; `number` is its item once the agenda is issued."""

    case: Case
    people: list[Expected]
    number: str = ""


def for_items(user: User, items: Iterable[AgendaItem]) -> list[ForCase]:
    """Who is expected for the items of an agenda, in their order."""
    found = list(items)
    new = {one.case_id for one in found if one.group == Group.NEW}
    told = expected(user, [one.case for one in found], new)
    return [ForCase(one.case, told[one.case_id], one.number) for one in found if told[one.case_id]]


def for_due(user: User, due: list[Due]) -> list[ForCase]:
    """The same for cases that are going on an agenda."""
    new = {one.case.pk for one in due if one.group == Group.NEW}
    told = expected(user, [one.case for one in due], new)
    return [ForCase(one.case, told[one.case.pk]) for one in due if told[one.case.pk]]


def expected(user: User, cases: list[Case], new: set[int]) -> dict[int, list[Expected]]:
    """By case, from what this user may read: the agencies of its care plans, and who referred one
    that is heard for the first time. Three queries, however many cases."""
    found: dict[int, list[Expected]] = {case.pk: [] for case in cases}
    rules = {case.pk: case.area.rules for case in cases}
    for pk, who in _referrers(user, new).items():
        must = rules[pk].referrer_attends == "must"
        found[pk].append(Expected(who, "made the referral", must))
    running = parallel.running(user).filter(mark=Mark.COORDINATION)  # a meeting has many readers
    plans = list(running.filter(case__in=found, kind__in=ParallelProcess.PLANS))
    names = dict(
        Agency.objects.filter(
            pk__in={pk for one in plans for pk in one.agencies},
            area__in={case.area_id for case in cases},  # a case that moved left the others behind
        )
        .order_by("name")
        .values_list("pk", "name")
    )
    for plan in plans:
        must = rules[plan.case_id].care_plan_agencies_attend == "must"
        why = plan.title[:1].lower() + plan.title[1:]
        told = [name for pk, name in names.items() if pk in plan.agencies] or [plan.lead]
        found[plan.case_id] += [Expected(name, why, must) for name in told]
    return found


def _referrers(user: User, new: set[int]) -> dict[int, str]:
    """Who first referred each of these cases, as far as this user may read it."""
    rows = Referral.objects.visible_to(user).filter(case__in=new).order_by("-received_at", "-pk")
    return {row.case_id: _named(row) for row in rows}


def _named(row: Referral) -> str:
    """A meeting has many readers, so nobody there reads a name that was to stay hidden."""
    if row.wants_anonymity:
        return ANONYMOUS
    told = (row.answers.get(name) for name in ("referrer_name", "referrer_organisation"))
    return ", ".join(filter(None, told))
