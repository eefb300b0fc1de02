"""How information requests stand: of one case, and of one agency."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Case as Choose
from django.db.models import IntegerField, Prefetch, Q, Value, When
from django.http import Http404
from django.utils import timezone
from django.utils.text import Truncator

from accounts import grants
from accounts.area_policy import AreaPolicy
from accounts.models import User
from accounts.roles import ShareKind
from prevent_cms import clock
from prevent_cms.components.text import counted, gov_day
from referrals.deadlines import Time
from referrals.information import answering_agencies
from referrals.models import (
    Case,
    InformationRequest,
    InformationReturn,
    MarkedQuerySet,
    RequestChange,
)
from referrals.workflow import Status

PAGE = 25
SHORT = 120
Known = InformationReturn.Known
IN_WORDS: dict[str, str] = {
    Known.YES: "Known.",
    Known.BEFORE: "Known in the past.",
    Known.NO: "Not known.",
}
# For the meter: what is in comes first.
METER = ("in", "nil", "", "paused", "late", "over")
TIMES = {1: "once", 2: "twice"}


@dataclass(frozen=True)
class Line:
    """One request as its coordinators and its agency read it."""

    request: InformationRequest
    state: str  # "late", "" (waiting), "paused", "in", "nil", "over"
    known: str

    WORDS = {
        "late": ("Overdue", "red"),
        "": ("Waiting", "blue"),
        "paused": ("Paused", "yellow"),
        "in": ("Answered", "green"),
        "nil": ("Nil return", "grey"),
        "over": ("Not answered", "grey"),
    }

    @property
    def status(self) -> str:
        return self.WORDS[self.state][0]

    @property
    def colour(self) -> str:
        return self.WORDS[self.state][1]

    @property
    def has_news(self) -> bool:
        """Whether the agency reported a change that no coordinator has read yet."""
        return any(one.is_change and one.read_at is None for one in self.request.returns.all())

    @property
    def is_to_chase(self) -> bool:
        """Whether it is overdue and nobody reminded the agency today."""
        return self.state == "late" and not is_reminded_today(self.request)

    @property
    def late(self) -> str:
        """How late it is, in words; empty when it is not."""
        request = self.request
        return request.case.area.rules.due_words(request.due_on) if self.state == "late" else ""

    @property
    def changes(self) -> list[RequestChange]:
        """How its time was changed, where that was fetched."""
        return getattr(self.request, "its_changes", [])

    @property
    def note(self) -> str:
        """What stands below the date: that it stands still, or that it is not the first."""
        if self.request.paused_on:
            return f"paused since {gov_day(self.request.paused_on)}"
        more = sum(change.what == RequestChange.What.EXTENDED for change in self.changes)
        return f"extended {TIMES.get(more, f'{more} times')}" if more else ""


def is_reminded_today(request: InformationRequest) -> bool:
    """Whether its agency has been reminded today."""
    reminded = request.reminded_at
    return bool(reminded) and timezone.localdate(reminded) == clock.today()


def time_of(request: InformationRequest) -> Time:
    """How long its agency has, as `referrals.deadlines` reckons it."""
    rules = request.case.area.rules
    return Time(rules, request.counted_from, request.due_on, request.paused_on)


def time_left(rules: AreaPolicy, due_on: datetime.date) -> str:
    """How long an agency has for a date that has not passed, as a sentence."""
    words = rules.due_words(due_on)
    return f"You have {words}." if words.endswith("left") else f"It is {words}."


def line_of(request: InformationRequest) -> Line:
    """How a request stands; its returns must have been fetched for this reader."""
    returns = list(request.returns.all())
    if request.ended_why:
        return Line(request, "over", f"Ended: {request.ended_why}")
    if request.answered_at:
        all_nil = bool(returns) and all(one.is_nil for one in returns)
        return Line(request, "nil" if all_nil else "in", _known(returns))
    again = request.counted_from > timezone.localdate(request.at)
    asked = (
        f"Asked again {gov_day(request.counted_from)}" if again else f"Asked {gov_day(request.at)}"
    )
    if request.reminded_at:
        asked += f", reminded {gov_day(request.reminded_at)}"
    if request.case.status == Status.CLOSED:
        return Line(request, "over", asked)
    if request.paused_on:
        return Line(request, "paused", asked)
    return Line(request, "late" if request.is_overdue else "", asked)


def _known(returns: list[InformationReturn]) -> str:
    told = [one for one in returns if not one.is_nil]
    if not told:
        return f"Searched {gov_day(returns[0].at)}, nothing held" if returns else ""
    words = IN_WORDS[told[-1].known]
    more = Truncator(told[-1].involvement).chars(SHORT)
    return f"{words} {more}".strip()


def requests_of(user: User, case: Case, *, with_changes: bool = False) -> list[Line]:
    """Every request of a case that this reader may see, the most urgent first."""
    rows = _with_returns(user).filter(case=case)
    if with_changes:
        changes = RequestChange.objects.visible_to(user).select_related("by").order_by("at", "pk")
        rows = rows.prefetch_related(Prefetch("changes", queryset=changes, to_attr="its_changes"))
    order = list(Line.WORDS)
    return sorted(map(line_of, rows), key=lambda line: order.index(line.state))


def get_line(lines: list[Line], number: int) -> Line:
    """The one of these requests with this number; Http404 when there is none."""
    found = next((line for line in lines if line.request.pk == number), None)
    if found is None:
        raise Http404
    return found


def _with_returns(user: User) -> MarkedQuerySet:
    returns = (
        InformationReturn.objects.visible_to(user)
        .select_related("by", "written_by")
        .order_by("at", "pk")
    )
    return (
        InformationRequest.objects.visible_to(user)
        .select_related("agency", "case__area", "by")
        .prefetch_related(Prefetch("returns", queryset=returns))
    )


def to_chase(case: Case, lines: list[Line]) -> list[InformationRequest]:
    """The requests of a case whose agencies can be chased now: overdue, and open to the agency."""
    late = [line.request for line in lines if line.is_to_chase]
    let_in = grants.let_in(case, [ShareKind.RESPOND]) if late else set()
    return [request for request in late if request.agency.group_id in let_in]


def summary(lines: list[Line]) -> tuple[str, str]:
    """The sentence over the requests: its bold beginning and its rest."""
    states = [line.state for line in lines]
    told, nil, late = states.count("in"), states.count("nil"), states.count("late")
    waiting, paused = states.count(""), states.count("paused")
    once = len({line.request.agency_id for line in lines}) == len(lines)
    asked = counted(len(lines), "agency,agencies" if once else "request")
    verb = "has" if len(lines) == 1 else "have"
    head = f"{told + nil} of {asked} {verb} {'' if once else 'been '}answered"
    parts = [f"{told} with information"] * bool(told)
    parts += [counted(nil, "nil return")] * bool(nil)
    open_ones = [f"{waiting} {_are(waiting)} waiting"] * bool(waiting)
    open_ones += [f"{paused} {_are(paused)} paused"] * bool(paused)
    open_ones += [f"{late} {_are(late)} overdue"] * bool(late)
    rest = [", ".join(parts), _and(open_ones)]
    return head, ". ".join(part for part in rest if part)


def _and(parts: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def outstanding(lines: list[Line]) -> int:
    """How many requests have no answer."""
    return sum(line.request.answered_at is None for line in lines)


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


@dataclass(frozen=True)
class Page:
    lines: list[Line]
    after: str = ""
    before: str = ""


def page_for_agency(user: User, *, after: str = "", before: str = "") -> Page:
    """A page of the requests to this person's agencies: open ones first, then by due date.

    `after` and `before` are the keys that the page itself gives out; anything else is ignored.
    """
    closed = Q(answered_at__isnull=False) | Q(case__status=Status.CLOSED)
    done = Choose(When(closed, then=Value(1)), default=Value(0), output_field=IntegerField())
    rows = _with_returns(user).filter(agency_id__in=answering_agencies(user)).annotate(done=done)
    key, forward = _key(after or before), not before or bool(after)
    if key:
        rows = rows.filter(_beyond(*key, forward=forward))
    order = ["done", "due_on", "pk"] if forward else ["-done", "-due_on", "-pk"]
    found = list(rows.order_by(*order)[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    if not forward:
        found.reverse()
    first, last = (_key_of(found[0]), _key_of(found[-1])) if found else ("", "")
    return Page(
        [line_of(row) for row in found],
        after=last if more or not forward else "",
        before=first if key and (forward or more) else "",
    )


def _beyond(done: int, due_on: datetime.date, pk: int, *, forward: bool) -> Q:
    than = "gt" if forward else "lt"
    return (
        Q(**{f"done__{than}": done})
        | Q(**{"done": done, f"due_on__{than}": due_on})
        | Q(**{"done": done, "due_on": due_on, f"pk__{than}": pk})
    )


def _key_of(row: Any) -> str:
    return f"{row.done}.{row.due_on.isoformat()}.{row.pk}"


def _key(text: str) -> tuple[int, datetime.date, int] | None:
    try:
        done, due_on, pk = text.split(".")
        return int(done), datetime.date.fromisoformat(due_on), int(pk)
    except ValueError:
        return None
