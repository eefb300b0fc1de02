"""Somebody who leads in several areas looks at all of their work, or at one area's (R80-R84, R180)."""

import pytest
from django.urls import reverse

from accounts.actions import people
from accounts.models import User
from accounts.roles import Role
from tests import people as worlds
from tests import stages
from tests.access import as_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def other():
    return worlds.build(code="OTH", slug="oth")


@pytest.fixture
def force_lead(world, other):
    """A supervisor of two areas."""
    people.join(
        world.supervisor, agency=other.agency("police"), role=Role.POLICE_SUPERVISOR, by=None
    )
    return User.objects.get(pk=world.supervisor.pk)


def test_my_work_is_narrowed_to_one_area_and_every_figure_with_it(world, other, force_lead):
    here, there = stages.received(world), stages.received(other)
    browser = as_user(force_lead)
    page = browser.get("/work/").content.decode()
    assert here.reference in page
    assert there.reference in page
    assert "/work/?area=OTH" in page
    page = browser.get("/work/", {"area": "OTH"}).content.decode()
    assert here.reference not in page
    assert there.reference in page
    assert '<strong aria-current="page">' in page
    assert "?show=unallocated&amp;area=OTH" in page
    page = browser.get("/work/", {"area": "OTH", "show": "unallocated"}).content.decode()
    assert there.reference in page
    assert "/work/?area=OTH" in page
    assert here.reference not in page


def test_who_works_in_one_area_chooses_none_and_another_area_narrows_nothing(world, other):
    case = stages.received(world)
    page = as_user(world.officer).get("/work/", {"area": "OTH"}).content.decode()
    assert case.reference in page
    assert 'aria-label="Area"' not in page


def test_the_workload_of_one_area_counts_and_links_that_area_alone(world, other, force_lead):
    stages.screened(world)
    stages.screened(other)
    browser = as_user(force_lead)
    both = browser.get(reverse("hand_over_list")).content.decode()
    assert "Officer Invented" in both
    page = browser.get(reverse("hand_over_list"), {"area": "OTH"}).content.decode()
    officer = other.officer.pk
    assert f"whose={officer}&amp;area=OTH" in page
    assert f"whose={world.officer.pk}&amp;" not in page
    listed = browser.get(reverse("case_list"), {"whose": officer, "area": "OTH"}).content.decode()
    assert "1 case" in listed


def test_the_list_of_cases_is_narrowed_to_one_area(world, other, force_lead):
    here, there = stages.received(world), stages.received(other)
    page = as_user(force_lead).get(reverse("case_list"), {"area": "TST"}).content.decode()
    assert here.reference in page
    assert there.reference not in page
