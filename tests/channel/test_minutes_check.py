"""The draft of the minutes: sent round until a day, found accurate or commented on, and answered."""

import datetime

import pytest
from django.core import mail
from django.http import Http404
from django.urls import reverse

from accounts import grants
from accounts.roles import ShareKind
from channel.meetings.actions import checking
from channel.meetings.actions.meetings import close_meeting
from channel.meetings.actions.minutes import approve_minutes
from channel.meetings.models import Accuracy, Circulation, ItemRemark, MeetingRemark, Remark
from channel.meetings.remarks import get_remark
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from referrals.actions import restricting
from tests import stages
from tests.access import as_user, expect

MONDAY = datetime.datetime(2026, 11, 23, 10, tzinfo=datetime.UTC)
FRIDAY = datetime.date(2026, 11, 27)
TEXT = "Capybara: the mentor said six sessions."


@pytest.fixture(autouse=True)
def on_a_monday():
    with clock.at(MONDAY):
        yield


@pytest.fixture
def closed(world):
    """A closed meeting over two cases; health sees nothing of the second."""
    stages.at_panel(world), stages.at_panel(world)
    meeting = stages.in_session(world)
    for item in meeting.items.all():
        stages.decide(world, item)
    grants.unshare(meeting.items.get(number="2").case, world.agency("health"), ShareKind.PANEL)
    return close_meeting(meeting, by=world.administrator)


@pytest.fixture
def sent_round(world, closed):
    checking.circulate_minutes(closed, until=FRIDAY, by=world.administrator)
    return closed


def url(name, meeting, *more):
    return reverse(name, args=[meeting.pk, *more])


def page(user, meeting):
    return as_user(user).get(url("minutes_check", meeting)).content.decode()


class TestSendingRound:
    def test_members_read_the_draft_until_the_day(self, world, elsewhere, closed):
        members = (world.health, world.children, world.officer, world.lead)
        keepers = (world.chair, world.deputy, world.administrator)
        others = {world.provider: 404, elsewhere.chair: 404, None: 302}
        for name in ("minutes", "minutes_check"):
            expect(url(name, closed), dict.fromkeys(members, 409) | dict.fromkeys(keepers, 200))
        day = {"until_day": "27", "until_month": "11", "until_year": "2026"}
        answer = as_user(world.administrator).post(url("minutes_circulate", closed), day)
        assert answer.url == url("minutes_check", closed)
        for name in ("minutes", "minutes_check"):
            expect(url(name, closed), dict.fromkeys((*members, *keepers), 200) | others)
        with clock.at(MONDAY + datetime.timedelta(days=5)):
            expect(url("minutes", closed), {world.health: 409, world.chair: 200})
            assert "Was open to the panel until 27 November 2026" in page(world.chair, closed)

    def test_who_sends_it(self, world, elsewhere, closed):
        expect(
            url("minutes_circulate", closed),
            {
                world.administrator: 200,
                world.chair: 200,
                world.health: 403,
                world.officer: 403,
                elsewhere.chair: 404,
                None: 302,
            },
        )
        with pytest.raises(ActionDenied):
            checking.circulate_minutes(closed, until=FRIDAY, by=world.health)

    def test_only_after_the_meeting_and_before_the_seal(self, world, closed):
        going_on = stages.in_session(world)
        with pytest.raises(ActionInvalid, match="after the meeting"):
            checking.circulate_minutes(going_on, until=FRIDAY, by=world.chair)
        approve_minutes(closed, by=world.chair)
        with pytest.raises(ActionInvalid, match="sealed"):
            checking.circulate_minutes(closed, until=FRIDAY, by=world.chair)

    def test_a_day_that_has_passed(self, world, closed):
        with pytest.raises(ActionInvalid, match="today or a later day"):
            checking.circulate_minutes(
                closed, until=FRIDAY - datetime.timedelta(days=9), by=world.chair
            )

    def test_again_it_moves_the_day(self, world, sent_round):
        later = FRIDAY + datetime.timedelta(days=7)
        checking.circulate_minutes(sent_round, until=later, by=world.chair)
        assert Circulation.objects.get().until == later
        assert "Change the day" in page(world.chair, sent_round)

    def test_agencies_are_told_in_neutral_words(self, world, sent_round):
        outbox.drain()
        told = [letter for letter in mail.outbox if "draft minutes" in letter.subject]
        assert len(told) >= 5
        item = sent_round.items.first()
        for letter in told:
            assert "27 November 2026" in letter.body
            assert url("minutes_check", sent_round) in letter.body
            assert item.case.reference not in letter.subject + letter.body
        assert len({letter.to[0] for letter in told}) == len(told)
        event = Event.objects.get(type=EventType.MINUTES_CIRCULATED)
        assert (event.actor, event.area_code) == (world.administrator, "TST")


class TestAccuracy:
    def test_a_member_says_so_once(self, world, sent_round):
        client = as_user(world.health)
        for _ in range(2):
            answer = client.post(url("minutes_accurate", sent_round))
            assert answer.url == url("minutes_check", sent_round)
        assert [one.by for one in Accuracy.objects.all()] == [world.health]
        assert Event.objects.filter(type=EventType.MINUTES_ACCURATE).count() == 1
        shown = page(world.chair, sent_round)
        assert "Found accurate by Health Invented" in shown
        assert "It is accurate" not in page(world.health, sent_round)

    def test_not_without_the_draft(self, world, closed):
        with pytest.raises(ActionInvalid, match="not been approved"):
            checking.find_accurate(closed, by=world.health)


