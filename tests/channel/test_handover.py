"""Handing the cases of somebody who leaves to others."""

import datetime

import pytest
from django.urls import reverse

from accounts.actions import people
from accounts.roles import Role
from channel.casework import handover
from prevent_cms import clock
from prevent_cms.errors import ActionInvalid
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from referrals import handovers
from referrals.actions import emergency, lifecycle, restricting
from referrals.actions import handover as acts
from referrals.models import Case, HandOver
from referrals.workflow import Status
from tests import stages
from tests.access import as_user, expect

pytestmark = pytest.mark.django_db
LIST = reverse("hand_over_list")


@pytest.fixture
def second(world):
    return stages.second_officer(world)


@pytest.fixture
def cases(world):
    return [stages.screened(world), stages.released(world), stages.at_panel(world)]


def page(user):
    return reverse("hand_over", args=[user.pk])


def test_all_cases_of_one_are_offered_and_those_that_cannot_go_say_why(world, second, cases):
    supervisor = as_user(world.supervisor)
    assert "Officer Invented" in supervisor.get(LIST).content.decode()
    body = supervisor.get(page(world.officer)).content.decode()
    assert body.count("checked") == 3
    restricting.restrict_case(cases[1], people=[], reason="r", by=world.supervisor)
    form = {"cases": [case.pk for case in cases], "to": second.pk, "reason": "Leaves in May."}
    asked = supervisor.post(page(world.officer), form).content.decode()
    assert "Give 2 cases" in asked
    assert "Cannot go.</strong> Second Invented cannot open this case" in asked
    assert not HandOver.objects.exists()
    again = supervisor.post(page(world.officer), {**form, "change": "yes"}).content.decode()
    assert "Leaves in May." in again
    form["confirmed"] = "yes"
    done = supervisor.post(page(world.officer), form).content.decode()
    assert done.count("Offered to Second Invented") == 2
    assert "Second Invented cannot open this case" in done
    assert set(Case.objects.values_list("owner", flat=True)) == {world.officer.pk}
    for offer in handovers.waiting_for(second):
        acts.accept(offer, by=second)
    owners = [Case.objects.get(pk=case.pk).owner for case in cases]
    assert owners == [second, world.officer, second]
    events = Event.objects.filter(type=EventType.CASE_ASSIGNED)
    assert {event.case_reference for event in events} == {cases[0].reference, cases[2].reference}
    assert {event.actor for event in events} == {second}


def test_cases_of_somebody_switched_off_go_over_at_once(world, second, cases):
    before = list(Case.objects.order_by("pk").values("status", "next_due_on", "next_due_what"))
    people.deactivate(world.officer, by=world.sysadmin)
    form = {
        "cases": [cases[0].pk, cases[2].pk],
        "to": second.pk,
        "reason": "Has left.",
        "confirmed": "yes",
    }
    assert "at once" in as_user(world.supervisor).get(page(world.officer)).content.decode()
    done = as_user(world.supervisor).post(page(world.officer), form).content.decode()
    assert done.count("Second Invented has it now") == 2
    owners = [Case.objects.get(pk=case.pk).owner for case in cases]
    assert owners == [second, world.officer, second]
    after = list(Case.objects.order_by("pk").values("status", "next_due_on", "next_due_what"))
    assert before == after


