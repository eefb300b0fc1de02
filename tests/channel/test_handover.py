"""Handing the cases of somebody who leaves to others."""

import pytest
from django.urls import reverse

from accounts.actions import people
from accounts.roles import Role
from channel.casework import actions, handover
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from referrals.actions import emergency, lifecycle, restricting
from referrals.models import Case
from referrals.workflow import Status
from tests import stages
from tests.access import as_user, expect

pytestmark = pytest.mark.django_db
LIST = reverse("hand_over_list")


@pytest.fixture
def second(world):
    """Another case officer."""
    user = people.add(email="second@test.example", name="Second Invented", by=None)
    people.join(user, agency=world.agency("police"), role=Role.CT_CASE_OFFICER, by=None)
    return user


@pytest.fixture
def cases(world):
    return [stages.screened(world), stages.released(world), stages.at_panel(world)]


def page(user):
    return reverse("hand_over", args=[user.pk])


def test_all_cases_of_one_go_to_another_each_with_its_event(world, second, cases):
    supervisor = as_user(world.supervisor)
    assert "Officer Invented" in supervisor.get(LIST).content.decode()
    body = supervisor.get(page(world.officer)).content.decode()
    assert body.count("checked") == 3
    form = {"cases": [case.pk for case in cases], "to": second.pk}
    done = supervisor.post(page(world.officer), form, follow=True)
    assert "3 cases handed over" in done.content.decode()
    assert set(Case.objects.values_list("owner", flat=True)) == {second.pk}
    events = Event.objects.filter(type=EventType.CASE_ASSIGNED)
    assert {event.case_reference for event in events} == {case.reference for case in cases}
    assert {event.actor for event in events} == {world.supervisor}


def test_some_cases_stay(world, second, cases):
    form = {"cases": [cases[0].pk], "to": second.pk}
    as_user(world.supervisor).post(page(world.officer), form)
    owners = [Case.objects.get(pk=case.pk).owner for case in cases]
    assert owners == [second, world.officer, world.officer]


def test_dates_and_stages_stay(world, second, cases):
    before = list(Case.objects.order_by("pk").values("status", "next_due_on", "next_due_what"))
    actions.hand_over(cases, to=second, by=world.supervisor)
    after = list(Case.objects.order_by("pk").values("status", "next_due_on", "next_due_what"))
    assert before == after


@pytest.mark.parametrize(
    ("form", "said"),
    [({"to": True}, "Select at least one case"), ({"cases": True}, "Select who has the cases")],
)
def test_what_is_missing_is_said(world, second, cases, form, said):
    answers = {"to": second.pk, "cases": [cases[0].pk]}
    posted = {name: answers[name] for name in form}
    assert said in as_user(world.supervisor).post(page(world.officer), posted).content.decode()


def test_nobody_without_the_role_hands_over(world, second, cases):
    wanted = {
        None: 302,
        world.supervisor: 200,
        world.officer: 403,
        second: 403,
        world.lead: 403,
        world.sysadmin: 403,
    }
    expect(LIST, wanted)
    expect(page(world.officer), wanted)
    with pytest.raises(ActionDenied):
        actions.hand_over(cases, to=second, by=world.officer)


def test_cases_go_to_those_who_can_hold_them(world, second, cases):
    with pytest.raises(ActionDenied, match="does not hold cases"):
        actions.hand_over(cases, to=world.chair, by=world.supervisor)
    assert set(Case.objects.values_list("owner", flat=True)) == {world.officer.pk}
    form = {"cases": [cases[0].pk], "to": world.chair.pk}
    answer = as_user(world.supervisor).post(page(world.officer), form)
    assert "Select one of the answers shown" in answer.content.decode()
    assert set(handover.heirs(world.supervisor)) == {world.officer, world.supervisor, second}


def test_another_area_has_neither_people_nor_cases_here(world, elsewhere, second, cases):
    stranger = as_user(elsewhere.supervisor)
    assert "Officer Invented" not in stranger.get(LIST).content.decode()
    assert stranger.get(page(world.officer)).status_code == 404
    assert stranger.get(reverse("hand_over", args=[10**9])).status_code == 404
    with pytest.raises(ActionDenied):
        actions.hand_over(cases, to=elsewhere.officer, by=elsewhere.supervisor)


def test_the_last_police_role_stays_until_the_cases_have_gone(world, second, cases):
    role = world.officer.memberships.get()
    with pytest.raises(ActionInvalid, match="3 cases must be handed over first"):
        people.leave(role, by=world.sysadmin)
    actions.hand_over(cases, to=second, by=world.supervisor)
    people.leave(role, by=world.sysadmin)
    empty = as_user(world.supervisor).get(page(world.supervisor))
    assert "There is no case" in empty.content.decode()


def test_another_police_role_keeps_the_cases(world, cases):
    police = world.agency("police")
    role = people.join(world.officer, agency=police, role=Role.POLICE_SUPERVISOR, by=None)
    assert handover.hindrance(role) == ""
    people.leave(world.officer.memberships.get(role=Role.CT_CASE_OFFICER), by=world.sysadmin)
    assert "3 cases" in handover.hindrance(role)


def test_other_roles_end_as_they_like(world, cases):
    assert handover.hindrance(world.chair.memberships.get()) == ""
    assert handover.hindrance(world.supervisor.memberships.get()) == ""


def test_who_was_switched_off_comes_first_and_can_be_followed(world, second, cases):
    people.deactivate(world.officer, by=world.sysadmin)
    actions.hand_over(cases[:1], to=second, by=world.supervisor)
    found = handover.holders(world.supervisor)
    assert [(one.user, one.cases, one.is_here) for one in found] == [
        (world.officer, 2, False),
        (second, 1, True),
    ]
    assert "Has left" in as_user(world.supervisor).get(LIST).content.decode()
    assert as_user(world.supervisor).get(page(world.officer)).status_code == 200


def test_a_case_with_reviews_to_come_is_still_work(world):
    case = stages.exited(world)
    assert case.status == Status.CLOSED
    lifecycle.set_due(case, on=clock.today(), what="6-month review")
    assert handover.holders(world.supervisor)[0].cases == 1
    assert "1 case must be" in handover.hindrance(world.officer.memberships.get())


def test_what_was_opened_in_an_emergency_is_not_handed_over(world, second, cases):
    restricting.restrict_case(cases[1], people=[], reason="r", by=world.chair)
    emergency.break_glass(reference=cases[1].reference, reason="r", by=world.supervisor)
    offered = handover.cases_of(world.supervisor, world.officer)
    assert set(offered) == {cases[0], cases[2]}
