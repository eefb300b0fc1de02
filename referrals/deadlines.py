"""By when an agency is to answer: the one place where that is reckoned, in working days of the area.

The day on which an agency is asked, or asked again, is day 0. A pause takes out the working days on
which the time stood still: from the day of the pause up to, and without, the day it goes on.
"""

import datetime
from dataclasses import dataclass

from accounts.area_policy import AreaPolicy

DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Time:
    """How long an agency has: counted from a day, up to a day, perhaps standing still."""

    rules: AreaPolicy
    counted_from: datetime.date
    due_on: datetime.date
    paused_on: datetime.date | None = None

    def stood_still(self, until: datetime.date) -> int:
        """On how many working days the time stood still, if it goes on on the day `until`."""
        if self.paused_on is None:
            return 0
        first = max(self.paused_on, self.counted_from + DAY)
        return max(0, self.rules.working_days_between(first - DAY, until - DAY))

    def resumed(self, on: datetime.date) -> datetime.date:
        """The date that holds once the time goes on: later by the working days it stood still."""
        return self.rules.due(self.due_on, self.stood_still(on))


def usual(rules: AreaPolicy, asked_on: datetime.date) -> datetime.date:
    """The date for answers that the area's policy gives (R90)."""
    return rules.due(asked_on, rules.return_working_days)
