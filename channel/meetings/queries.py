"""What the pages of a meeting show: the agenda as it builds itself, who is there, what is next."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts import grants
from accounts.models import Agency, Area, User
from accounts.roles import ShareKind
from channel.meetings import access, quorum
from channel.meetings.models import AgendaItem, Attendance, Decision, Meeting, Panel
from channel.meetings.reading import HEADINGS, RESTRICTED, Heading
from channel.support.models import PostExitReview
from channel.support.queries import is_refused, post_exit_due
from prevent_cms import clock
from prevent_cms.components.text import gov_date
from referrals.models import Case, CaseGroupObjectPermission, PersonFact, Routing
from referrals.workflow import Status

Group = AgendaItem.Group
HELD = Meeting.Status.IN_SESSION, Meeting.Status.CLOSED, Meeting.Status.SEALED


def next_days(area: Area) -> list[datetime.date]:
    """The days of the next three meetings of an area."""
    ahead = Meeting.objects.filter(
        panel__area=area,
        status__in=(Meeting.Status.PLANNED, Meeting.Status.ISSUED),
        starts_at__gte=clock.now(),
    )
    starts = ahead.order_by("starts_at").values_list("starts_at", flat=True)
    return [timezone.localdate(start) for start in starts[:3]]


@dataclass(frozen=True)
class Due:
    """A case that belongs on the next agenda, and why it is there."""

    case: Case
    group: Group
    why: str


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
    is_now: bool = False


def due_cases(user: User, panel: Panel, on: datetime.date) -> list[Due]:
    """The agenda as it builds itself for a meeting on a day: every new case, every open case until
    exit (R167), exits awaiting endorsement, and reviews due after exit (R173).

    Only cases that this user coordinates beyond an emergency: an agenda shares them. A hold changes
    nothing (design section 4).
    """
    cases = heard_by(panel, Case.objects.coordinated_by(user, lasting=True))
    new = list(_at(cases, Status.PANEL).order_by("status_since", "pk"))
    supported = list(_at(cases, Status.SUPPORT).order_by("status_since", "pk"))
    leaving = exits_awaiting(supported)
    seen = _last_seen([*new, *supported])
    due = [Due(case, Group.NEW, _why_new(case, seen)) for case in new]
    due += [Due(c, Group.OPEN, _why_open(c, seen)) for c in supported if c.pk not in leaving]
    due += [Due(c, Group.EXIT, _why_exit(leaving[c.pk])) for c in supported if c.pk in leaving]
    closed = {case.pk: case for case in cases.filter(status=Status.CLOSED)}
    looks = {look.case_id: look for look in post_exit_due(panel.area, on).order_by("-due_on")}
    return due + [
        Due(closed[pk], Group.POST_EXIT, _why_look(look))
        for pk, look in sorted(looks.items(), key=lambda pair: pair[1].due_on)
        if pk in closed
    ]


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


def _at(cases: QuerySet[Case], stage: Status) -> QuerySet[Case]:
    return cases.filter(Q(status=stage) | Q(status=Status.HELD, held_from=stage))


def exits_awaiting(cases: Iterable[Case]) -> dict[int, Decision]:
    """Case id -> the decision, for cases whose latest decision is exit; another area's is none."""
    latest: dict[int, Decision] = {}
    decided = Decision.objects.filter(case__in=cases).exclude(choice="").order_by("at")
    decided = decided.select_related("case__area")
    for decision in decided:
        arrived = decision.case.arrived_at
        if not (arrived and decision.at and decision.at < arrived):
            latest[decision.case_id] = decision
    return {pk: d for pk, d in latest.items() if d.choice == Decision.Choice.EXIT}


def _last_seen(cases: Iterable[Case]) -> dict[int, datetime.datetime]:
    rows = AgendaItem.objects.filter(case__in=cases, decision__isnull=False)
    return dict(rows.values_list("case").annotate(Max("meeting__starts_at")))


def _why_new(case: Case, seen: dict[int, datetime.datetime]) -> str:
    if case.pk in seen:
        return f"Before the panel again. Last seen {gov_date(seen[case.pk])}."
    return f"New: the panel was convened on {gov_date(timezone.localdate(case.status_since))}."


def _why_open(case: Case, seen: dict[int, datetime.datetime]) -> str:
    last = f"Last seen {gov_date(seen[case.pk])}." if case.pk in seen else "Not seen since."
    return f"Every open case comes to every panel until exit. {last}"


