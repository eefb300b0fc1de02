"""Deadlines in working days, held against an almanac of our own (domain 8.3)."""

import datetime
import random
from dataclasses import replace

import pytest

from accounts.area_policy import AreaPolicy
from prevent_cms import clock
from prevent_cms.clock import Nation
from referrals.deadlines import Time
from tests.ground import almanac

D = datetime.date
DAY = datetime.timedelta(days=1)
FIRST = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
YEARS = 15
# Moments at which a day that is reckoned wrongly shows: around the change of the clocks, around
# Easter, around Christmas, on a leap day.
EDGES = [
    datetime.datetime(year, month, day, hour, tzinfo=datetime.UTC)
    for year in range(2020, 2035)
    for month, day in ((3, 25), (3, 31), (4, 1), (10, 25), (10, 31), (12, 24), (12, 31), (2, 28))
    for hour in (0, 1, 23)
]
WORDS = {Nation.ENGLAND: "england", Nation.WALES: "wales", Nation.SCOTLAND: "scotland"}


def moment(dice: random.Random) -> datetime.datetime:
    if dice.random() < 0.3:
        return dice.choice(EDGES) + datetime.timedelta(minutes=dice.randrange(-2000, 2000))
    return FIRST + datetime.timedelta(minutes=dice.randrange(YEARS * 365 * 24 * 60))


class Story:
    """The time of one request, told twice: to the service step by step, to the almanac in numbers."""

    def __init__(self, dice: random.Random, at: datetime.datetime, nation: Nation) -> None:
        self.dice, self.nation, self.rules = dice, nation, AreaPolicy(bank_holidays=nation)
        self.steps: list[str] = []
        self.now = almanac.local_day(at)
        with clock.at(at):
            self.ask(clock.today(), dice.randrange(0, 61))

    def ask(self, day: D, days: int) -> None:
        self.time = Time(self.rules, day, self.rules.due(day, days))
        self.start, self.days, self.stopped = self.now, days, frozenset[D]()
        self.steps.append(f"asked on {day} for {days} days")

    def pause(self) -> None:
        if self.now > self.time.due_on:
            return
        until = self.now + DAY * self.dice.randrange(0, 20)
        due = replace(self.time, paused_on=self.now).resumed(until)
        self.time = replace(self.time, due_on=due)
        self.stopped |= {self.now + DAY * n for n in range((until - self.now).days)}
        self.steps.append(f"stood still from {self.now} until {until}")
        self.now = until

    def extend(self) -> None:
        more = self.dice.randrange(1, 15)
        self.time = replace(self.time, due_on=self.rules.due(self.time.due_on, more))
        self.days += more
        self.steps.append(f"{more} days more")

    def go_on(self) -> None:
        if not self.days:  # a request always has a date ahead
            return
        self.now += DAY * self.dice.randrange(0, 15)
        what = self.dice.choice((self.pause, self.extend, self.again))
        what()

    def again(self) -> None:
        self.ask(self.now, self.dice.randrange(1, 31))

    def difference(self) -> str:
        told = almanac.due(self.start, self.days, WORDS[self.nation], self.stopped)
        if told == self.time.due_on:
            return ""
        return f"{self.nation}: {', '.join(self.steps)}: {self.time.due_on}, not {told}"


def differences(count: int, seed: int) -> list[str]:
    """Deadlines that the service and the almanac do not reckon alike, each in words."""
    dice, wrong = random.Random(seed), []
    for _ in range(count):
        story = Story(dice, moment(dice), dice.choice(list(Nation)))
        for _ in range(dice.randrange(0, 5)):
            story.go_on()
        wrong.append(story.difference())
    return [words for words in wrong if words]


def test_the_clock_agrees_with_the_almanac():
    assert differences(5_000, seed=2026) == []


@pytest.mark.proof
def test_a_hundred_thousand_deadlines():
    assert differences(100_000, seed=4) == []
    print(
        "100,000 deadlines with pauses, extensions and requests opened again, "
        "reckoned twice in three nations: 0 differences"
    )


def test_the_almanac_counts_for_itself():
    """A mistake in either would be found: the almanac is right on days that a calendar names."""
    assert almanac.easter(2026) == D(2026, 4, 5)
    assert almanac.local_day(datetime.datetime(2026, 3, 29, 23, tzinfo=datetime.UTC)) == D(
        2026, 3, 30
    )
    assert almanac.is_open(D(2026, 11, 30), "england")
    assert not almanac.is_open(D(2026, 11, 30), "scotland")
    assert almanac.due(D(2026, 12, 24), 1, "wales") == D(2026, 12, 29)
