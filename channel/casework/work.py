"""My work: what this person has to do, the most urgent first, in few queries at any size."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from accounts.area_policy import PARTIES
from accounts.models import User
from accounts.permissions import Perm
from accounts.roles import ShareKind
from channel.meetings.access import meetings_for
from channel.meetings.models import Meeting, PanelAction
from channel.support.models import PlanItem, SupportPlan
from prevent_cms import clock
from prevent_cms.components.text import gov_date, gov_day
from prevent_cms.presentation import Count
from referrals.information import answering_agencies
from referrals.models import Case, InformationRequest, PersonFact, SignOff
from referrals.pages import NEXT_ACTIONS
from referrals.workflow import Status
from vaf.models import Assessment

MOST = 100  # rows fetched of any one kind; a longer list says so
FEW = 5  # rows shown before "See all"
ALWAYS = frozenset({"overdue", "today"})


@dataclass(frozen=True)
class Row:
    """One thing to do, with the page where it is done."""

    case: Case
    what: str
    url: str
    waiting: str
    due_on: datetime.date | None
    can_take: bool = False
    name: str = ""

    @property
    def late(self) -> str:
        late = self.due_on and self.due_on < clock.today()
        return clock.due_words(self.due_on) if self.due_on and late else ""


@dataclass(frozen=True)
class Section:
    """One list; its figure at the head of the page links to exactly its rows."""

    key: str
    title: str
    colour: str
    empty: str
    rows: list[Row]
    is_cut: bool = False

    @property
    def heading(self) -> str:
        few = f", showing the first {FEW}" if self.is_cut else ""
        return f"{self.title}: {self.number_words}{few}"

    @property
    def number_words(self) -> str:
        return f"more than {MOST}" if len(self.rows) > MOST else str(len(self.rows))

    @property
    def what_head(self) -> str:
        return "What they owe" if self.key == "waiting" else "What to do"

    @property
    def shown(self) -> list[Row]:
        return self.rows[: FEW if self.is_cut else MOST]

    @property
    def note(self) -> str:
        """What stands below the figure: how old the oldest is."""
        first = self.rows[0] if self.rows else None
        if first is None or first.due_on is None:
            return ""
        return f"oldest {first.late}" if first.late else f"first due {gov_day(first.due_on)}"

    @property
    def count(self) -> Count:
        url = f"{reverse('work')}?show={self.key}"
        return Count(len(self.rows), self.title, url, self.note, self.colour)


@dataclass
class Work:
    sections: list[Section]
    meetings: list[Meeting] = field(default_factory=list)
    only: str = ""
    may_see_meetings: bool = False
    may_find_cases: bool = False

    @property
    def counts(self) -> list[Count]:
        return [section.count for section in self.sections]

    @property
    def open(self) -> list[Section]:
        """The lists the page shows: all of them, or the one whose figure was followed."""
        return [one for one in self.sections if not self.only or one.key == self.only]


def work(user: User, show: str = "") -> Work:
    """Everything this person has to do; `show` names the one list to be shown in full."""
    groups = [*_cases(user), *_signatures(user), *_requests(user), *_tasks(user), *_waiting(user)]
    show = show if show in [group[0] for group in groups] else ""
    names = _names(user, [row.case.pk for group in groups for row in group[-1]])
    sections = []
    for key, title, colour, empty, rows in groups:
        named = [_named(row, names) for row in rows]
        is_cut = not show and len(named) > FEW and key not in ALWAYS
        sections.append(Section(key, title, colour, empty, named, is_cut))
    return Work(
        sections,
        _meetings(user),
        show,
        may_see_meetings=user.holds(Perm.MEETING_VIEW),
        may_find_cases=user.holds(Perm.CASE_VIEW),
    )


Group = tuple[str, str, str, str, list[Row]]


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
    if not _coordinates(user):
        return
    today = clock.today()
    rule = _in_care(user) & Q(next_due_on__lte=today) & ~Q(status=Status.RECEIVED)
    takes = user.is_police and user.holds(Perm.CASE_TAKE)
    rule |= Q(status=Status.RECEIVED) if takes else Q(pk__in=[])
    cases = list(Case.objects.coordinated_by(user).open().filter(rule)[: 3 * MOST])
    new = [case for case in cases if case.status == Status.RECEIVED]
    due = [_case_row(user, case) for case in cases if case.status != Status.RECEIVED]
    late = [row for row in due if row.late]
    now = [row for row in due if not row.late]
    yield "overdue", "Overdue", "red", "Nothing is overdue.", late
    yield "today", "Due today", "orange", "Nothing is due today.", now
    if takes:
        rows = [_case_row(user, case) for case in new]
        yield "unallocated", "Unallocated", "blue", "Every referral has been taken.", rows


def _case_row(user: User, case: Case) -> Row:
    stage = Status(case.status) if user.is_police else case.stage
    what, route, _, _ = NEXT_ACTIONS[stage]
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


def _signatures(user: User) -> Iterable[Group]:
    if not user.holds(Perm.CONVENING_SIGN):
        return
    signed = SignOff.objects.filter(
        case=OuterRef("pk"), what=SignOff.What.CONVENING, at__gte=OuterRef("status_since")
    )
    assessed = Assessment.objects.filter(case=OuterRef("pk"), status=Assessment.Status.SIGNED)
    rule, asked = Q(pk__in=[]), False
    for seat in user.seats:
        rules = seat.agency.area.rules
        for party in rules.convening_sign_offs:
            if PARTIES[party] & seat.roles:
                asked = True
                ours = Q(party=party) | Q(agency=seat.agency)
                wanted = Q(~Exists(signed.filter(ours, endorses=True)), area=seat.agency.area)
                if rules.assessment_required_before == "convene":
                    wanted &= Q(Exists(assessed))
                rule |= wanted
    if not asked:
        return
    stage = Q(status=Status.ASSESSMENT)
    if not user.is_police:  # outside police a hold changes nothing
        stage |= Q(status=Status.HELD, held_from=Status.ASSESSMENT)
    cases = Case.objects.coordinated_by(user).filter(rule, stage)
    rows = [
        Row(
            case=case,
            what="Sign off convening",
            url=reverse("case_convene", args=[case.reference]),
            waiting=f"You, since {gov_day(case.status_since)}",
            due_on=case.next_due_on,
        )
        for case in cases.exclude(Exists(signed.filter(by=user)))[: MOST + 1]
    ]
    yield "sign", "To sign", "purple", "Nothing waits for your signature.", rows


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


def _names(user: User, ids: list[int]) -> dict[int, str]:
    """Names by case, from facts this person may see; nobody has opened a referral not yet taken."""
    if not ids:
        return {}
    facts = PersonFact.objects.visible_to(user).filter(
        case_id__in=set(ids), kind=PersonFact.Kind.NAME
    )
    return dict(facts.exclude(case__status=Status.RECEIVED).values_list("case_id", "value"))


def _named(row: Row, names: dict[int, str]) -> Row:
    unknown = "Not opened yet" if row.can_take else "Name not known"
    return Row(**{**vars(row), "name": names.get(row.case.pk, unknown)})


def _meetings(user: User) -> list[Meeting]:
    """The next three meetings this person may know of."""
    if not user.holds(Perm.MEETING_VIEW):
        return []
    ahead = (Meeting.Status.PLANNED, Meeting.Status.ISSUED, Meeting.Status.IN_SESSION)
    start = clock.now() - datetime.timedelta(days=1)
    found = meetings_for(user).filter(status__in=ahead, starts_at__gte=start)
    return list(found.order_by("starts_at")[:3])


def today_words() -> str:
    """The line below the heading."""
    return f"{clock.today():%A} {gov_date(clock.today())}"
