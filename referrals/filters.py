"""What the list of cases can be narrowed to. It stands in the address, so it holds codes only."""

import datetime
import operator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.db.models.lookups import Exact
from django.urls import reverse

from accounts.models import User
from prevent_cms import clock
from prevent_cms.marking import Mark
from prevent_cms.typed import number_in
from referrals.access import WITH_POLICE
from referrals.models import InformationRequest
from referrals.workflow import Status

WHOSE = {"mine": "Me", "unallocated": "Nobody yet"}  # besides, the number of an officer
DUE = {"overdue": "Overdue", "today": "Today", "week": "Next 7 days"}
WAITING = {
    "police": "Police",
    "agencies": "Agencies that were asked",
    "panel": "The panel",
    "support": "Those who give support",
}


@dataclass(frozen=True)
class Filters:
    """What the address says; it holds codes and references, never personal data."""

    stages: tuple[str, ...] = ()
    whose: str = ""
    due: str = ""
    waiting: str = ""
    area: str = ""
    after: str = ""
    before: str = ""

    @property
    def stored(self) -> dict[str, Any]:
        """The same for keeping, without the page."""
        return {
            "stages": list(self.stages),
            "whose": self.whose,
            "due": self.due,
            "waiting": self.waiting,
            "area": self.area,
        }

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """What was kept with `stored`."""
        return cls(**{**stored, "stages": tuple(stored["stages"])})

    @property
    def address(self) -> str:
        """The list with these filters."""
        named = [
            *(("stage", stage) for stage in self.stages),
            ("whose", self.whose),
            ("due", self.due),
            ("waiting", self.waiting),
            ("area", self.area),
            ("after", self.after),
            ("before", self.before),
        ]
        query = urlencode([pair for pair in named if pair[1]])
        return reverse("case_list") + (f"?{query}" if query else "")


def by_due(due: str) -> Q:
    """The condition that the next date of a case is of this kind."""
    today = clock.today()
    week = today + datetime.timedelta(days=7)
    return {
        "overdue": Q(next_due_on__lt=today),
        "today": Q(next_due_on=today),
        "week": Q(next_due_on__range=(today, week)),
    }.get(due, Q())


def by_owner(user: User, whose: str) -> Q:
    """The condition that this person, nobody, or an officer by number has a case."""
    if officer := number_in(whose):
        return Q(owner=officer)
    return {"mine": Q(owner=user), "unallocated": Q(owner=None)}.get(whose, Q())


def by_waiting(waiting: str) -> Q:
    """The condition that a case waits for such people, in the sense of the head of its pages.

    By the stage alone, so that a hold changes nothing. For the cases of their coordinators, who
    read what is asked about each of them.
    """
    gathers = Status.INFORMATION_GATHERING
    owes = InformationRequest.objects.filter(case=OuterRef("pk"), answered_at=None).order_by()
    at_gathering = (Q(Exact(OuterRef(field), gathers)) for field in ("status", "held_from"))
    waits = Q(Exists(owes.filter(operator.or_(*at_gathering), mark=Mark.COORDINATION)))
    return {
        "police": _at(*WITH_POLICE) & ~waits,
        "agencies": _at(gathers) & waits,
        "panel": _at(Status.PANEL),
        "support": _at(Status.SUPPORT),
    }.get(waiting, Q())


def _at(*stages: Status) -> Q:
    return Q(status__in=stages) | Q(status=Status.HELD, held_from__in=stages)
