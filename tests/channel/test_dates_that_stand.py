"""A meeting sets when a case is due next, and no earlier date is lost by it."""

import datetime

from django.utils import timezone

from channel.meetings.actions import planner
from channel.meetings.actions.meetings import close_meeting, open_meeting
from channel.support.actions import consents, reviews
from prevent_cms import clock
from tests import stages
from vaf.actions import assessments

DAY = datetime.timedelta(days=1)
WITHOUT = "Assessment without consent"


def due(case):
    case.refresh_from_db()
    return case.next_due_on, case.next_due_what


def test_a_first_panel_that_is_late_by_policy_stays_late(world):
    case = stages.at_panel(world)
    before = due(case)
    on = before[0] + 20 * DAY
    with clock.at(timezone.make_aware(datetime.datetime.combine(on, datetime.time(9)))):
        meeting = stages.issued(world)
        assert due(case) == before
        planner.change_meeting(
            meeting,
            starts_at=meeting.starts_at + 7 * DAY,
            place="Room",
            length=60,
            version=meeting.version,
            by=world.administrator,
        )
        assert due(case) == before
    meeting.refresh_from_db()
    with clock.at(meeting.starts_at):
        open_meeting(meeting, by=world.administrator)
        close_meeting(meeting, by=world.administrator)
        assert due(case) == before
        assert case.is_late()
        following = stages.in_session(world)
        stages.decide(world, following.items.get(case=case), "defer")
        close_meeting(following, by=world.administrator)
        assert due(case)[0] > clock.today()  # the panel has spoken of it


def test_an_assessment_without_consent_keeps_its_date(world):
    case = stages.consented(world, position="refused")
    by = clock.today() + 25 * DAY
    consents.return_to_panel(case, reassess_on=by, by=world.lead)
    assert due(case) == (by, WITHOUT)
    meeting = stages.in_session(world)
    assert due(case) == (by, WITHOUT)
    stages.decide(world, meeting.items.get(case=case), "defer")
    assert due(case) == (by, WITHOUT)
    close_meeting(meeting, by=world.administrator)
    assert due(case) == (by, WITHOUT)
    assessment = assessments.start(case, point="review", by=world.officer)
    stages.rate(assessment, world.officer)
    assessments.sign(assessment, by=world.officer)
    day = clock.today() + 40 * DAY
    reviews.set_next(case, on=day, what="Panel meeting")
    assert due(case) == (day, "Panel meeting")
