"""Planning ahead: a year of meetings from a rule, another day for one, calling one off."""

import datetime
from urllib.parse import urlencode

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.area_policy import AreaPolicy
from channel.meetings import dates, queries, year
from channel.meetings.actions import planner
from channel.meetings.actions.meetings import open_meeting, plan_meeting
from channel.meetings.models import Meeting
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionDenied, ActionInvalid, Stale
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from tests import stages
from tests.access import expect, sign_in

D = datetime.date
MONDAY = datetime.datetime(2026, 11, 23, 10, tzinfo=datetime.UTC)
ONE = datetime.time(13)
SCOTLAND = {"bank_holidays": {"value": "SCT", "source": "seed"}}
YEAR = {
    "which": "last", "weekday": "4", "start": "2026-12", "months": "3", "time": "1pm",
    "length": "120", "place": "Room 2",
}  # fmt: skip


@pytest.fixture(autouse=True)
def on_a_monday():
    with clock.at(MONDAY):
        yield


def url(name, meeting):
    return reverse(name, args=[meeting.pk])


def at(day, month=12, hour=13):
    return datetime.datetime(2026, month, day, hour, tzinfo=datetime.UTC)


def year_url(**changes):
    return f"{reverse('meeting_year')}?{urlencode(YEAR | changes)}"


def change_form(meeting, **changes):
    day = timezone.localdate(meeting.starts_at)
    parts = {f"day_{part}": str(getattr(day, part)) for part in ("day", "month", "year")}
    sent = {**parts, "time": "1pm", "length": "180", "place": meeting.place}
    return sent | {"version": meeting.version} | changes


class TestTheRule:
    @pytest.mark.parametrize(
        ("which", "weekday", "found"),
        [
            ("first", 0, [D(2026, 12, 7), D(2027, 1, 4)]),
            ("first", 1, [D(2026, 12, 1), D(2027, 1, 5)]),
            ("third", 2, [D(2026, 12, 16), D(2027, 1, 20)]),
            ("fourth", 4, [D(2026, 12, 25), D(2027, 1, 22)]),
            ("last", 4, [D(2026, 12, 25), D(2027, 1, 29)]),
            ("last", 3, [D(2026, 12, 31), D(2027, 1, 28)]),
        ],
    )
    def test_a_weekday_of_each_month(self, which, weekday, found):
        assert year.days(year.Rule(which, weekday, D(2026, 12, 1), 2)) == found

    def test_every_so_many_weeks(self):
        rule = year.Rule(year.WEEKS, 0, D(2026, 12, 1), 2, weeks=4)
        assert year.days(rule) == [D(2026, 12, 7), D(2027, 1, 4)]
        assert len(year.days(year.Rule(year.WEEKS, 0, D(2026, 12, 1), 12, weeks=1))) == 52

    def test_closed_taken_and_past_days_say_so(self):
        rule = year.Rule("last", 4, D(2026, 11, 1), 3)
        first, moved, last = year.proposals(rule, ONE, AreaPolicy(), {D(2027, 1, 29)})
        assert (first.words, first.note) == ("Friday 27 November 2026", "")
        assert moved.day == D(2026, 12, 29)
        assert moved.note == "Moved: offices are shut on Friday 25 December 2026."
        assert last.note == "The panel meets on this day already."
        (past,) = year.proposals(year.Rule("first", 0, D(2026, 11, 1), 1), ONE, AreaPolicy(), ())
        assert past.note == "This day has passed."

    def test_the_calendar_is_the_areas(self):
        rule = year.Rule("first", 0, D(2027, 1, 1), 1)  # 4 January 2027, a holiday in Scotland
        for nation, day in (("ENG", D(2027, 1, 4)), ("SCT", D(2027, 1, 5))):
            (found,) = year.proposals(rule, ONE, AreaPolicy(bank_holidays=nation), ())
            assert found.day == day


