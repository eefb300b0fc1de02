"""A session that was told wrongly: corrected or withdrawn with a reason, and never taken away."""

import pytest
from django.db import IntegrityError, transaction

from channel.support import delivery
from channel.support.actions import delivery as acts
from channel.support.actions import items
from channel.support.models import PlanItem, Session
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history.models import Event
from tests import stages
from tests.access import as_user, expect
from tests.channel.test_sessions import DAY, address, case, item, later, of, tell, text

__all__ = ["case", "item"]  # fixtures


@pytest.fixture
def told(world, item):
    """A session that was told on the day the item started."""
    return tell(world, item, 0)


def correct(world, item, session, by=None, **changes):
    words = {"because": "Wrong day.", "on": session.on, "is_delivered": True}
    return acts.correct_session(item, session, **words | changes, by=by or world.provider)


def withdraw(world, item, session, because="Another person's.", by=None):
    acts.withdraw_session(item, session, because=because, by=by or world.provider)


def date(on):
    return {"on_day": on.day, "on_month": on.month, "on_year": on.year}


def kinds():
    found = Event.objects.filter(type__startswith="plan.session_").order_by("pk")
    return [one.type.removeprefix("plan.session_") for one in found]


def test_a_correction_counts_and_what_was_told_first_stays_in_sight(world, item, told):
    with later(5):
        url = address(item, f"session/{told.pk}/correct/")
        assert url in text(world.provider, address(item))
        client = as_user(world.provider)
        shown = client.get(url).context["form"].initial
        assert (shown["on"], shown["outcome"]) == (told.on, "delivered")
        form = {**date(told.on), "outcome": "missed", "missed_why": "He was ill."}
        assert "Enter what was wrong" in client.post(url, form).content.decode()
        form |= {"because": "Nobody came."}
        assert client.post(url, form).url == address(item)
        assert of(world.lead, item).words == "0 of 7 sessions delivered, 1 missed"
        for user in (world.provider, world.lead):
            page = " ".join(text(user, address(item)).split())
            assert "missed: He was ill." in page
            assert "delivered <strong" in page
            assert "Does not count" in page
            assert f"by {world.provider.name}: Nobody came." in page
        told.refresh_from_db()
        assert (told.is_delivered, told.withdrawn_by) == (True, world.provider)
        assert Session.history.filter(id=told.pk).count() == 2
        assert kinds() == ["recorded", "corrected"]
        assert "came" not in str(Event.objects.latest("pk").details)


def test_a_withdrawn_session_leaves_the_count_and_frees_its_day(world, item, told):
    url = address(item, f"session/{told.pk}/withdraw/")
    assert of(world.lead, item).words == "1 of 7 sessions delivered"
    client = as_user(world.lead)
    assert "Enter why you withdraw it" in client.post(url, {}).content.decode()
    assert client.post(url, {"because": "Told twice."}).status_code == 302
    assert of(world.lead, item).words == "0 of 7 sessions delivered"
    assert Session.objects.count() == 1
    assert kinds() == ["recorded", "withdrawn"]
    tell(world, item, 0)
    assert of(world.lead, item).words == "1 of 7 sessions delivered"
    for rest in ("correct/", "withdraw/"):
        expect(address(item, f"session/{told.pk}/{rest}"), {world.provider: 409, world.lead: 409})


def test_a_correction_keeps_the_rules_of_telling(world, item, told):
    with later(5):
        other = tell(world, item, 2)
        refused = (
            ({"on": told.on - DAY}, "before the item started"),
            ({"on": other.on}, "recorded already"),
            ({"on": clock.today() + DAY}, "in the future"),
            ({"is_delivered": False}, "Enter why a session was missed"),
            ({"because": " "}, "Enter what was wrong"),
        )
        for changes, words in refused:
            with pytest.raises(ActionInvalid, match=words):
                correct(world, item, told, **changes)
        told.refresh_from_db()
        assert told.withdrawn_at is None
        url = address(item, f"session/{told.pk}/correct/")
        form = {**date(other.on), "outcome": "delivered", "because": "Wrong day."}
        page = as_user(world.provider).post(url, form).content.decode()
        assert "A session on that day is recorded already." in page
        moved = correct(world, item, told, on=told.on + DAY)
        assert moved.on == told.on + DAY
        assert of(world.lead, item).delivered == 2


def test_two_who_correct_the_same_session_leave_one_correction(world, item, told):
    correct(world, item, told)
    for act in (correct, withdraw):
        with pytest.raises(ActionInvalid, match="already"):
            act(world, item, told)
    assert Session.objects.filter(withdrawn_at=None).count() == 1


def test_who_may(world, elsewhere, case, item, told):
    for act in (correct, withdraw):
        for user in (world.health, world.children, elsewhere.lead):
            with pytest.raises(ActionDenied):
                act(world, item, told, by=user)
    for rest in ("correct/", "withdraw/"):
        may = {world.provider: 200, world.lead: 200, world.health: 403, elsewhere.lead: 404}
        expect(address(item, f"session/{told.pk}/{rest}"), may | {None: 302})
        expect(address(item, f"session/0/{rest}"), {world.provider: 404})
    other = items.start_item(PlanItem.objects.get(sessions_agreed=None), by=world.children)
    expect(address(other, f"session/{told.pk}/withdraw/"), {world.children: 404, world.lead: 404})
    with pytest.raises(Session.DoesNotExist):
        withdraw(world, other, told, by=world.lead)


def test_it_is_corrected_through_a_new_version_of_the_plan_until_the_item_is_over(
    world, case, item, told
):
    stages.write_plan(world, case, replaces=1, carry_over=[item])
    copy = PlanItem.objects.get(plan__status="current", agency=item.agency)
    again = correct(world, copy, told)
    assert of(world.lead, copy).words == "1 of 7 sessions delivered"
    items.record_progress(
        copy, text="Done.", on=clock.today(), status="done", version=copy.version, by=world.lead
    )
    page = text(world.lead, address(copy))
    assert "Does not count" in page
    assert "/withdraw/" not in page
    with pytest.raises(ActionInvalid):
        withdraw(world, copy, again, by=world.lead)


def test_the_database_asks_who_and_why(world, item, told):
    told.withdrawn_at = clock.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        told.save()
    assert delivery.sessions_of(world.auditor, item).count() == 0
