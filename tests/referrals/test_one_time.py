"""A school without an account: a link, a code by telephone, five tries, one answer, and no more."""

import datetime
import re

import pytest
from django.test import Client
from django.urls import reverse

from prevent_cms import clock, outbox
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history.models import Event
from referrals.actions import hold, one_time, restricting
from referrals.actions.lifecycle import make_move
from referrals.models import OneTimeRequest
from tests import stages
from tests.access import as_user, expect
from tests.referrals.test_requests import asked_of

FRIDAY = datetime.datetime(2026, 11, 20, 10, tzinfo=datetime.UTC)
SAME = "This link and this code do not open anything."
ANSWER = {"known": "yes", "answer": "Quiet since June.", "answered_by": "Head Invented"}
SENT = ANSWER | {"sensitive": "no"}


@pytest.fixture(autouse=True)
def on_a_friday():
    with clock.at(FRIDAY):
        yield


@pytest.fixture
def case(world):
    return stages.released(world)


@pytest.fixture
def made(world, case):
    asked = one_time.Asked(
        "Invented School",
        "Head Invented",
        "01632 960 001",
        datetime.date(2026, 11, 26),
        "Which year?",
    )
    return one_time.ask_once(
        case, asked, grounds=stages.grounds(power="Education Act 2002, s.175"), by=world.officer
    )


def url_of(made):
    return reverse("one_time", args=[made.key])


def opened(made):
    browser = Client()
    assert browser.post(url_of(made), {"code": made.code}).status_code == 302
    return browser


def test_made_by_the_requester_and_shown_once(world, case):
    url = reverse("case_one_time", args=[case.reference])
    expect(url, {world.officer: 200, world.lead: 403, world.children: 404, None: 302})
    browser = as_user(world.officer)
    day = {"due_on_day": 26, "due_on_month": 11, "due_on_year": 2026}
    told = {"body": "Invented School", "person": "Head", "phone": "01632 960 001", "power": "s.175"}
    told = stages.grounds_form() | told | day | {"sensitive": "no"}
    for wrong, words in (
        ({"due_on_day": 21}, "must be a working day"),
        ({"due_on_day": 30}, "the link ends then"),
        ({"power": ""}, "Enter the legal power"),
    ):
        assert words in browser.post(url, told | wrong).content.decode()
    page = browser.post(url, told, follow=True)
    text = page.content.decode()
    code, key = re.search(r">(\d{4} \d{4})<", text)[1], re.search(r"/answer/([\w-]+)/", text)[1]
    link = OneTimeRequest.objects.get()
    assert code.replace(" ", "") not in link.code_hash + link.key_hash
    assert key not in str(vars(link))
    again = browser.get(reverse("case_one_time_link", args=[case.reference, link.pk]))
    assert code not in again.content.decode()
    assert key not in again.content.decode()
    assert Client().post(f"/answer/{key}/", {"code": code}).status_code == 302


def test_the_code_opens_identity_and_question_and_nothing_else(world, case, made):
    before = Client().get(url_of(made))
    assert "Callum" not in before.content.decode()
    assert before.content.decode().count("<form") == 1
    browser = opened(made)
    page = browser.get(url_of(made))
    text = page.content.decode()
    for words in ("Callum Brayford", "4 March 2010", "Which year?", "Education Act 2002, s.175"):
        assert words in text
    answers = stages.complete_answers()
    for hidden in (case.reference, answers["what"], answers["referrer_name"], "Nobody else knows"):
        assert hidden not in text
    assert page["Cache-Control"] == "no-store"
    assert page["Referrer-Policy"] == "strict-origin"
    assert browser.get(reverse("case_overview", args=[case.reference])).status_code == 302
    assert "Callum" not in Client().get(url_of(made)).content.decode(), "another browser"


def test_one_answer_and_the_link_is_the_actor(world, case, made, mailoutbox):
    browser = opened(made)
    assert (
        "Enter what you know" in browser.post(url_of(made), SENT | {"answer": ""}).content.decode()
    )
    assert "Answer sent" in browser.post(url_of(made), SENT).content.decode()
    link = OneTimeRequest.objects.get()
    assert (link.answer, link.answered_by) == ("Quiet since June.", "Head Invented")
    told = Event.objects.filter(actor_label=f"One-time link {link.pk}").order_by("pk")
    assert [(one.type, one.actor) for one in told] == [
        ("information.link_opened", None),
        ("information.link_answered", None),
    ]
    outbox.drain()
    (mail,) = [one for one in mailoutbox if one.subject.endswith("an answer has arrived")]
    assert mail.to == ["police@test.example"]
    assert "Callum" not in mail.body
    assert "School" not in mail.body
    page = as_user(world.lead).get(reverse("case_one_time_link", args=[case.reference, link.pk]))
    assert "Quiet since June." in page.content.decode()
    assert (
        "Invented School"
        in as_user(world.officer)
        .get(reverse("case_requests", args=[case.reference]))
        .content.decode()
    )
    assert case.reference not in mail.body
    with pytest.raises(ActionInvalid):
        one_time.answer_link(made.key, **ANSWER)
    with pytest.raises(ActionInvalid):
        one_time.end_link(link, by=world.officer)


