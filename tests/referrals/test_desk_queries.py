"""The desk's pages ask the database a known number of times, however much there is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from referrals.actions import handover, people, screening
from referrals.actions.caseload import generate
from tests import stages
from tests.access import as_user

MOST = 14  # design section 10
NEW = ["overview", "screening", "referral", "timeline", "hold", "close", "threshold", "notices"]
OPEN = [*NEW, "deconfliction", "requests", "consent", "feedback", "assessments", "convene"]
OPEN += ["offer", "assign", "sharing", "access", "elsewhere"]


def counted(user, url):
    client = as_user(user)
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    assert response.status_code == 200, url
    return [q["sql"] for q in captured if "SAVEPOINT" not in q["sql"]]


def offered(world, case):
    """The case with all that its bar can say: a further verdict, and an offer that waits."""
    before = stages.received(world, name="Somebody Else", born="1970-01-01", phone=None)
    people.compare_persons(case, other=before, verdict="unsure", by=world.officer)
    handover.give(case, to=world.supervisor, reason="On leave", by=world.officer)
    return case


@pytest.mark.parametrize("page", OPEN)
def test_budget(world, page):
    stages.received(world, name="Calum Brayforde")
    case = offered(world, stages.assessed(world) if page == "convene" else stages.released(world))
    asked_of = world.supervisor if page == "offer" else world.officer
    url = reverse(f"case_{page}", args=[case.reference])
    few = counted(asked_of, url)
    assert len(few) <= MOST, few
    generate(area=world.area, officer=world.officer, cases=150, seed=2)
    assert len(counted(asked_of, url)) <= len(few)


@pytest.mark.parametrize("page", NEW)
def test_budget_before_anybody_else_may_know(world, page):
    stages.received(world, name="Calum Brayforde")
    case = offered(world, screening.take(stages.received(world), by=world.officer))
    url = reverse(f"case_{page}", args=[case.reference])
    few = counted(world.officer, url)
    assert len(few) <= MOST, few
    generate(area=world.area, officer=world.officer, cases=150, seed=2)
    assert len(counted(world.officer, url)) <= len(few)
