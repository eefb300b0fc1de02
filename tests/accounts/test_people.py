"""Joining, leaving, and what a person is at a moment."""

import datetime
import itertools

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from accounts.actions import people
from accounts.models import Agency, Membership, User
from accounts.permissions import Perm
from accounts.roles import Role
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionDenied, ActionInvalid, Stale
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from prevent_cms.outbox import OutboxMessage
from tests.access import newest
from tests.accounts.factors import give_app
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
    assert list(world.health.groups.all()) == [world.health.group], "only the one of the person"
    assert world.health.roles == frozenset()
    assert Event.objects.latest("pk").actor_label == "Set-up"


def test_a_role_ends_once(world):
    membership = world.provider.memberships.get()
    people.leave(membership, by=world.sysadmin)
    with pytest.raises(ActionInvalid, match="already ended"):
        people.leave(membership, by=world.sysadmin)


def test_a_role_may_be_taken_up_again_but_not_held_twice(world):
    membership = world.provider.memberships.get()
    with pytest.raises(ActionInvalid, match="holds this role there already"):
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


@pytest.fixture
def invited(world):
    return people.invite(
        email="New@test.example",
        name="New Invented",
        agency=world.agency("health"),
        role=Role.PANEL_MEMBER,
        by=world.sysadmin,
    )


def last_event():
    return Event.objects.latest("pk")


def test_an_invitation_makes_account_role_and_mail(world, invited):
    assert invited.email == "new@test.example"
    assert invited.roles == {Role.PANEL_MEMBER}
    assert not invited.has_usable_password()
    event = last_event()
    assert (event.type, event.actor) == (EventType.PERSON_INVITED, world.sysadmin)
    assert (event.target, event.area_code) == (f"accounts.user:{invited.pk}", "TST")
    assert OutboxMessage.objects.get(topic="invitation").payload == {"user_id": invited.pk}


def test_an_invitation_that_cannot_be_whole_leaves_nothing(world):
    with pytest.raises(ActionInvalid, match="is no role at"):
        people.invite(
            email="x@test.example",
            name="X",
            agency=world.agency("health"),
            role=Role.CT_CASE_OFFICER,
            by=world.sysadmin,
        )
    assert not User.objects.filter(email="x@test.example").exists()


def test_only_who_has_not_begun_is_invited_again(world, invited):
    before = invited.password
    people.invite_again(invited, by=world.sysadmin)
    assert User.objects.get(pk=invited.pk).password != before
    people.deactivate(invited, by=world.sysadmin)
    for user in (world.officer, invited):
        with pytest.raises(ActionInvalid, match="not chosen a password yet"):
            people.invite_again(user, by=world.sysadmin)


def test_setting_up_again_forgets_password_and_second_factors(world):
    give_app(world.officer)
    people.reset_sign_in(world.officer, by=world.sysadmin)
    assert not world.officer.has_usable_password()
    assert not Authenticator.objects.filter(user=world.officer).exists()
    assert last_event().type == EventType.PERSON_SIGN_IN_RESET
    people.deactivate(world.officer, by=world.sysadmin)
    with pytest.raises(ActionInvalid, match="switched off"):
        people.reset_sign_in(world.officer, by=world.sysadmin)


def test_an_account_is_switched_off_and_on_but_never_deleted(world):
    people.deactivate(world.officer, by=world.sysadmin)
    assert not User.objects.get(pk=world.officer.pk).is_active
    assert last_event().type == EventType.PERSON_DEACTIVATED
    with pytest.raises(ActionInvalid, match="already switched off"):
        people.deactivate(world.officer, by=world.sysadmin)
    people.reactivate(world.officer, by=world.sysadmin)
    assert User.objects.get(pk=world.officer.pk).roles == {Role.CT_CASE_OFFICER}
    assert last_event().type == EventType.PERSON_REACTIVATED
    with pytest.raises(ActionInvalid, match="already switched on"):
        people.reactivate(world.officer, by=world.sysadmin)
    with pytest.raises((IntegrityError, ProtectedError)), transaction.atomic():
        User.objects.get(pk=world.officer.pk).delete()


def test_a_corrected_name_is_remembered_without_the_name(world):
    people.rename(world.officer, name="Married Invented", by=world.sysadmin)
    assert User.objects.get(pk=world.officer.pk).name == "Married Invented"
    event = last_event()
    assert event.type == EventType.PERSON_RENAMED
    assert "Married" not in str(event.details)
    assert world.officer.history.count() == 2


def test_what_somebody_else_has_changed_is_not_written_over(world):
    role = world.provider.memberships.get()
    with pytest.raises(Stale, match="Somebody else"):
        people.rename(world.officer, name="X", version=newest(world.officer) + 1, by=world.sysadmin)
    with pytest.raises(Stale, match="Somebody else"):
        people.leave(role, version=newest(role) + 1, by=world.sysadmin)


def test_an_event_about_somebody_without_role_is_kept_where_the_administrator_is(world):
    people.leave(world.provider.memberships.get(), by=world.sysadmin)
    people.sign_out(world.provider, by=world.sysadmin)
    assert (last_event().type, last_event().area_code) == (EventType.PERSON_SIGNED_OUT, "TST")


