"""What is read and decided between the end of a meeting and the seal of its minutes."""

import pytest
from django.urls import reverse

from channel.meetings import reading
from channel.meetings.actions.checking import circulate_minutes
from channel.meetings.actions.conduct import record_item
from channel.meetings.actions.meetings import close_meeting
from channel.meetings.actions.minutes import approve_minutes
from channel.meetings.entry import Entry, Said
from channel.meetings.models import Minutes
from prevent_cms import clock
from prevent_cms.errors import ActionInvalid
from tests import stages
from tests.access import as_user


@pytest.fixture
def case(world):
    return stages.at_panel(world)


@pytest.fixture
def item(world, case):
    return stages.in_session(world).items.get()


def shown(user, item, name="meeting_item"):
    place = reverse(name, args=[item.meeting_id, item.number])
    return as_user(user).get(place).content.decode()


def tab(user, case):
    return as_user(user).get(reverse("case_panel", args=[case.reference])).content.decode()


class TestDeciding:
    def test_what_was_not_heard_gets_no_first_decision_afterwards(self, world, item):
        close_meeting(item.meeting, by=world.chair)
        item.refresh_from_db()
        assert 'name="choice"' not in shown(world.chair, item)
        with pytest.raises(ActionInvalid, match="was not heard"):
            stages.decide(world, item, "defer")

    def test_what_was_heard_can_be_decided_and_corrected(self, world, item):
        said = Said(discussion="Heard.")
        record_item(item, Entry(said=said), by=world.administrator)
        close_meeting(item.meeting, by=world.chair)
        item.refresh_from_db()
        assert 'name="choice"' in shown(world.chair, item)
        first = Entry(said=said, decided=stages.decision("defer"), version=1)
        record_item(item, first, by=world.chair)
        again = Entry(said=said, decided=stages.decision("defer", rationale="Better."), version=2)
        record_item(item, again, by=world.chair)
        assert 'name="choice"' in shown(world.chair, item)


class TestDrafts:
    def test_a_member_reads_them_by_one_rule_everywhere(self, world, case, item):
        stages.decide(world, item, "defer", rationale="CANARY why")
        pages = [
            lambda user: shown(user, item),
            lambda user: shown(user, item, "meeting_room_item"),
            lambda user: tab(user, case),
        ]
        assert all("CANARY" in page(world.health) for page in pages)
        meeting = close_meeting(item.meeting, by=world.chair)
        for page in pages:
            assert "CANARY" not in page(world.health)
            assert reading.NOT_YET in page(world.health)
            assert "CANARY" in page(world.chair)
            assert "CANARY" in page(world.lead)
        circulate_minutes(meeting, until=clock.today(), by=world.chair)
        assert all("CANARY" in page(world.health) for page in pages)
        approve_minutes(meeting, by=world.chair)
        assert all("CANARY" in page(world.health) for page in pages)

    def test_a_broken_seal_shows_on_the_tab_of_the_case(self, world, case, monkeypatch):
        approve_minutes(stages.meeting_held(world, "defer", case), by=world.chair)
        assert "does not match its seal" not in tab(world.health, case)
        monkeypatch.setattr(Minutes, "is_intact", False)
        assert "does not match its seal" in tab(world.health, case)
