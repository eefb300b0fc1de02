"""The comparison on the page, and saying whether it is the same person."""

import datetime
import re

import pytest
from django.urls import reverse

from accounts.actions import people as membership
from accounts.roles import Role
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.models import Event
from referrals import earlier
from referrals.access import Reader
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
    leaving = stages.leaving()
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
    assert earlier.comparison_for(Reader(world.lead, case)).columns == []
    assert earlier.comparison_for(Reader(world.officer, case)).columns


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


def test_a_case_that_was_never_released_shows_no_later_tab(world, pair):
    old, _ = pair
    page = as_user(world.officer).get(url(old, "case_overview")).content.decode()
    tabs = re.search('<nav class="moj-sub-navigation.*?</nav>', page, re.DOTALL)[0]
    assert url(old, "case_screening") in tabs
    for later in ("case_requests", "case_consent", "case_assessments", "case_panel", "case_plan"):
        assert url(old, later) not in tabs, later


def test_a_decision_stays_in_sight(world):
    somebody_else = {"name": "Sarah Ashdown", "born": "1970-01-01", "phone": None}
    somebody_else |= {"family": None, "other_names": None}
    with clock.at(clock.now() - datetime.timedelta(days=10)):
        old = stages.received(world, **somebody_else)
    case = stages.screened(world, other_names=None)
    assert earlier.comparison_for(Reader(world.officer, case)).columns == []
    people.compare_persons(case, other=old, verdict="same", by=world.officer)
    found = earlier.comparison_for(Reader(world.officer, case))
    assert [column.reference for column in found.columns] == [old.reference]
    assert found.columns[0].candidate.verdict == "same"


def across(world, elsewhere):
    """A link between cases of two areas, made by an officer of both."""
    membership.join(
        world.officer, agency=elsewhere.agency("police"), role=Role.CT_CASE_OFFICER, by=None
    )
    both = type(world.officer).objects.get(pk=world.officer.pk)
    old, case = stages.received(elsewhere), stages.screened(world)
    people.compare_persons(case, other=old, verdict="same", by=both)
    return both, old, case


def told(user, case):
    return as_user(user).get(url(case, "case_timeline")).content.decode()


def test_the_timeline_names_the_other_case_to_who_may_see_it(world, elsewhere):
    both, old, case = across(world, elsewhere)
    assert f"Case {old.reference}" in told(both, case)
    assert f"Case {case.reference}" in told(both, old)
    for user, ours, theirs in ((world.supervisor, case, old), (elsewhere.officer, old, case)):
        page = told(user, ours)
        assert "Earlier referral linked as the same person" not in page
        assert theirs.reference not in page
    assert not [
        event
        for event in Event.objects.filter(type__startswith="person.")
        if {old.reference, case.reference} & set(map(str, event.details.values()))
    ]


def test_a_lesser_share_of_the_other_case_does_not_name_it(world, elsewhere):
    _, _, case = across(world, elsewhere)
    old = stages.released(elsewhere)
    membership.join(
        world.supervisor, agency=elsewhere.agency("health"), role=Role.AGENCY_CONTACT, by=None
    )
    both = type(world.officer).objects.get(pk=world.officer.pk)
    people.compare_persons(case, other=old, verdict="same", by=both)
    assert old.reference not in told(world.supervisor, case)
    assert f"Case {old.reference}" in told(world.officer, case)


def test_many_links_cost_one_query(world, django_assert_max_num_queries):
    case = stages.screened(world)
    for number in range(5):
        old = stages.received(world, name=f"Person {number}", born=f"199{number}-01-01")
        people.compare_persons(case, other=old, verdict="different", by=world.officer)
    browser = as_user(world.officer)
    page = browser.get(url(case, "case_timeline")).content.decode()
    assert page.count("Earlier referral compared") == 5
    assert page.count("Case TST-26-") >= 5
    with django_assert_max_num_queries(14):
        browser.get(url(case, "case_timeline"))


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