class TestAYearOfMeetings:
    def test_dates_are_shown_then_planned_at_once(self, client, world):
        plan_meeting(world.area, starts_at=at(29), place="Room", by=world.chair)
        sign_in(client, world.administrator)
        page = client.get(year_url()).content.decode()
        assert "Tuesday 29 December 2026" in page
        assert "The panel meets on this day already." in page
        assert page.count(" checked") == 3  # the radio of the rule, and two free days
        answer = client.post(year_url(), {"days": ["2027-01-29", "2027-02-26"]})
        assert answer.url == reverse("meeting_list")
        added = Meeting.objects.filter(starts_at__year=2027)
        assert [timezone.localdate(one.starts_at) for one in added] == [
            D(2027, 1, 29), D(2027, 2, 26),
        ]  # fmt: skip
        assert {(one.length, one.place) for one in added} == {(120, "Room 2")}
        assert Event.objects.filter(type=EventType.MEETING_PLANNED).count() == 3

    def test_a_day_that_cannot_be_planned_stops_them_all(self, client, world):
        plan_meeting(world.area, starts_at=at(29), place="Room", by=world.chair)
        sign_in(client, world.administrator)
        for days, words in (
            (["2026-12-29", "2027-01-29"], "Untick Tuesday 29 December 2026."),
            ([], "Select at least one date"),
            (["2027-01-30"], "Select one of the answers shown"),
        ):
            page = client.post(year_url(), {"days": days}).content.decode()
            assert words in page
            assert "<title>Error: " in page
        starts = [datetime.datetime(2027, 1, 29, 13, tzinfo=datetime.UTC), at(29)]
        with pytest.raises(ActionInvalid, match="already"):
            planner.plan_year(world.area, starts=starts, place="R", length=60, by=world.chair)
        with pytest.raises(ActionInvalid, match="at least one"):
            planner.plan_year(world.area, starts=[], place="R", length=60, by=world.chair)
        assert Meeting.objects.count() == 1

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"months": "13"}, "between 1 and 12"),
            ({"which": "weeks"}, "Enter number of weeks"),
            ({"place": ""}, "Enter where the panel meets"),
            ({"length": "601"}, "between 15 and 600"),
        ],
    )
    def test_a_rule_that_is_wrong(self, client, world, changes, words):
        page = sign_in(client, world.chair).get(year_url(**changes)).content.decode()
        assert words in page
        assert "Plan these meetings" not in page

    def test_who_may(self, client, world):
        plans = {world.administrator: 200, world.chair: 200, world.deputy: 200}
        rest = dict.fromkeys((world.officer, world.lead, world.children, world.provider), 403)
        expect(reverse("meeting_year"), plans | rest | {None: 302})
        page = sign_in(client, world.chair).get(reverse("meeting_list")).content.decode()
        assert reverse("meeting_year") in page


class TestTheAreasCalendar:
    def test_a_holiday_of_another_nation_is_no_hindrance(self, client, world):
        saint_andrew = at(30, month=11)
        plan_meeting(world.area, starts_at=saint_andrew, place="Room", by=world.chair)
        world.area.policy = SCOTLAND
        world.area.save()
        with pytest.raises(ActionInvalid, match="working day"):
            plan_meeting(
                type(world.area).objects.get(pk=world.area.pk),
                starts_at=saint_andrew + datetime.timedelta(hours=2),
                place="Room",
                by=world.chair,
            )

    def test_without_a_next_meeting_its_day_is_one_of_the_area(self, world):
        meeting = plan_meeting(world.area, starts_at=at(1), place="Room", by=world.chair)
        with clock.at(MONDAY):
            assert dates.next_meeting_on(meeting) == D(2027, 1, 4)
        meeting.panel.area.policy = SCOTLAND
        meeting.panel.area.__dict__.pop("rules", None)
        assert dates.next_meeting_on(meeting) == D(2027, 1, 5)


class TestAnExtraordinaryMeeting:
    def test_it_says_why(self, client, world):
        sent = {"day_day": "4", "day_month": "12", "day_year": "2026", "time": "1pm"}
        sent |= {"place": "Room 2", "kind": "extraordinary"}
        sign_in(client, world.chair)
        page = client.post(reverse("meeting_new"), sent).content.decode()
        assert "Enter why the panel meets outside its usual dates" in page
        client.post(reverse("meeting_new"), sent | {"extraordinary_because": "Much to decide."})
        meeting = Meeting.objects.get()
        assert meeting.extraordinary_because == "Much to decide."
        for address in (reverse("meeting_list"), url("meeting", meeting)):
            assert "Extraordinary" in client.get(address).content.decode()
        client.post(reverse("meeting_new"), sent | {"kind": "ordinary", "time": "4pm"})
        assert Meeting.objects.filter(extraordinary_because="").count() == 1


