"""What stands on the wall of the room: nothing that a member of the panel may not read."""

import pytest
from django.urls import reverse

from channel.meetings.actions.conduct import write_police_note
from channel.meetings.models import PanelAction
from prevent_cms.marking import Mark
from referrals.actions import hold, restricting
from referrals.models import PersonFact
from tests import stages
from tests.access import DIFFERS, as_user, expect


@pytest.fixture
def item(world):
    stages.at_panel(world)
    return stages.in_session(world).items.get()


def url(item, name="meeting_room_item"):
    more = [item.number] if name == "meeting_room_item" else []
    return reverse(name, args=[item.meeting_id, *more])


def main(user, where):
    page = as_user(user).get(where)
    assert page.status_code == 200, where
    return page.content.decode()


def test_police_present_what_everybody_may_read(world, item):
    write_police_note(item, text="CANARY note", version=0, by=world.officer)
    PersonFact.objects.create(
        case=item.case, person=item.case.person, mark=Mark.POLICE, kind="name",
        value="Zed Zulu", added_by=world.officer,
    )  # fmt: skip
    stages.decide(world, item, "defer")
    hold.hold(item.case, reason="A live inquiry.", by=world.officer)
    for name in ("meeting_room", "meeting_room_item"):
        pages = {
            DIFFERS.sub("", main(user, url(item, name)))
            for user in (world.officer, world.chair, world.health)
        }
        assert len(pages) == 1, name
        page = pages.pop()
        assert "CANARY" not in page
        assert "Z.Z." not in page
        assert "Invented, " not in page.split("<main")[0]
        assert "Stay signed in" not in page
        assert item.case.reference in page
    assert "School and health told the panel what they know." in page


def test_what_is_closed_to_the_presenter_is_closed_to_the_room(world, elsewhere, item):
    restricting.set_bar(item.case, user=world.health, reason="r", by=world.supervisor)
    answers = {world.health: 404, world.chair: 200, elsewhere.chair: 404, None: 302}
    expect(url(item), answers)
    page = main(world.health, url(item, "meeting_room"))
    assert item.case.reference not in page
    assert "Restricted item" in page


def test_the_last_decision_open_actions_and_the_next_item(world):
    case = stages.supported(world)
    first = PanelAction.objects.filter(case=case)
    stages.at_panel(world)
    meeting = stages.in_session(world)
    item = meeting.items.get(case=case)
    page = main(world.children, url(item))
    assert "Last decision" in page
    assert all(action.what in page for action in first)
    assert "Next item" in page or "Item before" in page


def test_there_is_nothing_to_show_before_the_agenda(world):
    planned = stages.planned(world)
    where = reverse("meeting_room", args=[planned.pk])
    expect(where, {world.chair: 409, world.health: 404})


def test_the_budgets(world, item, django_assert_max_num_queries):
    for name, most in (("meeting_room", 14), ("meeting_room_item", 22)):
        browser = as_user(world.chair)
        browser.get(url(item, "meeting_room"))
        with django_assert_max_num_queries(most):
            browser.get(url(item, name))
