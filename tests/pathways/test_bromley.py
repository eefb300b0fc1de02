"""Bromley (seed 004): nobody acts before police say so; then the council asks agencies."""

import datetime

import pytest
from django.urls import reverse

from prevent_cms import clock
from prevent_cms.errors import ActionDenied
from referrals import front_door
from referrals.actions import release, requests, sign_offs
from referrals.models import InformationRequest, SignOff
from tests import stages
from tests.access import as_user, prove
from tests.pathways import way

pytestmark = pytest.mark.django_db


def test_bromley():
    cast = way.enter("bromley")
    assert "fill in this form, then tell Bromley" in way.first_page("bromley")
    page = way.first_page("bromley")
    assert "What reaches the Community Safety Team is sent on to them as it is." in page
    assert "Nobody takes further action until police say" in page
    assert front_door.desk_of(cast["administrator"], cast.area) == cast.agency("council")
    assert front_door.desk_of(cast["children"], cast.area) is None
    case = way.answered(cast)
    assert way.asks(cast, case) == {"prevent-lead"}
    assert way.cannot(
        requests.request_more,
        case,
        agencies=cast.agencies("education"),
        due_on=clock.add_working_days(clock.today(), 5),
        question="",
        grounds=stages.grounds(),
        by=cast["ctco"],
    )
    case = way.convened(cast, case, "chair", "police-lead")
    assert sign_offs.asked_of(case, SignOff.What.EXIT) == ("chair", "police")
    rules = cast.area.rules
    assert (rules.front_door, rules.care_plan_agencies_attend) == ("la_forwards", "must")


def test_bromley_agrees_that_the_panel_is_not_needed():
    cast = way.enter("bromley")
    case = way.left_at_convening(cast, way.answered(cast), "chair", "police-lead")
    assert case.status == "CLOSED"


def test_police_release_and_the_council_asks():
    cast = way.enter("bromley")
    case = way.cleared(cast)
    asking = {"due_on": stages.working_day(5), "grounds": stages.grounds()}
    with pytest.raises(ActionDenied, match="somebody else asks the agencies"):
        release.release(case, agencies=cast.agencies("health"), by=cast["ctco"], **asking)
    browser = as_user(cast["ctco"])
    prove(browser, cast["ctco"], method="mfa")
    url = reverse("case_release", args=[case.reference])
    page = browser.get(url).content.decode()
    assert "police do not ask the agencies. Once the case is released, the council asks" in page
    assert 'name="agencies"' not in page
    posted = {**stages.grounds_form(), "sensitive": "no", "agencies": [cast.agency("health").pk]}
    assert "The case waits for the council" in browser.post(url, posted).content.decode()
    assert browser.post(url, {**posted, "confirmed": "yes"}).status_code == 302
    case.refresh_from_db()
    assert (case.stage, case.next_due_what) == ("INFORMATION_GATHERING", "Ask the agencies")
    assert not InformationRequest.objects.filter(case=case).exists()
    ask = reverse("case_request_more", args=[case.reference])
    bar = browser.get(case.get_absolute_url()).content.decode()
    assert ask not in bar
    assert "The council" in bar
    lead = as_user(cast["prevent-lead"])
    assert ask in lead.get(case.get_absolute_url()).content.decode()
    with clock.at(clock.now() + datetime.timedelta(days=7)):
        assert case.reference in lead.get("/work/").content.decode()
    requests.request_more(
        case, agencies=cast.agencies("health"), question="", by=cast["prevent-lead"], **asking
    )
    case.refresh_from_db()
    assert (case.next_due_on, case.next_due_what) == (asking["due_on"], "Returns from agencies")