OWN = {
    "rename": lambda user: people.rename(user, name="X", by=user),
    "leave": lambda user: people.leave(user.memberships.get(), by=user),
    "invite again": lambda user: people.invite_again(user, by=user),
    "reset": lambda user: people.reset_sign_in(user, by=user),
    "switch off": lambda user: people.deactivate(user, by=user),
    "switch on": lambda user: people.reactivate(user, by=user),
    "sign out": lambda user: people.sign_out(user, by=user),
    "join": lambda user: people.join(
        user, agency=user.seats[0].agency, role=Role.PANEL_MEMBER, by=user
    ),
}


@pytest.mark.parametrize("act", OWN)
def test_nobody_changes_their_own_account(world, act):
    with pytest.raises(ActionDenied, match="their own account"):
        OWN[act](world.sysadmin)


@pytest.mark.parametrize("act", OWN)
def test_nobody_else_may_either(world, act):
    with pytest.raises(ActionDenied, match="Only a system administrator"):
        OWN[act](world.supervisor)


# role -> the kinds of agency, of those in Testshire, that hold it
HELD = {
    Role.CT_CASE_OFFICER: {"police"},
    Role.POLICE_SUPERVISOR: {"police"},
    Role.POLICE_AUDITOR: {"police"},
    Role.PREVENT_LEAD: {"council"},
    Role.PANEL_CHAIR: {"council"},
    Role.DEPUTY_CHAIR: {"council"},
    Role.PANEL_ADMINISTRATOR: {"council"},
    Role.MASH_COORDINATOR: {"health"},
    Role.AGENCY_CONTACT: {"police", "council", "health", "provider"},
    Role.AGENCY_COLLEAGUE: {"police", "council", "health", "provider"},
    Role.PANEL_MEMBER: {"police", "council", "health", "provider"},
    Role.PROVIDER: {"provider"},
    Role.AUDITOR: {"police", "council", "health", "provider"},
    Role.SYSTEM_ADMINISTRATOR: set(),
}


def test_a_role_is_given_where_it_belongs(world):
    keys = ("police", "council", "health", "provider")
    for number, (role, key) in enumerate(itertools.product(Role, keys)):
        user = people.add(email=f"{number}@test.example", name="New Invented", by=world.sysadmin)
        if key in HELD[role]:
            people.join(user, agency=world.agency(key), role=role, by=world.sysadmin)
            assert user.roles == {role}
        else:
            with pytest.raises(ActionInvalid, match="is no role at"):
                people.join(user, agency=world.agency(key), role=role, by=world.sysadmin)


def test_who_looks_after_people_holds_no_other_role(world):
    with transaction.atomic():
        desk = world.agency("health")
        desk.kind = Agency.Kind.NATIONAL
        desk.save()
    role = Role.SYSTEM_ADMINISTRATOR
    other = people.add(email="new@test.example", name="New Invented", by=None)
    people.join(other, agency=desk, role=role, by=world.sysadmin)
    for user, agency, second in (
        (other, world.agency("police"), Role.POLICE_SUPERVISOR),
        (world.chair, desk, role),
    ):
        with pytest.raises(ActionInvalid, match="holds no other role"):
            people.join(user, agency=agency, role=second, by=world.sysadmin)


def test_a_role_begins_and_ends_on_its_day_and_groups_follow(world):
    user = people.add(email="new@test.example", name="New Invented", by=None)
    agency, start = world.agency("health"), clock.today() + datetime.timedelta(days=3)
    end = start + datetime.timedelta(days=4)
    role = people.join(
        user, agency=agency, role=Role.PANEL_MEMBER, starts_on=start, by=world.sysadmin
    )
    people.leave(role, on=end, by=world.sysadmin)
    people.leave(role, on=end + datetime.timedelta(days=1), by=world.sysadmin)  # thought again
    for day, is_in in ((0, False), (3, True), (7, True), (8, False)):
        with clock.at(clock.now() + datetime.timedelta(days=day)):
            outbox.drain()
            found = User.objects.get(pk=user.pk)
            assert bool(found.seats) == is_in, day
            assert (agency.group in found.groups.all()) == is_in, day


def test_a_role_does_not_begin_or_end_in_the_past(world):
    yesterday = clock.today() - datetime.timedelta(days=1)
    with pytest.raises(ActionInvalid, match="begins today or later"):
        people.join(
            world.provider,
            agency=world.agency("provider"),
            role=Role.PANEL_MEMBER,
            starts_on=yesterday,
            by=world.sysadmin,
        )
    with pytest.raises(ActionInvalid, match="ends today or later"):
        people.leave(world.provider.memberships.get(), on=yesterday, by=world.sysadmin)


def test_what_hinders_leaving_is_asked_of_the_floors_above(world, settings):
    settings.BEFORE_LEAVING = ["tests.accounts.test_people.no_hindrance"]
    role = world.provider.memberships.get()
    assert people.hindrances(role) == []
    settings.BEFORE_LEAVING.append("tests.accounts.test_people.a_hindrance")
    assert people.hindrances(role) == ["Provider Invented has the keys."]
    with pytest.raises(ActionInvalid, match="has the keys"):
        people.leave(role, by=world.sysadmin)


def no_hindrance(membership):
    return ""


def a_hindrance(membership):
    return f"{membership.user.name} has the keys."
