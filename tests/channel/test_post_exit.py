"""Looking again, 6 and 12 months after the exit (R173)."""

import datetime

import pytest
from django.db import transaction
from django.utils import timezone

from channel.casework import work as works
from channel.meetings import queries as meetings
from channel.support.actions.post_exit import record_post_exit
from channel.support.models import PostExitReview
from channel.support.queries import post_exit_due
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history.models import Event
from prevent_cms.workflow import NOT_NOW
from referrals.models import HoldDecision, Reopening
from referrals.workflow import Status
from tests import stages
from tests.access import as_user, expect

DAY = datetime.timedelta(days=1)
FOUND = {"findings": "College and GP have no concern.", "outcome": "no_concern"}


@pytest.fixture
def case(world):
    return stages.exited(world)


@pytest.fixture
def first(case):
    return PostExitReview.objects.get(months=6)


@pytest.fixture
def last(case):
    return PostExitReview.objects.get(months=12)


def url(case, review):
    return f"/cases/{case.reference}/after-exit/{review.pk}/"


def test_who_reads_and_who_records(world, elsewhere, case, first):
    may = [world.officer, world.supervisor, world.lead, world.chair, world.deputy]
    readers = dict.fromkeys([*may, world.administrator], 200)
    strangers = {None: 302, world.health: 404, world.provider: 404, elsewhere.officer: 404}
    expect(url(case, first), readers | strangers)
    expect(url(case, first), {world.administrator: 403} | strangers, method="post", data=FOUND)
    with pytest.raises(ActionDenied):
        record_post_exit(first, **FOUND, by=world.administrator)
    assert not PostExitReview.objects.filter(done_at__isnull=False).exists()


def test_each_look_is_due_and_the_last_one_ends_the_duty(world, case, first, last):
    assert as_user(world.officer).post(url(case, first), FOUND).status_code == 302
    case.refresh_from_db()
    assert (case.next_due_on, case.next_due_what) == (last.due_on, "12-month review")
    assert as_user(world.chair).post(url(case, last), FOUND).status_code == 302
    case.refresh_from_db()
    assert (case.next_due_on, case.next_due_what, case.status) == (None, "", Status.CLOSED)
    last.refresh_from_db()
    assert (last.outcome, last.by) == ("no_concern", world.chair)
    events = Event.objects.filter(type="exit.reviewed").order_by("pk")
    assert [event.details["months"] for event in events] == [6, 12]
    assert "College and GP" in as_user(world.lead).get(url(case, last)).content.decode()


def test_they_are_recorded_in_their_order_and_once(world, case, first, last):
    expect(url(case, last), {world.officer: 409}, method="post", data=FOUND)
    assert (
        "an earlier one comes first" in as_user(world.officer).get(url(case, last)).content.decode()
    )
    record_post_exit(first, **FOUND, by=world.officer)
    expect(url(case, first), {world.officer: 409}, method="post", data=FOUND)
    with pytest.raises(ActionInvalid):
        record_post_exit(first, **FOUND, by=world.officer)


def test_both_answers_are_needed(world, case, first):
    text = as_user(world.officer).post(url(case, first), {}).content.decode()
    assert "Enter what you found" in text
    assert "Select what follows" in text
    with pytest.raises(ActionInvalid):
        record_post_exit(first, findings="x", outcome="not_needed", by=world.officer)


def test_only_those_who_may_reopen_are_offered_it(world, case, first):
    words = "Reopen the case to the panel"
    assert words in as_user(world.chair).get(url(case, first)).content.decode()
    assert words not in as_user(world.officer).get(url(case, first)).content.decode()
    reopen = {"findings": "Back in the channel.", "outcome": "reopen"}
    text = as_user(world.officer).post(url(case, first), reopen).content.decode()
    assert "Select one of the answers shown" in text
    with pytest.raises(ActionDenied):
        record_post_exit(first, **reopen, by=world.officer)
    assert not PostExitReview.objects.filter(done_at__isnull=False).exists()


