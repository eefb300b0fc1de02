"""Taking a referral: one winner, and nobody outside police learns of it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.urls import reverse

from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.models import Event
from referrals.actions import screening
from referrals.models import Case
from tests import people, stages
from tests.access import as_user, expect


def url(case, name="case_take"):
    return reverse(name, args=[case.reference])


def test_right_person_and_everybody_else(world, elsewhere):
    case = stages.received(world)
    expect(
        url(case),
        {
            None: 302,
            world.lead: 404,
            world.chair: 404,
            world.children: 404,
            world.police_auditor: 404,
            world.auditor: 404,
            world.sysadmin: 404,
            elsewhere.officer: 404,
        },
        method="post",
    )
    case.refresh_from_db()
    assert case.status == "RECEIVED"
    expect(url(case), {world.officer: 405})
    response = as_user(world.officer).post(url(case))
    assert response["Location"] == url(case, "case_screening")
    case.refresh_from_db()
    assert (case.status, case.owner, case.owner_agency.key) == (
        "SCREENING",
        world.officer,
        "police",
    )


def test_the_second_is_told_who_has_it(world):
    case = stages.received(world)
    screening.take(case, by=world.supervisor)
    response = as_user(world.officer).post(url(case))
    assert response.status_code == 409
    assert "Supervisor Invented has already taken this referral" in response.content.decode()
    assert Event.objects.filter(type=EventType.CASE_TAKEN).count() == 1


def test_taking_it_twice_oneself(world):
    case = stages.received(world)
    screening.take(case, by=world.officer)
    with pytest.raises(ActionInvalid, match="You have already taken"):
        screening.take(case, by=world.officer)


def test_only_police_take(world):
    case = stages.received(world)
    with pytest.raises(ActionDenied):
        screening.take(case, by=world.lead)


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment(transactional_db):
    world = people.build()
    case = stages.received(world)

    def attempt(user):
        try:
            screening.take(Case.objects.get(pk=case.pk), by=user)
        except ActionInvalid as refusal:
            return str(refusal)
        finally:
            connection.close()
        return "taken"

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(attempt, [world.officer, world.supervisor]))
    assert said.count("taken") == 1
    assert any("has already taken this referral" in text for text in said)
    assert Event.objects.filter(type=EventType.CASE_TAKEN).count() == 1