@pytest.mark.parametrize(
    ("form", "said"),
    [({"to": True}, "Select at least one case"), ({"cases": True}, "Select who is to have them")],
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


def test_cases_go_to_those_who_can_hold_them(world, second, cases):
    (given, *_) = acts.give_all(cases, to=world.chair, reason="r", by=world.supervisor)
    assert "Only police" in given.why_not
    assert set(Case.objects.values_list("owner", flat=True)) == {world.officer.pk}
    form = {"cases": [cases[0].pk], "to": world.chair.pk, "reason": "r"}
    answer = as_user(world.supervisor).post(page(world.officer), form)
    assert "Select one of the answers shown" in answer.content.decode()
    assert set(handovers.heirs(world.supervisor)) == {world.officer, world.supervisor, second}


def test_another_area_has_neither_people_nor_cases_here(world, elsewhere, second, cases):
    stranger = as_user(elsewhere.supervisor)
    assert page(world.officer) not in stranger.get(LIST).content.decode()
    assert stranger.get(page(world.officer)).status_code == 404
    assert stranger.get(reverse("hand_over", args=[10**9])).status_code == 404
    given = acts.give_all(cases, to=elsewhere.officer, reason="r", by=elsewhere.supervisor)
    assert all(one.why_not for one in given)


def test_the_last_police_role_stays_until_the_cases_have_gone(world, second, cases):
    role = world.officer.memberships.get()
    with pytest.raises(ActionInvalid, match="3 cases must be handed over first"):
        people.leave(role, by=world.sysadmin)
    for case in cases:
        stages.given(world, case, to=second)
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
    acts.give_all(cases[:1], to=second, reason="r", by=world.supervisor)
    found = handover.holders(world.supervisor)
    assert [(one.user, one.figures["open"].number, one.is_here) for one in found] == [
        (world.officer, 2, False),
        (second, 1, True),
        (world.supervisor, 0, True),
    ]
    assert "Has left" in as_user(world.supervisor).get(LIST).content.decode()
    assert as_user(world.supervisor).get(page(world.officer)).status_code == 200


def test_a_case_with_reviews_to_come_is_still_work(world):
    case = stages.exited(world)
    assert case.status == Status.CLOSED
    lifecycle.set_due(case, on=clock.today(), what="6-month review")
    found = {one.user: one for one in handover.holders(world.supervisor)}
    assert found[world.officer].lasting
    assert not found[world.supervisor].lasting
    assert "1 case must be" in handover.hindrance(world.officer.memberships.get())


def test_what_was_opened_in_an_emergency_is_not_handed_over(world, second, cases):
    restricting.restrict_case(cases[1], people=[], reason="r", by=world.chair)
    emergency.break_glass(reference=cases[1].reference, reason="r", by=world.supervisor)
    offered = handover.cases_of(world.supervisor, world.officer)
    assert set(offered) == {cases[0], cases[2]}


def test_every_figure_of_an_officer_leads_to_exactly_its_cases(world, second, cases):
    stages.received(world, name="Nobodys")
    stages.given(world, cases[0], to=second)
    lifecycle.set_due(cases[1], on=clock.today() - datetime.timedelta(days=2), what="Late")
    lifecycle.set_due(cases[2], on=clock.today() + datetime.timedelta(days=2), what="Soon")
    browser, checked = as_user(world.supervisor), 0
    for one in handover.holders(world.supervisor):
        for figure in one.figures.values():
            body = browser.get(figure.url).content.decode()
            assert f"<strong>{figure.number:,} case" in body or not figure.number
            checked += figure.number
    assert checked >= 6
    text = browser.get(LIST).content.decode()
    assert f"/cases/?whose={second.pk}" in text
    assert "Nobody yet" in text


def test_picked_cases_are_given_after_a_look_at_each(world, second, cases):
    new = stages.received(world, name="Nobodys")
    queue, page = reverse("case_list"), reverse("allocate")
    supervisor = as_user(world.supervisor)
    assert f'name="pick" value="{new.pk}"' in supervisor.get(queue).content.decode()
    assert 'name="pick"' not in as_user(world.officer).get(queue).content.decode()
    refused = {None: 302, world.officer: 403, world.lead: 403, world.sysadmin: 403}
    expect(page, refused, method="post", data={"pick": new.pk})
    assert supervisor.get(page).status_code == 302
    assert "Tick at least one" in supervisor.post(page, {"pick": "x"}, follow=True).content.decode()
    picked = [new.pk, cases[0].pk, 10**6]
    form = supervisor.post(page, {"pick": picked}).content.decode()
    assert form.count("checked") == 2
    sent = {"pick": picked, "cases": [new.pk, cases[0].pk], "to": second.pk}
    assert "Enter why" in supervisor.post(page, sent).content.decode()
    sent |= {"reason": "To share out."}
    assert "Give 2 cases" in supervisor.post(page, sent).content.decode()
    done = supervisor.post(page, {**sent, "confirmed": "yes"}).content.decode()
    assert "Second Invented has it now" in done
    assert "Offered to Second Invented" in done
    assert Case.objects.get(pk=new.pk).owner == second
