"""Working days and bank holidays of England, and the words for how late something is."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prevent_cms import clock

D = datetime.date
DAYS = st.dates(D(2020, 1, 1), D(2035, 12, 31))
COUNTS = st.integers(-60, 60)


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        (D(2026, 11, 20), True),  # a Friday
        (D(2026, 11, 21), False),
        (D(2026, 11, 22), False),
        (D(2026, 12, 25), False),
        (D(2026, 12, 28), False),  # Boxing Day is a Saturday, so the Monday is the holiday
        (D(2026, 12, 29), True),
        (D(2027, 1, 1), False),
        (D(2026, 4, 3), False),  # Good Friday
        (D(2026, 4, 6), False),  # Easter Monday
        (D(2026, 5, 4), False),
        (D(2026, 8, 31), False),
        (D(2026, 8, 3), True),  # a holiday in Scotland only
        (D(2026, 11, 30), True),  # St Andrew's Day, in Scotland only
    ],
)
def test_working_days_of_england(day, is_open):
    assert clock.is_working_day(day) is is_open


@pytest.mark.parametrize(
    ("day", "count", "answer"),
    [
        (D(2026, 11, 20), 1, D(2026, 11, 23)),
        (D(2026, 12, 24), 1, D(2026, 12, 29)),
        (D(2026, 12, 24), 5, D(2027, 1, 5)),
        (D(2026, 12, 29), -1, D(2026, 12, 24)),
        (D(2026, 11, 21), 0, D(2026, 11, 23)),
        (D(2026, 11, 20), 0, D(2026, 11, 20)),
    ],
)
def test_counting_over_weekends_and_holidays(day, count, answer):
    assert clock.add_working_days(day, count) == answer


@given(DAYS, COUNTS)
def test_the_answer_is_always_a_working_day(day, count):
    assert clock.is_working_day(clock.add_working_days(day, count))


@given(DAYS, st.integers(1, 60))
def test_counting_back_what_was_counted_forward(day, count):
    assert clock.working_days_between(day, clock.add_working_days(day, count)) == count


@given(DAYS, DAYS)
def test_the_other_way_round_is_the_negative(start, end):
    assert clock.working_days_between(start, end) == -clock.working_days_between(end, start)


@given(DAYS, COUNTS)
def test_one_more_day_is_later(day, count):
    assert clock.add_working_days(day, count) < clock.add_working_days(
        clock.add_working_days(day, count), 1
    )


@pytest.mark.parametrize(
    ("day", "months", "answer"),
    [
        (D(2026, 1, 31), 1, D(2026, 2, 28)),
        (D(2028, 1, 31), 1, D(2028, 2, 29)),
        (D(2026, 8, 31), 1, D(2026, 9, 30)),
        (D(2026, 11, 15), 2, D(2027, 1, 15)),
        (D(2026, 3, 15), -3, D(2025, 12, 15)),
    ],
)
def test_months(day, months, answer):
    assert clock.add_months(day, months) == answer


@given(DAYS, st.integers(-30, 30))
def test_months_never_leave_the_month(day, months):
    found = clock.add_months(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day <= day.day


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (D(2026, 11, 20), "due today"),
        (D(2026, 11, 19), "1 working day overdue"),
        (D(2026, 11, 18), "2 working days overdue"),
        (D(2026, 11, 23), "1 working day left"),
        (D(2026, 11, 24), "2 working days left"),
        (D(2026, 11, 21), "due before work resumes"),
    ],
)
def test_due_words(due, words):
    with clock.at(datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.UTC)):
        assert clock.due_words(due) == words


def test_a_date_missed_over_the_weekend_is_late_by_a_day():
    with clock.at(datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.UTC)):
        assert clock.due_words(D(2026, 11, 21)) == "1 working day overdue"


def test_another_time_holds_inside_only():
    moment = datetime.datetime(2026, 6, 30, 23, 30, tzinfo=datetime.UTC)
    with clock.at(moment):
        assert clock.now() == moment
        assert clock.today() == D(2026, 7, 1)  # past midnight in British summer time
    assert clock.now() != moment
