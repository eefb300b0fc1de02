"""What anybody may read without an account, and the pages of signing in."""

import re

import pytest
from allauth.mfa.totp.internal import auth

from tests.access import prove
from tests.ground.test_rendering import Page
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db


def heading(response):
    page = Page(response.content.decode())
    [h1] = [e["text"] for e in page.all if e["tag"] == "h1"]
    return h1


def read(response):
    assert response.status_code == 200
    return Page(response.content.decode())


@pytest.mark.parametrize(
    ("address", "h1", "said"),
    [
        ("/", "Prevent and Channel case management", "In danger now? Call 999"),
        ("/help/", "Help", "101"),
        ("/accessibility/", "Accessibility statement", "Known exception"),
        ("/privacy/", "Privacy notice", "gives nobody a criminal record"),
        ("/accounts/login/", "Sign in", "You do not need an account to"),
        ("/accounts/signup/", "You cannot make an account for yourself", "make a referral"),
    ],
)
def test_open_to_everybody(client, address, h1, said):
    page = read(client.get(address))
    assert [e["text"] for e in page.all if e["tag"] == "h1"] == [h1]
    assert said in " ".join(page.all[0]["text"].split())
    marks = [e["text"] for e in page.all if e.get("class") == "app-marking"]
    assert marks == ["OFFICIAL-SENSITIVE"] * 2
    assert "every person here is invented" in page.all[0]["text"]


def test_start_page_offers_both_ways(client):
    links = {e["href"]: e["text"] for e in read(client.get("/")).all if "href" in e}
    assert links["/refer/"] == "Make a referral"
    assert links["/accounts/login/"] == "Sign in"


def test_start_page_sends_people_to_their_work(client, world):
    client.force_login(world.officer, backend="accounts.backends.SeatsBackend")
    assert client.get("/")["Location"] == "/work/"


def test_no_demonstration_line_outside_a_demonstration(client, settings):
    settings.DEMO = False
    assert "invented" not in client.get("/help/").content.decode()


def test_sign_in_leads_to_work(client, world):
    answer = {"login": world.officer.email, "password": PASSWORD}
    assert client.post("/accounts/login/", answer)["Location"] == "/work/"


@pytest.mark.django_db(transaction=True)
def test_sign_in_and_password_change_hold_when_really_committed(client, world):
    account = {"login": world.officer.email, "password": PASSWORD}
    assert client.post("/accounts/login/", account)["Location"] == "/work/"
    new = "three-random-words-2026"
    answer = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post("/accounts/password/change/", answer).status_code == 302
    world.officer.refresh_from_db()
    assert world.officer.check_password(new)
    assert world.officer.history.count() == 3  # made, signed in, changed


def test_empty_sign_in_says_what_is_missing(client):
    body = client.post("/accounts/login/", {}).content.decode()
    assert "<title>Error: Sign in" in body
    assert '<a href="#id_login">Enter your email address</a>' in body
    assert '<a href="#id_password">Enter your password</a>' in body


def test_sign_in_tells_password_managers_what_is_what(client):
    page = read(client.get("/accounts/login/"))
    assert page.by_id("id_login")["autocomplete"] == "email"
    assert page.by_id("id_password")["autocomplete"] == "current-password"
    assert not any("placeholder" in e for e in page.all)


@pytest.mark.parametrize(
    ("address", "h1"),
    [
        ("/accounts/logout/", "Do you want to sign out?"),
        ("/accounts/password/change/", "Change your password"),
        ("/accounts/2fa/", "Set up your second step"),
        ("/accounts/sessions/", "Where you are signed in"),
        ("/accounts/session/", "Staying signed in"),
    ],
)
def test_own_account(client, world, address, h1):
    client.post("/accounts/login/", {"login": world.officer.email, "password": PASSWORD})
    page = read(client.get(address))
    assert [e["text"] for e in page.all if e["tag"] == "h1"] == [h1]
    assert world.officer.label in page.all[0]["text"]


def test_second_step_from_setting_up_to_signing_in_with_it(client, world):
    account = {"login": world.officer.email, "password": PASSWORD}
    client.post("/accounts/login/", account)

    prove(client, world.officer, ago=6 * 60)
    confirm = client.get("/accounts/2fa/totp/activate/", follow=True)
    assert heading(confirm) == "Confirm it is you"
    assert "placeholder" not in confirm.content.decode()
    address = confirm.redirect_chain[-1][0]
    begun = client.post(address, {"password": PASSWORD}, follow=True)
    assert heading(begun) == "Set up an authenticator app"
    body = begun.content.decode()
    assert "<svg" in body
    assert "data:image" not in body  # the content security policy would refuse it

    wrong = client.post("/accounts/2fa/totp/activate/", {})
    assert "Enter the code from your authenticator app" in wrong.content.decode()
    secret = re.search(r"app-mono\">([A-Z2-7]+)<", wrong.content.decode())[1]
    counter = next(iter(auth.yield_hotp_counters_from_time()))
    code = auth.format_hotp_value(auth.hotp_value(secret, counter))
    done = client.post("/accounts/2fa/totp/activate/", {"code": code}, follow=True)
    assert heading(done) == "Recovery codes"
    codes = re.findall(r"<li>(\d{8})</li>", done.content.decode())
    assert len(codes) == 10
    assert heading(client.get("/accounts/2fa/")) == "How you sign in"
    assert heading(client.get("/accounts/2fa/recovery-codes/generate/")) == (
        "Make new recovery codes"
    )
    assert heading(client.get("/accounts/2fa/totp/deactivate/")) == (
        "Turn off the authenticator app"
    )

    client.post("/accounts/logout/")
    asked = client.post("/accounts/login/", account, follow=True)
    assert heading(asked) == "Your second step"
    assert client.post("/accounts/2fa/authenticate/", {"code": codes[0]})["Location"] == "/work/"


def test_too_many_wrong_passwords_close_the_account_for_a_while(client, world):
    wrong = {"login": world.officer.email, "password": "not this one"}
    for _ in range(5):
        response = client.post("/accounts/login/", wrong)
    assert response.status_code == 429
    assert heading(response) == "Too many attempts"
    account = {"login": world.officer.email, "password": PASSWORD}
    assert client.post("/accounts/login/", account).status_code == 429
