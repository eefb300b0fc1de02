"""The link in a mail with which a password is set: whom it is sent to, how long and how often it works."""

import datetime
import re
import statistics
import time

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import links
from accounts.actions import people
from accounts.models import User
from accounts.roles import Role
from prevent_cms import outbox
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from tests.accounts.factors import give_app, give_password, is_in

pytestmark = pytest.mark.django_db
NEW = "three random words"
DAY = datetime.timedelta(days=1)


def use(link, password=NEW, browser=None):
    """Follow a link and choose a password; the page that comes last."""
    browser = browser or Client()
    opened = browser.get(link, follow=True)
    if not opened.redirect_chain:
        return opened
    form = opened.redirect_chain[-1][0]
    return browser.post(form, {"password1": password, "password2": password}, follow=True)


def sent():
    """The link of the last mail."""
    outbox.drain()
    return re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body)[1]


@pytest.fixture
def invited(world):
    return people.invite(
        email="new@test.example",
        name="New Invented",
        agency=world.agency("health"),
        role=Role.PANEL_MEMBER,
        by=world.sysadmin,
    )


def test_an_invitation_leads_to_a_password_and_then_to_a_second_step(invited, settings):
    settings.MFA_REQUIRED = True
    link = sent()
    assert mail.outbox[-1].to == ["new@test.example"]
    assert "health" not in mail.outbox[-1].body
    assert "Your password is set" in use(link).content.decode()
    browser = Client()
    give_password(browser, invited, NEW)
    assert browser.get("/work/")["Location"] == reverse("mfa_index")


def test_the_secret_of_a_link_leaves_the_address_at_once(invited):
    browser, link = Client(), sent()
    shown = browser.get(link)
    assert shown.status_code == 302
    assert link.rsplit("-", 1)[1] not in shown["Location"]


def test_a_link_works_once(invited):
    link = sent()
    use(link)
    again = use(link, "other random words")
    assert "This link does not work any more" in again.content.decode()
    assert User.objects.get(pk=invited.pk).check_password(NEW)


@pytest.mark.parametrize(
    ("after", "works"),
    [
        (DAY * 7 - datetime.timedelta(minutes=5), True),
        (DAY * 7 + datetime.timedelta(minutes=5), False),
    ],
)
def test_an_invitation_works_for_seven_days(invited, after, works):
    link = sent()
    with time_machine.travel(datetime.datetime.now(datetime.UTC) + after):
        page = use(link).content.decode()
    assert ("Your password is set" in page) == works
    assert ("This link does not work any more" in page) != works


@pytest.mark.parametrize(("minutes", "works"), [(55, True), (65, False)])
def test_a_forgotten_password_has_an_hour(client, world, minutes, works):
    client.post(reverse("account_reset_password"), {"email": world.officer.email})
    link = sent()
    with time_machine.travel(
        datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=minutes)
    ):
        page = use(link).content.decode()
    assert ("Your password is set" in page) == works


def test_a_newer_invitation_ends_the_older(world, invited):
    old = sent()
    people.invite_again(invited, by=world.sysadmin)
    new = sent()
    assert "does not work any more" in use(old).content.decode()
    assert "Your password is set" in use(new).content.decode()


def test_a_link_of_an_account_that_is_switched_off_is_dead(world, invited):
    link = sent()
    people.deactivate(invited, by=world.sysadmin)
    assert "does not work any more" in use(link).content.decode()


@pytest.mark.parametrize(
    "bad", ["1-abc", "zzzzzz-abc123-def", "1-c0ffee-0123456789", "1-set-password"]
)
def test_a_link_that_nobody_sent_has_the_same_page(client, world, bad):
    page = client.get(f"/accounts/password/reset/key/{bad}/").content.decode()
    assert "This link does not work any more" in page


def test_a_weak_password_does_not_use_the_link_up(invited):
    link, browser = sent(), Client()
    assert "too common" in use(link, "password1234", browser).content.decode()
    assert "Your password is set" in use(link, NEW, browser).content.decode()


def test_a_forgotten_password_does_not_go_round_the_second_step(client, world, settings):
    settings.MFA_REQUIRED = True
    give_app(world.officer)
    client.post(reverse("account_reset_password"), {"email": world.officer.email})
    browser = Client()
    use(sent(), browser=browser)
    assert not is_in(browser)
    assert give_password(browser, world.officer, NEW)["Location"] == reverse("mfa_authenticate")
    assert not is_in(browser)


def test_a_new_password_signs_out_everywhere_and_tells_its_owner(client, world):
    before = Client()
    give_password(before, world.officer)
    assert is_in(before)
    client.post(reverse("account_reset_password"), {"email": world.officer.email})
    use(sent())
    assert not is_in(before)
    outbox.drain()
    assert "has been changed" in mail.outbox[-1].body
    assert Event.objects.filter(type=EventType.PASSWORD_CHANGED, actor=world.officer).count() == 1


def body(answer):
    return re.sub(r'value="[A-Za-z0-9]{64}"', "", answer.content.decode())


@pytest.mark.parametrize("route", ["account_login", "account_reset_password"])
def test_known_and_unknown_addresses_get_the_same_answer(world, route):
    people.deactivate(world.chair, by=world.sysadmin)
    answers = []
    for email in (world.officer.email, "nobody@test.example", world.chair.email):
        field = "login" if route == "account_login" else "email"
        sent = {field: email, "password": "wrong-password"}
        answer = Client().post(reverse(route), sent, follow=True)
        answers.append((answer.status_code, answer.redirect_chain, body(answer).replace(email, "")))
    assert answers[0] == answers[1] == answers[2]


def test_nothing_is_sent_to_an_address_without_account(client, world):
    for email in ("nobody@test.example", world.officer.email.upper()):
        client.post(reverse("account_reset_password"), {"email": email})
    outbox.drain()
    assert [letter.to for letter in mail.outbox] == [[world.officer.email]]


def test_a_mailbox_is_not_flooded(world):
    for _ in range(10):
        Client().post(reverse("account_reset_password"), {"email": world.officer.email})
    outbox.drain()
    assert len(mail.outbox) == 3


def test_an_invitation_that_was_used_is_not_sent_late(invited):
    invited.set_password(NEW)
    invited.save()
    outbox.drain()
    assert not mail.outbox


def test_links_are_made_for_accounts_as_they_are(world, invited):
    assert links.lifetime(invited) == 7 * 24 * 60 * 60
    assert links.lifetime(world.officer) == 60 * 60
    assert not links.tokens.check_token(None, "x")


@pytest.mark.alone
@pytest.mark.parametrize("route", ["account_login", "account_reset_password"])
def test_known_and_unknown_addresses_take_the_same_time(world, settings, route):
    """The middle of many tries; a password is reckoned for nobody's account as well."""
    settings.ACCOUNT_RATE_LIMITS = False
    settings.AXES_ENABLED = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    world.officer.set_password(NEW)
    world.officer.save()
    field = "login" if route == "account_login" else "email"
    taken = {world.officer.email: [], "nobody@test.example": []}
    for _ in range(12):
        for email, times in taken.items():
            begun = time.perf_counter()
            Client().post(reverse(route), {field: email, "password": "wrong-password"})
            times.append(time.perf_counter() - begun)
    known, unknown = (statistics.median(times) for times in taken.values())
    assert 0.7 < known / unknown < 1.4, taken
