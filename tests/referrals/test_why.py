"""Why one person can open one case: three questions, the parts, and who else can."""

import pytest
from django.urls import reverse

from accounts import grants
from accounts.actions import people
from accounts.models import User
from accounts.roles import Role
from referrals.access import Reader
from referrals.actions import emergency, restricting, sharing
from referrals.models import Case
from referrals.why import why
from tests import stages
from tests.access import as_user, expect


def url(case):
    return reverse("case_why", args=[case.reference])


def text_for(user, case):
    return as_user(user).get(url(case)).content.decode()


def open_parts(user, case):
    return {part.title for part in why(Reader(user, case)).parts if part.is_open}


def test_everybody_who_can_open_the_case_can_ask_why(world, elsewhere):
    case = stages.released(world)
    inside = dict.fromkeys((world.officer, world.lead, world.children), 200)
    expect(url(case), {**inside, world.education: 404, elsewhere.officer: 404, None: 302})


def test_each_page_of_the_case_leads_to_it(world):
    case = stages.released(world)
    for name in ("case_overview", "case_timeline", "case_why"):
        page = reverse(name, args=[case.reference])
        assert f'href="{url(case)}"' in as_user(world.health).get(page).content.decode()


def test_three_questions_in_words(world):
    case = stages.released(world)
    text = text_for(world.health, case)
    for words in (
        "You can open this case because all three of these are true.",
        "Single point of contact and Panel member, Testshire health",
        "Answering a request, with Testshire health. By Officer Invented",
        "No conflict of interest is recorded for you in this case.",
    ):
        assert words in text, words


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("officer", {"Police only", "Coordinators", "Panel", "Our agency only"}),
        ("lead", {"Coordinators", "Panel", "Our agency only"}),
        ("health", {"Our agency only"}),
    ],
)
def test_the_parts_are_those_of_the_shares(world, name, parts):
    case = stages.released(world)
    assert open_parts(world.users[name], case) == parts | {"Who the case is about"}


def test_the_owner_is_named_to_coordinators_only(world):
    case = stages.released(world)
    assert "tell Officer Invented, Testshire Police" in text_for(world.lead, case)
    assert "the person who asked or invited your agency" in text_for(world.health, case)


def test_named_people_and_emergencies_say_so(world):
    case = stages.released(world)
    restricting.restrict_case(case, people=[world.health], reason="secret", by=world.supervisor)
    text = text_for(world.health, case)
    assert "Answering a request, with you by name" in text
    assert "secret" not in text
    emergency.break_glass(reference=case.reference, reason="r", by=world.education)
    assert "In an emergency, with you by name" in text_for(world.education, case)


def test_colleagues_are_those_who_can_open_it_now(world):
    other = people.add(email="two@test.example", name="Second Contact", by=None)
    for role in (Role.AGENCY_CONTACT, Role.PANEL_MEMBER):
        people.join(other, agency=world.agency("health"), role=role, by=None)
    case = stages.released(world)
    assert why(Reader(world.health, case)).others == ["Second Contact, Single point of contact"]
    restricting.set_bar(case, user=other, reason="r", by=world.supervisor)
    assert why(Reader(world.health, case)).others == []
    assert "Nobody else." in text_for(world.health, case)


def test_the_list_of_people_is_what_each_of_them_sees(world, elsewhere):
    """One question for everybody gives what `visible_to` gives to each."""
    case = stages.plan_written(world)

    def seeing():
        everybody = User.objects.all()
        return {u.email for u in everybody if Case.objects.visible_to(u).filter(pk=case.pk)}

    def listed(**how):
        fresh = Case.objects.get(pk=case.pk)
        return {seat.user.email for seat in grants.people_with(fresh, **how)}

    before = seeing()
    assert listed() == before
    restricting.set_bar(case, user=world.chair, reason="r", by=world.supervisor)
    assert listed() == seeing() == before - {world.chair.email}
    restricting.restrict_case(case, people=[world.health], reason="r", by=world.supervisor)
    emergency.break_glass(reference=case.reference, reason="r", by=world.lead)
    assert listed() == seeing()
    assert world.lead.email in seeing()
    assert listed(as_if_open=True) == before - {world.chair.email}
    sharing.unshare_case(
        case, agency=world.agency("health"), kind="panel", reason="r", by=world.officer
    )
    assert listed() == seeing()
