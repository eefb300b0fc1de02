"""Guessing is stopped, and a stranger who guesses stops nobody but strangers."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from tests.people import PASSWORD

SIGN_IN = reverse("account_login")
TRIES = 5


def attempt(browser, user, password):
    return browser.post(SIGN_IN, {"login": user.email, "password": password})


def guess(browser, user, times):
    """The answers to so many wrong passwords; 200 is one that was looked at."""
    return [attempt(browser, user, f"wrong-{n}").status_code for n in range(times)]


def is_in(browser):
    return browser.get("/work/").status_code == 200


def test_a_stranger_gets_five_tries_wherever_they_come_from(world):
    answers = []
    for n in range(20):
        answers += guess(Client(REMOTE_ADDR=f"192.0.2.{n}"), world.officer, 1)
    assert answers.count(200) < TRIES
    assert set(answers[TRIES:]) == {429}
    stranger = Client()
    assert attempt(stranger, world.officer, PASSWORD).status_code == 429
    assert not is_in(stranger)


def test_a_known_browser_gets_in_while_strangers_guess(world):
    mine = Client()
    assert attempt(mine, world.officer, PASSWORD).status_code == 302
    mine.post(reverse("account_logout"))
    guess(Client(), world.officer, 10)
    assert attempt(mine, world.officer, PASSWORD).status_code == 302
    assert is_in(mine)


def test_a_known_browser_has_an_end_of_its_tries_too(world):
    mine = Client()
    attempt(mine, world.officer, PASSWORD)
    mine.post(reverse("account_logout"))
    answers = guess(mine, world.officer, 30)
    assert answers.count(200) <= 10 + TRIES
    assert answers[-1] == 429


@pytest.mark.parametrize("change", ["other account", "other password", "forged"])
def test_a_browser_is_known_to_one_account_with_one_password(world, change):
    browser = Client()
    attempt(browser, world.officer, PASSWORD)
    browser.post(reverse("account_logout"))
    if change == "other password":
        world.officer.set_password("another-Invented-2026")
        world.officer.save()
    elif change == "forged":
        browser.cookies[settings.DEVICE_COOKIE_NAME] = "0123456789abcdef.x:1:y"
    user = world.chair if change == "other account" else world.officer
    guess(Client(), user, 10)
    assert attempt(browser, user, PASSWORD).status_code == 429


def test_nobody_else_is_held_up_by_guesses_at_one_account(world):
    guess(Client(), world.officer, 10)
    assert attempt(Client(), world.chair, PASSWORD).status_code == 302


def test_the_cookie_names_nobody(world):
    browser = Client()
    attempt(browser, world.officer, PASSWORD)
    cookie = browser.cookies[settings.DEVICE_COOKIE_NAME]
    assert cookie["httponly"]
    assert world.officer.email not in cookie.value


def test_every_wrong_password_is_remembered_without_what_was_typed(world):
    guess(Client(), world.officer, 3)
    events = Event.objects.filter(type=EventType.SIGN_IN_FAILED)
    assert events.count() == 3
    assert not any("wrong-" in str(event.details) for event in events)


@pytest.mark.proof
def test_ten_thousand_guesses_are_not_looked_at(world):
    mine = Client()
    attempt(mine, world.officer, PASSWORD)
    mine.post(reverse("account_logout"))
    answers = []
    for n in range(10_000):
        stranger = Client(REMOTE_ADDR=f"198.51.{n // 250}.{n % 250}")
        answers += guess(stranger, world.officer, 1)
    print(f"password guesses: 10,000 sent, {answers.count(200)} looked at")
    assert answers.count(200) <= 100
    assert attempt(mine, world.officer, PASSWORD).status_code == 302
