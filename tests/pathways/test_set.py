"""Southend, Essex and Thurrock (seed 001): two checks, three councils, two signatures twice."""

import pytest
from django.urls import reverse

from channel.support.actions.exits import sign_exit
from prevent_cms import clock
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.models import Event
from referrals import routing
from tests import stages
from tests.access import as_user, prove
from tests.pathways import way

pytestmark = pytest.mark.django_db
ESSEX = {"prevent-lead", "families-lead", "chair", "deputy", "administrator"}
SOUTHEND = {"prevent-lead-southend", "chair-southend"}
THURROCK = {"prevent-lead-thurrock", "chair-thurrock"}


def test_set():
    cast = way.enter("set")
    assert "Prevent or safeguarding lead first. Then fill in this form." in way.first_page("set")
    case = way.answered(cast, district="Colchester")
    assert way.asks(cast, case) == {"ctco", "police-lead"}
    assert way.opens(cast, case) == ESSEX
    with pytest.raises(ActionInvalid, match="Check for live investigations again"):
        way.begun(cast, case)
    case = way.convened(cast, case, "chair", "police-lead")
    case = way.decided_to_leave(cast, case)
    assert (case.status, way.still_to_sign(case)) == ("SUPPORT", ["chair", "police"])
    case = sign_exit(case, endorses=True, reason="r", by=cast["police-lead"])
    case = sign_exit(case, endorses=True, reason="r", by=cast["chair"])
    assert case.status == "CLOSED"
    rules = cast.area.rules
    assert rules.consent_points == ("referral", "acceptance")
    assert (rules.referrer_attends, rules.care_plan_agencies_attend) == ("must", "must")


def test_set_agrees_that_the_panel_is_not_needed():
    cast = way.enter("set")
    case = way.left_at_convening(
        cast, way.answered(cast, district="Colchester"), "chair", "police-lead"
    )
    assert case.status == "CLOSED"


@pytest.mark.parametrize(
    ("district", "who"),
    [("Southend on Sea", SOUTHEND), ("THURROCK borough", THURROCK), ("Harlow", ESSEX)],
)
def test_only_the_council_of_the_district_is_let_in(district, who):
    cast = way.enter("set")
    case = way.released(cast, district=district)
    assert way.opens(cast, case) == who
    for name in ESSEX | SOUTHEND | THURROCK:
        code = as_user(cast[name]).get(case.get_absolute_url()).status_code
        assert code == (200 if name in who else 404), name


def test_the_lead_follows_the_age_and_a_child_is_for_the_families_lead():
    cast = way.enter("set")
    this_year = clock.today().year
    child = way.released(cast, district="Harlow", born=f"{this_year - 15}-01-01")
    grown = way.released(cast, district="Harlow", born=f"{this_year - 30}-01-01")
    for case, lead, name in ((child, "families", "Bridget"), (grown, "adults", "Nadia")):
        found = routing.newest(case)
        assert (found.lead, found.is_proposed) == (lead, True)
        assert routing.leads_at(found) == [f"{name} Invented"]
    assert routing.newest(child).reason == (
        "Essex County Council, because the person lives in Harlow. Families lead, because the "
        "person is 15 and the boundary is 18."
    )


def test_where_the_district_is_not_known_somebody_chooses_and_says_why():
    cast = way.enter("set")
    with pytest.raises(ActionInvalid, match="no council of this area serves Testwick"):
        way.released(cast, district="Testwick")
    case = way.cleared(cast, district="Testwick")
    browser = as_user(cast["ctco"])
    prove(browser, cast["ctco"], method="mfa")
    url = reverse("case_release", args=[case.reference])
    page = browser.get(url).content.decode()
    assert "No council is proposed, because no council of this area serves Testwick." in page
    thurrock, southend = cast.agency("thurrock"), cast.agency("southend")
    posted = {
        **stages.grounds_form(),
        "sensitive": "no",
        "confirmed": "yes",
        "which_lead": "families",
    }
    posted |= {"council": thurrock.pk}
    due = clock.add_working_days(clock.today(), 10)
    posted |= {"due_on_day": due.day, "due_on_month": due.month, "due_on_year": due.year}
    page = browser.post(url, posted).content.decode()
    assert "Enter why it is not as proposed" in page
    posted |= {"route_reason": "He sleeps at his aunt's in Grays.", "also": [thurrock.pk]}
    assert "Select other councils than the one" in browser.post(url, posted).content.decode()
    posted["also"] = [southend.pk]
    check = browser.post(url, {k: v for k, v in posted.items() if k != "confirmed"})
    assert "He sleeps at his aunt&#x27;s in Grays." in check.content.decode()
    assert browser.post(url, posted).status_code == 302
    assert way.opens(cast, case) == THURROCK | SOUTHEND
    found = routing.newest(case)
    assert (found.council, found.is_proposed) == (thurrock, False)
    assert found.reason == "He sleeps at his aunt's in Grays."
    assert Event.objects.get(type=EventType.CASE_ROUTED).agency_id == thurrock.pk