def _why_exit(decision: Decision) -> str:
    decided = f"The panel decided on exit on {gov_date(decision.at)}."
    if is_refused(decision.case, decision):
        return f"{decided} It was not endorsed, so the panel decides again."
    return f"{decided} It is not fully endorsed yet."


def _why_look(look: PostExitReview) -> str:
    return f"{look.months} months after exit, due on {gov_date(look.due_on)}."


def late_cases(user: User, meeting: Meeting) -> list[Due]:
    """What has become due since the agenda was issued."""
    on_agenda = set(AgendaItem.objects.filter(meeting=meeting).values_list("case_id", flat=True))
    day = timezone.localdate(meeting.starts_at)
    due = due_cases(user, meeting.panel, day)
    return [one for one in due if one.case.pk not in on_agenda]


def agenda(user: User, meeting: Meeting, now: str = "") -> list[Line]:
    """The agenda for one reader. Once issued, an item not for them keeps only its number."""
    if meeting.status == Meeting.Status.PLANNED:
        due = due_cases(user, meeting.panel, timezone.localdate(meeting.starts_at))
        names = initials(user, [one.case for one in due])
        return [
            Line(
                str(n), one.group, one.case, names.get(one.case.pk, ""), one.why,
                is_late=one.case.is_late(),
            )
            for n, one in enumerate(due, 1)
        ]  # fmt: skip
    shown = {item.number: item for item in access.items_for(user, meeting)}
    names = initials(user, [item.case for item in shown.values()])
    lines = []
    for number, group in meeting.items.values_list("number", "group"):
        item = shown.get(number)
        if item is None:
            lines.append(Line(number))
            continue
        decision = getattr(item, "decision", None)
        name = names.get(item.case_id, "")
        lines.append(
            Line(
                number, Group(group), item.case, name, item.why, decision, is_now=number == now
            )
        )  # fmt: skip
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


def quorum_of(meeting: Meeting) -> quorum.Quorum:
    """The quorum as the attendance stands."""
    rows = Attendance.objects.filter(meeting=meeting).select_related("agency")
    lines = [
        quorum.Presence(
            agency_id=row.agency_id,
            is_there=row.status != Attendance.Status.APOLOGIES,
            is_chair=row.role == Attendance.Role.CHAIR,
            is_police=row.agency is not None and row.agency.kind == Agency.Kind.POLICE,
            is_core=row.agency is not None and row.agency.is_core,
        )
        for row in rows
    ]
    return quorum.assess(lines, meeting.panel.area.rules.quorum_agencies)


def next_meeting_on(meeting: Meeting) -> datetime.date:
    """The day of the panel's next meeting; not planned yet, the interval of policy from this one."""
    later = Meeting.objects.filter(panel=meeting.panel, starts_at__gt=meeting.starts_at)
    following = later.order_by("starts_at").first()
    if following:
        return timezone.localdate(following.starts_at)
    day = timezone.localdate(meeting.starts_at)
    day = clock.add_months(day, meeting.panel.area.rules.review_months)
    return clock.add_working_days(day, 0)


def core_agencies(panel: Panel) -> list[Agency]:
    """The permanent members of the panel (R127), by name."""
    core = Agency.objects.filter(area=panel.area_id, is_core=True, is_active=True)
    return [agency for agency in core.order_by("name") if panel.has_seat_for(agency)]


def coming_and_past(user: User) -> tuple[list[Meeting], list[Meeting]]:
    """The meetings this user may know of: those still to be held or recorded, and the last ones."""
    meetings = access.meetings_for(user)
    past = Q(status__in=[Meeting.Status.CLOSED, Meeting.Status.SEALED])
    return (
        list(meetings.exclude(past).order_by("starts_at")[:24]),
        list(meetings.filter(past).order_by("-starts_at")[:24]),
    )


def undecided(lines: Iterable[Line]) -> list[Line]:
    """The lines without a decision that should have one."""
    return [
        line
        for line in lines
        if line.case
        and line.group != Group.POST_EXIT
        and not (line.decision and line.decision.choice)
    ]


@dataclass(frozen=True)
class Summary:
    """What the head of a meeting says: the quorum, how many items, how many are decided."""

    quorum: quorum.Quorum
    is_known: bool
    counts: list[tuple[str, int]]
    undecided: int


def summary(meeting: Meeting, lines: list[Line]) -> Summary:
    """The three boxes over the agenda, from what this reader sees of it."""
    known = meeting.opened_at is not None
    counts = [(group.label, len(members)) for group, members in in_groups(lines)]
    return Summary(quorum_of(meeting), known, counts, len(undecided(lines)))
