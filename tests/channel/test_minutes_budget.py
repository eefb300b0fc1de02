"""Pages of minutes, actions and files stay within the budgets of lists and of meeting pages."""

import datetime

import pytest
from django.urls import reverse

from channel.exports.actions import exports
from channel.meetings.actions import checking
from channel.meetings.actions.meetings import close_meeting
from channel.meetings.actions.minutes import approve_minutes, correct_minutes
from channel.meetings.entry import Task
from prevent_cms import clock
from tests import stages
from tests.channel.test_support_budget import LONGEST, cost

LIST, PAGE = 10, 14  # design section 10
DRAFT = 21  # put together from all that is recorded, every time
MONDAY = datetime.datetime(2026, 11, 23, 10, tzinfo=datetime.UTC)


@pytest.mark.parametrize("cases", [1, 5])
def test_what_each_page_costs(world, cases):
    with clock.at(MONDAY):
        for _ in range(cases):
            stages.at_panel(world)
        first, second = (held(world, "adopt"), held(world, "remain"))
        approve_minutes(first, by=world.chair)
        correct_minutes(first, item="1", text="Wrong.", why="Told.", version=1, by=world.chair)
        checking.circulate_minutes(second, until=clock.today(), by=world.chair)
        for item in ("", *second.items.values_list("number", flat=True)):
            checking.add_remark(second, item=item, text="Please correct.", by=world.chair)
        asked = exports.ask("minutes", {"meetings": [first.pk]}, by=world.chair)
        pages = [
            (LIST, reverse("meeting_list")),
            (LIST, reverse("action_log")),
            (LIST, reverse("minutes_take")),
            (LIST, reverse("export_list")),
            (PAGE, reverse("export", args=[asked.pk])),
            (PAGE, reverse("minutes", args=[first.pk])),
            (DRAFT, reverse("minutes", args=[second.pk])),
            (PAGE, reverse("minutes_check", args=[second.pk])),
            (PAGE, reverse("minutes_correct", args=[first.pk])),
            (PAGE, reverse("meeting_actions", args=[second.pk])),
        ]
        wrong = []
        for most, url in pages:
            for user in (world.chair, world.health):
                if user is world.health and ("correct" in url or f"exports/{asked.pk}" in url):
                    continue
                queries, size = cost(user, url)
                if queries > most or size > LONGEST:
                    wrong.append((user.name, url, queries, size))
        assert not wrong


def held(world, choice):
    meeting = stages.in_session(world)
    for item in meeting.items.all():
        tasks = [
            Task(
                what=f"Task {n}",
                agency=world.agency("education"),
                owner="Tom Owner",
                due_on=clock.today(),
            )
            for n in range(3)
        ]
        stages.decide(world, item, choice, tasks=tasks)
    return close_meeting(meeting, by=world.chair)
