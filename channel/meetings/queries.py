"""What the pages of a meeting show: the agenda as it builds itself, who is there, what is next."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts import grants
from accounts.models import Agency, User
from accounts.roles import ShareKind
from channel.meetings import access, asking, dates, placing, quorum, steps, why
from channel.meetings.models import AgendaItem, Decision, Meeting, Panel, WrittenUpdate
from channel.meetings.placing import Due
from channel.meetings.reading import HEADINGS, RESTRICTED, Heading
from channel.meetings.room import Room
from channel.meetings.timing import Bar
from channel.support.models import PostExitReview
from channel.support.queries import post_exit_due, refused, standing_exits
from prevent_cms import clock
from referrals.models import Case, CaseGroupObjectPermission, PersonFact, Routing, Transfer
from referrals.workflow import Status

Group = AgendaItem.Group
HELD = Meeting.Status.IN_SESSION, Meeting.Status.CLOSED, Meeting.Status.SEALED


@dataclass(frozen=True)
class Line:
    """One line of an agenda as one reader sees it; a restricted item is a number and no more."""

    number: str
    group: Group | None = None
    case: Case | None = None
    initials: str = ""
    why: str = ""
    decision: Decision | None = None
    is_late: bool = False
    is_after_papers: bool = False
    is_now: bool = False
    is_leaving: bool = False  # its exit waits for endorsements only
    has_update: bool = False
    minutes: int = 0
    time: str = ""
    bar: Bar | None = None
    moved_to: Meeting | None = None


def due_cases(
    user: User,
    panel: Panel,
    until: datetime.date | Coalesce,
    *,
    but: QuerySet[AgendaItem] | None = None,
) -> list[Due]:
    """The agenda as it builds itself: every new case, every open case until exit (R167), exits
    for decision or awaiting endorsement, reviews after exit that are due `until` a day (R173), and
    cases that may go to another area; each case once, and none of those that are among `but`.

    Only cases that this user coordinates beyond an emergency: an agenda shares them. A hold changes
    nothing (design section 4).
    """
    cases = heard_by(panel, Case.objects.coordinated_by(user, lasting=True))
    if but is not None:
        cases = cases.exclude(pk__in=but.values("case"))
    looks = post_exit_due(panel.area, until)
    left = Q(status=Status.CLOSED, pk__in=looks.order_by().values("case"))
    found = list(cases.filter(_at(Status.PANEL) | _at(Status.SUPPORT) | left))
    found.sort(key=lambda case: (case.status_since, case.pk))
    new, supported, closed = (
        [case for case in found if case.stage == stage]
        for stage in (Status.PANEL, Status.SUPPORT, Status.CLOSED)
    )
    leaving = exits_awaiting(supported)
    seen = _last_seen([*new, *supported])
    going = _transfers(user, [case for case in [*new, *supported] if case.pk not in leaving])
    due = [Due(case, Group.NEW, why.new(case, seen)) for case in new if case.pk not in going]
    staying = [c for c in supported if not (c.pk in leaving or c.pk in going)]
    asks = asking.for_exit(user, staying)
    due += [Due(c, Group.OPEN, why.supported(c, seen)) for c in staying if c.pk not in asks]
    due += _awaiting(supported, leaving)
    due += [
        Due(c, Group.EXIT, why.asked_to_leave(asks[c.pk], seen)) for c in staying if c.pk in asks
    ]
    due += _after_exit(closed, looks)
    moving = [case for case in [*new, *supported] if case.pk in going]
    return due + [Due(c, Group.TRANSFER, why.transfer(going[c.pk])) for c in moving]


def _awaiting(supported: list[Case], leaving: dict[int, Decision]) -> list[Due]:
    """The cases whose decided exit waits for endorsements, or was not endorsed."""
    again = refused(leaving.values())
    return [
        Due(case, Group.EXIT, why.leaving(leaving[case.pk], is_refused=case.pk in again))
        for case in supported
        if case.pk in leaving
    ]


def _after_exit(closed: list[Case], looks: QuerySet[PostExitReview]) -> list[Due]:
    """The earliest review that is due of each of these cases, the oldest first."""
    cases = {case.pk: case for case in closed}
    first = {look.case_id: look for look in looks.filter(case__in=closed).order_by("-due_on")}
    ordered = sorted(first.values(), key=lambda look: look.due_on)
    return [Due(cases[look.case_id], Group.POST_EXIT, why.look(look)) for look in ordered]


def due_at(user: User, meeting: Meeting, *, but: QuerySet[AgendaItem] | None = None) -> list[Due]:
    """The same for one meeting: without what was moved past it, in the order and with the minutes
    that its administrator gave, and saying what was moved here.

    A review after exit comes to the last meeting before it would be late.
    """
    due = due_cases(user, meeting.panel, dates.day_before_next(meeting), but=but)
    return placing.Placed(user, meeting).put(due) if due else []


def _transfers(user: User, cases: Iterable[Case]) -> dict[int, Transfer]:
    """Case id -> the transfer to another area that waits or is agreed, as far as the user reads it."""
    found = Transfer.objects.visible_to(user).filter(case__in=cases, result=Transfer.Result.OPEN)
    return {one.case_id: one for one in found.select_related("to_area")}


def heard_by(panel: Panel, cases: QuerySet[Case]) -> QuerySet[Case]:
    """Those of the cases that this panel hears: the area's, or those its council coordinates (R124).

    Of a case on which nobody decided, the council that had it first does.
    """
    cases = cases.filter(area=panel.area_id)
    if panel.council is None:
        return cases
    councils = Agency.objects.filter(area=panel.area_id, kind=Agency.Kind.LOCAL_AUTHORITY)
    shares = CaseGroupObjectPermission.objects.filter(
        grants.not_ended(),
        content_object=OuterRef("pk"),
        kind=ShareKind.COORDINATE,
        group__in=councils.values("group"),
    )
    decided = Routing.objects.filter(case=OuterRef("pk"), council__area=panel.area_id)
    council = Coalesce(
        Subquery(decided.values("council__group")[:1]),
        Subquery(shares.order_by("pk").values("group")[:1]),
    )
    return cases.alias(council=council).filter(council=panel.council.group_id)


def _at(stage: Status) -> Q:
    return Q(status=stage) | Q(status=Status.HELD, held_from=stage)


def exits_awaiting(cases: Iterable[Case]) -> dict[int, Decision]:
    """Case id -> the decision, for cases whose latest decision is exit; another area's is none,
    and to defer takes no exit back."""
    latest: dict[int, Decision] = {}
    decided = Decision.objects.filter(case__in=cases).order_by("at")
    decided = decided.exclude(choice__in=("", Decision.Choice.DEFER))
    decided = decided.select_related("case__area")
    for decision in decided:
        arrived = decision.case.arrived_at
        if not (arrived and decision.at and decision.at < arrived):
            latest[decision.case_id] = decision
    return {pk: d for pk, d in latest.items() if d.choice == Decision.Choice.EXIT}


def _last_seen(cases: Iterable[Case]) -> dict[int, datetime.datetime]:
    rows = AgendaItem.objects.filter(case__in=cases, decision__isnull=False)
    return dict(rows.values_list("case").annotate(Max("meeting__starts_at")))


def late_cases(user: User, meeting: Meeting) -> list[Due]:
    """What has become due since the agenda was issued."""
    return due_at(user, meeting, but=AgendaItem.objects.filter(meeting=meeting))


def _planned(user: User, meeting: Meeting) -> list[Line]:
    """The agenda as it builds itself, before it is issued."""
    due, closed_on = due_at(user, meeting), meeting.papers_close_on
    names = initials(user, [one.case for one in due])
    return [
        Line(
            str(n), one.group, one.case, names.get(one.case.pk, ""), one.why,
            is_late=one.case.is_late(), minutes=one.minutes,
            is_after_papers=timezone.localdate(one.case.status_since) > closed_on,
        )
        for n, one in enumerate(due, 1)
    ]  # fmt: skip


def agenda(user: User, meeting: Meeting, now: str = "") -> list[Line]:
    """The agenda for one reader. Once issued, an item not for them keeps only its number; who is
    there for items of their own sees no other."""
    if meeting.status == Meeting.Status.PLANNED:
        return _planned(user, meeting)
    written = WrittenUpdate.objects.visible_to(user).filter(item=OuterRef("pk"))
    leaving = standing_exits().filter(case=OuterRef("case"))
    items = access.items_for(user, meeting).annotate(
        has_update=Exists(written), is_leaving=Exists(leaving)
    )
    shown = {item.number: item for item in items}
    names = initials(user, [item.case for item in shown.values()])
    lines, is_seated = [], access.is_seated(user, meeting)
    for number, group in meeting.items.values_list("number", "group"):
        item = shown.get(number)
        if item is None:
            lines += [Line(number)] if is_seated else []
            continue
        decision = getattr(item, "decision", None)
        name = names.get(item.case_id, "")
        lines.append(
            Line(
                number,
                Group(group),
                item.case,
                name,
                item.why_here,
                decision,
                is_late=meeting.closed_at is None and item.case.is_late() and not decision,
                is_now=number == now,
                is_leaving=item.is_leaving,
                has_update=item.has_update,
                minutes=item.minutes,
                moved_to=item.moved_to if item.is_moved else None,
            )
        )
    return lines


def in_groups(lines: Iterable[Line]) -> list[tuple[Heading, list[Line]]]:
    """The lines under their headings, in the order of the agenda; empty groups are left out."""
    lines = list(lines)
    found = [
        (head, [line for line in lines if (line.group or RESTRICTED.value) == head.value])
        for head in HEADINGS
    ]
    return [(group, members) for group, members in found if members]


def initials(user: User, cases: Iterable[Case]) -> dict[int, str]:
    """Case id -> initials, from the names this user may read: agendas never show a name."""
    facts = PersonFact.objects.visible_to(user).filter(
        case__in=list(cases), kind=PersonFact.Kind.NAME
    )
    return {fact.case_id: short(fact.value) for fact in facts.order_by("pk")}


def short(name: str) -> str:
    """T.B. for Tom Brayford."""
    return "".join(f"{word[0].upper()}." for word in name.split() if word[0].isalpha())


def quorum_of(meeting: Meeting, item: AgendaItem | None = None) -> quorum.Quorum:
    """The quorum as the attendance stands; with `item`, of those who are in the room for it."""
    return Room(meeting, item).quorum


def core_agencies(panel: Panel) -> list[Agency]:
    """The permanent members of the panel (R127), by name."""
    return list(panel.agencies(is_core=True))


def coming_and_past(user: User) -> tuple[list[Meeting], list[Meeting]]:
    """The meetings this user may know of: those still to be held or recorded, and the last ones."""
    meetings = access.meetings_for(user)
    past = Q(status__in=[Meeting.Status.CLOSED, Meeting.Status.SEALED])
    past |= Q(status=Meeting.Status.CANCELLED, starts_at__lt=clock.now())
    return (
        list(meetings.exclude(past).order_by("starts_at")[:24]),
        list(meetings.filter(past).order_by("-starts_at")[:24]),
    )


def undecided(lines: Iterable[Line]) -> list[Line]:
    """The lines without a decision that should have one; a case that has left needs none, nor one
    whose exit waits for its endorsements."""
    return [
        line
        for line in lines
        if line.case
        and not line.is_leaving
        and line.case.stage in steps.OFFERS
        and line.group != Group.POST_EXIT
        and not line.moved_to
        and not (line.decision and line.decision.choice)
    ]
