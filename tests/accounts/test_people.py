"""Joining, leaving, and what a person is at a moment."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from accounts.actions import people
from accounts.models import Membership, User
from accounts.permissions import Perm
from accounts.roles import Role
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history.models import Event
from tests.people import PASSWORD


def test_an_account_has_no_role_until_somebody_joins(world):
    user = people.add(email="New.One@Test.Example", name="New Invented", by=world.sysadmin)
    assert user.email == "new.one@test.example"
    assert not user.has_usable_password()
    assert user.seats == []
    assert user.label == "New Invented"
    assert not user.holds(Perm.CASE_VIEW)
    assert User.objects.get_by_natural_key("NEW.ONE@test.example") == user


def test_one_account_an_address_whatever_its_case(world):
    with pytest.raises(ActionInvalid, match="already an account"):
        people.add(email="OFFICER@test.example", name="Twin Invented", by=None)


def test_joining_gives_role_group_and_event(world):
    user = people.add(email="new@test.example", name="New Invented", password=PASSWORD, by=None)
    assert user.seats == []  # read before, so that joining has to forget it
    agency = world.agency("health")
    membership = people.join(user, agency=agency, role=Role.PANEL_MEMBER, by=world.sysadmin)
    assert user.roles == {Role.PANEL_MEMBER}
    assert agency.group in user.groups.all()
    assert user.label == "New Invented, Testshire health"
    assert str(membership) == "New Invented: Panel member, Testshire health"
    event = Event.objects.latest("pk")
    assert (event.type, event.actor, event.agency_id) == (
        "people.joined",
        world.sysadmin,
        agency.pk,
    )


def test_leaving_one_of_two_roles_keeps_the_group(world):
    first, last = world.health.memberships.order_by("pk")
    people.leave(first, by=world.sysadmin)
    assert world.agency("health").group in world.health.groups.all()
    assert len(world.health.roles) == 1
    people.leave(last, by=None)
    assert not world.health.groups.exists()
    assert world.health.roles == frozenset()
    assert Event.objects.latest("pk").actor_label == "Set-up"


def test_a_role_ends_once(world):
    membership = world.provider.memberships.get()
    people.leave(membership, by=world.sysadmin)
    with pytest.raises(ActionInvalid, match="already ended"):
        people.leave(membership, by=world.sysadmin)


def test_a_role_may_be_taken_up_again_but_not_held_twice(world):
    membership = world.provider.memberships.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        people.join(
            world.provider, agency=world.agency("provider"), role=Role.PROVIDER, by=world.sysadmin
        )
    people.leave(membership, by=world.sysadmin)
    people.join(
        world.provider, agency=world.agency("provider"), role=Role.PROVIDER, by=world.sysadmin
    )
    assert world.provider.roles == {Role.PROVIDER}


@pytest.mark.parametrize("name", ["officer", "supervisor", "chair", "administrator", "auditor"])
def test_only_a_system_administrator_changes_people(world, name):
    by = getattr(world, name)
    with pytest.raises(ActionDenied):
        people.add(email="x@test.example", name="X", by=by)
    with pytest.raises(ActionDenied):
        people.join(by, agency=world.agency("police"), role=Role.POLICE_SUPERVISOR, by=by)
    with pytest.raises(ActionDenied):
        people.leave(world.provider.memberships.get(), by=by)
    assert not Membership.objects.filter(ended_on__isnull=False).exists()


def test_an_account_that_is_switched_off_holds_nothing(world):
    with transaction.atomic():
        world.officer.is_active = False
        world.officer.save()
    assert not world.officer.holds(Perm.CASE_VIEW)


def test_a_role_counts_from_its_first_to_its_last_day(world):
    tomorrow = clock.now() + datetime.timedelta(days=1)
    with clock.at(tomorrow):
        user = people.add(email="later@test.example", name="Later Invented", by=None)
        people.join(user, agency=world.agency("police"), role=Role.CT_CASE_OFFICER, by=None)
    assert User.objects.get(pk=user.pk).seats == []
    with clock.at(tomorrow):
        assert User.objects.get(pk=user.pk).is_police


def test_an_agency_that_has_left_gives_no_seat(world):
    with transaction.atomic():
        agency = world.agency("health")
        agency.is_active = False
        agency.save()
    assert User.objects.get(pk=world.health.pk).seats == []


def test_a_seat_counts_in_its_own_area_only(world, elsewhere):
    assert world.officer.seat_with(Perm.CASE_TAKE, world.area).agency == world.agency("police")
    assert world.officer.seat_with(Perm.CASE_TAKE, elsewhere.area) is None
    assert world.officer.seat_with(Perm.MINUTES_APPROVE, world.area) is None
    assert set(world.officer.areas()) == {world.area}


def test_police_are_those_with_a_police_role_in_a_police_agency(world):
    assert world.officer.is_police
    assert not world.police_auditor.is_police
    people.join(world.lead, agency=world.agency("council"), role=Role.CT_CASE_OFFICER, by=None)
    assert not world.lead.is_police
