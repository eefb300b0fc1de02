import pytest
from hypothesis import given
from hypothesis import strategies as st

from prevent_cms import references
from referrals.models import Case, Referral
from tests import stages


def test_case_and_referral_have_unrelated_references(world):
    case = stages.received(world)
    referral = Referral.objects.get(case=case)
    assert case.reference[7:13] != referral.reference[7:13]
    assert references.normalise(case.reference.lower().replace("-", " ")) == case.reference


def test_neighbours_are_not_neighbours(world):
    first, second = (stages.received(world).reference for _ in range(2))
    assert abs(int(first[7:13]) - int(second[7:13])) > 1


def test_a_taken_reference_is_passed_over(world, monkeypatch):
    taken = stages.received(world).reference
    monkeypatch.setattr(references, "_permute", lambda n, key: int(taken[7:13]) if n < 3 else n)
    assert references.next_reference(Case, "TST", 2000 + int(taken[4:6])) != taken


@given(st.integers(0, 999_998))
def test_the_permutation_gives_each_number_once(number):
    assert references._permute(number, "k") != references._permute(number + 1, "k")


@given(st.text())
def test_anything_typed_is_a_reference_or_nothing(text):
    found = references.normalise(text)
    assert found == "" or references.PATTERN.match(found)


@pytest.mark.parametrize(
    "wrong", ["NFK-26-483921-X", "NFK-26-438920-X", "", "NFK", "NFK-26-48392-X"]
)
def test_a_slip_is_noticed(wrong):
    body = "NFK-26-483920"
    right = f"{body}-{references.check_letter(body)}"
    assert references.normalise(right) == right
    assert references.normalise(wrong[:-1] + right[-1] if wrong else wrong) == ""
