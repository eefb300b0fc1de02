"""Pages of support stay within the budget of case pages, whatever the plan holds."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from channel.support.actions import items
from channel.support.models import PlanItem, PostExitReview
from prevent_cms import clock
from tests import stages
from tests.access import as_user

CASE_PAGE = 14  # design section 10
LONGEST = 60_000  # bytes


def cost(user, url):
    """Queries and bytes of a page; savepoints are none, the tests' own transaction makes them."""
    client = as_user(user)
    client.get(url)  # the first request of a session writes down that it is in use
    with CaptureQueriesContext(connection) as found:
        response = client.get(url)
    assert response.status_code == 200, url
    asked = [q["sql"] for q in found.captured_queries if "SAVEPOINT" not in q["sql"]]
    return len(asked), len(response.content)


@pytest.mark.parametrize("count", [1, 8])
def test_pages_of_a_running_plan(world, count):
    case = stages.plan_written(world)
    for number in range(count):
        item = stages.add_item(
            world, case, "health", title=f"Visit {number}", need=f"Need {number}", factors=["E01"]
        )
        item = items.start_item(item, by=world.health)
        items.record_progress(
            item, text="Visited.", on=clock.today(), status="started", version=2, by=world.health
        )
    mine = PlanItem.objects.get(agency=world.agency("provider"))
    base = f"/cases/{case.reference}/"
    pages = {
        (world.lead, "plan/"),
        (world.officer, "plan/"),
        (world.children, "plan/"),
        (world.provider, "plan/"),
        (world.officer, "panel/"),
        (world.chair, "panel/"),
        (world.officer, ""),
        (world.lead, ""),
        (world.provider, ""),
        (world.lead, "plan/new/"),
        (world.lead, "plan/items/new/"),
        (world.lead, f"plan/items/{mine.pk}/"),
        (world.provider, f"plan/items/{mine.pk}/"),
        (world.lead, "plan/versions/1/"),
        (world.lead, "review/"),
        (world.chair, "exit/"),
    }
    found = {(str(user), page): cost(user, base + page) for user, page in pages}
    over = {key: value for key, value in found.items() if value[0] > CASE_PAGE}
    assert not over
    assert max(size for _, size in found.values()) < LONGEST


def test_pages_of_leaving(world):
    case = stages.exit_decided(world)
    base = f"/cases/{case.reference}/"
    with clock.at(clock.now() + datetime.timedelta(days=31)):
        found = {"decided": cost(world.officer, base + "exit/")}
        stages.report(world, case)
        found["reported"] = cost(world.chair, base + "exit/")
        stages.sign_both(world, case)
        look = case_look(case)
        for page in ("exit/", "plan/", f"after-exit/{look}/"):
            found[page] = cost(world.officer, base + page)
    assert {key: value for key, value in found.items() if value[0] > CASE_PAGE} == {}


def case_look(case):
    return PostExitReview.objects.filter(case=case).first().pk