class TestChanging:
    def test_another_day_moves_the_cases_and_is_told(self, client, world):
        case = stages.at_panel(world)
        meeting = stages.issued(world)
        mail.outbox.clear()
        outbox.drain()
        mail.outbox.clear()
        sign_in(client, world.administrator)
        sent = change_form(meeting, day_day="17", time="2pm", length="90", place="Room 9")
        assert client.post(url("meeting_change", meeting), sent).url == url("meeting", meeting)
        meeting.refresh_from_db()
        assert meeting.starts_at == at(17, hour=14)
        assert (meeting.length, meeting.place, meeting.version) == (90, "Room 9", 2)
        case.refresh_from_db()
        assert case.next_due_on == D(2026, 12, 17)
        outbox.drain()
        assert len(mail.outbox) == 5
        assert "has changed" in mail.outbox[0].subject
        assert case.reference not in mail.outbox[0].body + mail.outbox[0].subject
        assert Event.objects.filter(type=EventType.MEETING_CHANGED).count() == 1

    def test_another_place_alone(self, world):
        meeting = stages.planned(world)
        planner.change_meeting(
            meeting,
            starts_at=meeting.starts_at,
            place="Room 9",
            length=60,
            version=1,
            by=world.chair,
        )
        assert not outbox.OutboxMessage.objects.filter(topic="meeting_told").exists()

    def test_what_is_refused(self, client, world):
        other = plan_meeting(world.area, starts_at=at(17), place="Room", by=world.chair)
        meeting = plan_meeting(world.area, starts_at=at(18), place="Room", by=world.chair)
        sign_in(client, world.chair)
        for changes, words in (
            ({"day_day": "17"}, "The panel meets at this time already"),
            ({"day_day": "25"}, "must be a working day"),
            ({"place": ""}, "Enter where the panel meets"),
        ):
            sent = change_form(meeting, **changes)
            assert words in client.post(url("meeting_change", meeting), sent).content.decode()
        same = {"place": "R", "length": 60, "by": world.chair}
        with pytest.raises(ActionInvalid, match="already"):
            planner.change_meeting(meeting, starts_at=other.starts_at, version=1, **same)
        with pytest.raises(Stale):
            planner.change_meeting(meeting, starts_at=at(21), version=7, **same)
        with pytest.raises(ActionDenied):
            planner.change_meeting(
                meeting, starts_at=at(21), version=1, **same | {"by": world.lead}
            )
        stages.at_panel(world)
        opened = open_meeting(stages.issued(world), by=world.chair)
        assert client.get(url("meeting_change", opened)).status_code == 409

    def test_who_may(self, world, elsewhere):
        meeting = stages.planned(world)
        may = dict.fromkeys((world.administrator, world.chair, world.deputy), 200)
        rest = {world.officer: 403, world.lead: 403, world.children: 404, elsewhere.chair: 404}
        for name in ("meeting_change", "meeting_cancel"):
            expect(url(name, meeting), may | rest | {None: 302})


class TestCancelling:
    def test_its_cases_come_to_the_next_one(self, client, world):
        case = stages.at_panel(world)
        meeting = stages.issued(world)
        following = stages.planned(world)
        outbox.drain()
        mail.outbox.clear()
        sign_in(client, world.chair)
        page = client.post(url("meeting_cancel", meeting), {"version": 1}).content.decode()
        assert "Enter why the meeting is cancelled" in page
        sent = {"because": "Snow.", "version": 1}
        assert client.post(url("meeting_cancel", meeting), sent).url == url("meeting", meeting)
        meeting.refresh_from_db()
        assert (meeting.status, meeting.cancelled_because) == ("CANCELLED", "Snow.")
        case.refresh_from_db()
        assert case.next_due_on == timezone.localdate(following.starts_at)
        assert [one.case.pk for one in queries.late_cases(world.chair, following)] == [case.pk]
        page = client.get(url("meeting", meeting)).content.decode()
        assert "This meeting was cancelled." in page
        assert "Snow." in page
        outbox.drain()
        assert "is cancelled" in mail.outbox[0].subject
        assert "Snow" not in mail.outbox[0].body
        assert Event.objects.filter(type=EventType.MEETING_CANCELLED).count() == 1
        assert client.get(url("meeting_cancel", meeting)).status_code == 409

    def test_it_takes_no_part_in_what_lies_ahead(self, client, world):
        first, second = stages.planned(world), stages.planned(world)
        planner.cancel_meeting(second, because="Snow.", version=1, by=world.chair)
        assert dates.next_days(world.area) == [timezone.localdate(first.starts_at)]
        later = clock.add_months(timezone.localdate(first.starts_at), 1)
        assert dates.next_meeting_on(first) == clock.add_working_days(later, 0)
        again = plan_meeting(world.area, starts_at=second.starts_at, place="R", by=world.chair)
        assert again.pk != second.pk
        assert second in queries.coming_and_past(world.chair)[0]
        assert (
            "No case is due"
            not in sign_in(client, world.chair).get(url("meeting", second)).content.decode()
        )
        with clock.at(second.starts_at + datetime.timedelta(days=1)):
            assert second in queries.coming_and_past(world.chair)[1]

    def test_one_that_nobody_was_told_of_stays_unknown(self, client, world):
        meeting = stages.planned(world)
        planner.cancel_meeting(meeting, because="Snow.", version=1, by=world.chair)
        assert not outbox.OutboxMessage.objects.filter(topic="meeting_told").exists()
        expect(url("meeting", meeting), {world.chair: 200, world.children: 404})

    def test_what_is_refused(self, world):
        meeting = stages.planned(world)
        with pytest.raises(ActionInvalid, match="Say why"):
            planner.cancel_meeting(meeting, because="", version=1, by=world.chair)
        with pytest.raises(Stale):
            planner.cancel_meeting(meeting, because="Snow.", version=0, by=world.chair)
        with pytest.raises(ActionDenied):
            planner.cancel_meeting(meeting, because="Snow.", version=1, by=world.officer)
        meeting.status = Meeting.Status.CANCELLED
        with pytest.raises(IntegrityError), transaction.atomic():
            meeting.save()
