"""Answers to an invitation: who comes, apologies, what is written instead, and what quorum to expect."""

import datetime

import pytest
from django.urls import reverse

from accounts import grants
from accounts.actions import people as joining
from accounts.roles import Role, ShareKind
from channel.meetings import replies
from channel.meetings.actions import planner
from channel.meetings.actions.meetings import open_meeting
from channel.meetings.actions.replies import answer_invitation, write_update
from channel.meetings.forms.attendance import seats_of
from channel.meetings.models import Reply, WrittenUpdate
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid, Stale
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from prevent_cms.marking import Mark
from tests import stages
from tests.access import as_user, expect, seen, sign_in

MONDAY = datetime.datetime(2026, 11, 23, 10, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def on_a_monday():
    with clock.at(MONDAY):
        yield


@pytest.fixture
def meeting(world):
    stages.at_panel(world)
    return stages.issued(world)


def address(meeting, key="health"):
    return reverse("meeting_reply", args=[meeting.pk, key])


def update_url(meeting, number="1"):
    return reverse("meeting_update", args=[meeting.pk, number])


def say(world, meeting, key, answer="coming", by=None, version=0, name="A. Invented"):
    return answer_invitation(
        meeting,
        agency=world.agency(key),
        answer=answer,
        name="" if answer == "apologies" else name,
        note="",
        version=version,
        by=by or world.users[{"council": "chair", "police": "officer"}.get(key, key)],
    )


class TestAnswering:
    def test_a_member_answers_and_changes_the_answer(self, client, world, meeting):
        sign_in(client, world.health)
        page = client.get(reverse("meeting", args=[meeting.pk])).content.decode()
        assert address(meeting) in page
        assert address(meeting, "children") not in page
        sent = {"answer": "coming", "name": "Health Invented", "note": "By video", "version": 0}
        answer = client.post(address(meeting), sent)
        assert answer.url == reverse("meeting", args=[meeting.pk])
        page = client.get(answer.url).content.decode()
        assert "Coming: Health Invented (By video)" in page
        client.post(address(meeting), sent | {"answer": "apologies", "version": 1})
        reply = Reply.objects.get()
        assert (reply.answer, reply.name, reply.version) == ("apologies", "", 2)
        events = Event.objects.filter(type=EventType.MEETING_ANSWERED)
        assert [one.agency_id for one in events] == [world.agency("health").pk] * 2

    def test_who_comes_has_to_be_named(self, client, world, meeting):
        sign_in(client, world.health)
        sent = {"answer": "instead", "note": "By video", "name": ""}
        page = client.post(address(meeting), sent | {"version": 0}).content.decode()
        assert "Enter who comes" in page
        assert "By video" in page
        assert (
            "Select whether your agency comes"
            in client.post(address(meeting), {"version": 0}).content.decode()
        )
        assert not Reply.objects.exists()

    def test_who_may(self, world, elsewhere, meeting):
        others = {world.children: 403, world.chair: 403, world.provider: 404}
        expect(address(meeting), {world.health: 200, **others, elsewhere.health: 404, None: 302})
        expect(address(meeting, "council"), {world.chair: 200, world.lead: 200, world.health: 403})
        expect(address(meeting, "provider"), {world.health: 404})

    def test_what_is_refused(self, world, meeting):
        with pytest.raises(ActionDenied):
            say(world, meeting, "health", by=world.children)
        with pytest.raises(ActionInvalid, match="Say who comes"):
            say(world, meeting, "health", name="")
        say(world, meeting, "health")
        with pytest.raises(Stale):
            say(world, meeting, "health", "apologies")
        joining.join(world.health, agency=world.agency("provider"), role=Role.PANEL_MEMBER, by=None)
        health = type(world.health).objects.get(pk=world.health.pk)
        with pytest.raises(ActionInvalid, match="not invited"):
            say(world, meeting, "provider", by=health)
        open_meeting(meeting, by=world.chair)
        with pytest.raises(ActionInvalid, match="until the meeting opens"):
            say(world, meeting, "health", version=1)
        assert as_user(world.health).get(address(meeting)).status_code == 409

    def test_another_day_asks_anew(self, world, meeting):
        say(world, meeting, "health")
        day = meeting.starts_at + datetime.timedelta(days=1)
        planner.change_meeting(
            meeting, starts_at=day, place="R", length=60, version=1, by=world.chair
        )
        assert not Reply.objects.exists()


class TestExpectedQuorum:
    def test_in_words(self, client, world, meeting):
        def told():
            return replies.expected(world.chair, meeting)

        assert told().sentence == (
            "0 of 5 core agencies have accepted; 3 are needed. "
            "Not yet: the chair or deputy, police, 3 more core agencies."
        )
        say(world, meeting, "health")
        assert told().sentence.startswith("1 of 5 core agencies have accepted")
        say(world, meeting, "police", "instead")
        say(world, meeting, "children", "apologies")
        assert told().sentence.startswith("Police and 2 of 5 core agencies have accepted")
        say(world, meeting, "council")
        found = told()
        assert found.sentence == (
            "Chair, police and 3 of 5 core agencies have accepted; 3 are needed."
        )
        assert found.quorum.is_met
        page = sign_in(client, world.chair).get(reverse("meeting", args=[meeting.pk]))
        assert found.sentence in page.content.decode()

    def test_only_between_the_agenda_and_the_meeting(self, world, meeting):
        planned = stages.planned(world)
        assert replies.expected(world.chair, planned) is None
        open_meeting(meeting, by=world.chair)
        meeting.refresh_from_db()
        assert replies.expected(world.chair, meeting) is None

    def test_the_page_keeps_its_budget(self, client, world, meeting, django_assert_max_num_queries):
        for user in (world.chair, world.children):
            sign_in(client, user).get(reverse("start"))
            with django_assert_max_num_queries(20):
                client.get(reverse("meeting", args=[meeting.pk]))


class TestAttendance:
    def test_it_begins_with_what_was_answered(self, client, world, meeting):
        say(world, meeting, "health", "apologies")
        say(world, meeting, "police", "instead", name="P. Instead")
        open_meeting(meeting, by=world.chair)
        client = sign_in(client, world.administrator)
        page = client.get(reverse("meeting_attendance", args=[meeting.pk])).content.decode()
        assert 'value="P. Instead"' in page
        assert '<option value="apologies" selected' in page
        assert '<option value="represented" selected' in page
        row = f"seat-agency{world.agency('police').pk}"
        sent = seen(client, reverse("meeting_attendance", args=[meeting.pk]))
        sent |= {f"{row}-status": "", f"{row}-name": "", f"{row}-note": ""}
        answer = client.post(reverse("meeting_attendance", args=[meeting.pk]), sent)
        assert answer.status_code == 200  # emptied: who is there is asked, not guessed
        assert "Testshire Police: select present" in answer.content.decode()
        stages.attend(world, meeting)
        police = next(
            one for one in seats_of(world.administrator, meeting) if one.title == "Testshire Police"
        )
        assert police.before.name == "Police Invented"


class TestWrittenUpdates:
    def test_an_agency_with_apologies_writes_to_the_panel(self, client, world, meeting):
        sign_in(client, world.health)
        item = reverse("meeting_item", args=[meeting.pk, "1"])
        assert update_url(meeting) not in client.get(item).content.decode()
        assert client.get(update_url(meeting)).status_code == 403
        say(world, meeting, "health", "apologies")
        assert update_url(meeting) in client.get(item).content.decode()
        page = client.post(update_url(meeting), {"text": ""}).content.decode()
        assert "Enter what the panel should know" in page
        assert client.post(update_url(meeting), {"text": "Seen in May."}).url == item
        update = WrittenUpdate.objects.get()
        assert (update.mark, update.agency) == (Mark.PANEL, world.agency("health"))
        event = Event.objects.get(type=EventType.UPDATE_WRITTEN)
        assert (event.case_reference, event.mark) == (update.case.reference, Mark.PANEL)
        page = sign_in(client, world.children).get(item).content.decode()
        assert "Seen in May." in page
        assert "Testshire health" in page
        agenda = client.get(reverse("meeting", args=[meeting.pk])).content.decode()
        assert "Written update received" in agenda
        assert "Seen in May." not in agenda

    def test_it_is_for_those_who_may_read_the_case(self, client, world, meeting):
        say(world, meeting, "health", "apologies")
        item = meeting.items.get()
        write_update(item, text="Seen in May.", by=world.health)
        grants.unshare(item.case, world.agency("children"), ShareKind.PANEL)
        grants.unshare(item.case, world.agency("children"), ShareKind.RESPOND)
        page = sign_in(client, world.children).get(reverse("meeting", args=[meeting.pk]))
        assert "Written update received" not in page.content.decode()
        assert client.get(update_url(meeting)).status_code == 404
        grants.unshare(item.case, world.agency("health"), ShareKind.PANEL)
        grants.unshare(item.case, world.agency("health"), ShareKind.RESPOND)
        with pytest.raises(ActionDenied, match="not open to you"):
            write_update(item, text="More.", by=world.health)

    def test_what_is_refused(self, world, meeting):
        item = meeting.items.get()
        say(world, meeting, "health")
        with pytest.raises(ActionDenied, match="sent apologies"):
            write_update(item, text="Seen.", by=world.health)
        say(world, meeting, "children", "apologies")
        with pytest.raises(ActionInvalid, match="Enter the update"):
            write_update(item, text="", by=world.children)
        open_meeting(meeting, by=world.chair)
        with pytest.raises(ActionInvalid, match="until the meeting opens"):
            write_update(item, text="Seen.", by=world.children)
