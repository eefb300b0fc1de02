"""Confirming who it is before what matters: how fresh, by what, and that nothing typed is lost."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse

from accounts import step_up
from accounts.models import User
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from referrals.models import Case
from tests import stages
from tests.access import as_user, newest, prove, seen, sign_in
from tests.accounts.factors import code, give_app, give_code, give_password
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db
ASK_PASSWORD = reverse("account_reauthenticate")
ASK_CODE = reverse("mfa_reauthenticate")
ASK_PASSKEY = reverse("mfa_reauthenticate_webauthn")


def asked(answer):
    """Where somebody is sent to prove who it is, or nothing when they are not."""
    return answer["Location"].partition("?")[0] if answer.status_code == 302 else ""


@pytest.fixture
def url(world):
    return reverse("person_name", args=[world.officer.pk])


@pytest.mark.parametrize(
    ("method", "ago", "wanted"),
    [
        ("password", 0, ""),
        ("password", 299, ""),
        ("password", 301, ASK_PASSWORD),
        ("mfa", 0, ""),  # given, and taken off the account since: it lasts as long
    ],
)
def test_a_password_is_fresh_for_five_minutes(world, url, method, ago, wanted):
    browser = prove(as_user(world.sysadmin), world.sysadmin, method=method, ago=ago)
    assert asked(browser.get(url)) == wanted


@pytest.mark.parametrize(
    ("method", "ago", "wanted"),
    [
        ("mfa", 0, ""),
        ("mfa", 299, ""),
        ("mfa", 301, ASK_CODE),
        ("password", 0, ASK_CODE),  # not enough where there is a second factor
    ],
)
def test_who_has_a_second_factor_gives_it(world, url, method, ago, wanted):
    give_app(world.sysadmin)
    browser = prove(as_user(world.sysadmin), world.sysadmin, method=method, ago=ago)
    assert asked(browser.get(url)) == wanted
    assert asked(browser.get(f"{ASK_PASSWORD}?next={url}")) == ASK_CODE


def test_the_proof_of_one_person_is_none_of_another(world, url):
    browser = prove(as_user(world.sysadmin), world.chair)
    assert asked(browser.get(url)) == ASK_PASSWORD


def test_signing_in_is_a_proof(world, url):
    give_app(world.sysadmin)
    browser = Client()
    give_password(browser, world.sysadmin)
    give_code(browser, code())
    assert browser.get(url).status_code == 200


def test_after_the_proof_the_page_opens_in_a_session_with_a_new_id(world, url):
    browser = prove(as_user(world.sysadmin), world.sysadmin, ago=600)
    browser.get("/help/")
    before = browser.session.session_key
    way = browser.get(url)["Location"]
    assert way == f"{ASK_PASSWORD}?next={url}"
    wrong = browser.post(way, {"password": "wrong-password", "next": url})
    assert wrong.status_code == 200
    assert Event.objects.filter(type=EventType.SIGN_IN_FAILED).exists()
    assert browser.get(url).status_code == 302
    assert browser.session.session_key == before
    done = browser.post(way, {"password": PASSWORD, "next": url}, follow=True)
    assert "Correct the name" in done.content.decode()
    assert browser.session.session_key != before
    assert "This one" in browser.get(reverse("usersessions_list")).content.decode()
    assert UserSession.objects.filter(user=world.sysadmin).count() == 1


def test_what_was_sent_too_late_is_kept_and_done_after_the_proof(world, url):
    browser = as_user(world.sysadmin)
    assert browser.get(url).status_code == 200
    prove(browser, world.sysadmin, ago=600)
    way = browser.post(url, {"name": "Corrected Invented", "version": newest(world.officer)})[
        "Location"
    ]
    assert User.objects.get(pk=world.officer.pk).name == "Officer Invented"
    done = browser.post(way, {"password": PASSWORD, "next": url}, follow=True)
    assert "The name has been corrected" in done.content.decode()
    assert User.objects.get(pk=world.officer.pk).name == "Corrected Invented"


def test_what_was_sent_and_given_up_is_not_done_later(world, url):
    browser = prove(as_user(world.sysadmin), world.sysadmin, ago=600)
    browser.post(url, {"name": "Given Up", "version": newest(world.officer)})
    way = browser.get(url)["Location"]
    done = browser.post(way, {"password": PASSWORD, "next": url}, follow=True)
    assert "Correct the name" in done.content.decode()
    assert User.objects.get(pk=world.officer.pk).name == "Officer Invented"


def test_a_kept_form_with_a_fault_comes_back_with_it(world, url):
    browser = prove(as_user(world.sysadmin), world.sysadmin, ago=600)
    way = browser.post(url, {"name": "", "version": newest(world.officer)})["Location"]
    done = browser.post(way, {"password": PASSWORD, "next": url})
    assert "Enter the full name" in done.content.decode()


def test_a_refusal_of_what_was_kept_names_the_case_and_the_page(world):
    case = stages.released(world)
    page = reverse("case_unrestrict", args=[case.reference])
    browser = prove(as_user(world.supervisor), world.supervisor, ago=600)
    way = browser.post(page, {"reason": "The risk has gone."})["Location"]
    done = browser.post(way, {"password": PASSWORD, "next": page})
    assert done.status_code == 409
    refused = Event.objects.get(type=EventType.REFUSED)
    kept = {"code": 409, "method": "POST", "page": "case_unrestrict", "asked_for": case.reference}
    assert refused.details == kept


def test_passwords_are_never_kept(client, world):
    page = reverse("account_change_password")
    prove(sign_in(client, world.officer), world.officer, ago=600)
    new = "three random words"
    way = client.post(page, {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert new not in str(dict(client.session))
    done = client.post(way["Location"], {"password": PASSWORD, "next": page}, follow=True)
    assert "Change your password" in done.content.decode()
    assert User.objects.get(pk=world.officer.pk).check_password(PASSWORD)


PROTECTED = [
    "account_change_password",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
]


@pytest.mark.parametrize("name", PROTECTED)
def test_how_somebody_signs_in_is_changed_after_a_proof_only(world, name):
    if name != "mfa_activate_totp":
        give_app(world.officer)
    browser = prove(as_user(world.officer), world.officer, ago=600)
    assert asked(browser.get(reverse(name))) in (ASK_PASSWORD, ASK_CODE)


PEOPLE = ["person_invite", "person_name", "role_add", "role_end", "person_act"]


@pytest.mark.parametrize("name", PEOPLE)
def test_people_are_changed_after_a_proof_only(world, name):
    pk, role = world.officer.pk, world.officer.memberships.get().pk
    parts = {"person_invite": [], "role_end": [pk, role], "person_act": [pk, "reset"]}
    page = reverse(name, args=parts.get(name, [pk]))
    browser = prove(as_user(world.sysadmin), world.sysadmin, ago=600)
    assert asked(browser.get(page)) == ASK_PASSWORD
    assert asked(browser.post(page)) == ASK_PASSWORD
    assert browser.get(reverse("people")).status_code == 200


CASES = ["case_release", "case_assign", "hand_over", "case_share", "case_restrict", "case_bar"]


@pytest.mark.parametrize("name", CASES)
def test_who_has_a_case_is_changed_after_a_proof_only(world, name):
    case = (stages.cleared if name == "case_release" else stages.released)(world)
    page = reverse(name, args=[world.officer.pk if name == "hand_over" else case.reference])
    browser = prove(as_user(world.supervisor), world.supervisor, ago=600)
    assert asked(browser.get(page)) == ASK_PASSWORD
    assert asked(browser.post(page)) == ASK_PASSWORD
    stranger = prove(as_user(world.education), world.education, ago=600)
    assert stranger.get(page).status_code in (403, 404), "asked first, who may at all"


def test_an_owner_who_was_given_too_late_is_given_after_the_proof(world):
    case = stages.released(world)
    page = reverse("case_assign", args=[case.reference])
    browser = as_user(world.supervisor)
    sent = {"officer": world.supervisor.pk, "reason": "On leave.", **seen(browser, page)}
    prove(browser, world.supervisor, ago=600)
    way = browser.post(page, sent)["Location"]
    assert Case.objects.get(pk=case.pk).owner == world.officer
    browser.post(way, {"password": PASSWORD, "next": page})
    assert Case.objects.get(pk=case.pk).owner == world.supervisor


def test_a_passkey_is_asked_for_first(world, url):
    give_app(world.sysadmin)
    Authenticator.objects.create(user=world.sysadmin, type="webauthn", data=PASSKEY)
    browser = prove(as_user(world.sysadmin), world.sysadmin, ago=600)
    assert asked(browser.get(url)) == ASK_PASSKEY


PASSKEY = {"name": "Laptop", "credential": {}}


@pytest.mark.parametrize(
    "away",
    [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "///elsewhere.example",
        "\\\\elsewhere.example",
        "/\\elsewhere.example",
        "http:elsewhere.example",
        "https:/elsewhere.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://testserver/",
        "https://testserver@elsewhere.example/",
        "https://testserver.elsewhere.example/",
        "%2f%2felsewhere.example",
        "\thttps://elsewhere.example",
        " //elsewhere.example",
        "http://[::1]elsewhere.example/",
    ],
)
@pytest.mark.parametrize("route", ["account_login", "account_reauthenticate"])
def test_nobody_is_sent_to_another_site(client, world, route, away):
    if route == "account_login":
        answer = give_password(client, world.officer, next=away)
    else:
        prove(sign_in(client, world.officer), world.officer, ago=600)
        answer = client.post(reverse(route), {"password": PASSWORD, "next": away})
    assert answer.status_code == 302
    assert answer["Location"] == "/work/"


def test_nobody_signed_in_has_proved_nothing(rf):
    request = rf.get("/")
    request.user, request.session = AnonymousUser(), {}
    assert not step_up.is_fresh(request)
    assert not step_up.used_second_factor(request)
