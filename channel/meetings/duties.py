"""What the law asks of a panel, and what the service itself knows of it, for one reader (R143)."""

import datetime
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Agency, User
from channel.meetings import queries
from channel.meetings.models import Attendance, Decision, DutyConfirmed, Meeting, Panel
from channel.support.models import SupportPlan
from prevent_cms import clock
from prevent_cms.components.text import counted
from referrals.consent import Standing
from referrals.models import Case, Consent, InformationRequest
from referrals.workflow import Status

Duty = DutyConfirmed.Duty
LAW = {
    Duty.PANEL: "Counter-Terrorism and Security Act 2015, section 36(1)",
    Duty.CHAIR: "Section 37: the responsible local authority and the chief officer of police",
    Duty.PLANS: "Section 36(4) and (5)",
    Duty.SIGNPOSTING: "Section 36(6): health and social care",
    Duty.CONSENT: "Section 36(4)",
    Duty.CO_OPERATION: "Section 38",
}
THERE = [Attendance.Status.PRESENT, Attendance.Status.REPRESENTED]


@dataclass(frozen=True)
class Line:
    """One duty: the law, what the service knows, where to look, and the last confirmation."""

    duty: DutyConfirmed.Duty
    evidence: str
    page: str  # the name of an address; empty without one
    last: DutyConfirmed | None

    @property
    def law(self) -> str:
        return LAW[self.duty]

    @property
    def again_on(self) -> datetime.date | None:
        """The day by which the chair confirms it again."""
        return clock.add_months(timezone.localdate(self.last.at), 12) if self.last else None

    @property
    def is_due(self) -> bool:
        return self.again_on is None or self.again_on <= clock.today()


def lines(user: User, panel: Panel) -> list[Line]:
    """Every duty with its evidence, as far as this reader may know."""
    since = clock.now() - datetime.timedelta(days=365)
    confirmed = {row.duty: row for row in DutyConfirmed.objects.filter(panel=panel).order_by("at")}
    known = {**_of_meetings(panel, since), **_of_cases(user, panel, since)}
    return [Line(duty, *known[duty], confirmed.get(duty)) for duty in Duty]


def _of_meetings(panel: Panel, since: datetime.datetime) -> dict[Duty, tuple[str, str]]:
    held = Meeting.objects.filter(panel=panel, status__in=queries.HELD, opened_at__gte=since)
    there = Attendance.objects.filter(meeting__in=held, status__in=THERE)
    chaired = there.filter(role=Attendance.Role.CHAIR).values("meeting")
    police = there.filter(agency__kind=Agency.Kind.POLICE).values("meeting")
    both = held.filter(pk__in=chaired).filter(pk__in=police).count()
    number = held.count()
    return {
        Duty.PANEL: (f"{counted(number, 'meeting')} held in the last 12 months.", "meeting_list"),
        Duty.CHAIR: (
            f"The chair and police were there at {both} of {counted(number, 'meeting')}.",
            "meeting_list",
        ),
    }


def _of_cases(user: User, panel: Panel, since: datetime.datetime) -> dict[Duty, tuple[str, str]]:
    mine = queries.heard_by(panel, Case.objects.open_to_panel(user))
    running = Q(status=Status.SUPPORT) | Q(status=Status.HELD, held_from=Status.SUPPORT)
    supported = mine.filter(running)
    number = supported.count()
    plans = SupportPlan.objects.visible_to(user).filter(case__in=supported)
    planned = plans.order_by().values("case").distinct().count()
    refused = Decision.objects.visible_to(user).filter(
        case__in=mine, choice__in=Decision.NO_SUPPORT, at__gte=since
    )
    considered = refused.exclude(health_and_care_considered="").count()
    asked = InformationRequest.objects.visible_to(user).filter(case__in=mine, at__gte=since)
    answered = asked.filter(answered_at__isnull=False, ended_why="").count()
    people = counted(number, "person,people")
    without = f"{counted(refused.count(), 'decision')} without Channel support"
    requests = f"{counted(asked.count(), 'request')} for information"
    return {
        Duty.PLANS: (f"{planned} of {people} in support have a plan.", "case_list"),
        Duty.SIGNPOSTING: (
            f"Health and social care were considered in {considered} of {without} in a year.",
            "case_list",
        ),
        Duty.CONSENT: (
            f"{_consented(user, supported)} of {people} in support have given consent.",
            "case_list",
        ),
        Duty.CO_OPERATION: (
            f"{answered} of {requests} of the last 12 months were answered.",
            "case_list",
        ),
    }


def _consented(user: User, supported: QuerySet[Case]) -> int:
    """In how many of these cases consent to support stands, by what this reader may read."""
    log = defaultdict(list)
    for one in Consent.objects.visible_to(user).filter(case__in=supported).select_related("case"):
        log[one.case].append(one)
    return sum(Standing.of(case, rows).allows_support for case, rows in log.items())
