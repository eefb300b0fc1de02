"""Today, now, and working days with the bank holidays of each nation of Great Britain."""

import calendar
import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from functools import cache

import holidays
from django.utils import timezone


class Nation(StrEnum):
    """Whose bank holidays count; the value is the code of the package that knows them."""

    ENGLAND = "ENG"
    WALES = "WLS"
    SCOTLAND = "SCT"


_pretended: ContextVar[datetime.datetime | None] = ContextVar("pretended", default=None)


def now() -> datetime.datetime:
    """The present moment, with its zone."""
    return _pretended.get() or timezone.now()


def today() -> datetime.date:
    """Today's date in the UK."""
    return timezone.localdate(now())


def start_of(day: datetime.date) -> datetime.datetime:
    """The first moment of a day in the UK."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))


@contextmanager
def at(moment: datetime.datetime) -> Iterator[None]:
    """Let what happens inside bear another time: for demonstration data that tells a past story."""
    token = _pretended.set(moment)
    try:
        yield
    finally:
        _pretended.reset(token)


@cache
def _bank_holidays(nation: str) -> holidays.HolidayBase:
    return holidays.country_holidays("GB", subdiv=nation)


def is_working_day(day: datetime.date, nation: str = Nation.ENGLAND) -> bool:
    """Whether offices are open there: Monday to Friday and no bank holiday."""
    return day.weekday() < 5 and day not in _bank_holidays(nation)


def add_working_days(day: datetime.date, count: int, nation: str = Nation.ENGLAND) -> datetime.date:
    """The date `count` working days after `day` (before it when negative); `day` itself is day 0.

    With 0 the answer is `day`, or the next working day when `day` is none.
    """
    step = datetime.timedelta(days=-1 if count < 0 else 1)
    left = abs(count)
    while left:
        day += step
        left -= is_working_day(day, nation)
    while not is_working_day(day, nation):
        day += step
    return day


def working_days_between(
    start: datetime.date, end: datetime.date, nation: str = Nation.ENGLAND
) -> int:
    """How many working days after `start` up to and with `end`; negative when `end` is earlier."""
    if end < start:
        return -working_days_between(end, start, nation)
    days = (start + datetime.timedelta(days=n + 1) for n in range((end - start).days))
    return sum(is_working_day(day, nation) for day in days)


def add_months(day: datetime.date, months: int) -> datetime.date:
    """The same day `months` later, or that month's last day when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return datetime.date(year, month + 1, min(day.day, last))


def due_words(due: datetime.date, nation: str = Nation.ENGLAND) -> str:
    """How a due date stands today, in words: "due today", "2 working days overdue"."""
    days = working_days_between(today(), due, nation)
    if due == today():
        return "due today"
    if due < today():
        late = max(1, -days)
        return f"{late} working day{'s' if late > 1 else ''} overdue"
    return (
        f"{days} working day{'' if days == 1 else 's'} left" if days else "due before work resumes"
    )