def test_whatever_is_wrong_says_the_same(world, case, made):
    browser = Client()
    unknown = browser.post(reverse("one_time", args=["nothing"]), {"code": made.code})
    wrong = browser.post(url_of(made), {"code": "0000 0000"})
    assert SAME in unknown.content.decode()
    assert steady(wrong) == steady(unknown)
    with clock.at(FRIDAY + datetime.timedelta(days=7, hours=20)):
        assert steady(browser.post(url_of(made), {"code": made.code})) == steady(unknown), "expired"
    for _ in range(4):
        browser.post(url_of(made), {"code": "0000 0000"})
    assert OneTimeRequest.objects.get().state[0] == "Closed after wrong codes"
    assert steady(browser.post(url_of(made), {"code": made.code})) == steady(unknown), "five tries"
    refused = Event.objects.filter(type="information.link_refused").order_by("pk")
    assert [one.details["is_last"] for one in refused] == [False] * 4 + [True]


def steady(response):
    return re.sub(r'(nonce|value)="[^"]*"', "", response.content.decode())


@pytest.mark.parametrize("end", ["ended", "closed", "an hour"])
def test_an_open_page_ends_as_well(world, case, made, end):
    browser = opened(made)
    if end == "ended":
        url = reverse("case_one_time_link", args=[case.reference, made.request.pk])
        expect(url, {world.lead: 403, world.children: 404}, method="post")
        assert as_user(world.officer).post(url).status_code == 302
    if end == "closed":
        make_move(case, "close", by=world.officer)
    later = datetime.timedelta(minutes=61 if end == "an hour" else 1)
    with clock.at(FRIDAY + later):
        assert "Callum" not in browser.get(url_of(made)).content.decode()
        assert "Answer sent" not in browser.post(url_of(made), SENT).content.decode()
    assert not OneTimeRequest.objects.get().answered_at


def test_a_hold_changes_nothing_for_who_was_asked_but_nobody_new_is(world, case, made):
    hold.hold(case, reason="r", by=world.officer)
    assert "Callum" in opened(made).get(url_of(made)).content.decode()
    with pytest.raises(ActionInvalid):
        one_time.ask_once(
            case, made_again(made), grounds=stages.grounds(power="p"), by=world.officer
        )


def made_again(made):
    link = made.request
    return one_time.Asked(link.body, link.person, link.phone, link.due_on)


def test_the_action_itself_holds_every_rule(world, case, made):
    with pytest.raises(ActionInvalid, match="legal power"):
        one_time.ask_once(case, made_again(made), grounds=stages.grounds(), by=world.officer)
    for user in (world.lead, world.children):
        with pytest.raises(ActionDenied):
            one_time.ask_once(case, made_again(made), grounds=stages.grounds(power="p"), by=user)
        with pytest.raises(ActionDenied):
            one_time.end_link(made.request, by=user)
    with pytest.raises(ActionInvalid):
        one_time.answer_link(made.key, **ANSWER)
    opened(made)
    with pytest.raises(ActionInvalid, match="who you are"):
        one_time.answer_link(made.key, **ANSWER | {"answered_by": " "})
    assert not OneTimeRequest.objects.visible_to(world.children).exists()
    assert asked_of(case, "health").answered_at is None


def test_a_requester_outside_police_cannot_ask_during_a_hold(db):
    from tests import people

    requester = {"requester": {"value": ["prevent_lead"], "source": "seed"}}
    world = people.build(code="BRO", slug="bro", policy=requester)
    case = stages.released(world, agencies=())  # there police ask nobody
    asked = one_time.Asked("School", "Head", "01632 960 001", datetime.date(2026, 11, 26))
    hold.hold(case, reason="r", by=world.officer)
    with pytest.raises(ActionInvalid):
        one_time.ask_once(case, asked, grounds=stages.grounds(power="p"), by=world.lead)


def test_guessing_is_throttled_by_address(made, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "one_time": "2/h/ip"}
    browser = Client()
    codes = [browser.post(url_of(made), {"code": "1"}).status_code for _ in range(3)]
    assert codes == [200, 200, 429]


def test_a_responder_is_asked_about_intelligence_as_well(made):
    """Section 38 holds for whoever answers: what comes from intelligence is told by telephone."""
    browser = opened(made)
    page = browser.post(url_of(made), SENT | {"sensitive": "yes"}).content.decode()
    assert "telephone whoever gave you the code" in page
    assert "Quiet since June." in page
    assert OneTimeRequest.objects.get().answered_at is None
    assert "Answer sent" in browser.post(url_of(made), SENT).content.decode()


def test_no_mailbox_hears_of_an_answer_in_a_restricted_case(world, case, made, mailoutbox):
    browser = opened(made)
    restricting.restrict_case(case, people=[world.officer], reason="r", by=world.supervisor)
    outbox.drain()
    mailoutbox.clear()
    assert "Answer sent" in browser.post(url_of(made), SENT).content.decode()
    outbox.drain()
    assert mailoutbox == []
