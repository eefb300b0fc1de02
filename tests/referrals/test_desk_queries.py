"""The desk's pages ask the database a known number of times, however much there is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from referrals.actions import screening
from referrals.actions.caseload import generate
from tests import stages
from tests.access import as_user

# Design section 10 says 14; the bar of a case asks up to three more: offer, further referral, consent.
MOST = 17
PAGES = ["screening", "referral", "timeline", "hold", "close", "deconfliction"]


def counted(user, url):
    client = as_user(user)
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return [q["sql"] for q in captured if "SAVEPOINT" not in q["sql"]]


@pytest.mark.parametrize("page", PAGES)
def test_budget(world, page):
    stages.received(world, name="Calum Brayforde")
    if page == "screening":
        case = screening.take(stages.received(world), by=world.officer)
    else:
        case = stages.released(world)
    url = f"/cases/{case.reference}/{page}/"
    few = counted(world.officer, url)
    assert len(few) <= MOST, few
    generate(area=world.area, officer=world.officer, cases=150, seed=2)
    assert len(counted(world.officer, url)) <= len(few)
