"""The log of actions: what agencies took away from the panel, and what became of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.permissions import Perm
from channel.meetings import access
from channel.meetings.models import Meeting, PanelAction
from prevent_cms import clock
from prevent_cms.typed import number_in

PAGE = 50
# What the address may ask for, and what it is called.
CHOICES = {
    "open": "Not finished",
    "overdue": "Overdue",
    "mine": "Your agency's, not finished",
    "all": "All",
}


@dataclass(frozen=True)
class Line:
    """One action as the log shows it to one reader."""

    action: PanelAction
    may_update: bool
    carried_from: Meeting | None = None


@dataclass(frozen=True)
class Page:
    lines: list[Line]
    chosen: str
    is_first: bool
    after: int | None

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        """Code, title and whether it is the one shown."""
        return [(code, title, code == self.chosen) for code, title in CHOICES.items()]


def page(user: User, chosen: str, after: str) -> Page:
    """A page of the actions from all meetings of the reader's panels, the most urgent first.

    `chosen` is one of CHOICES, `after` the number of the last action of the page before; what is
    neither counts as not given.
    """
    chosen = chosen if chosen in CHOICES else "open"
    found = _seen_by(user).filter(_rule(user, chosen)).order_by("due_on", "pk")
    start = found.filter(pk=number_in(after) or 0).first()
    if start:
        found = found.filter(Q(due_on__gt=start.due_on) | Q(due_on=start.due_on, pk__gt=start.pk))
    rows = list(found[: PAGE + 1])
    last = rows[PAGE - 1].pk if len(rows) > PAGE else None
    return Page(_lines(user, rows[:PAGE]), chosen, start is None, last)


def of_meeting(user: User, meeting: Meeting) -> tuple[list[Line], list[Line]]:
    """What a meeting has to look at: actions carried forward from earlier ones of the panel, which
    had not come to an end when it began; and those it gave out itself."""
    rows = _seen_by(user).filter(decision__item__meeting__panel=meeting.panel)
    rows = rows.order_by("due_on", "pk")
    earlier = rows.filter(decision__item__meeting__starts_at__lt=meeting.starts_at)
    ended_later = Q(updated_at__gte=meeting.opened_at or clock.now())
    carried = earlier.filter(Q(status__in=PanelAction.UNFINISHED) | ended_later)
    return (
        [_line(user, one, carried=True) for one in carried[: PAGE * 2]],
        _lines(user, rows.filter(decision__item__meeting=meeting)),
    )


def _seen_by(user: User) -> QuerySet[PanelAction]:
    """Actions that the reader may read, from meetings they may know of."""
    found = PanelAction.objects.visible_to(user).filter(
        decision__item__meeting__in=access.meetings_for(user)
    )
    return found.select_related("agency", "case", "decision__item__meeting__panel__area")


def _rule(user: User, chosen: str) -> Q:
    unfinished = Q(status__in=PanelAction.UNFINISHED)
    rules = {
        "open": unfinished,
        "overdue": unfinished & Q(due_on__lt=clock.today()),
        "mine": unfinished & Q(agency__in=user.agency_ids),
        "all": Q(),
    }
    return rules[chosen]


def _lines(user: User, rows: Iterable[PanelAction]) -> list[Line]:
    return [_line(user, one) for one in rows]


def _line(user: User, action: PanelAction, *, carried: bool = False) -> Line:
    meeting = action.decision.item.meeting
    may = access.is_own(user, action) or access.may(user, Perm.MEETING_RECORD, meeting)
    return Line(action, may, meeting if carried else None)
