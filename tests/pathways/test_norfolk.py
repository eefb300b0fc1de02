"""Norfolk (seed 000): safeguarding first; one check; the case officer confirms; the panel lets go."""

import pytest

from channel.support.models import PostExitReview
from tests.pathways import way

pytestmark = pytest.mark.django_db


def test_norfolk():
    cast = way.enter("norfolk")
    contact = "the Children&#x27;s Advice and Duty Service or Adult Social Services"
    page = way.first_page("norfolk").replace("'", "&#x27;")
    assert f"speak to {contact} first. Then fill in this form." in page
    case = way.answered(cast)
    assert way.asks(cast, case) == {"ctco", "police-lead"}
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
