"""What the last review asks of the panel reaches the agenda, the item, the wall and the pack."""

import datetime

import pytest
from django.db import transaction

from channel.meetings import queries as meetings
from channel.meetings.models import AgendaItem, Pack
from channel.meetings.pack import frozen
from channel.support import queries
from channel.support.actions import delivery, items, reviews
from channel.support.models import PlanItem, Review
from prevent_cms import clock
from prevent_cms.components.text import gov_date
from prevent_cms.marking import Mark
from tests import stages
from tests.access import as_user

DAY = datetime.timedelta(days=1)
WHY = "Nobody has seen a concern since spring."


@pytest.fixture
def case(world):
    return stages.plan_written(world)


def reviewed(world, case, recommendation="exit"):
    return reviews.record_review(
        case,
        on=clock.today(),
        delivered="Eight sessions.",
        risks="None new.",
        needs_open="None.",
        recommendation=recommendation,
        reason=WHY,
        effects={
            pk: reviews.Effect("too_soon")
            for pk in queries.plan_of(case).items.values_list("pk", flat=True)
        },
        by=world.lead,
    )


def shown(world, user, item):
    """The item, the wall and this reader's copy of the pack, as text."""
    where = f"/meetings/{item.meeting_id}/"
    pages = [f"{where}items/{item.number}/", f"{where}room/{item.number}/"]
    texts = [as_user(user).get(page).content.decode() for page in pages]
    pack = Pack.newest(item.meeting)
    record = frozen.for_reader(frozen.read(pack), user, item.meeting)
    return [*texts, str(next(one for one in record["items"] if one["number"] == item.number))]


def test_a_review_that_asks_for_exit_stands_among_the_exits(world, case):
    with clock.at(clock.now() + 10 * DAY):
        review = reviewed(world, case)
    with clock.at(clock.now() + 20 * DAY):
        meeting = stages.in_session(world)
        item = meeting.items.get(case=case)
        assert item.group == AgendaItem.Group.EXIT
        assert item.why.startswith(f"The review of {gov_date(review.on)} recommends exit.")
        asks = f"The review of {gov_date(review.on)} asks: exit. Why: {WHY}"
        for user in (world.chair, world.health):
            for text in shown(world, user, item):
                assert asks in text
                assert "should this case leave Channel?" in text
        assert [one.case for one in meetings.undecided(meetings.agenda(world.chair, meeting))]
        stages.decide(world, item, "remain")
        assert asks in shown(world, world.chair, item)[0]  # what was asked stays with the answer
    with clock.at(clock.now() + 40 * DAY):
        item = stages.in_session(world).items.get(case=case)
        assert item.group == AgendaItem.Group.OPEN
        assert all(
            "The review of" not in text.split("Risks")[0]
            for text in shown(world, world.chair, item)[1:]
        )


def test_any_other_review_is_asked_where_the_case_stands(world, case):
    with clock.at(clock.now() + 10 * DAY):
        reviewed(world, case, "new_plan")
    with clock.at(clock.now() + 20 * DAY):
        item = stages.in_session(world).items.get(case=case)
        assert item.group == AgendaItem.Group.OPEN
        for text in shown(world, world.health, item):
            assert "does the plan still fit, and does the case stay? The review of" in text
            assert f"asks: new plan. Why: {WHY}" in text
        assert "recommends" not in item.why


def test_a_review_for_coordinators_is_for_no_one_else(world, case):
    with clock.at(clock.now() + 10 * DAY):
        review = reviewed(world, case)
        with transaction.atomic():
            review.mark = Mark.COORDINATION
            review.save()
    assert Review.objects.get().mark == Mark.COORDINATION
    with clock.at(clock.now() + 20 * DAY):
        item = stages.in_session(world).items.get(case=case)
        own, wall, pack = shown(world, world.chair, item)
        assert WHY in own
        assert WHY not in wall + pack
        assert all(WHY not in text for text in shown(world, world.health, item))


def test_the_brief_says_what_was_delivered_of_what_was_contracted(world, case):
    item = PlanItem.objects.order_by("pk").first()
    item = items.start_item(item, by=world.provider)
    delivery.record_session(item, on=clock.today(), is_delivered=True, by=world.provider)
    meeting = stages.issued(world)
    record = frozen.for_reader(frozen.read(Pack.newest(meeting)), world.health, meeting)
    (support,) = (part for part in record["items"][0]["parts"] if part["name"] == "plan")
    assert "Started. 1 session delivered" in support["rows"][0][3]
