"""Which answers will miss the papers of the next meeting, and on what that guess rests."""

import datetime
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import cast

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.area_policy import AreaPolicy
from accounts.models import Area, User
from prevent_cms import clock
from prevent_cms.components.text import counted, gov_day
from referrals.models import Case, InformationRequest
from referrals.requests import Line

ENOUGH = 3  # answers of an agency, before its usual time says anything
MOST = 200  # earlier answers that are looked at
NextDays = Callable[[Area], list[datetime.date]]


@dataclass(frozen=True)
class Forecast:
    """The cut-off, and why each answer may come after it."""

    closes_on: datetime.date
    reasons: list[str]

    @property
    def head(self) -> str:
        return f"{counted(len(self.reasons), 'answer')} may miss the panel papers."


def forecast(user: User, case: Case, lines: list[Line]) -> Forecast | None:
    """What will be late for the next papers that close; None when nothing is, or no meeting waits."""
    waiting = [line.request for line in lines if line.state in ("late", "", "paused")]
    closes_on = papers_close(case.area) if waiting else None
    if closes_on is None:
        return None
    times = usual_times(user, case.area.rules, {request.agency_id for request in waiting})
    found = (_reason(request, times.get(request.agency_id), closes_on) for request in waiting)
    reasons = [reason for reason in found if reason]
    return Forecast(closes_on, reasons) if reasons else None


def papers_close(area: Area) -> datetime.date | None:
    """The next day on which the papers of a meeting close, as many working days before it as policy
    says."""
    next_days = cast(NextDays, import_string(settings.NEXT_MEETINGS))
    days = [area.rules.papers_close(day) for day in next_days(area)]
    return min((day for day in days if day >= clock.today()), default=None)


def usual_times(user: User, rules: AreaPolicy, agencies: set[int]) -> dict[int, int]:
    """How many working days each agency usually took, in the answers that this reader may see."""
    rows = InformationRequest.objects.visible_to(user).filter(
        agency_id__in=agencies, answered_at__isnull=False
    )
    taken: defaultdict[int, list[int]] = defaultdict(list)
    told = rows.order_by("-answered_at").values_list("agency_id", "counted_from", "answered_at")
    for agency_id, start, end in told[:MOST]:
        taken[agency_id].append(rules.working_days_between(start, timezone.localdate(end)))
    return {
        agency_id: max(1, round(median(days)))
        for agency_id, days in taken.items()
        if len(days) >= ENOUGH
    }


def _reason(request: InformationRequest, usual: int | None, closes_on: datetime.date) -> str:
    """Why this answer may come too late, in a sentence; empty when it will not."""
    name = request.agency.name
    if request.paused_on:
        return f"{name}: the time stands still."
    if usual:
        rules = request.case.area.rules
        day = max(rules.due(request.counted_from, usual), clock.today())
        took = f"{name} usually takes {counted(usual, 'working day')} to answer"
        if day > closes_on:
            return f"{took}, which would be {gov_day(day)}."
        if request.is_overdue:
            return f"{took}, and is overdue."
        return ""
    if request.is_overdue:
        return f"{name} is overdue."
    return f"{name} is due on {gov_day(request.due_on)}." if request.due_on > closes_on else ""