def test_reopening_brings_the_case_to_the_panel_and_stops_the_looks(world, case, first, last):
    reopen = {"findings": "Back in the channel.", "outcome": "reopen"}
    assert as_user(world.chair).post(url(case, first), reopen).status_code == 302
    case.refresh_from_db()
    assert case.status == Status.PANEL
    assert Reopening.objects.get(case=case).by == world.chair
    assert not PostExitReview.objects.pending().exists()
    expect(url(case, last), {world.officer: 409}, method="post", data=FOUND)
    far = clock.today() + 900 * DAY
    assert not post_exit_due(world.area, far).exists()


def test_a_case_that_police_hold_is_not_offered_to_be_reopened(world, case, first):
    with transaction.atomic():
        HoldDecision.objects.create(case=case, mark="POLICE", reason="A call.", by=world.officer)
    page = as_user(world.chair).get(url(case, first)).content.decode()
    assert "Reopen the case to the panel" not in page
    with pytest.raises(ActionInvalid) as refusal:
        record_post_exit(first, findings="Back.", outcome="reopen", by=world.chair)
    assert str(refusal.value) == NOT_NOW
    case.refresh_from_db()
    assert case.status == Status.CLOSED
    assert not PostExitReview.objects.filter(done_at__isnull=False).exists()


def test_a_second_exit_replaces_the_looks_of_the_first(world, case, first, last):
    record_post_exit(first, findings="Back.", outcome="reopen", by=world.supervisor)
    case.refresh_from_db()
    with clock.at(clock.now() + 60 * DAY):
        stages.meeting_held(world, "adopt", case)
    with clock.at(clock.now() + 90 * DAY):
        stages.meeting_held(world, "exit", case)
    with clock.at(clock.now() + 91 * DAY):
        stages.report(world, case)
        stages.sign_both(world, case)
    last.refresh_from_db()
    assert last.outcome == "not_needed"
    due = PostExitReview.objects.pending().order_by("due_on")
    assert [one.months for one in due] == [6, 12]
    assert due[0].exit_report_id != last.exit_report_id


def test_what_is_due_in_an_area_by_a_day(world, elsewhere, case, first, last):
    assert not post_exit_due(world.area, first.due_on - DAY).exists()
    assert list(post_exit_due(world.area, first.due_on)) == [first]
    assert list(post_exit_due(world.area, last.due_on)) == [first, last]
    assert not post_exit_due(elsewhere.area, last.due_on).exists()


def test_the_plan_page_of_a_closed_case_lists_them_for_coordinators(world, case, first):
    plan = f"/cases/{case.reference}/plan/"
    assert "6-month review" in as_user(world.lead).get(plan).content.decode()
    assert "6-month review" not in as_user(world.health).get(plan).content.decode()
    assert "Change the plan" not in as_user(world.lead).get(plan).content.decode()


def test_one_due_between_two_meetings_comes_to_the_earlier(world, case, first):
    with clock.at(aware(first.due_on - 40 * DAY)):
        before, last = (stages.planned(world) for _ in range(2))
        assert meetings.due_at(world.chair, before) == []
        (due,) = meetings.due_at(world.chair, last)  # none is planned after it: within a month
        assert (due.case, due.group) == (case, "post_exit")


def test_my_work_names_one_that_is_due_to_council_and_police(world, elsewhere, case, first):
    def asked(user):
        found = works.work(user).sections
        return [(row.case, row.what) for one in found if one.key == "looks" for row in one.rows]

    assert asked(world.lead) == []
    with clock.at(aware(first.due_on)):
        for user in (world.lead, world.chair, world.officer):
            assert asked(user) == [(case, "Record the 6-month review")]
            assert url(case, first) in as_user(user).get("/work/").content.decode()
        for user in (world.administrator, world.health, elsewhere.lead):
            assert asked(user) == []
        record_post_exit(first, **FOUND, by=world.lead)
        assert asked(world.lead) == []
    with clock.at(aware(first.due_on + 200 * DAY)):
        assert "Record the 12-month review" in str(asked(world.chair))
        assert any(one.key == "overdue" and one.rows for one in works.work(world.chair).sections)


def aware(day):
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(9)))
