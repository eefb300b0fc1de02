"""Bromley (seed 004): nobody acts before police say so; then the council asks agencies."""

import pytest

from prevent_cms import clock
from referrals.actions import requests, sign_offs
from referrals.models import SignOff
from tests import stages
from tests.pathways import way

pytestmark = pytest.mark.django_db


def test_bromley():
    cast = way.enter("bromley")
    assert "fill in this form, then tell Bromley" in way.first_page("bromley")
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
