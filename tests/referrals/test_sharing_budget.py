"""What the pages of sharing cost, however many agencies have the case."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from referrals.actions import emergency, restricting
from referrals.models import EmergencyAccess
from tests import stages
from tests.access import as_user

CASE_PAGE, LIST, POST, LONGEST = 14, 10, 30, 60_000  # design section 10


def cost(user, url, data=None):
    client = as_user(user)
    client.get("/work/")  # the first request of a session writes down that it is in use
    with CaptureQueriesContext(connection) as found:
        response = client.get(url) if data is None else client.post(url, data)
    assert response.status_code in (200, 302), url
    asked = [q["sql"] for q in found.captured_queries if "SAVEPOINT" not in q["sql"]]
    assert len(response.content) < LONGEST
    return len(asked), asked


@pytest.mark.parametrize("restricted", [False, True])
def test_pages_of_a_case(world, restricted):
    case = stages.plan_written(world)
    restricting.set_bar(case, user=world.deputy, reason="r", by=world.supervisor)
    if restricted:
        people = [world.chair, world.lead, world.officer, world.health]
        restricting.restrict_case(case, people=people, reason="r", by=world.supervisor)
    pages = {
        "case_sharing": (world.supervisor, world.chair, world.officer),
        "case_share": (world.officer,),
        "case_restrict": (world.supervisor,),
        "case_bar": (world.chair,),
        "case_access": (world.officer, world.lead),
        "case_why": (world.officer, world.health),
    }
    over = {}
    for name, people in pages.items():
        for person in people:
            number, asked = cost(person, reverse(name, args=[case.reference]))
            if number > CASE_PAGE:
                over[name, person.email] = asked
    assert not over


def test_acts(world):
    case = stages.plan_written(world)
    share = case.shares.get(group=world.agency("health").group, kind="panel")
    yes = {"reason": "r", "confirmed": "yes"}
    acts = [
        (world.officer, reverse("case_unshare", args=[case.reference, share.pk]), yes),
        (
            world.chair,
            reverse("case_bar", args=[case.reference]),
            yes | {"person": world.health.pk},
        ),
        (world.chair, reverse("case_restrict", args=[case.reference]), yes),
        (world.chair, reverse("case_unrestrict", args=[case.reference]), yes),
    ]
    found = {url: cost(person, url, data)[0] for person, url, data in acts}
    assert max(found.values()) <= POST, found


def test_the_queue_of_reviews(world):
    for name in ("A One", "A Two", "A Three"):
        case = stages.released(world, name=name)
        restricting.restrict_case(case, people=[], reason="r", by=world.supervisor)
        emergency.break_glass(reference=case.reference, reason="r", by=world.lead)
    emergency.review_emergency(
        EmergencyAccess.objects.first(), outcome="justified", note="n", by=world.supervisor
    )
    assert cost(world.supervisor, "/emergency/reviews/")[0] <= LIST
