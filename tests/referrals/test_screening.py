"""Screening: the reasons of the seeds, what a stop asks for, and who may not even know."""

import re

import pytest
from django.urls import reverse

from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.models import Event
from prevent_cms.workflow import NOT_NOW
from referrals.actions import screening
from referrals.models import Closure, Screening
from tests import stages
from tests.access import as_user, expect

LEAVING = stages.LEFT_FORM | {"destination": "Early help"}


def url(case):
    return reverse("case_screening", args=[case.reference])


@pytest.fixture
def taken(world):
    return screening.take(stages.received(world), by=world.officer)


def strangers(world, elsewhere):
    return {
        None: 302,
        world.lead: 404,
        world.chair: 404,
        world.administrator: 404,
        world.health: 404,
        world.police_auditor: 404,
        world.sysadmin: 404,
        elsewhere.officer: 404,
    }


def test_who_may(world, elsewhere, taken):
    expect(url(taken), {**strangers(world, elsewhere), world.officer: 200, world.supervisor: 200})
    expect(url(taken), strangers(world, elsewhere), method="post")
    expect(url(taken), {world.officer: 405}, method="put")


def test_released_case_refuses_colleagues_of_other_roles(world):
    case = stages.released(world)
    expect(url(case), {world.lead: 403, world.chair: 403, world.officer: 200})


def test_page_shows_the_referral_and_preselects_nothing(world, taken):
    page = as_user(world.officer).get(url(taken)).content.decode()
    assert "he has talked about attacks" in page
    assert "section 38" in page
    assert not re.search(r"<input[^>]* checked", page)
    assert "Callum Brayford" not in page.split("</title>")[0]


def test_nothing_answered(world, taken):
    page = as_user(world.officer).post(url(taken)).content.decode()
    assert page.count("Select what you decided") == 2
    assert "Enter reason" in page
    assert "<title>Error: " in page


def test_go_on_is_checked_first_and_then_saved(world, taken):
    client = as_user(world.officer)
    given = {"outcome": "go_on", "reason": "There is something to look at."}
    check = client.post(url(taken), given)
    assert "No agency outside police can tell that this case exists" in check.content.decode()
    assert not Screening.objects.exists()
    again = client.post(url(taken), {**given, "change": "yes"}).content.decode()
    assert "There is something to look at." in again
    saved = client.post(url(taken), {**given, "confirmed": "yes"})
    assert saved["Location"] == reverse("case_deconfliction", args=[taken.reference])
    taken.refresh_from_db()
    assert taken.status == "DECONFLICTION"
    made = Screening.objects.get()
    assert (made.mark, made.reason, made.by) == ("POLICE", given["reason"], world.officer)
    assert Event.objects.filter(type=EventType.SCREENING_PASSED, mark="POLICE").count() == 1


@pytest.mark.parametrize("outcome", [o for o in Screening.Outcome if o != "go_on"])
def test_every_other_outcome_closes_the_case(world, taken, outcome):
    client = as_user(world.officer)
    given = {"outcome": outcome, "reason": "Checked with the school."}
    check = client.post(url(taken), given).content.decode()
    assert "How the person leaves" in check
    saved = client.post(url(taken), {**given, **LEAVING, "confirmed": "yes"})
    assert saved.status_code == 302
    taken.refresh_from_db()
    assert (taken.status, taken.next_due_on) == ("CLOSED", None)
    closure = Closure.objects.get()
    assert (closure.outcome, closure.stage, closure.mark) == (outcome, "SCREENING", "POLICE")
    assert closure.destination == "Early help"
    types = set(Event.objects.filter(case_reference=taken.reference).values_list("type", flat=True))
    assert {EventType.SCREENING_STOPPED, EventType.CASE_CLOSED} <= types


def test_what_a_stop_asks_for(world, taken):
    given = {"outcome": "other_needs", "reason": "Needs help at home.", "confirmed": "yes"}
    page = as_user(world.officer).post(url(taken), given).content.decode()
    assert "Enter where the person is helped next" in page
    assert "Enter how health and social care were considered" in page
    concern = {**given, **LEAVING, "safeguarding_concern": "yes"}
    page = as_user(world.officer).post(url(taken), concern).content.decode()
    assert "Enter who raised the safeguarding concern" in page
    taken.refresh_from_db()
    assert taken.status == "SCREENING"
    assert not Closure.objects.exists()


def test_the_action_asks_as_well(world, taken):
    act = {"outcome": "other_needs", "by": world.officer}
    with pytest.raises(ActionInvalid, match="reason"):
        screening.screen(taken, reason=" ", **act)
    with pytest.raises(ActionInvalid, match="takes this on"):
        screening.screen(taken, reason="Why", **act)
    leaving = stages.leaving(safeguarding_concern=True)
    with pytest.raises(ActionInvalid, match="safeguarding"):
        screening.screen(taken, reason="Why", leaving=leaving, **act)
    leaving = stages.leaving(health_and_care_considered=" ")
    with pytest.raises(ActionInvalid, match="health and social care"):
        screening.screen(taken, reason="Why", leaving=leaving, **act)
    with pytest.raises(ActionDenied):
        screening.screen(taken, outcome="go_on", reason="Why", by=world.lead)
    assert not Screening.objects.exists()


def test_not_at_another_stage(world):
    case = stages.screened(world)
    response = as_user(world.officer).post(url(case), {"outcome": "go_on", "reason": "Again"})
    assert response.status_code == 409
    assert NOT_NOW in response.content.decode()
    page = as_user(world.officer).get(url(case)).content.decode()
    assert "What was decided" in page
    assert "There is a concern to look at." in page
    with pytest.raises(ActionInvalid):
        screening.screen(case, outcome="go_on", reason="Again", by=world.officer)


def test_fifty_thousand_characters_are_kept_and_refused(world, taken):
    given = {"outcome": "go_on", "reason": "x" * 50_000}
    page = as_user(world.officer).post(url(taken), given).content.decode()
    assert "45,000 too many" in page
    assert "x" * 50_000 in page


def test_the_referral_tab(world, elsewhere, taken):
    address = reverse("case_referral", args=[taken.reference])
    expect(address, {**strangers(world, elsewhere), world.officer: 200})
    page = as_user(world.officer).get(address).content.decode()
    assert "Ruth Okafor" in page
    released = stages.released(world)
    address = reverse("case_referral", args=[released.reference])
    expect(address, {world.lead: 200, world.health: 404, world.officer: 200})


def test_referral_of_somebody_anonymous(world):
    case = stages.released(world, anonymous="yes")
    address = reverse("case_referral", args=[case.reference])
    page = as_user(world.officer).get(address).content.decode()
    assert "wishes to stay anonymous" in page
    assert "Ruth Okafor" in page
    assert "Ruth Okafor" not in as_user(world.lead).get(address).content.decode()
