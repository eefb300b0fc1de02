"""Southend, Essex and Thurrock (seed 001): two checks, three councils, two signatures twice."""

import pytest

from channel.support.actions.exits import sign_exit
from prevent_cms.errors import ActionInvalid
from tests.pathways import way

pytestmark = pytest.mark.django_db


def test_set():
    cast = way.enter("set")
    assert "Prevent or safeguarding lead first. Then fill in this form." in way.first_page("set")
    case = way.answered(cast, district="Colchester")
    assert way.asks(cast, case) == {"ctco", "police-lead"}
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
