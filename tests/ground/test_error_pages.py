"""Refusals are pages in plain English, are remembered, and give nothing away."""

import pytest
from django.test import Client

from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from tests.ground.test_rendering import Page

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.ground.refusing_urls")]


@pytest.fixture
def officer(client, world):
    client.force_login(world.officer, backend="accounts.backends.SeatsBackend")
    return world.officer


def words(response):
    page = Page(response.content.decode())
    [h1] = [e["text"].strip() for e in page.all if e["tag"] == "h1"]
    [title] = [e["text"] for e in page.all if e["tag"] == "title"]
    assert title == f"Error: {h1} - Prevent case management"
    return h1


@pytest.mark.parametrize(
    ("how", "code", "h1", "said"),
    [
        ("denied", 403, "You cannot do this", "Your role does not include this action."),
        ("invalid", 409, "Not saved: this cannot be done now", "The meeting has begun."),
        ("forbidden", 403, "You cannot do this", "Not for you &lt;b&gt;."),
        ("unknown", 404, "Page not found", "may not exist, or it may not be for your account"),
    ],
)
def test_refusal_is_a_page_and_is_remembered(client, officer, how, code, h1, said):
    response = client.get(f"/refuse/{how}/")
    assert response.status_code == code
    assert words(response) == h1
    assert said in response.content.decode()
    event = Event.objects.get(type=EventType.REFUSED)
    assert event.actor == officer
    assert event.details["code"] == code


def test_unknown_case_is_not_named(client, officer):
    assert "TST-26-618204-K" not in client.get("/refuse/unknown/").content.decode()


def test_unknown_address_and_unseen_record_look_the_same(client, officer):
    unseen, unknown = client.get("/refuse/unknown/"), client.get("/nowhere/at/all/")
    assert unknown.status_code == unseen.status_code == 404
    assert unknown.content == unseen.content


def test_fault_says_nothing_of_itself(client, officer):
    client.raise_request_exception = False
    response = client.get("/refuse/broken/")
    assert response.status_code == 500
    body = response.content.decode()
    assert "Sorry, something went wrong" in body
    assert "secret words" not in body


def test_old_form_says_that_it_is_too_old(officer):
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {})
    assert response.status_code == 403
    assert words(response) == "This page was open too long"


@pytest.mark.parametrize(
    "body", [{"what": "x" * 11_000_000}, {f"field{n}": "x" for n in range(1001)}]
)
def test_too_much_at_once(client, officer, body):
    response = client.post("/read/", body)
    assert response.status_code == 413
    assert words(response) == "You sent too much at once"


def test_several_texts_of_fifty_thousand_characters_are_not_too_much(client, officer):
    assert client.post("/read/", {f"field{n}": "é" * 50_000 for n in range(20)}).content == b"20"


def test_nonsense_host(client):
    response = client.get("/help/", headers={"host": "elsewhere.example"})
    assert response.status_code == 400
    assert words(response) == "Your request could not be read"


def test_null_character_in_an_address_is_not_found(client, officer):
    assert client.get("/nowhere/%00/").status_code == 404
