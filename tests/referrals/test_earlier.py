"""The comparison on the page, and saying whether it is the same person."""

import datetime

import pytest
from django.urls import reverse

from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.models import Event
from referrals import earlier
from referrals.actions import people, screening
from referrals.models import PersonLink
from tests import stages
from tests.access import as_user, expect


@pytest.fixture
def pair(world):
    """A case that was screened out, and a new referral of perhaps the same person."""
    old = stages.received(
        world, name="Calum Brayforde", other_names=None, what="Shared violent videos."
    )
    screening.take(old, by=world.officer)
    leaving = screening.Leaving("Early help", False, "", "Seen by the school nurse.")
    screening.screen(
        old, outcome="other_needs", reason="Needs help.", by=world.officer, leaving=leaving
    )
    return old, screening.take(stages.received(world), by=world.officer)


def url(case, name="case_earlier"):
    return reverse(name, args=[case.reference])


def say(pair, verdict, by):
    old, case = pair
    return as_user(by).post(url(case), {f"same-{old.reference}": verdict})


def types(case):
    found = Event.objects.filter(case_reference=case.reference, type__startswith="person.")
    return list(found.order_by("pk").values_list("type", flat=True))


def test_the_table(world, pair):
    old, case = pair
    page = as_user(world.officer).get(url(case, "case_screening")).content.decode()
    assert "1 earlier referral may be the same person" in page
    assert "Calum Brayforde" in page
    assert "Sounds the same: +40" in page
    assert "Shared violent videos." in page
    assert "other needs, met elsewhere, by Officer Invented" in page
    assert "98 of 100, very likely" in page
    assert f'name="same-{old.reference}"' in page


def test_nobody_else_gets_a_table(world, pair):
    _, case = pair
    assert earlier.comparison_for(case, world.lead).columns == []
    assert earlier.comparison_for(case, world.officer).columns


def test_who_may(world, elsewhere, pair):
    old, case = pair
    answers = {None: 302, world.lead: 404, world.health: 404, elsewhere.officer: 404}
    data = {f"same-{old.reference}": "same"}
    expect(url(case), {**answers, world.supervisor: 302}, method="post", data=data)
    expect(url(case), {world.officer: 405})
    released = stages.released(world)
    expect(url(released), {world.lead: 403}, method="post")


def test_same_different_and_undone(world, pair):
    old, case = pair
    say(pair, "same", world.officer)
    link = PersonLink.objects.get()
    assert (link.verdict, link.by) == ("same", world.officer)
    say(pair, "same", world.supervisor)
    assert PersonLink.objects.get().by == world.officer  # nothing was changed
    say(pair, "unsure", world.supervisor)
    say(pair, "different", world.officer)
    assert PersonLink.objects.get().verdict == "different"
    expected = [EventType.PERSON_LINKED, EventType.PERSON_UNLINKED, EventType.PERSON_COMPARED]
    assert types(case) == types(old) == expected
    page = as_user(world.officer).get(url(case, "case_screening")).content.decode()
    assert "Different person: Officer Invented" in page


def test_a_decision_stays_in_sight(world):
    somebody_else = {"name": "Sarah Ashdown", "born": "1970-01-01", "phone": None}
    somebody_else |= {"family": None, "other_names": None}
    with clock.at(clock.now() - datetime.timedelta(days=10)):
        old = stages.received(world, **somebody_else)
    case = stages.screened(world, other_names=None)
    assert earlier.comparison_for(case, world.officer).columns == []
    people.compare_persons(case, other=old, verdict="same", by=world.officer)
    found = earlier.comparison_for(case, world.officer)
    assert [column.reference for column in found.columns] == [old.reference]
    assert found.is_linked


def test_what_cannot_be_said(world, elsewhere, pair):
    old, case = pair
    assert say(pair, "perhaps", world.officer).status_code == 409
    with pytest.raises(ActionInvalid):
        people.compare_persons(case, other=case, verdict="same", by=world.officer)
    with pytest.raises(ActionDenied):
        people.compare_persons(case, other=old, verdict="same", by=world.lead)
    stranger = stages.received(elsewhere)
    client = as_user(world.officer)
    assert client.post(url(case), {f"same-{stranger.reference}": "same"}).status_code == 404
    assert not PersonLink.objects.exists()
