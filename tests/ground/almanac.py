"""Bank holidays and working days reckoned anew, from the rules themselves, to hold the clock against.

Nothing here knows `prevent_cms.clock` or the package of holidays it rests on. Sources: Banking and
Financial Dealings Act 1971, Schedule 1; the royal proclamations that moved or added single days.
"""

import datetime

D = datetime.date
DAY = datetime.timedelta(days=1)
# Days that proclamations added, and days that they moved elsewhere.
ADDED = {D(2022, 6, 2), D(2022, 6, 3), D(2022, 9, 19), D(2023, 5, 8), D(2020, 5, 8)}
MOVED = {D(2022, 5, 30), D(2020, 5, 4)}
# Scotland's own extra day for its men in the World Cup, by proclamation.
ADDED_IN_SCOTLAND = {D(2026, 6, 15)}


def easter(year: int) -> D:
    """Easter Sunday by Gauss's reckoning as Meeus gives it for the Gregorian calendar."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (a + 11 * h) // 319
    n = (2 * e + 2 * i - k - h + m + 32) % 7
    month = (h - m + n + 90) // 25
    return D(year, month, (h - m + n + month + 19) % 32)


def monday(year: int, month: int, last: bool) -> D:
    """The first or the last Monday of a month."""
    if last:
        day = D(year + month // 12, month % 12 + 1, 1) - DAY
        return day - DAY * day.weekday()
    day = D(year, month, 1)
    return day + DAY * (-day.weekday() % 7)


def moved_on(days: list[D]) -> set[D]:
    """Days fixed by date; one that falls on a weekend is kept on the next free weekday."""
    kept: set[D] = {day for day in days if day.weekday() < 5}
    for day in days:
        if day.weekday() >= 5:
            while day.weekday() >= 5 or day in kept:
                day += DAY
            kept.add(day)
    return kept


def holidays(year: int, nation: str) -> set[D]:
    sunday = easter(year)
    found = moved_on([D(year, 12, 25), D(year, 12, 26)]) | {sunday - 2 * DAY}
    found |= {monday(year, 5, last=False), monday(year, 5, last=True)}
    if nation == "scotland":
        found |= moved_on([D(year, 1, 1), D(year, 1, 2)]) | moved_on([D(year, 11, 30)])
        found.add(monday(year, 8, last=False))
        found |= {day for day in ADDED_IN_SCOTLAND if day.year == year}
    else:
        found |= moved_on([D(year, 1, 1)]) | {sunday + DAY, monday(year, 8, last=True)}
    found -= MOVED
    return found | {day for day in ADDED if day.year == year}


_known: dict[tuple[int, str], set[D]] = {}


def is_open(day: D, nation: str) -> bool:
    key = (day.year, nation)
    if key not in _known:
        _known[key] = holidays(*key)
    return day.weekday() < 5 and day not in _known[key]


def local_day(moment: datetime.datetime) -> D:
    """The date in the UK at a moment in UTC: summer time from 1am UTC on the last Sunday of March
    to 1am UTC on the last Sunday of October (Summer Time Act 1972 as amended)."""

    def switch(month: int) -> datetime.datetime:
        day = D(moment.year, month, 31)
        day -= DAY * ((day.weekday() + 1) % 7)
        return datetime.datetime(day.year, day.month, day.day, 1, tzinfo=datetime.UTC)

    summer = switch(3) <= moment < switch(10)
    return (moment + datetime.timedelta(hours=1 if summer else 0)).date()


def due(start: D, count: int, nation: str, stopped: frozenset[D] = frozenset()) -> D:
    """The `count`-th open day after `start`, days on which the clock stood still left out."""
    day = start
    while count:
        day += DAY
        if is_open(day, nation) and day not in stopped:
            count -= 1
    while not is_open(day, nation):
        day += DAY
    return day