class TestComments:
    def test_the_chair_on_an_item_and_on_the_whole(self, world, closed):
        client = as_user(world.chair)
        for item in ("1", ""):
            data = {"item": item, "text": TEXT}
            assert client.post(url("minutes_check", closed), data).status_code == 302
        on_item, on_whole = ItemRemark.objects.get(), MeetingRemark.objects.get()
        assert (on_item.case, on_item.mark) == (closed.items.get(number="1").case, "PANEL")
        assert (on_item.by, on_whole.by) == (world.chair, world.chair)
        events = Event.objects.filter(type=EventType.MINUTES_REMARKED)
        assert {e.case_reference for e in events} == {"", on_item.case.reference}
        assert "Capybara" not in str([e.details for e in events])
        assert "2 comments without an answer" in (
            as_user(world.chair).get(url("minutes", closed)).content.decode()
        )

    def test_a_member_while_it_is_round(self, world, sent_round):
        client = as_user(world.health)
        data = {"item": "1", "text": TEXT}
        assert client.post(url("minutes_check", sent_round), data).status_code == 302
        assert TEXT in page(world.chair, sent_round)
        with clock.at(MONDAY + datetime.timedelta(days=5)), pytest.raises(ActionInvalid):
            checking.add_remark(sent_round, item="1", text=TEXT, by=world.health)

    def test_wrong_input_keeps_what_was_typed(self, world, closed):
        client = as_user(world.chair)
        shown = client.post(url("minutes_check", closed), {"item": "99", "text": TEXT})
        assert shown.status_code == 200
        assert TEXT in shown.content.decode()
        assert not ItemRemark.objects.exists()
        empty = client.post(url("minutes_check", closed), {}).content.decode()
        assert "Enter what should be corrected" in empty

    def test_on_an_item_that_is_closed_to_them_nobody_says_or_reads_anything(
        self, world, sent_round
    ):
        checking.add_remark(sent_round, item="2", text=TEXT, by=world.chair)
        shown = page(world.health, sent_round)
        assert "Capybara" not in shown
        assert sent_round.items.get(number="2").case.reference not in shown
        with pytest.raises(Http404):
            checking.add_remark(sent_round, item="2", text=TEXT, by=world.health)
        restricting.set_bar(
            sent_round.items.get(number="2").case,
            user=world.deputy,
            reason="r",
            by=world.supervisor,
        )
        remark = ItemRemark.objects.get()
        assert "Capybara" not in page(world.deputy, sent_round)
        assert "without an answer" not in (
            as_user(world.deputy).get(url("minutes", sent_round)).content.decode()
        )
        answer = as_user(world.deputy).get(url("minutes_item_remark", sent_round, remark.pk))
        assert answer.status_code == 404
        with pytest.raises(Http404):
            get_remark(world.deputy, sent_round, ItemRemark, remark.pk)

    def test_none_after_the_seal(self, world, closed):
        approve_minutes(closed, by=world.chair)
        assert as_user(world.chair).get(url("minutes_check", closed)).status_code == 409
        with pytest.raises(ActionInvalid, match="sealed"):
            checking.add_remark(closed, item="", text=TEXT, by=world.chair)


class TestAnswers:
    @pytest.fixture
    def remarks(self, world, closed):
        on_item = checking.add_remark(closed, item="1", text=TEXT, by=world.chair)
        return on_item, checking.add_remark(closed, item="", text="At 2pm.", by=world.chair)

    def test_taken_over_or_not_and_why(self, world, closed, remarks):
        on_item, on_whole = remarks
        client = as_user(world.administrator)
        answer = client.post(
            url("minutes_item_remark", closed, on_item.pk), {"state": "taken_over"}
        )
        assert answer.url == url("minutes_check", closed)
        here = url("minutes_remark", closed, on_whole.pk)
        assert "At 2pm." in client.get(here).content.decode()
        assert "Enter why the draft stays" in (
            client.post(here, {"state": "answered"}).content.decode()
        )
        client.post(here, {"state": "answered", "answer": "It was 1pm."})
        for one in remarks:
            one.refresh_from_db()
            assert one.answered_by == world.administrator
        assert (on_item.state, on_whole.answer) == ("taken_over", "It was 1pm.")
        assert Event.objects.filter(type=EventType.MINUTES_ANSWERED).count() == 2
        shown = page(world.chair, closed)
        assert "Taken over" in shown
        assert "Answered, not taken over: It was 1pm." in shown
        with pytest.raises(ActionInvalid, match="Administrator Invented"):
            checking.answer_remark(closed, on_item, state="taken_over", answer="", by=world.chair)

    def test_a_reason_is_wanted(self, world, closed, remarks):
        with pytest.raises(ActionInvalid, match="Say why"):
            checking.answer_remark(
                closed, remarks[0], state=Remark.State.ANSWERED, answer="", by=world.chair
            )

    def test_who_may(self, world, elsewhere, sent_round):
        remark = checking.add_remark(sent_round, item="1", text=TEXT, by=world.chair)
        expect(
            url("minutes_item_remark", sent_round, remark.pk),
            {
                world.administrator: 200,
                world.chair: 200,
                world.health: 403,
                elsewhere.chair: 404,
                None: 302,
            },
        )
        assert (
            "Answer"
            not in page(world.health, sent_round).split("Comments", 1)[1].split("Add a comment")[0]
        )
        with pytest.raises(ActionDenied):
            checking.answer_remark(
                sent_round, remark, state="taken_over", answer="", by=world.health
            )
