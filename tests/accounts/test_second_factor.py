"""The second step: what is closed without it, that it is asked, used once, limited and remembered."""

import re

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.conf import settings as in_force
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.middleware import OPEN
from prevent_cms import outbox
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from tests.access import prove, sign_in
from tests.accounts.factors import SECRET, code, give_app, give_code, give_password, is_in
from tests.rules.test_urls import CASE, HAND_OVER, MEETING, PEOPLE, REQUEST, SIGNED_IN, address

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def required(settings):
    settings.MFA_REQUIRED = True


@pytest.fixture
def codes(world):
    """The recovery codes of the officer, who has an authenticator app."""
    return give_app(world.officer)


def kinds(*types):
    return list(Event.objects.filter(type__in=types).values_list("type", flat=True))


CONFINED = (SIGNED_IN | PEOPLE | HAND_OVER | REQUEST | MEETING | CASE) - OPEN


def test_without_a_second_factor_only_enrolment_is_open(client, world):
    sign_in(client, world.officer)
    opened = []
    for name in sorted(CONFINED):
        url = address(name, pk=1, reference="TST-26-0-X", act="switch-off", role=1)
        for answer in (client.get(url), client.post(url, {})):
            if (answer.status_code, answer.get("Location")) != (302, reverse("mfa_index")):
                opened.append((name, answer.status_code))
    assert len(CONFINED) > 60
    assert not opened


def test_what_does_not_exist_is_closed_as_well_and_the_menu_is_empty(client, world):
    sign_in(client, world.children)
    assert client.get("/nowhere/at/all/")["Location"] == reverse("mfa_index")
    body = client.get(reverse("mfa_index")).content.decode()
    assert "Menu" not in body
    assert "What I can see" not in body


@pytest.mark.parametrize("name", sorted(OPEN - {"account_reauthenticate"}))
def test_what_enrolment_needs_is_open(client, world, name):
    assert sign_in(client, world.officer).get(reverse(name)).status_code == 200


def test_the_public_form_stays_open(client, world):
    assert sign_in(client, world.officer).get("/refer/").status_code == 200


def test_a_demonstration_may_do_without(client, world, settings):
    settings.MFA_REQUIRED = False
    assert is_in(sign_in(client, world.officer))


def test_who_has_one_must_use_it(client, world, codes):
    """Such a session began before the second factor was set up somewhere else."""
    sign_in(client, world.officer)
    answer = client.get("/cases/")
    assert answer["Location"] == f"{reverse('account_login')}?next=/cases/"
    assert "_auth_user_id" not in client.session


def test_password_then_code_signs_in_with_a_new_session_each(client, world, codes):
    client.get(reverse("account_login"))
    first = give_password(client, world.officer)
    assert first["Location"] == reverse("mfa_authenticate")
    before = client.session.session_key
    assert not is_in(client)
    assert give_code(client, code()).status_code == 302
    assert client.session.session_key != before
    assert is_in(client)
    assert Event.objects.get(type=EventType.SIGNED_IN).details["how"] == "totp"


def test_a_code_signs_in_once(world, codes):
    now = code()
    first, second = Client(), Client()
    for browser in (first, second):
        give_password(browser, world.officer)
        give_code(browser, now)
    assert is_in(first)
    assert not is_in(second)
    assert kinds(EventType.SIGN_IN_FAILED) == [EventType.SIGN_IN_FAILED]


def test_the_code_that_set_up_the_app_does_not_sign_in(client, world):
    sign_in(client, world.officer)
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r"app-mono\">([A-Z2-7]+)<", page)[1]
    now = code(secret)
    assert client.post(reverse("mfa_activate_totp"), {"code": now}).status_code == 302
    other = Client()
    give_password(other, world.officer)
    give_code(other, now)
    assert not is_in(other)


@pytest.mark.parametrize("later", [-2, -1, 1, 2])
def test_codes_of_other_half_minutes_are_refused(client, world, codes, later):
    with time_machine.travel(1_800_000_015, tick=False):
        give_password(client, world.officer)
        give_code(client, code(later=later))
        assert not is_in(client)


def test_a_recovery_code_signs_in_once(world, codes):
    first, second = Client(), Client()
    for browser in (first, second):
        give_password(browser, world.officer)
        give_code(browser, codes[0])
    assert is_in(first)
    assert not is_in(second)
    assert Event.objects.get(type=EventType.SIGNED_IN).details["how"] == "recovery_codes"


def test_five_wrong_codes_in_a_quarter_of_an_hour_and_no_more(client, world, codes):
    with time_machine.travel(1_800_000_015, tick=False) as clock:
        give_password(client, world.officer)
        answers = [give_code(client, f"{n:06}").content.decode() for n in range(7)]
        assert "The code is wrong" in answers[0]
        assert ["Too many" in body for body in answers] == [False] * 5 + [True] * 2
        give_code(client, code())
        assert not is_in(client)  # not even the right one
        events = Event.objects.filter(type=EventType.SIGN_IN_FAILED)
        assert events.count() == 8
        assert {event.actor for event in events} == {world.officer}
        assert not any("00000" in str(event.details) for event in events)
        clock.shift(15 * 60 + 1)
        other = Client()
        give_password(other, world.officer)
        give_code(other, code())
        assert is_in(other)


