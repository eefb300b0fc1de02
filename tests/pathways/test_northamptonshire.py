"""Northamptonshire (seed 003): safeguarding is a branch beside police, who decide on the panel."""

import pytest

from referrals import notices
from referrals.actions import sign_offs
from referrals.models import SafeguardingNotice, SignOff
from tests.pathways import way

pytestmark = pytest.mark.django_db
About = SafeguardingNotice.About


def test_northamptonshire():
    cast = way.enter("northamptonshire")
    page = way.first_page("northamptonshire")
    assert "tell the Multi-Agency Safeguarding Hub for a child or Adult Safeguarding" in page
    assert "as well as filling in this form." in page
    case = way.received(cast)
    assert notices.agency_for(case, About.CHILD).key == "mash"
    assert notices.agency_for(case, About.ADULT).key == "adults"
    case = way.answered(cast)
    assert way.asks(cast, case) == {"ctco", "police-lead"}
    assert way.begun(cast, case).stage == "ASSESSMENT"
    case = way.convened(cast, case, "police-lead")
    assert sign_offs.asked_of(case, SignOff.What.EXIT) == ("chair", "police")
    assert cast.area.rules.post_exit_months == (6, 12)


def test_northamptonshire_agrees_that_the_panel_is_not_needed():
    cast = way.enter("northamptonshire")
    case = way.left_at_convening(cast, way.answered(cast), "police-lead")
    assert case.status == "CLOSED"
