"""What is said of one dimension's ratings."""

import pytest

from vaf import profile
from vaf.profile import Change

CODES = ["C01", "C02", "C03"]


def test_answers_are_counted_and_not_known_is_one():
    assert profile.answered(CODES, {}) == 0
    assert profile.answered(CODES, {"C01": "not_known", "C02": "strongly", "C03": ""}) == 2
    assert profile.answered(CODES, {"I01": "strongly"}) == 0


def test_what_is_left_keeps_its_order():
    assert profile.left(CODES, {"C02": "partly"}) == ["C01", "C03"]
    assert profile.left(CODES, dict.fromkeys(CODES, "not_present")) == []


@pytest.mark.parametrize(
    ("before", "now", "kind"),
    [
        ("", "partly", "first"),
        ("partly", "partly", "same"),
        ("not_known", "not_known", "same"),
        ("not_known", "not_present", "known"),
        ("not_known", "strongly", "known"),
        ("strongly", "not_known", "unknown"),
        ("not_present", "partly", "stronger"),
        ("partly", "strongly", "stronger"),
        ("strongly", "not_present", "weaker"),
        ("partly", "not_present", "weaker"),
    ],
)
def test_how_one_factor_moved(before, now, kind):
    assert Change("C01", before, now).kind == kind


def test_changes_are_told_factor_by_factor():
    before = {"C01": "partly", "C02": "not_known"}
    now = {"C01": "strongly", "C02": "partly", "C03": ""}
    found = profile.changes(CODES, before, now)
    assert found == [Change("C01", "partly", "strongly"), Change("C02", "not_known", "partly")]
    assert [change.kind for change in found] == ["stronger", "known"]
