"""What a list of my work is made of."""

import datetime
from dataclasses import dataclass

from accounts.models import Area
from referrals.models import Case

MOST = 50  # rows fetched of any one kind; a longer list says so


@dataclass(frozen=True)
class Row:
    """One thing to do, with the page where it is done."""

    case: Case | None
    what: str
    url: str
    waiting: str
    due_on: datetime.date | None
    can_take: bool = False
    is_closed: bool = False  # the case itself may not be open to them
    name: str = ""
    title: str = ""  # what stands in place of a case,
    area: Area | None = None  # and where

    @property
    def late(self) -> str:
        area = self.case.area if self.case else self.area
        return area.late_words(self.due_on) if area else ""


Group = tuple[str, str, str, str, list[Row]]  # key, title, colour, words when empty, rows
OVERDUE: Group = ("overdue", "Overdue", "red", "Nothing is overdue.", [])
TODAY: Group = ("today", "Due today", "orange", "Nothing is due today.", [])
