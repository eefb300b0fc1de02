"""Which cases will come before the panel later than policy allows, as the meetings are planned."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Perm
from accounts.roles import ShareKind
from channel.meetings import access, queries, standing
from channel.meetings.capacity import RESTRICTED
from channel.meetings.models import AgendaItem, Decision, Meeting, Panel, Placing
from channel.meetings.placing import MINUTES
from prevent_cms import clock
from prevent_cms.components.text import gov_day
from referrals.models import Case
from referrals.workflow import Status

Group = AgendaItem.Group
AHEAD = (Meeting.Status.PLANNED, Meeting.Status.ISSUED)
ON_THE_WAY = (Status.INFORMATION_GATHERING, Status.ASSESSMENT, Status.PANEL)
MOST = 10


@dataclass(frozen=True)
class Late:
    """A case, the day by which the panel should hear it, and why it will not."""

    case: Case
    due_on: datetime.date
    why: str


@dataclass
class Slot:
    """What one meeting still has room for; `cases` stand on its agenda already."""

    day: datetime.date
    room: int
    cases: frozenset[int]


def late_for_panel(user: User, meetings: Iterable[Meeting]) -> list[Late]:
    """The cases this user coordinates whose day for the panel comes before the next meeting with
    room for them, the most urgent first (R132: within so many working days of convening)."""
    if not any(ShareKind.COORDINATE in seat.kinds for seat in user.seats_with(Perm.MEETING_VIEW)):
        return []
    panels = Panel.objects.filter(meetings__in=access.meetings_for(user)).distinct()
    by_panel: dict[Panel, list[Meeting]] = {
        panel: [] for panel in panels.select_related("area", "council")
    }
    for meeting in meetings:
        if meeting.status in AHEAD and meeting.starts_at >= clock.now():
            by_panel[meeting.panel].append(meeting)
    ahead = [one for found in by_panel.values() for one in found]
    taken = Taken(user, ahead) if ahead else None
    late = [one for panel, found in by_panel.items() for one in _late(user, panel, found, taken)]
    return sorted(late, key=lambda one: one.due_on)[:MOST]


class Taken:
    """What stands on the agendas that are issued, and where cases were moved to; two queries."""

    def __init__(self, user: User, ahead: Iterable[Meeting]) -> None:
        items = AgendaItem.objects.filter(AgendaItem.STAYS, meeting__in=ahead)
        shown = Exists(AgendaItem.objects.visible_to(user).filter(pk=OuterRef("pk")))
        self.items: defaultdict[int, dict[int, int]] = defaultdict(dict)
        for one in items.annotate(is_shown=shown):
            self.items[one.meeting_id][one.case_id] = one.minutes if one.is_shown else RESTRICTED
        moved = Placing.objects.visible_to(user).filter(moved_to__in=ahead)
        self.not_before: dict[int, datetime.date] = {
            row.case_id: timezone.localdate(row.moved_to.starts_at)
            for row in moved.select_related("moved_to").order_by("moved_to__starts_at")
        }


def _late(
    user: User,
    panel: Panel,
    ahead: list[Meeting],
    taken: Taken | None,
) -> Iterable[Late]:
    """Give every case the first meeting that it can be ready for and that has room."""
    cases = _cases(user, panel)
    supported = MINUTES[Group.OPEN] * sum(case.stage == Status.SUPPORT for case in cases)
    items, moved = (taken.items, taken.not_before) if taken else ({}, {})
    slots = [_slot(meeting, items.get(meeting.pk, {}), supported) for meeting in ahead]
    waiting = [(*_days(case), case) for case in cases if case.stage in ON_THE_WAY]
    for due_on, ready_on, case in sorted(waiting, key=lambda one: (one[0], one[2].pk)):
        slot = next((one for one in slots if case.pk in one.cases), None)
        if slot is None:
            ready_on = max(ready_on, moved.get(case.pk, ready_on))
            slot = next((one for one in slots if _has_room(one, ready_on)), None)
            if slot:
                slot.room -= MINUTES[Group.NEW]
        if slot is None or slot.day > due_on:
            yield Late(case, due_on, _why(case, slot))


def _cases(user: User, panel: Panel) -> list[Case]:
    """Those that the panel hears or will hear; not those that it has heard and put off."""
    stages = (*ON_THE_WAY, Status.SUPPORT)
    cases = queries.heard_by(panel, Case.objects.coordinated_by(user))
    cases = cases.filter(Q(status__in=stages) | Q(status=Status.HELD, held_from__in=stages))
    decided = Decision.objects.filter(case=OuterRef("pk"), at__gte=OuterRef("status_since"))
    heard = Q(Exists(decided)) & (Q(status=Status.PANEL) | Q(held_from=Status.PANEL))
    return list(cases.exclude(heard))


def _slot(meeting: Meeting, items: Mapping[int, int], supported: int) -> Slot:
    taken = sum(items.values()) if meeting.issued_at else supported
    room = meeting.length - standing.MINUTES - taken
    return Slot(timezone.localdate(meeting.starts_at), room, frozenset(items))


def _has_room(slot: Slot, ready_on: datetime.date) -> bool:
    return slot.day >= ready_on and slot.room >= MINUTES[Group.NEW]


def _days(case: Case) -> tuple[datetime.date, datetime.date]:
    """By when the panel should hear the case, and from when it can: what comes before the panel is
    done when it is due, or today when it is overdue."""
    rules, today = case.area.rules, clock.today()
    if case.stage == Status.PANEL:
        return rules.due(timezone.localdate(case.status_since), rules.panel_working_days), today
    ready_on = max(case.next_due_on or today, today)
    if case.stage == Status.INFORMATION_GATHERING:
        ready_on = rules.due(ready_on, rules.assessment_working_days)
    return rules.due(ready_on, rules.panel_working_days), ready_on


def _why(case: Case, slot: Slot | None) -> str:
    began = {
        Status.INFORMATION_GATHERING: f"Answers are due on {gov_day(case.next_due_on)}.",
        Status.ASSESSMENT: f"The assessment is due on {gov_day(case.next_due_on)}.",
        Status.PANEL: f"The panel was convened on {gov_day(case.status_since)}.",
    }[Status(case.stage)]
    if slot is None:
        return f"{began} No meeting with room is planned."
    return f"{began} The next meeting with room is on {gov_day(slot.day)}."