def enrol(client):
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r"app-mono\">([A-Z2-7]+)<", page)[1]
    return client.post(reverse("mfa_activate_totp"), {"code": code(secret)})


@pytest.mark.django_db(transaction=True)
def test_setting_up_an_app_is_proof_of_it_and_changes_the_session(client, world):
    give_password(client, world.officer)
    before = client.session.session_key
    answer = enrol(client)
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    assert client.session.session_key != before
    assert is_in(client)
    assert "This one" in client.get(reverse("usersessions_list")).content.decode()
    [event] = Event.objects.filter(type=EventType.SECOND_FACTOR_ADDED)
    assert (event.actor, event.details) == (world.officer, {"factor": "totp"})
    outbox.drain()
    [letter] = mail.outbox
    assert letter.to == [world.officer.email]
    assert "has been changed" in letter.body


def test_secrets_cannot_be_read_in_the_database(client, world):
    codes = give_app(world.officer)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert SECRET not in kept
    assert not any(code in kept for code in codes)


def test_recovery_codes_are_shown_once_and_new_ones_need_a_fresh_proof(client, world, codes):
    prove(sign_in(client, world.officer), world.officer, method="mfa")
    first = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert all(f"<li>{code}</li>" in first for code in codes)
    assert 'href="data:text/plain;charset=utf-8,' in first
    second = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert not any(code in second for code in codes)
    assert client.get(reverse("mfa_download_recovery_codes")).status_code == 403
    prove(client, world.officer, method="mfa", ago=301)
    again = client.get(reverse("mfa_generate_recovery_codes"))
    assert again["Location"].startswith(reverse("mfa_reauthenticate"))


def test_new_recovery_codes_end_the_old(client, world, codes, django_capture_on_commit_callbacks):
    prove(sign_in(client, world.officer), world.officer, method="mfa")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("mfa_generate_recovery_codes"))
    assert kinds(EventType.RECOVERY_CODES_MADE) == [EventType.RECOVERY_CODES_MADE]
    other = Client()
    give_password(other, world.officer)
    give_code(other, codes[0])
    assert not is_in(other)


def test_the_last_second_factor_is_kept(client, world, codes):
    prove(sign_in(client, world.officer), world.officer, method="mfa")
    for answer in (client.get, client.post):
        refused = answer(reverse("mfa_deactivate_totp"))
        assert refused.status_code == 409
        assert "Set up another one first" in refused.content.decode()
    assert Authenticator.objects.filter(type="totp").exists()


def test_one_of_two_can_go(client, world, codes):
    """The second is a passkey, of which nothing but its kind matters here."""
    Authenticator.objects.create(user=world.officer, type="webauthn", data={"name": "Laptop"})
    prove(sign_in(client, world.officer), world.officer, method="mfa")
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert kinds(EventType.SECOND_FACTOR_REMOVED) == [EventType.SECOND_FACTOR_REMOVED]
    assert not Authenticator.objects.filter(type="totp").exists()


HALF = '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {"userHandle": "eA"}}'


@pytest.mark.parametrize(
    "sent", ["", "{}", "[]", "null", "7", '{"id": "x"}', "not json", '"text"', HALF]
)
@pytest.mark.parametrize("route", ["mfa_login_webauthn", "mfa_authenticate"])
def test_a_passkey_that_is_none_is_refused_and_remembered(client, world, codes, route, sent):
    if route == "mfa_authenticate":
        give_password(client, world.officer)
    client.get(reverse(route), headers={"Accept": "application/json"})
    answer = client.post(reverse(route), {"credential": sent})
    assert answer.status_code in (200, 302)
    assert not is_in(client)
    if sent.startswith('{"'):
        assert kinds(EventType.SIGN_IN_FAILED) == [EventType.SIGN_IN_FAILED]


def test_the_page_that_signs_in_by_passkey_is_for_scripts(client):
    assert client.get(reverse("mfa_login_webauthn"))["Location"] == reverse("account_login")
    asked = client.get(reverse("mfa_login_webauthn"), headers={"Accept": "application/json"})
    options = asked.json()["request_options"]["publicKey"]
    assert options["userVerification"] == "required"
    assert options["allowCredentials"] == []  # names nobody's keys


def test_passkeys_must_ask_for_finger_face_or_pin():
    assert in_force.MFA_WEBAUTHN_USER_VERIFICATION == "required"
    assert not getattr(in_force, "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN", False)


@pytest.mark.parametrize("sent", ["", "{}", "[7]", "7", HALF])
def test_nonsense_sets_up_no_passkey(client, world, sent):
    sign_in(client, world.officer)
    client.get(reverse("mfa_add_webauthn"))
    answer = client.post(reverse("mfa_add_webauthn"), {"name": "x", "credential": sent})
    assert answer.status_code == 200
    assert "No passkey was used" in answer.content.decode()
    assert not Authenticator.objects.exists()
