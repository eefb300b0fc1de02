"""Actions from the panel, and the panel's tab of a case."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts import grants
from accounts.roles import ShareKind
from channel.meetings.actions.panel_actions import update_action
from channel.meetings.models import PanelAction
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from tests import stages
from tests.access import expect, sign_in

MONDAY = datetime.datetime(2026, 11, 23, 10, tzinfo=datetime.UTC)
DONE = {"status": "done", "version": "1"}


@pytest.fixture(autouse=True)
def on_a_monday():
    with clock.at(MONDAY):
        yield


@pytest.fixture
def action(world):
    """An action that fell to education, from an adopted case."""
    stages.meeting_held(world)
    return PanelAction.objects.get()


def url_of(action):
    return reverse("panel_action", args=[action.case.reference, action.pk])


def tab(action):
    return reverse("case_panel", args=[action.case.reference])


def test_who_may_say_how_it_stands(world, elsewhere, action):
    expect(
        url_of(action),
        {
            world.education: 200,
            world.administrator: 200,
            world.chair: 200,
            world.health: 403,
            world.officer: 403,
            world.lead: 403,
            world.provider: 404,
            elsewhere.education: 404,
            None: 302,
        },
    )
    with pytest.raises(ActionDenied):
        update_action(action, status="done", note="", version=1, by=world.health)


def test_done(client, world, action):
    answer = sign_in(client, world.education).post(url_of(action), DONE)
    assert answer.url == tab(action)
    action.refresh_from_db()
    assert (action.status, action.updated_by, action.version) == ("done", world.education, 2)
    event = Event.objects.get(type=EventType.ACTION_UPDATED)
    assert event.case_reference == action.case.reference
    assert "attendance" not in str(event.details)


def test_not_possible_says_why(client, world, action):
    sign_in(client, world.education)
    data = {"status": "not_possible", "version": "1"}
    page = client.post(url_of(action), data).content.decode()
    assert "Enter why it is not done or not possible" in page
    client.post(url_of(action), data | {"note": "He has moved school."})
    action.refresh_from_db()
    assert (action.status, action.note) == ("not_possible", "He has moved school.")
    with pytest.raises(ActionInvalid):
        update_action(action, status="not_possible", note="", version=2, by=world.education)
    action.note = ""
    with pytest.raises(IntegrityError), transaction.atomic():
        action.save()


def test_a_stale_answer_is_refused(client, world, action):
    update_action(action, status="done", note="", version=1, by=world.chair)
    page = sign_in(client, world.education).post(url_of(action), DONE)
    assert "Not saved: somebody else changed this" in page.content.decode()
    with pytest.raises(ActionInvalid):
        update_action(action, status="open", note="", version=1, by=world.education)


def test_an_answer_is_needed(client, world, action):
    page = sign_in(client, world.education).post(url_of(action), {"version": "1"}).content.decode()
    assert "Select how the action stands" in page


def test_the_tab_shows_what_was_decided(client, world, elsewhere, action):
    readers = (world.officer, world.lead, world.chair, world.health, world.education)
    wanted = dict.fromkeys(readers, 200)
    expect(tab(action), wanted | {world.provider: 404, elsewhere.chair: 404, None: 302})
    for user in readers:
        page = sign_in(client, user).get(tab(action)).content.decode()
        is_member = user in (world.health, world.education)  # for them it is a draft yet
        assert ("The needs are not met elsewhere." in page) is not is_member
        assert "Ask the school about attendance" in page
        may_update = user in (world.chair, world.education)
        assert (f'href="{url_of(action)}"' in page) is may_update


def test_an_agency_that_was_only_asked_has_no_tab(client, world, action):
    health = world.agency("health")
    grants.unshare(action.case, health, ShareKind.PANEL)
    assert sign_in(client, world.health).get(tab(action)).status_code == 403
    assert client.get(url_of(action)).status_code == 404


def test_an_agency_that_lost_the_panel_still_answers_its_own(client, world, action):
    health = world.agency("health")
    action.agency = health
    action.save()
    grants.unshare(action.case, health, ShareKind.PANEL)
    answer = sign_in(client, world.health).post(url_of(action), DONE)
    assert answer.url == reverse("case_overview", args=[action.case.reference])


def test_the_next_meeting_is_named(client, world, action):
    meeting = stages.issued(world)
    page = sign_in(client, world.health).get(tab(action)).content.decode()
    assert meeting.panel_and_day in page


def test_overdue(world, action):
    assert not action.is_overdue
    with clock.at(MONDAY + datetime.timedelta(days=11)):
        assert action.is_overdue
