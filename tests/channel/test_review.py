"""The monthly review: item by item, then risks, needs and one recommendation."""

import datetime

import pytest
from django.core import mail
from django.db import transaction

from channel.support.actions import exits, reviews
from channel.support.actions.reviews import Effect
from channel.support.models import ItemReview, PlanItem, Review
from channel.support.queries import review_due
from channel.support.tasks import send_review_escalated
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionDenied, ActionInvalid
from tests import stages
from tests.access import as_user, expect

DAY = datetime.timedelta(days=1)


def url(case):
    return f"/cases/{case.reference}/review/"


def answers(**changes):
    """The form as a browser sends it: both items answered."""
    today = clock.today()
    words = {
        "on_day": today.day,
        "on_month": today.month,
        "on_year": today.year,
        "risks": "None new.",
        "needs_open": "Belonging.",
        "recommendation": "remain",
        "reason": "It helps.",
    }
    for item in PlanItem.objects.filter(status__in=PlanItem.OPEN):
        words |= {f"helps_{item.pk}": "helps", f"shows_{item.pk}": "Back at chess."}
    return words | changes


def record(world, case, *, by=None, **changes):
    words = {
        "on": clock.today(),
        "delivered": "",
        "risks": "None new.",
        "needs_open": "Belonging.",
        "recommendation": "remain",
        "reason": "It helps.",
        "effects": {
            pk: Effect("helps", "Back at chess.")
            for pk in PlanItem.objects.filter(status="planned").values_list("pk", flat=True)
        },
    }
    return reviews.record_review(case, **words | changes, by=by or world.lead)


def test_who_may_review(world, elsewhere):
    case = stages.plan_written(world)
    may = [world.lead, world.officer, world.supervisor, world.chair, world.deputy]
    others = dict.fromkeys([world.administrator, world.children, world.health, world.provider], 403)
    nobody = {None: 302, elsewhere.lead: 404, world.auditor: 404}
    expect(url(case), dict.fromkeys(may, 200) | others | nobody)
    expect(url(case), others | nobody, method="post")
    with pytest.raises(ActionDenied):
        record(world, case, by=world.administrator)


def test_a_review_answers_for_each_item_and_sets_the_next(world):
    case = stages.plan_written(world)
    assert as_user(world.lead).post(url(case), answers()).status_code == 302
    review = Review.objects.get()
    assert review.plan.version == 1
    assert (
        list(ItemReview.objects.values_list("helps", "shows")) == [("helps", "Back at chess.")] * 2
    )
    case.refresh_from_db()
    assert case.next_due_on == clock.add_months(clock.today(), 1)
    assert case.next_due_what == "Monthly review"
    text = as_user(world.health).get(f"/cases/{case.reference}/plan/").content.decode()
    assert "Remain on the plan" in text
    assert "What the last review said" in as_user(world.lead).get(url(case)).content.decode()


def test_an_item_without_an_answer_is_named(world):
    case = stages.plan_written(world)
    first, second = PlanItem.objects.order_by("pk")
    wrong = {f"helps_{first.pk}": "", f"shows_{second.pk}": "", "reason": "Kept words"}
    text = as_user(world.lead).post(url(case), answers(**wrong)).content.decode()
    assert f"{first.title}: choose whether it helps, or “Too soon”" in text
    assert f"{second.title}: enter what shows it" in text
    assert f'href="#id_helps_{first.pk}_0"' in text
    assert "Kept words" in text
    assert not Review.objects.exists()


def test_too_soon_needs_no_evidence(world):
    case = stages.plan_written(world)
    item = PlanItem.objects.order_by("pk")[0]
    soon = {f"helps_{item.pk}": "too_soon", f"shows_{item.pk}": ""}
    assert as_user(world.lead).post(url(case), answers(**soon)).status_code == 302


def test_without_items_the_review_says_what_was_delivered(world):
    case = stages.supported(world)
    client = as_user(world.lead)
    assert "The plan has no open item." in client.get(url(case)).content.decode()
    text = client.post(url(case), answers(delivered="")).content.decode()
    assert "Enter what was delivered" in text
    assert client.post(url(case), answers(delivered="Two visits.")).status_code == 302
    assert Review.objects.get().plan is None


def test_the_action_refuses_another_day_and_other_items(world):
    case = stages.plan_written(world)
    with pytest.raises(ActionInvalid):
        record(world, case, on=clock.today() + DAY)
    with pytest.raises(ActionInvalid):
        record(world, case, effects={})
    assert not Review.objects.exists()


def test_outside_support_there_is_no_review(world):
    case = stages.at_panel(world)
    expect(url(case), {world.lead: 409})


def test_escalating_tells_police_at_once_and_says_nothing(world):
    case = stages.plan_written(world)
    mail.outbox.clear()
    record(world, case, recommendation="escalate", reason="A threat was made.")
    outbox.drain()
    letter = next(one for one in mail.outbox if "your work today" in one.subject)
    assert letter.to == ["police@test.example"]
    assert "/work/" in letter.body
    for secret in (case.reference, "threat", "review", "police", "/cases/"):
        assert secret not in letter.body + letter.subject
    with transaction.atomic():
        police = world.agency("police")
        police.mailbox = ""
        police.save()
    mail.outbox.clear()
    send_review_escalated(Review.objects.get().pk)
    assert mail.outbox == []


def test_an_overdue_review_says_so_until_it_is_done(world):
    case = stages.plan_written(world)
    assert review_due(case, None) == clock.add_months(clock.today(), 1)
    plan = f"/cases/{case.reference}/plan/"
    with clock.at(clock.now() + 40 * DAY):
        assert "Review overdue" in as_user(world.lead).get(plan).content.decode()
        assert "overdue" in as_user(world.lead).get(url(case)).content.decode()
        record(world, case)
        assert "Review overdue" not in as_user(world.lead).get(plan).content.decode()


def test_a_review_leaves_the_date_of_an_endorsement_alone(world):
    case = stages.exit_decided(world)
    with clock.at(clock.now() + 31 * DAY):
        assert case.next_due_what == "Endorsement of exit"
        record(world, case)
        case.refresh_from_db()
        assert case.next_due_what == "Endorsement of exit"


def test_recommending_exit_decides_nothing(world):
    case = stages.plan_written(world)
    record(world, case, recommendation="exit", reason="No concern for months.")
    case.refresh_from_db()
    assert case.status == "SUPPORT"
    with pytest.raises(ActionInvalid):
        stages.report(world, case)
    assert exits.queries.exit_decision(case) is None
