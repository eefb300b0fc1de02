"""A late review is seen everywhere until it is done, or put off with a reason."""

import datetime

import pytest

from channel.casework import work
from channel.meetings import queries as meetings
from channel.meetings.actions.meetings import close_meeting, open_meeting
from channel.support import queries
from channel.support.actions import reviews
from channel.support.models import ReviewDelay
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history.models import Event
from tests import stages
from tests.access import as_user, expect
from tests.channel.test_review import record
from vaf.actions import assessments

DAY = datetime.timedelta(days=1)


def text(user, url):
    return as_user(user).get(url).content.decode()


def url(case, rest=""):
    return f"/cases/{case.reference}/review/{rest}"


def overdue(user):
    found = {one.key: one.rows for one in work.work(user).sections}
    return [row.case.reference for row in found.get("overdue", [])]


def late():
    """A moment at which the first review of a case just adopted is some days late."""
    day = clock.add_months(clock.today(), 1) + 5 * DAY
    return clock.at(clock.now() + (day - clock.today()))


def places(world, case):
    """Where a coordinator sees that the review is late: plan, my work, queue."""
    plan = text(world.lead, f"/cases/{case.reference}/plan/")
    queue = text(world.lead, "/cases/?due=overdue")
    return (
        "Review overdue" in plan,
        case.reference in overdue(world.lead),
        case.reference in queue,
    )


def test_it_is_seen_everywhere_until_it_is_done(world):
    case = stages.plan_written(world)
    assert places(world, case)[:2] == (False, False)
    with late():
        assert places(world, case) == (True, True, True)
        record(world, case)
        assert places(world, case)[:2] == (False, False)


def test_a_meeting_that_is_planned_issued_and_held_hides_no_late_review(world):
    case = stages.plan_written(world)
    due = queries.next_review_on(case)
    with clock.at(clock.now() + 25 * DAY):
        meeting = stages.issued(world)
    case.refresh_from_db()
    assert (case.next_due_on, case.next_due_what) == (due, "Monthly review")
    with late():
        line = next(one for one in meetings.agenda(world.lead, meeting) if one.case == case)
        assert line.is_late
        assert "Overdue" in text(world.lead, f"/meetings/{meeting.pk}/")
        assert places(world, case) == (True, True, True)
    with clock.at(meeting.starts_at):
        meeting = open_meeting(meeting, by=world.administrator)
        stages.attend(world, meeting)
        meeting = close_meeting(meeting, by=world.administrator)
        assert places(world, case) == (True, True, True)
        line = next(one for one in meetings.agenda(world.lead, meeting) if one.case == case)
        assert not line.is_late  # an agenda of the past is a record


def test_a_review_that_was_done_leaves_the_date_to_the_meeting(world):
    case = stages.plan_written(world)
    with clock.at(clock.now() + 25 * DAY):
        record(world, case)
        case.refresh_from_db()
        reviews.set_next(case, on=clock.today() + 10 * DAY, what="Panel meeting")
        case.refresh_from_db()
        assert case.next_due_what == "Panel meeting"


def test_it_is_put_off_by_the_form_with_a_reason_that_stands_beside(world, elsewhere):
    case = stages.plan_written(world)
    with late():
        day = clock.today() + 7 * DAY
        form = {"until_day": day.day, "until_month": day.month, "until_year": day.year}
        client = as_user(world.lead)
        assert "Enter why it is put off" in client.post(url(case, "later/"), form).content.decode()
        far = {**form, "until_year": day.year + 2, "reason": "Kept words"}
        page = client.post(url(case, "later/"), far).content.decode()
        assert "The new date must be no later than" in page
        assert "Kept words" in page
        form["reason"] = "The family is away."
        assert client.post(url(case, "later/"), form).status_code == 302
        delay = ReviewDelay.objects.get()
        assert (delay.until, delay.by, delay.mark) == (day, world.lead, "PANEL")
        case.refresh_from_db()
        assert (case.next_due_on, case.next_due_what) == (day, "Monthly review")
        assert places(world, case)[:2] == (False, False)
        for reader in (world.lead, world.health):
            assert "The family is away." in text(reader, f"/cases/{case.reference}/plan/")
        assert "The family is away." not in text(world.provider, f"/cases/{case.reference}/plan/")
        assert Event.objects.get(type="review.put_off").details == {}
        expect(
            url(case, "later/"),
            {world.lead: 200, world.administrator: 403, world.health: 403, elsewhere.lead: 404},
        )
    with clock.at(clock.now() + 60 * DAY):
        assert places(world, case) == (True, True, True)
        record(world, case)
        assert "The family is away." not in text(world.lead, f"/cases/{case.reference}/plan/")
        assert queries.next_review_on(case) == clock.add_months(clock.today(), 1)


def test_who_may_put_it_off_and_to_which_day(world):
    case = stages.plan_written(world)
    day = queries.next_review_on(case) + DAY
    for user in (world.administrator, world.health, world.provider):
        with pytest.raises(ActionDenied):
            reviews.put_off(case, until=day, reason="r", by=user)
    for wrong in (clock.today(), day - DAY, day + 90 * DAY):
        with pytest.raises(ActionInvalid, match="The new date must be"):
            reviews.put_off(case, until=wrong, reason="r", by=world.lead)
    with pytest.raises(ActionInvalid):
        reviews.put_off(stages.at_panel(world, name="B"), until=day, reason="r", by=world.lead)


def test_an_exit_that_waits_for_signatures_keeps_its_own_date(world):
    case = stages.exit_decided(world)
    with clock.at(clock.now() + 31 * DAY):
        case.refresh_from_db()
        before = case.next_due_what
        until = max(queries.next_review_on(case), clock.today()) + DAY
        reviews.put_off(case, until=until, reason="r", by=world.lead)
        case.refresh_from_db()
        assert case.next_due_what == before


def test_the_page_says_whether_the_assessment_was_made_again(world):
    case = stages.plan_written(world)
    assert "The latest assessment was signed on" in text(world.lead, url(case))
    with clock.at(clock.now() + DAY):
        record(world, case)
    with clock.at(clock.now() + 2 * DAY):
        page = text(world.lead, url(case))
        assert "before the last review. Make it again for this review." in page
        assert f'href="/cases/{case.reference}/assessments/"' in page
        again = assessments.start(case, point="review", by=world.officer)
        stages.rate(again, world.officer)
        assessments.sign(again, by=world.officer)
        assert "after the last review." in text(world.lead, url(case))
