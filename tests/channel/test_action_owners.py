"""Who can take an action on, that they learn of it, and that it outlives the case's closing."""

import datetime
import html

import pytest
from django.core import mail

from channel.casework import work as works
from channel.meetings import tasks
from channel.meetings.entry import Task
from channel.meetings.models import PanelAction
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionInvalid
from tests import stages
from tests.access import as_user, expect

DAY = datetime.timedelta(days=1)


def task(world, key, **changes):
    words = {
        "what": "Ask the youth club",
        "agency": world.agency(key),
        "owner": "A. Worker",
        "due_on": clock.today() + 10 * DAY,
    }
    return Task(**words | changes)


def rows(user, key="actions"):
    return [row for one in works.work(user).sections if one.key == key for row in one.rows]


def offered(world, item):
    page = as_user(world.chair).get(f"/meetings/{item.meeting_id}/items/{item.number}/")
    choices = (
        html.unescape(page.content.decode())
        .split('name="action-new0-agency"')[1]
        .split("</select>")[0]
    )
    return {
        key for key in ("children", "education", "provider") if world.agency(key).name in choices
    }


def sent():
    mail.outbox.clear()
    outbox.drain()
    return [one.to for one in mail.outbox if "took on an action" in one.subject]


def test_only_those_who_can_open_the_case_are_offered_and_taken(world):
    case = stages.at_panel(world)
    item = stages.in_session(world).items.get(case=case)
    assert offered(world, item) == {"children", "education"}
    with pytest.raises(ActionInvalid, match="can open the case"):
        stages.decide(world, item, tasks=[task(world, "provider")])
    stages.decide(world, item, "defer", tasks=[task(world, "children")])
    assert PanelAction.objects.get().agency == world.agency("children")


def test_who_delivers_support_learns_of_an_action(world):
    case = stages.plan_written(world)
    with clock.at(clock.now() + 20 * DAY):
        item = stages.in_session(world).items.get(case=case)
        assert offered(world, item) == {"children", "education", "provider"}
        stages.decide(world, item, "remain", tasks=[task(world, "provider")])
        (row,) = rows(world.provider)
        expect(row.url, {world.provider: 200})


def test_each_agency_is_told_once_and_nothing_of_the_case(world):
    case = stages.at_panel(world)
    item = stages.in_session(world).items.get(case=case)
    both = [task(world, "children"), task(world, "children", what="Ask the school")]
    decision = stages.decide(world, item, "defer", tasks=both)
    assert sent() == [[world.agency("children").mailbox]]
    (letter,) = [one for one in mail.outbox if "took on an action" in one.subject]
    assert "/work/" in letter.body
    for secret in (case.reference, "youth", "/cases/", "panel"):
        assert secret not in letter.body + letter.subject
    for action in PanelAction.objects.all():
        action.status = PanelAction.Status.DONE
        action.save()
    mail.outbox.clear()
    tasks.send_action_given(decision.pk, world.agency("children").pk)
    assert mail.outbox == []


def test_an_action_outlives_the_closing_of_its_case(world):
    case = stages.at_panel(world)
    stages.meeting_held(world, "other_support", case)
    case.refresh_from_db()
    assert case.status == "CLOSED"
    (row,) = rows(world.education)
    expect(row.url, {world.education: 200})
    assert [one.case for one in rows(world.administrator, "waiting")] == [case]
