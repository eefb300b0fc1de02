"""The calendar entry of a meeting: by download and with the mails, without a word of a case."""

import datetime

import pytest
from django.core import mail
from django.urls import reverse

from channel.meetings import ics
from channel.meetings.actions import planner
from channel.meetings.actions.meetings import plan_meeting
from prevent_cms import clock, outbox
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from tests import stages
from tests.access import expect, sign_in

MONDAY = datetime.datetime(2026, 11, 23, 10, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def on_a_monday():
    with clock.at(MONDAY):
        yield


def meet(world, place="Room 2", month=12):
    starts_at = datetime.datetime(2027, month, 1, 13, tzinfo=datetime.UTC)
    return plan_meeting(world.area, starts_at=starts_at, place=place, by=world.administrator)


def lines(text):
    """The entry by its names, long lines put together again."""
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert all(len(row.encode()) <= 75 for row in text.split("\r\n"))
    rows = text.replace("\r\n ", "").split("\r\n")
    return dict(row.split(":", 1) for row in rows if row and not row.startswith(("BEGIN", "END")))


class TestTheEntry:
    def test_what_it_says(self, world):
        meeting = meet(world, month=7)
        found = lines(ics.invitation(meeting))
        assert found["METHOD"] == "PUBLISH"
        assert (found["UID"], found["SEQUENCE"]) == (str(meeting.uid), "0")
        assert (found["DTSTART"], found["DTEND"]) == ("20270701T130000Z", "20270701T160000Z")
        assert (found["SUMMARY"], found["LOCATION"]) == ("Channel panel", "Room 2")
        assert found["URL"].endswith(f"/meetings/{meeting.pk}/")
        assert "Testshire" not in ics.invitation(meeting)

    def test_marks_and_long_lines(self, world):
        place = "Room 2; County Hall, by \\ and \u00e9" + "\u20ac" * 60
        text = ics.invitation(meet(world, place=place))
        wanted = place.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
        assert lines(text)["LOCATION"] == wanted

    def test_a_change_and_a_cancellation_replace_it(self, world):
        meeting = meet(world)
        uid = meeting.uid
        planner.change_meeting(
            meeting, starts_at=meeting.starts_at, place="R", length=60, version=1, by=world.chair
        )
        meeting.refresh_from_db()
        found = lines(ics.invitation(meeting))
        assert (found["UID"], found["SEQUENCE"], found["DTEND"][-7:]) == (str(uid), "1", "140000Z")
        planner.cancel_meeting(meeting, because="Snow.", version=2, by=world.chair)
        meeting.refresh_from_db()
        found = lines(ics.invitation(meeting))
        assert (found["METHOD"], found["STATUS"]) == ("CANCEL", "CANCELLED")
        assert (found["UID"], found["SEQUENCE"]) == (str(uid), "2")
        assert "Snow" not in ics.invitation(meeting)

    def test_each_meeting_has_its_own(self, world):
        assert meet(world).uid != meet(world, month=3).uid


class TestGettingIt:
    def test_who_may_and_how_it_comes(self, client, world, elsewhere):
        case = stages.at_panel(world)
        meeting = stages.planned(world)
        address = reverse("meeting_invitation", args=[meeting.pk])
        wanted = {world.chair: 200, world.officer: 200, world.children: 404, world.provider: 404}
        expect(address, wanted | {elsewhere.chair: 404, None: 302})
        answer = sign_in(client, world.chair).get(address)
        assert answer["Content-Type"] == "text/calendar"
        assert answer["Cache-Control"] == "no-store"
        assert answer["Content-Disposition"] == 'attachment; filename="channel-panel.ics"'
        assert case.reference not in answer.content.decode()
        event = Event.objects.filter(type=EventType.INVITATION_TAKEN).last()
        assert (event.actor, event.area_code, event.case_reference) == (world.chair, "TST", "")
        assert address in client.get(reverse("meeting", args=[meeting.pk])).content.decode()

    def test_it_goes_with_the_mails(self, world):
        stages.at_panel(world)
        meeting = stages.issued(world)
        planner.change_meeting(
            meeting, starts_at=meeting.starts_at, place="R", length=60, version=1, by=world.chair
        )
        planner.cancel_meeting(meeting, because="Snow.", version=2, by=world.chair)
        mail.outbox.clear()
        outbox.drain()
        sent = [one for one in mail.outbox if one.to == ["police@test.example"]]
        assert [word in one.subject for one, word in zip(sent, WORDS, strict=True)] == [True] * 3
        for one in sent:
            ((name, content, kind),) = one.attachments
            assert (name, kind) == ("channel-panel.ics", "text/calendar")
            assert lines(content)["UID"] == str(meeting.uid)


WORDS = ("agenda", "has changed", "is cancelled")
