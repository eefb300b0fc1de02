"""Oxfordshire (seed 002): the safeguarding route is the way in; the chair's closing report lets go."""

import pytest

from channel.support.actions.exits import sign_exit
from channel.support.models import PostExitReview
from tests.pathways import way

pytestmark = pytest.mark.django_db


def test_oxfordshire():
    cast = way.enter("oxfordshire")
    page = way.first_page("oxfordshire")
    assert "through the Customer Resolution Centre first. Then fill in this form." in page
    case = way.answered(cast)
    assert way.asks(cast, case) == {"ctco", "police-lead"}
    case = way.convened(cast, case, "chair", "police-lead")
    case = way.decided_to_leave(cast, case)
    assert (case.status, way.still_to_sign(case)) == ("SUPPORT", ["chair"])
    assert sign_exit(case, endorses=True, reason="r", by=cast["chair"]).status == "CLOSED"
    looks = PostExitReview.objects.filter(case=case).values_list("months", flat=True)
    assert sorted(looks) == [6, 12]
    rules = cast.area.rules
    assert rules.consent_points == ("acceptance",)
    assert rules.front_door == "safeguarding_front_door"
    assert rules.panels[0].chair == "Chair, Deputy Chief Fire Officer"
