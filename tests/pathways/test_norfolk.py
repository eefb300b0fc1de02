"""Norfolk (seed 000): safeguarding first; one check; the case officer confirms; the panel lets go."""

import pytest
from django.urls import reverse

from accounts.actions import people
from channel.support.models import PostExitReview
from prevent_cms import clock
from referrals.actions import requests
from tests import stages
from tests.access import as_user, prove
from tests.pathways import way

pytestmark = pytest.mark.django_db


def test_norfolk():
    cast = way.enter("norfolk")
    contact = "the Children&#x27;s Advice and Duty Service or Adult Social Services"
    page = way.first_page("norfolk").replace("'", "&#x27;")
    assert f"speak to {contact} first. Then fill in this form." in page
    case = way.answered(cast)
    assert way.asks(cast, case) == {"ctco", "police-lead", "mash"}
    assert "mash" in way.opens(cast, case)
    assert way.working_days_to_answer(case) == 10
    assert way.begun(cast, case).stage == "ASSESSMENT"
    case = way.convened(cast, case, "ctco")
    case = way.decided_to_leave(cast, case)
    assert (case.status, way.still_to_sign(case)) == ("CLOSED", [])
    looks = PostExitReview.objects.filter(case=case).values_list("months", flat=True)
    assert sorted(looks) == [6, 12]
    rules = cast.area.rules
    assert rules.consent_points == ("assessment", "panel")
    assert (rules.front_door, rules.referrer_attends, rules.review_months) == ("police", "may", 1)


def test_norfolk_agrees_that_the_panel_is_not_needed():
    cast = way.enter("norfolk")
    case = way.left_at_convening(cast, way.answered(cast), "ctco")
    assert case.status == "CLOSED"


def test_the_hub_runs_the_checks_once_the_case_is_released():
    cast = way.enter("norfolk")
    case = way.cleared(cast)
    assert as_user(cast["mash"]).get(case.get_absolute_url()).status_code == 404
    browser = as_user(cast["ctco"])
    prove(browser, cast["ctco"], method="mfa")
    page = browser.get(reverse("case_release", args=[case.reference])).content.decode()
    assert "the MASH coordinators of Norfolk Multi-Agency Safeguarding Hub" in page
    case = way.steps.ask(cast, case, way.DAYS, "children")
    given = {"due_on": clock.add_working_days(clock.today(), 5), "grounds": stages.grounds()}
    agencies = cast.agencies("education")
    asked = requests.request_more(case, agencies=agencies, question="", by=cast["mash"], **given)
    assert [one.agency.key for one in asked] == ["education"]
    page = as_user(cast["mash"]).get(reverse("case_requests", args=[case.reference]))
    assert "Norfolk education and skills" in page.content.decode()
    screening = as_user(cast["mash"]).get(reverse("case_screening", args=[case.reference]))
    assert screening.status_code == 403


def test_a_hub_that_does_not_ask_in_its_area_is_not_let_in():
    cast = way.enter("oxfordshire")
    people.join(cast["mash"], agency=cast.agency("mash"), role="mash_coordinator", by=None)
    assert "mash" not in way.opens(cast, way.released(cast))
