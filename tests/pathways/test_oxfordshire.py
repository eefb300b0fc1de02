"""Oxfordshire (seed 002): the safeguarding route is the way in; the chair's closing report lets go."""

import pytest
from django.urls import reverse

from channel.support.actions.exits import sign_exit
from channel.support.models import PostExitReview
from referrals import front_door
from referrals.models import ReceivedNotice
from tests.access import as_user
from tests.pathways import way

pytestmark = pytest.mark.django_db


def test_oxfordshire():
    cast = way.enter("oxfordshire")
    page = way.first_page("oxfordshire")
    assert "through the Customer Resolution Centre first. Then fill in this form." in page
    assert "Social care receives the concern at the same time" in page
    assert "You can also go through the Customer Resolution Centre." in page
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


def test_oxfordshire_agrees_that_the_panel_is_not_needed():
    cast = way.enter("oxfordshire")
    case = way.left_at_convening(cast, way.answered(cast), "chair", "police-lead")
    assert case.status == "CLOSED"


def test_social_care_receives_the_concern_at_once_and_police_alone_what_speaks_of_danger():
    cast = way.enter("oxfordshire")
    case = way.received(cast, born="2012-05-05", threats="")
    way.is_with_police_alone(cast, case)
    received = ReceivedNotice.objects.get()
    assert received.agency == cast.agency("children")
    url = reverse("notice_detail", args=[received.key])
    assert as_user(cast["children"]).get(url).status_code == 200
    assert as_user(cast["adults"]).get(url).status_code == 404
    way.received(cast, born="2012-05-05", threats="He named a day.")
    assert ReceivedNotice.objects.count() == 1
    way.received(cast, born="1970-05-05", threats="")
    assert ReceivedNotice.objects.filter(agency=cast.agency("adults")).count() == 1
    desks = {name for name, one in cast.users.items() if front_door.desk_of(one, cast.area)}
    assert {"children", "adults", "prevent-lead"} <= desks
    assert not desks & {"ctco", "health", "education", "provider"}
