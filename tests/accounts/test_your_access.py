"""The page that says in words what somebody can see and why."""

import pytest

from accounts import explained
from accounts.actions import people
from accounts.permissions import Perm
from accounts.roles import Role, ShareKind
from tests.access import expect, sign_in

URL = "/accounts/access/"


def test_every_permission_and_every_kind_of_share_has_words():
    assert explained.PERM_WORDS.keys() == set(Perm)
    assert explained.KIND_WORDS.keys() == set(ShareKind)


def test_everybody_signed_in_has_the_page_and_nobody_else(world):
    expect(URL, {None: 302} | dict.fromkeys(world.users.values(), 200))
    expect(URL, {world.officer: 405}, method="post")


@pytest.mark.parametrize(
    ("name", "said", "not_said"),
    [
        ("officer", "Every case of the area, also before release", "answer requests made"),
        ("lead", "Released cases that your agency coordinates", "also before release"),
        ("children", "Papers, decisions, plans and reviews", "Released cases"),
        ("provider", "own items of a support plan", "Papers, decisions"),
        ("auditor", "No case content", "open cases that are shared"),
        ("sysadmin", "look after people and their roles", "open cases that are shared"),
    ],
)
def test_it_says_what_the_role_opens_and_no_more(world, client, name, said, not_said):
    text = sign_in(client, getattr(world, name)).get(URL).content.decode()
    assert said in text
    assert not_said not in text


def test_colleagues_are_those_of_the_own_agency(world, client):
    text = sign_in(client, world.chair).get(URL).content.decode()
    assert "Deputy Invented, Deputy panel chair" in text
    assert "Officer Invented" not in text


def test_without_a_role_it_says_that_nothing_is_open(world, client):
    nobody = people.add(email="new@test.example", name="New Invented", by=None)
    text = sign_in(client, nobody).get(URL).content.decode()
    assert "You hold no role at the moment" in text


def test_two_agencies_are_two_sections(world, client):
    people.join(world.health, agency=world.agency("education"), role=Role.PANEL_MEMBER, by=None)
    text = sign_in(client, world.health).get(URL).content.decode()
    assert "Testshire health, Testshire</h2>" in text
    assert "Testshire education, Testshire</h2>" in text
    assert len(explained.places(world.health)) == 2


def test_the_third_question_names_no_case(world, client):
    text = sign_in(client, world.health).get(URL).content.decode()
    assert "only when all three of these are true" in text
    assert "because of a conflict of interest. You would not be told which." in text
