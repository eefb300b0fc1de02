"""Papers and room: what comes after papers closed, how full a meeting is, what will be late."""

import datetime

import pytest
from django.urls import reverse

from channel.meetings import forecast, queries
from channel.meetings.actions.agenda import issue_agenda
from channel.meetings.actions.meetings import plan_meeting
from channel.meetings.actions.planner import cancel_meeting
from channel.meetings.capacity import Capacity, planned_minutes
from channel.meetings.models import Meeting
from prevent_cms import clock
from referrals.actions import hold
from tests import stages
from tests.access import sign_in

D = datetime.date
MONDAY = datetime.datetime(2026, 11, 23, 10, tzinfo=datetime.UTC)
LIST = "Cases that may be heard too late"


@pytest.fixture(autouse=True)
def on_a_monday():
    with clock.at(MONDAY):
        yield


def meet(world, month, day, length=180, year=2026):
    starts_at = datetime.datetime(year, month, day, 13, tzinfo=datetime.UTC)
    return plan_meeting(
        world.area, starts_at=starts_at, place="Room", length=length, by=world.administrator
    )


def late(world, user=None):
    user = user or world.administrator
    return forecast.late_for_panel(user, queries.coming_and_past(user)[0])


class TestPapers:
    def test_the_day_they_close_stands_on_head_and_list(self, client, world):
        meeting = meet(world, 12, 29)
        assert meeting.papers_close_on == D(2026, 12, 18)  # five working days, two of them holidays
        sign_in(client, world.chair)
        page = client.get(reverse("meeting", args=[meeting.pk])).content.decode()
        assert "Friday 18 December 2026" in page
        assert "18 December" in client.get(reverse("meeting_list")).content.decode()

    def test_what_comes_later_is_marked_on_the_planned_agenda(self, client, world):
        meeting = meet(world, 12, 1)  # papers closed on 24 November
        stages.at_panel(world)
        with clock.at(MONDAY + datetime.timedelta(days=2)):
            stages.at_panel(world)
            lines = queries.agenda(world.chair, meeting)
            page = sign_in(client, world.chair).get(reverse("meeting", args=[meeting.pk]))
        assert [line.is_after_papers for line in lines] == [False, True]
        assert page.content.decode().count("After papers closed") == 1


class TestRoom:
    def test_every_item_counts_and_a_closed_one_by_the_usual_time(self, world):
        stages.at_panel(world)
        lines = queries.agenda(world.chair, meet(world, 12, 4))
        assert planned_minutes(lines) == 25 + 20
        assert planned_minutes([*lines, queries.Line("2")]) == 25 + 20 + 15

    def test_in_words(self):
        assert Capacity(165, 180).words == "2 h 45 min planned of 3 h"
        assert Capacity(165, 180).over == ""
        assert Capacity(200, 180).over == "Over by 20 min"
        assert Capacity(0, 45).words == "0 min planned of 45 min"

    def test_it_stands_on_the_page(self, client, world):
        stages.at_panel(world), stages.at_panel(world)
        page = sign_in(client, world.chair).get(
            reverse("meeting", args=[meet(world, 12, 4, length=15).pk])
        )
        assert "1 h 5 min planned of 15 min" in page.content.decode()
        assert "Over by 50 min" in page.content.decode()


class TestWhatWillBeLate:
    def test_a_case_whose_day_comes_before_the_meeting(self, client, world):
        case = stages.at_panel(world)
        meet(world, 12, 21)  # 20 working days from today are over on 21 December
        assert late(world) == []
        with clock.at(MONDAY + datetime.timedelta(days=1)):
            first = Meeting.objects.get()
            cancel_meeting(first, because="Snow.", version=1, by=world.chair)
        meet(world, 12, 22)
        (found,) = late(world)
        assert (found.case.pk, found.due_on) == (case.pk, D(2026, 12, 21))
        assert found.why == (
            "The panel was convened on 23 November. The next meeting with room is on 22 December."
        )
        page = sign_in(client, world.chair).get(reverse("meeting_list")).content.decode()
        assert LIST in page
        assert case.reference in page
        hold.hold(case, reason="A check.", by=world.officer)
        assert [one.why for one in late(world)] == [found.why]

    def test_a_meeting_that_is_full_is_no_help(self, world):
        first, second = stages.at_panel(world), stages.at_panel(world)
        meet(world, 12, 4, length=55)
        (found,) = late(world)
        assert found.case.pk == second.pk
        assert found.why.endswith("No meeting with room is planned.")
        meet(world, 12, 18, length=45)
        assert late(world) == []
        stages.supported(world)  # heard at every meeting: 15 of the 20 minutes for cases
        assert [one.case.pk for one in late(world)] == [first.pk, second.pk]

    def test_cases_on_their_way(self, world):
        asked, judged = stages.released(world), stages.assessed(world)
        asked.refresh_from_db(), judged.refresh_from_db()
        meet(world, 3, 1, year=2027)
        found = {one.case.pk: one for one in late(world)}
        assert found[asked.pk].why.startswith("Answers are due on 7 December.")
        assert found[judged.pk].why.startswith("The assessment is due on 7 December.")
        rules = world.area.rules
        assert found[judged.pk].due_on == rules.due(judged.next_due_on, 20)
        assert found[asked.pk].due_on == rules.due(asked.next_due_on, 30)
        meet(world, 12, 4)  # too early for both
        assert len(late(world)) == 2
        meet(world, 12, 22)
        assert late(world) == []

    def test_what_is_on_an_issued_agenda_keeps_its_place(self, world):
        case = stages.at_panel(world)
        meeting = meet(world, 12, 22, length=45)
        issue_agenda(meeting, by=world.administrator)
        (found,) = late(world)
        assert found.case.pk == case.pk
        assert found.why.endswith("on 22 December.")
        stages.at_panel(world)
        assert len(late(world)) == 2

    def test_what_was_heard_and_put_off_is_not_late(self, world):
        case = stages.at_panel(world)
        stages.meeting_held(world, "defer", case=case)
        with clock.at(MONDAY + datetime.timedelta(days=60)):
            day = clock.add_working_days(clock.today(), 25)
            meet(world, day.month, day.day, year=day.year)
            assert late(world) == []

    def test_it_is_for_coordinators_of_the_case(self, world, elsewhere):
        stages.at_panel(world)
        meet(world, 1, 29, year=2027)
        assert len(late(world, world.officer)) == 1
        assert late(world, world.children) == []
        assert late(world, elsewhere.chair) == []

    def test_the_list_keeps_its_budget(self, client, world, django_assert_max_num_queries):
        for _ in range(3):
            stages.at_panel(world)
        stages.issued(world)
        meet(world, 1, 29, year=2027)
        for user in (world.chair, world.officer, world.children):
            sign_in(client, user).get(reverse("start"))
            with django_assert_max_num_queries(10):
                client.get(reverse("meeting_list"))
