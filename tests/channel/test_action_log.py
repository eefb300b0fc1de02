"""The log of actions: over all meetings, of one meeting, and that each has an owner and a fate."""

import datetime
import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import grants
from accounts.roles import ShareKind
from channel.meetings import action_log
from channel.meetings.actions.meetings import close_meeting
from channel.meetings.actions.panel_actions import update_action
from channel.meetings.entry import Task
from channel.meetings.models import Meeting, PanelAction
from prevent_cms import clock
from prevent_cms.errors import ActionInvalid
from tests import stages
from tests.access import as_user, expect

MONDAY = datetime.datetime(2026, 11, 23, 10, tzinfo=datetime.UTC)
LOG = reverse("action_log")
Status = PanelAction.Status


@pytest.fixture(autouse=True)
def on_a_monday():
    with clock.at(MONDAY):
        yield


@pytest.fixture
def action(world):
    """An action that fell to education, due in ten days."""
    stages.meeting_held(world)
    return PanelAction.objects.get()


def answer(action, status, note="", by=None, world=None):
    action.refresh_from_db()
    return update_action(
        action, status=status, note=note, version=action.version, by=by or world.chair
    )


def page(user, **asked):
    return as_user(user).get(LOG, asked).content.decode()


def test_who_opens_it(world, elsewhere, action):
    members = (world.chair, world.administrator, world.health, world.officer, elsewhere.chair)
    expect(LOG, {**dict.fromkeys(members, 200), world.sysadmin: 403, None: 302})
    assert action.what in page(world.health)
    assert action.what not in page(elsewhere.chair)


def test_an_action_of_a_case_that_is_closed_to_the_reader_is_not_in_it(world, action):
    grants.unshare(action.case, world.agency("health"), ShareKind.PANEL)
    url = reverse("meeting_actions", args=[action.decision.item.meeting_id])
    for shown in (page(world.health, show="all"), as_user(world.health).get(url).content.decode()):
        assert action.what not in shown
        assert action.case.reference not in shown


def test_what_the_address_asks_for(world, action):
    assert action.what in page(world.chair, show="open")
    assert action.what not in page(world.chair, show="overdue")
    assert action.what in page(world.education, show="mine")
    assert action.what not in page(world.health, show="mine")
    with clock.at(MONDAY + datetime.timedelta(days=30)):
        assert action.what in page(world.chair, show="overdue")
    answer(action, Status.IN_PROGRESS, world=world)
    assert action.what in page(world.chair)
    answer(action, Status.DONE, world=world)
    assert action.what not in page(world.chair, show="open")
    assert action.what in page(world.chair, show="all")
    assert action.what not in page(world.chair, show="no such filter")


def test_who_is_offered_to_update(world, action):
    url = reverse("panel_action", args=[action.case.reference, action.pk])
    for user in (world.education, world.administrator):
        assert f'href="{url}"' in page(user)
    assert f'href="{url}"' not in page(world.health)


def test_page_by_page(world, action, monkeypatch):
    for number in range(4):
        action.pk, action._state.adding = None, True
        action.what = f"Thing {number}"
        action.save()
    monkeypatch.setattr(action_log, "PAGE", 2)
    seen, after = [], ""
    while True:
        found = action_log.page(world.chair, "open", after)
        seen += [line.action.what for line in found.lines]
        assert found.is_first is (after == "")
        if not found.after:
            break
        after = str(found.after)
    assert sorted(seen) == sorted({*seen}) and len(seen) == 5  # noqa: PT018
    shown = page(world.chair)
    assert "later actions" in shown
    assert "the first actions" in page(
        world.chair, after=str(action_log.page(world.chair, "open", "").after)
    )


def test_it_asks_few_questions(world, action):
    for number in range(8):
        action.pk, action._state.adding = None, True
        action.what = f"Thing {number}"
        action.save()
    client = as_user(world.administrator)
    client.get(LOG)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(LOG)
    mine = [q for q in asked if "channel_panelaction" in q["sql"]]
    assert len(mine) <= 2
    assert len(asked) <= 20


def test_a_later_meeting_carries_it_forward(world, action):
    later = stages.in_session(world)
    url = reverse("meeting_actions", args=[later.pk])
    shown = as_user(world.chair).get(url).content.decode()
    assert "carried forward from" in shown
    assert "No action that is open to you was taken away" in shown
    with clock.at(later.opened_at + datetime.timedelta(minutes=5)):
        answer(action, Status.NOT_DONE, "The school is shut.", world=world)
    shown = as_user(world.chair).get(url).content.decode()
    assert "Not done: The school is shut." in shown
    close_meeting(later, by=world.chair)
    with clock.at(MONDAY + datetime.timedelta(days=40)):
        third = stages.planned(world)
        carried, own = action_log.of_meeting(world.chair, third)
    assert (carried, own) == ([], []), "it had come to an end"


@pytest.mark.parametrize("status", PanelAction.NEEDS_REASON)
def test_not_done_and_not_possible_say_why(world, action, status):
    with pytest.raises(ActionInvalid, match="Say why"):
        answer(action, status, world=world)
    url = reverse("panel_action", args=[action.case.reference, action.pk])
    sent = {"status": str(status), "version": str(action.version)}
    refused = as_user(world.education).post(url, sent).content.decode()
    assert "Enter why it is not done or not possible" in refused
    assert as_user(world.education).post(url, sent | {"note": "Shut."}).status_code == 302


@pytest.mark.parametrize("seed", range(4))
def test_every_action_has_an_owner_and_a_fate(world, seed):
    """Whatever is given out and answered, in whatever order: nothing is without owner or fate."""
    dice = random.Random(seed)
    stages.at_panel(world)
    for turn in range(2):
        meeting = stages.in_session(world)
        for item in meeting.items.all():
            tasks = [
                Task(
                    what=f"Task {turn}-{n}",
                    agency=world.agency(dice.choice(["education", "health", "children"])),
                    owner=f"Owner {n}",
                    due_on=clock.today() + datetime.timedelta(days=dice.randint(0, 60)),
                )
                for n in range(dice.randint(1, 4))
            ]
            choice = "adopt" if turn == 0 else "remain"
            stages.decide(world, item, choice, tasks=tasks)
        for one in PanelAction.objects.all():
            status = dice.choice([*Status])
            note = "Because." if status in PanelAction.NEEDS_REASON else ""
            answer(one, status, note, world=world)
        close_meeting(meeting, by=world.chair)
    actions = PanelAction.objects.all()
    assert actions
    last = Meeting.objects.order_by("starts_at").last()
    logged = {line.action.pk for part in action_log.of_meeting(world.chair, last) for line in part}
    every = action_log.page(world.chair, "all", "")
    assert {line.action.pk for line in every.lines} == {one.pk for one in actions}
    for one in actions:
        assert one.owner and one.agency_id and one.due_on  # noqa: PT018
        is_over = one.status not in PanelAction.UNFINISHED
        assert is_over or one.pk in logged, (
            "what has not ended stands in the log of the last meeting"
        )
        assert one.note or one.status not in PanelAction.NEEDS_REASON
