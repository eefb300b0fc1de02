"""Known elsewhere: which force to call, an event on both sides, and nothing to anybody else."""

import pytest
from django.urls import reverse

from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.models import Event
from referrals.actions import elsewhere as asking
from referrals.actions import restricting
from referrals.models import ElsewhereSearch
from tests import stages
from tests.access import as_user, expect


def url(case, name="case_elsewhere"):
    return reverse(name, args=[case.reference])


def test_another_force_is_named_and_told(world, elsewhere):
    theirs = stages.screened(elsewhere, name="Calum Brayford")
    case = stages.screened(world)
    browser = as_user(world.officer)
    assert "Nobody has asked yet" in browser.get(url(case)).content.decode()
    refused = {world.lead: 404, elsewhere.officer: 404, world.health: 404}
    expect(url(case, "case_elsewhere"), refused, method="post")
    assert browser.post(url(case, "case_elsewhere"))["Location"] == url(case)
    page = browser.get(url(case)).content.decode()
    police = elsewhere.agency("police")
    assert f"{police.name}: {police.mailbox}" in page
    assert theirs.reference not in page
    assert ElsewhereSearch.objects.get().found == [police.pk]
    told = Event.objects.get(type=EventType.ELSEWHERE_KNOWN)
    assert (told.case_reference, told.mark) == (theirs.reference, "POLICE")
    assert case.reference not in str(told.details) + told.target
    asked = Event.objects.get(type=EventType.ELSEWHERE_ASKED)
    assert (asked.case_reference, asked.mark) == (case.reference, "POLICE")
    shown = as_user(elsewhere.officer).get(url(theirs, "case_timeline")).content.decode()
    assert "Another force asked whether the person is known" in shown
    assert world.agency("police").name in shown
    assert case.reference not in shown


def test_nobody_is_named_without_a_likely_match_or_for_a_closed_room(world, elsewhere):
    stages.released(elsewhere, name="Quite Another", born="1961-02-03", school="", address="")
    hidden = stages.released(elsewhere)
    people = [elsewhere.lead]
    restricting.restrict_case(hidden, people=people, reason="r", by=elsewhere.supervisor)
    case = stages.screened(world)
    stages.released(world)  # of the own force, which the comparison shows
    as_user(world.officer).post(url(case, "case_elsewhere"))
    assert (
        "No other force knows the person" in as_user(world.officer).get(url(case)).content.decode()
    )
    assert ElsewhereSearch.objects.get().found == []
    assert not Event.objects.filter(type=EventType.ELSEWHERE_KNOWN).exists()


def test_outside_police_it_leaves_no_trace(world, elsewhere):
    theirs, case = stages.released(elsewhere), stages.released(world)
    asking.ask_elsewhere(case, by=world.officer)
    for person, one in ((world.lead, case), (elsewhere.lead, theirs)):
        shown = as_user(person).get(url(one, "case_timeline")).content.decode()
        assert "nother force" not in shown
    expect(url(case), {world.lead: 403})


def test_only_police_and_only_for_a_referral_in_hand(world):
    case = stages.received(world)
    with pytest.raises(ActionInvalid):
        asking.ask_elsewhere(case, by=world.officer)
    with pytest.raises(ActionDenied):
        asking.ask_elsewhere(stages.released(world, name="B"), by=world.lead)


def test_a_search_finds_every_spelling_that_the_reader_may_see(world):
    case = stages.released(world, name="Mohammed Farah", other_names="Muhamad Farrah\nZebedee")
    hidden = stages.screened(world, name="Mohammed Farah", other_names="Zebedee")
    for typed in ("Muhammad", "farah mohamed", "Zebedee", "Farrah"):
        for person, finds in ((world.lead, False), (world.officer, True), (world.health, False)):
            shown = as_user(person).post("/cases/", {"name": typed}).content.decode()
            assert case.reference in shown, (person, typed)
            assert (hidden.reference in shown) == finds, (person, typed)
