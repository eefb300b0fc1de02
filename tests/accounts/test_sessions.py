"""Own sessions in a list, ended by their owner or with the account, and the warning before the end."""

import datetime
import re

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts.actions import people
from prevent_cms import clock, outbox, sessions
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from tests.access import as_user
from tests.accounts.factors import give_password, is_in
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db
LIST, PAGE = reverse("usersessions_list"), reverse("session")
START = datetime.datetime(2026, 3, 2, 9, 0, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile Safari/604.1"


def browsers(user, *names):
    found = []
    for name in names:
        browser = Client(headers={"User-Agent": name})
        give_password(browser, user)
        found.append(browser)
    return found


def test_the_list_names_each_browser_and_this_one(world):
    desk = browsers(world.officer, EDGE, PHONE)[0]
    browsers(world.chair, "Firefox/127")
    page = desk.get(LIST).content.decode()
    rows = re.findall(r"<tr.*?</tr>", page, re.DOTALL)
    assert "Edge on Windows" in page
    assert "Safari on iPhone" in page
    assert "Firefox" not in page
    assert [row for row in rows if "This one" in row] == [row for row in rows if "Edge" in row]
    assert "127.0.0.1" not in page


def test_signing_out_everywhere_else_leaves_this_one(world):
    desk, phone, tablet = browsers(world.officer, EDGE, PHONE, "Other")
    [stranger] = browsers(world.chair, EDGE)
    done = desk.post(LIST, follow=True)
    assert "signed out everywhere else" in done.content.decode()
    assert [is_in(one) for one in (desk, phone, tablet, stranger)] == [True, False, False, True]
    event = Event.objects.get(type=EventType.SESSIONS_ENDED)
    assert (event.actor, event.details) == (world.officer, {"ended": 2})
    assert "nowhere else" in desk.get(LIST).content.decode()


def test_a_changed_password_ends_the_other_sessions(world):
    desk, phone = browsers(world.officer, EDGE, PHONE)
    new = "three random words"
    answer = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert desk.post(reverse("account_change_password"), answer).status_code == 302
    assert (is_in(desk), is_in(phone)) == (True, False)
    assert "Edge on Windows" in desk.get(LIST).content.decode()


def test_signing_out_ends_the_session_on_the_server(world):
    [desk] = browsers(world.officer, EDGE)
    cookie = desk.cookies["session"].value
    desk.post(reverse("account_logout"))
    desk.cookies["session"] = cookie
    assert not is_in(desk)


ENDS = {
    "deactivate": lambda user, by: people.deactivate(user, by=by),
    "reset": lambda user, by: people.reset_sign_in(user, by=by),
    "sign out": lambda user, by: people.sign_out(user, by=by),
    "last role": lambda user, by: people.leave(user.memberships.get(), by=by),
}


@pytest.mark.parametrize("way", ENDS)
@pytest.mark.parametrize("number", [10, pytest.param(100, marks=pytest.mark.proof)])
def test_what_ends_an_account_ends_every_session_on_the_next_request(world, way, number):
    signed_in = [as_user(world.provider) for _ in range(number)]
    assert all(is_in(browser) for browser in signed_in)
    ENDS[way](world.provider, world.sysadmin)
    refused = [not is_in(browser) for browser in signed_in].count(True)
    print(f"sessions ended by {way}: {refused} of {number} refused")
    assert refused == number
    assert not UserSession.objects.filter(user=world.provider).exists()


def test_one_of_two_roles_ends_no_session(world):
    browser = as_user(world.health)
    assert is_in(browser)
    people.leave(world.health.memberships.first(), by=world.sysadmin)
    assert is_in(browser)


def test_a_role_that_ends_next_week_ends_the_sessions_next_week(world):
    role = world.provider.memberships.get()
    people.leave(role, on=clock.today() + datetime.timedelta(days=7), by=world.sysadmin)
    assert is_in(as_user(world.provider))
    with clock.at(clock.now() + datetime.timedelta(days=8)):
        browser = as_user(world.provider)
        browser.get("/help/")
        outbox.drain()
        assert not is_in(browser)
    assert world.agency("provider").group not in world.provider.groups.all()


def test_ended_sessions_are_forgotten(world):
    with time_machine.travel(START):
        browsers(world.officer, EDGE)
        with time_machine.travel(START + datetime.timedelta(hours=11)):
            sessions.forget_ended()
    assert not UserSession.objects.exists()
    assert not Session.objects.exists()


class TestWarning:
    @pytest.fixture
    def traveller(self):
        with time_machine.travel(START, tick=False) as traveller:
            yield traveller

    @pytest.fixture
    def desk(self, world, traveller):
        browser = as_user(world.officer)
        browser.get("/help/")
        return browser

    def look(self, desk):
        """What the page says: whether to warn, in how many seconds to look again, and the words."""
        page = desk.get(PAGE).content.decode()
        said = re.search(r'data-look-in="(\d+)" data-is-near="(\w+)">(.*?)</div>', page, re.DOTALL)
        return said[2] == "yes", int(said[1]), said[3]

    def test_pages_say_when_to_look(self, desk, traveller):
        body = desk.get("/help/").content.decode()
        assert f'data-session="{PAGE}" data-look-in="{53 * 60}"' in body
        assert "signed out after 60 minutes without use, and at 7pm at the latest" in body

    def test_somebody_signed_out_is_told_nothing(self, client):
        assert "data-session" not in client.get("/help/").content.decode()

    @pytest.mark.parametrize(
        ("minutes", "warns", "again"),
        [(0, False, 58), (57, False, 1), (58, True, 2), (59, True, 1)],
    )
    def test_two_minutes_before_the_idle_limit(self, desk, traveller, minutes, warns, again):
        traveller.shift(minutes * MINUTE)
        is_near, look_in, words = self.look(desk)
        assert (is_near, look_in) == (warns, again * 60 + 1)
        assert ("Do you want to stay signed in?" in words) == warns
        assert "10am" in words

    def test_looking_does_not_keep_anybody_signed_in(self, desk, traveller):
        for _ in range(60):
            assert desk.get(PAGE).status_code == 200
            traveller.shift(MINUTE)
        assert desk.get(PAGE).status_code == 302

    def test_saying_so_does(self, desk, traveller):
        traveller.shift(59 * MINUTE)
        said = desk.post(PAGE).content.decode()
        assert f'data-look-in="{58 * 60 + 1}" data-is-near="no"' in said
        traveller.shift(59 * MINUTE)
        assert is_in(desk)

    def test_another_page_in_another_tab_does_too(self, desk, traveller):
        traveller.shift(59 * MINUTE)
        desk.get("/help/")
        assert self.look(desk)[0] is False

    def test_ten_minutes_before_the_limit_that_cannot_be_moved(self, desk, traveller):
        for _ in range(11):
            traveller.shift(54 * MINUTE)  # 9 hours and 54 minutes
            desk.post(PAGE)
        is_near, look_in, words = self.look(desk)
        assert (is_near, look_in) == (True, 6 * 60 + 1)
        assert "You will be signed out at 7pm" in words
        assert "It cannot be put off" in words
        assert 'data-look-in="1"' in desk.get("/help/").content.decode()
        traveller.shift(7 * MINUTE)
        assert desk.post(PAGE).status_code == 302

    def test_it_needs_the_token_of_the_page(self, world, desk):
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = desk.cookies
        assert strict.post(PAGE).status_code == 403
