"""Meetings and their agendas: who plans, what comes on by itself, what issuing does."""

import datetime

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts import grants
from accounts.roles import ShareKind
from channel.meetings import queries
from channel.meetings.actions.agenda import issue_agenda
from channel.meetings.actions.meetings import close_meeting, open_meeting, plan_meeting
from channel.meetings.models import AgendaItem, Meeting, Panel
from channel.support.actions.exits import sign_exit
from prevent_cms import clock, outbox
from prevent_cms.components.text import gov_date
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from referrals.actions import emergency, hold, restricting
from referrals.models import Case, Disclosure
from tests import people, stages
from tests.access import expect, sign_in

MONDAY = datetime.datetime(2026, 11, 23, 10, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def on_a_monday():
    with clock.at(MONDAY):
        yield


def url(name, meeting, *more):
    return reverse(name, args=[meeting.pk, *more])


def at(day, hour=13):
    return datetime.datetime(2026, 12, day, hour, tzinfo=datetime.UTC)


def form(day="4", month="12", time="1pm", place="Committee room 2"):
    parts = {"day_day": day, "day_month": month, "day_year": "2026"}
    return {**parts, "time": time, "place": place}


class TestPlanning:
    def test_only_chair_deputy_and_administrator_plan(self, client, world, elsewhere):
        expect(
            reverse("meeting_new"),
            {
                world.administrator: 200,
                world.chair: 200,
                world.deputy: 200,
                world.officer: 403,
                world.lead: 403,
                world.children: 403,
                world.provider: 403,
                world.sysadmin: 403,
                None: 302,
            },
        )
        with pytest.raises(ActionDenied):
            plan_meeting(world.area, starts_at=at(4), place="Room", by=elsewhere.administrator)

    def test_planning_in_the_browser(self, client, world):
        answer = sign_in(client, world.administrator).post(reverse("meeting_new"), form())
        meeting = Meeting.objects.get()
        assert answer.url == url("meeting", meeting)
        assert timezone.localtime(meeting.starts_at).hour == 13
        assert meeting.panel.name == "Testshire Channel panel"
        event = Event.objects.get(type=EventType.MEETING_PLANNED)
        assert (event.area_code, event.case_reference) == ("TST", "")

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"day": "20", "month": "11"}, "must be today or in the future"),
            ({"day": "23", "month": "11", "time": "9am"}, "The start time must be in the future"),
            ({"day": "5"}, "must be a working day"),
            ({"day": "25"}, "must be a working day"),
            ({"day": "31", "month": "2"}, "must be a real date"),
            ({"day": ""}, "must include a day"),
            ({"time": "after lunch"}, "must be a time"),
            ({"place": ""}, "Enter where the panel meets"),
            ({"place": "x" * 50000}, "must be 200 characters or fewer"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_is_planned(self, client, world, changes, words):
        sent = form(**changes)
        answer = sign_in(client, world.chair).post(reverse("meeting_new"), sent)
        page = answer.content.decode()
        assert "<title>Error: " in page
        assert words in page
        assert sent["place"] in page
        assert not Meeting.objects.exists()

    def test_one_meeting_at_a_time(self, client, world):
        plan_meeting(world.area, starts_at=at(4), place="Room", by=world.chair)
        page = sign_in(client, world.chair).post(reverse("meeting_new"), form()).content.decode()
        assert "The panel meets at this time already" in page
        with pytest.raises(ActionInvalid):
            plan_meeting(world.area, starts_at=at(4), place="Room", by=world.chair)
        assert Meeting.objects.count() == 1

    def test_an_action_refuses_the_past_and_a_bank_holiday(self, world):
        for moment in (MONDAY - datetime.timedelta(days=4), at(25)):
            with pytest.raises(ActionInvalid):
                plan_meeting(world.area, starts_at=moment, place="Room", by=world.chair)

    def test_who_plans_for_two_panels_chooses_one(self, client, world, elsewhere):
        from accounts.actions import people as joining
        from accounts.roles import Role

        joining.join(
            world.chair, agency=elsewhere.agency("council"), role=Role.PANEL_CHAIR, by=None
        )
        signed_in = sign_in(client, world.chair)
        assert "Select panel" in signed_in.post(reverse("meeting_new"), form()).content.decode()
        signed_in.post(reverse("meeting_new"), form() | {"panel": "other"})
        assert Meeting.objects.get().panel.area == elsewhere.area


class TestTheAgendaBuildsItself:
    def test_new_and_open_cases_come_by_themselves(self, world):
        new, supported = stages.at_panel(world), stages.supported(world)
        stages.assessed(world)
        due = queries.due_cases(world.administrator, Panel(area=world.area), MONDAY.date())
        assert [(one.case.pk, one.group) for one in due] == [
            (new.pk, "new"),
            (supported.pk, "open"),
        ]
        assert "convened on 23 November 2026" in due[0].why
        assert "every panel until exit" in due[1].why

    def test_a_hold_changes_nothing_on_it(self, world):
        case = stages.at_panel(world)
        before = queries.due_cases(world.administrator, Panel(area=world.area), MONDAY.date())
        hold.hold(case, reason="A check.", by=world.officer)
        after = queries.due_cases(world.administrator, Panel(area=world.area), MONDAY.date())
        assert [(o.case.pk, o.group, o.why) for o in after] == [
            (o.case.pk, o.group, o.why) for o in before
        ]

    def test_a_decided_exit_waits_in_its_own_group(self, world):
        case = stages.supported(world)
        stages.meeting_held(world, "exit", case=case)
        (due,) = queries.due_cases(world.chair, Panel(area=world.area), MONDAY.date())
        assert due.group == "exit"
        assert "not fully endorsed" in due.why

    def test_an_exit_that_was_not_endorsed_is_decided_again(self, world):
        case = stages.exit_decided(world)
        with clock.at(MONDAY + datetime.timedelta(days=31)):
            stages.report(world, case)
            sign_exit(case, endorses=False, reason="Too early.", by=world.supervisor)
            (due,) = queries.due_cases(world.chair, Panel(area=world.area), clock.today())
        assert "not endorsed, so the panel decides again" in due.why

    def test_a_look_after_exit_comes_when_it_is_due(self, client, world):
        case = stages.exited(world)
        assert queries.due_cases(world.chair, Panel(area=world.area), MONDAY.date()) == []
        with clock.at(MONDAY + datetime.timedelta(days=240)):
            meeting = stages.in_session(world)
            item = meeting.items.get()
            assert (item.case_id, item.group) == (case.pk, "post_exit")
            assert item.why.startswith("6 months after exit")
            address = reverse("meeting_item", args=[meeting.pk, item.number])
            page = sign_in(client, world.chair).get(address).content.decode()
            assert 'name="discussion"' in page
            assert 'name="choice"' not in page
            assert queries.undecided(queries.agenda(world.chair, meeting)) == []
        case.refresh_from_db()
        assert case.next_due_what != "Panel meeting"

    def test_a_case_seen_before_says_when(self, world):
        case = stages.at_panel(world)
        held = stages.meeting_held(world, "defer", case=case)
        (due,) = queries.due_cases(world.chair, Panel(area=world.area), MONDAY.date())
        assert due.why == f"Before the panel again. Last seen {gov_date(held.starts_at)}."

    def test_other_areas_and_partners_get_nothing(self, world, elsewhere):
        stages.at_panel(world)
        assert queries.due_cases(elsewhere.chair, Panel(area=world.area), MONDAY.date()) == []
        assert queries.due_cases(world.children, Panel(area=world.area), MONDAY.date()) == []

    def test_an_empty_agenda_says_so(self, client, world):
        page = sign_in(client, world.chair).get(url("meeting", stages.planned(world)))
        assert "No case is due. Open cases appear here by themselves." in page.content.decode()


class TestIssuing:
    def test_numbers_shares_dates_events_and_mail(self, world, django_capture_on_commit_callbacks):
        first, second = stages.at_panel(world), stages.at_panel(world)
        meeting = stages.planned(world)
        items = issue_agenda(meeting, by=world.administrator)
        assert [(i.number, i.case_id) for i in items] == [("1", first.pk), ("2", second.pk)]
        meeting.refresh_from_db()
        assert meeting.status == Meeting.Status.ISSUED
        first.refresh_from_db()
        assert first.next_due_on == timezone.localdate(meeting.starts_at)
        let_in = {
            row.group_id: row for row in grants.shares_of(first) if row.kind == ShareKind.PANEL
        }
        wanted = {world.agency(k).group_id for k in ("children", "health", "education")}
        assert let_in.keys() == wanted
        until = timezone.localdate(next(iter(let_in.values())).until)
        assert until == clock.add_months(MONDAY.date(), 13)
        assert Disclosure.objects.filter(case=first, kind="panel").count() == 3
        events = Event.objects.filter(type=EventType.AGENDA_ISSUED)
        assert sorted(e.case_reference for e in events) == sorted(
            ["", first.reference, second.reference]
        )
        mail.outbox.clear()
        outbox.drain()
        sent = [m for m in mail.outbox if "agenda" in m.subject]
        assert sorted(m.to[0] for m in sent) == sorted(
            f"{k}@test.example" for k in ("police", "council", "children", "health", "education")
        )
        for message in sent:
            assert first.reference not in message.subject + message.body
            assert f"/meetings/{meeting.pk}/" in message.body

    def test_a_late_case_becomes_2a_and_nothing_is_renumbered(self, world):
        stages.at_panel(world), stages.at_panel(world)
        meeting = stages.issued(world)
        with pytest.raises(ActionInvalid, match="Nothing has become due"):
            issue_agenda(meeting, by=world.administrator)
        stages.at_panel(world), stages.at_panel(world)
        issue_agenda(meeting, by=world.administrator)
        stages.at_panel(world)
        issue_agenda(meeting, by=world.chair)
        assert list(meeting.items.values_list("number", flat=True)) == ["1", "2", "2a", "2b", "2c"]

    def test_a_share_that_lasts_is_not_entered_again(self, world):
        case = stages.at_panel(world)
        meeting = stages.in_session(world)
        close_meeting(meeting, by=world.chair)
        with clock.at(MONDAY + datetime.timedelta(days=28)):
            stages.issued(world)
        assert Disclosure.objects.filter(case=case, kind="panel").count() == 3
        with clock.at(MONDAY + datetime.timedelta(days=370)):
            stages.issued(world)
        assert Disclosure.objects.filter(case=case, kind="panel").count() == 6

    def test_in_the_browser(self, client, world):
        case = stages.at_panel(world)
        meeting = stages.planned(world)
        sign_in(client, world.administrator)
        page = client.get(url("meeting_issue", meeting)).content.decode()
        assert case.reference in page
        assert "Testshire health" in page
        assert client.post(url("meeting_issue", meeting)).url == url("meeting", meeting)
        assert client.post(url("meeting_issue", meeting)).status_code == 409

    def test_who_may(self, client, world, elsewhere):
        stages.at_panel(world)
        meeting = stages.planned(world)
        everybody = {
            world.administrator: 200,
            world.chair: 200,
            world.deputy: 200,
            world.officer: 403,
            world.lead: 403,
            world.children: 404,
            world.provider: 404,
            elsewhere.chair: 404,
            None: 302,
        }
        expect(url("meeting_issue", meeting), everybody)
        expect(url("meeting_open", meeting), dict.fromkeys(everybody, 405) | {None: 302})
        with pytest.raises(ActionDenied):
            issue_agenda(meeting, by=world.lead)
        assert not AgendaItem.objects.exists()

    def test_it_is_too_late_after_the_meeting(self, client, world):
        stages.at_panel(world)
        meeting = close_meeting(stages.in_session(world), by=world.chair)
        assert sign_in(client, world.chair).get(url("meeting_issue", meeting)).status_code == 409
        with pytest.raises(ActionInvalid, match="has ended"):
            issue_agenda(meeting, by=world.chair)


class TestReading:
    def test_who_knows_of_a_meeting(self, client, world, elsewhere):
        stages.at_panel(world)
        meeting = stages.planned(world)
        insiders = (world.administrator, world.chair, world.officer, world.supervisor, world.lead)
        outsiders = (world.provider, world.auditor, world.sysadmin, elsewhere.chair)
        members = (world.children, world.health)
        wanted = (
            dict.fromkeys(insiders, 200) | dict.fromkeys((*outsiders, *members), 404) | {None: 302}
        )
        expect(url("meeting", meeting), wanted)
        issue_agenda(meeting, by=world.chair)
        expect(url("meeting", meeting), wanted | dict.fromkeys(members, 200))

    def test_the_list(self, client, world, elsewhere):
        meeting = stages.planned(world)
        expect(
            reverse("meeting_list"),
            {world.chair: 200, world.children: 200, world.provider: 403, None: 302},
        )
        link = url("meeting", meeting)
        for user, there in (
            (world.officer, True),
            (world.children, False),
            (elsewhere.chair, False),
        ):
            page = sign_in(client, user).get(reverse("meeting_list")).content.decode()
            assert (link in page) is there

    def test_an_item_that_is_not_for_them_keeps_only_its_number(self, client, world):
        first, second = stages.at_panel(world), stages.at_panel(world)
        meeting = stages.issued(world)
        grants.unshare(second, world.agency("health"), ShareKind.PANEL)
        grants.unshare(second, world.agency("health"), ShareKind.RESPOND)
        page = sign_in(client, world.health).get(url("meeting", meeting)).content.decode()
        assert first.reference in page
        assert second.reference not in page
        assert page.count("Restricted item") == 1
        assert client.get(url("meeting_item", meeting, "1")).status_code == 200
        assert client.get(url("meeting_item", meeting, "2")).status_code == 404
        whole = sign_in(client, world.children).get(url("meeting", meeting)).content.decode()
        assert second.reference in whole
        assert "Restricted item" not in whole

    def test_a_look_is_remembered(self, client, world):
        stages.at_panel(world)
        meeting = stages.issued(world)
        sign_in(client, world.children).get(url("meeting", meeting))
        event = Event.objects.filter(type=EventType.LIST_VIEWED).last()
        assert (event.actor, event.area_code) == (world.children, "TST")

    def test_queries_do_not_grow_with_the_agenda(
        self, client, world, django_assert_max_num_queries
    ):
        for _ in range(3):
            stages.at_panel(world)
        meeting = stages.issued(world)
        for user in (world.chair, world.children):
            sign_in(client, user)
            with django_assert_max_num_queries(20):
                client.get(url("meeting", meeting))
            with django_assert_max_num_queries(10):
                client.get(reverse("meeting_list"))


class TestSteps:
    def test_a_meeting_opens_once_and_closes_once(self, client, world):
        case = stages.at_panel(world)
        meeting = stages.planned(world)
        with pytest.raises(ActionInvalid, match="once its agenda is issued"):
            open_meeting(meeting, by=world.chair)
        issue_agenda(meeting, by=world.chair)
        sign_in(client, world.administrator)
        assert client.post(url("meeting_open", meeting)).url == url("meeting_attendance", meeting)
        assert client.post(url("meeting_open", meeting)).status_code == 409
        assert case.reference in client.get(url("meeting_close", meeting)).content.decode()
        assert client.post(url("meeting_close", meeting)).url == url("minutes", meeting)
        assert client.post(url("meeting_close", meeting)).status_code == 409
        case.refresh_from_db()
        assert case.next_due_on == clock.add_months(timezone.localdate(meeting.starts_at), 1)

    def test_an_undecided_case_is_due_at_the_next_planned_meeting(self, world):
        case = stages.at_panel(world)
        meeting = stages.in_session(world)
        plan_meeting(world.area, starts_at=at(21), place="Room", by=world.chair)
        close_meeting(meeting, by=world.administrator)
        case.refresh_from_db()
        assert (case.next_due_on, case.next_due_what) == (at(21).date(), "Panel meeting")

    def test_only_who_manages_opens_and_closes(self, world):
        meeting = stages.issued(world)
        for act in (open_meeting, close_meeting):
            with pytest.raises(ActionDenied):
                act(meeting, by=world.officer)


def test_the_areas_do_not_share_a_panel(world):
    other = people.build(code="THR", slug="third")
    ours, theirs = stages.planned(world), stages.planned(other)
    assert ours.panel_id != theirs.panel_id


def test_an_agenda_leaves_out_what_its_issuer_reaches_in_an_emergency_only(world):
    first, second = stages.at_panel(world), stages.at_panel(world, name="Second Person")
    restricting.restrict_case(second, people=[], reason="r", by=world.supervisor)
    emergency.break_glass(reference=second.reference, reason="r", by=world.chair)
    assert Case.objects.coordinated_by(world.chair).count() == 2
    items = issue_agenda(stages.planned(world), by=world.chair)
    assert [item.case for item in items] == [first]
