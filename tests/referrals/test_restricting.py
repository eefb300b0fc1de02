"""Restricted to named people, barred, or opened in an emergency: it bites on the next request."""

import datetime

import pytest

from accounts import grants
from accounts.actions import people
from accounts.models import User
from accounts.permissions import Perm
from accounts.roles import Role, ShareKind
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from prevent_cms.marking import Mark
from referrals import access, emergencies
from referrals.access import Reader
from referrals.actions import (
    emergency,
    hold,
    release,
    requests,
    restricting,
    screening,
    sharing,
)
from referrals.models import Bar, Case, EmergencyAccess
from tests import stages
from tests.access import as_user, expect


def sees(user, case):
    """Whether a fresh request of this person finds the case."""
    return Case.objects.visible_to(User.objects.get(pk=user.pk)).filter(pk=case.pk).exists()


def restrict(case, people=(), by=None, world=None):
    by = by or world.supervisor
    return restricting.restrict_case(case, people=people, reason="A colleague's child", by=by)


def url(case):
    return f"/cases/{case.reference}/"


def test_a_restricted_case_is_open_to_named_people_only(world, elsewhere):
    case = stages.released(world)
    restrict(case, [world.lead], world=world)
    for inside in (world.officer, world.supervisor, world.lead):
        assert sees(inside, case), inside
    outside = [world.chair, world.administrator, world.children, elsewhere.officer]
    for person in outside:
        assert not sees(person, case), person
    expect(url(case), {world.lead: 200, world.officer: 200, **dict.fromkeys(outside, 404)})
    told = Event.objects.get(type=EventType.CASE_RESTRICTED)
    assert "Lead Invented" in told.details["people"]
    assert "colleague" not in str(told.details)


def test_a_share_made_during_a_restriction_opens_nothing(world):
    case = stages.released(world)
    restrict(case, world=world)
    share = sharing.Share(
        world.agency("education"), ShareKind.PANEL, "w", stages.grounds(power="p")
    )
    sharing.share_case(case, [share], by=world.officer)
    assert not sees(world.education, case)
    restricting.lift_restriction(case, reason="r", by=world.supervisor)
    assert sees(world.education, case)
    assert sees(world.chair, case)


def test_restricting_again_names_anew(world):
    case = stages.released(world)
    restrict(case, [world.lead], world=world)
    restrict(case, [world.chair], world=world)
    assert sees(world.chair, case)
    assert not sees(world.lead, case)


def test_only_who_could_open_it_can_be_named(world, elsewhere):
    case = stages.released(world)
    for stranger in (elsewhere.officer, world.education, world.sysadmin):
        with pytest.raises(ActionInvalid):
            restrict(case, [stranger], world=world)
    assert not Case.objects.get(pk=case.pk).is_restricted


def test_who_may_restrict_and_lift(world):
    case = stages.released(world)
    for person in (world.officer, world.lead, world.administrator, world.children):
        with pytest.raises(ActionDenied):
            restrict(case, by=person)
        with pytest.raises(ActionDenied):
            restricting.lift_restriction(case, reason="r", by=person)
    with pytest.raises(ActionInvalid):
        restricting.lift_restriction(case, reason="r", by=world.supervisor)
    restrict(case, by=world.chair)
    assert sees(world.officer, case), "the owner always stays in"


def test_a_barred_person_cannot_learn_that_the_case_exists(world):
    case = stages.released(world)
    bar = restricting.set_bar(case, user=world.chair, reason="Her nephew", by=world.supervisor)
    assert not sees(world.chair, case)
    expect(url(case), {world.chair: 404, world.lead: 200})
    browser = as_user(world.chair)
    for page in ("/cases/", "/work/", "/meetings/"):
        assert case.reference not in browser.get(page).content.decode()
    restricting.lift_bar(bar, reason="r", by=world.supervisor)
    assert sees(world.chair, case)
    with pytest.raises(ActionInvalid):
        restricting.lift_bar(bar, reason="r", by=world.supervisor)


def test_a_bar_before_release_is_told_to_police_only(world):
    case = stages.screened(world)
    restricting.set_bar(case, user=world.lead, reason="r", by=world.supervisor)
    assert Event.objects.get(type=EventType.BAR_SET).mark == Mark.POLICE
    later = stages.released(world, name="Another Person")
    restricting.set_bar(later, user=world.lead, reason="r", by=world.supervisor)
    assert Event.objects.filter(type=EventType.BAR_SET).last().mark == Mark.COORDINATION


def test_bars_that_cannot_be(world):
    case = stages.released(world)
    for user in (world.officer, world.supervisor):
        with pytest.raises(ActionInvalid):
            restricting.set_bar(case, user=user, reason="r", by=world.supervisor)
    restricting.set_bar(case, user=world.lead, reason="r", by=world.supervisor)
    with pytest.raises(ActionInvalid):
        restricting.set_bar(case, user=world.lead, reason="r", by=world.supervisor)
    with pytest.raises(ActionDenied):
        restricting.set_bar(case, user=world.chair, reason="r", by=world.officer)
    with pytest.raises(ActionDenied):
        restricting.lift_bar(Bar.objects.get(), reason="r", by=world.officer)
    with pytest.raises(ActionInvalid):
        restrict(case, [world.lead], world=world)


def broken(case, by):
    return emergency.break_glass(reference=case.reference, reason="He is missing", by=by)


def test_an_emergency_opens_a_case_for_an_hour(world):
    case = stages.released(world)
    restrict(case, world=world)
    found = broken(case, world.lead)
    assert sees(world.lead, case)
    assert found.until - found.at == datetime.timedelta(minutes=60)
    with clock.at(clock.now() + datetime.timedelta(minutes=61)):
        assert not sees(world.lead, case)
        broken(case, world.lead)
        assert sees(world.lead, case)
    assert "missing" not in str(Event.objects.filter(type=EventType.GLASS_BROKEN).values())


def test_an_emergency_opens_panel_material_to_a_panel_member(world):
    case = stages.released(world)
    broken(case, world.education)
    assert sees(world.education, case)
    assert case.shares.get(group=world.education.group).kind == "panel"


def test_an_emergency_replaces_a_share_and_nothing_else(world, elsewhere):
    hidden = stages.screened(world)
    case = stages.released(world, name="Another Person")
    restricting.set_bar(case, user=world.education, reason="r", by=world.supervisor)
    held = stages.released(world, agencies=("children",), name="Held Person")
    hold.hold(held, reason="r", by=world.officer)
    tries = [
        (held, world.health),
        (hidden, world.lead),  # not released
        (case, world.education),  # barred
        (case, elsewhere.officer),  # another area
        (case, world.lead),  # open already
    ]
    sentences = set()
    for which, person in tries:
        with pytest.raises(ActionInvalid) as refused:
            broken(which, person)
        sentences.add(str(refused.value))
    with pytest.raises(ActionInvalid) as refused:
        emergency.break_glass(reference="TST-26-000000-X", reason="r", by=world.lead)
    assert sentences == {str(refused.value)}
    for person in (world.administrator, world.provider, world.police_auditor):
        with pytest.raises(ActionDenied):
            broken(case, person)
    assert not EmergencyAccess.objects.exists()


def test_police_open_a_restricted_case_before_its_release(world):
    case = stages.screened(world)
    stages.given(world, case, to=world.supervisor)
    restrict(case, world=world)
    assert not sees(world.officer, case)
    found = broken(case, world.officer)
    assert not found.was_released
    assert Event.objects.get(type=EventType.GLASS_BROKEN).mark == Mark.POLICE
    assert emergencies.reviewable(world.supervisor).exists()
    assert not emergencies.reviewable(world.chair).exists()


def test_every_emergency_is_reviewed_by_somebody_else(world):
    case = stages.released(world)
    restrict(case, world=world)
    found = broken(case, world.chair)
    for person in (world.chair, world.officer, world.lead):
        with pytest.raises(ActionDenied):
            emergency.review_emergency(found, outcome="justified", note="n", by=person)
    done = emergency.review_emergency(found, outcome="justified", note="n", by=world.supervisor)
    assert done.reviewed_by == world.supervisor
    with pytest.raises(ActionInvalid):
        emergency.review_emergency(found, outcome="justified", note="n", by=world.deputy)


def test_reviewers_are_told_without_a_word_of_content(world, mailoutbox):
    case = stages.released(world)
    restrict(case, world=world)
    restricting.set_bar(case, user=world.police_auditor, reason="r", by=world.supervisor)
    broken(case, world.lead)
    outbox.drain()
    told = [mail for mail in mailoutbox if "emergency" in mail.subject]
    assert {address for mail in told for address in mail.to} == {
        world.supervisor.email,
        world.chair.email,
    }
    assert not any(case.reference in mail.body or "missing" in mail.body for mail in told)


def test_before_release_only_police_are_told(world, mailoutbox):
    case = stages.screened(world)
    stages.given(world, case, to=world.supervisor)
    restrict(case, world=world)
    broken(case, world.officer)
    outbox.drain()
    told = {address for mail in mailoutbox for address in mail.to if "emergency" in mail.subject}
    assert told == {world.supervisor.email, world.police_auditor.email}


def move(user, agency, *roles):
    """Their roles end where they work, and begin in another agency."""
    for membership in user.memberships.filter(ended_on=None):
        people.leave(membership, by=None)
    for role in roles:
        people.join(user, agency=agency, role=role, by=None)
    return User.objects.get(pk=user.pk)


PANEL_WORK = (Role.AGENCY_CONTACT, Role.PANEL_MEMBER)


def test_a_named_person_who_moves_to_another_agency_loses_the_case(world):
    case = stages.released(world)
    case = restrict(case, [world.children], world=world)
    moved = move(world.children, world.agency("education"), *PANEL_WORK)
    assert not sees(moved, case)
    assert grants.ways_in(moved, case) == []
    assert moved not in {seat.user for seat in grants.people_with(case)}
    expect(url(case), {moved: 404})


def test_a_named_person_who_moves_keeps_what_the_new_agency_has(world):
    case = stages.released(world)
    case = restrict(case, [world.children], world=world)
    moved = move(world.children, world.agency("health"), *PANEL_WORK)
    assert [way.agency_id for way in grants.ways_in(moved, case)] == [world.agency("health").pk]


def test_named_police_who_move_to_another_force_lose_the_case(world, elsewhere):
    case = stages.released(world)
    case = restrict(case, world=world)
    moved = move(world.supervisor, elsewhere.agency("police"), Role.POLICE_SUPERVISOR)
    assert not sees(moved, case)
    assert not Reader(moved, case).is_police
    assert not access.may(moved, Perm.CASE_RELEASE, case)


def test_a_second_seat_elsewhere_reads_nothing_of_police(world, elsewhere):
    """A Prevent lead here who is an officer of another force is no police here."""
    people.join(world.lead, agency=elsewhere.agency("police"), role=Role.CT_CASE_OFFICER, by=None)
    lead = User.objects.get(pk=world.lead.pk)
    case = restrict(stages.released(world), [lead], world=world)
    assert [way.agency_id for way in grants.ways_in(lead, case)] == [world.agency("council").pk]
    assert not Reader(lead, case).is_police
    assert lead in {seat.user for seat in grants.people_with(case)}
    assert {seat.agency.area for seat in grants.people_with(case)} == {world.area}


def test_an_hour_in_an_emergency_ends_with_the_work_in_the_area(world, elsewhere):
    case = restrict(stages.released(world), world=world)
    broken(case, world.lead)
    assert sees(world.lead, case)
    moved = move(world.lead, elsewhere.agency("council"), Role.PREVENT_LEAD)
    assert not sees(moved, case)
    assert grants.ways_in(moved, case) == []
    assert moved not in {seat.user for seat in grants.people_with(case)}


def test_who_opened_it_in_an_emergency_reads_nothing_of_police_by_a_seat_elsewhere(
    world, elsewhere
):
    people.join(world.lead, agency=elsewhere.agency("police"), role=Role.CT_CASE_OFFICER, by=None)
    lead = User.objects.get(pk=world.lead.pk)
    case = restrict(stages.released(world), world=world)
    broken(case, lead)
    assert not Reader(lead, case).is_police
    assert not Case.objects.filter(
        grants.is_shared(lead, Case, grants.usable(lead, mark=Mark.POLICE))
    ).exists()


def test_an_hour_is_not_enough_to_take_a_case(world):
    case = stages.received(world)
    restrict(case, world=world)
    broken(case, world.officer)
    with pytest.raises(ActionDenied):
        screening.take(case, by=world.officer)
    screening.take(case, by=world.supervisor)


def test_an_hour_is_not_enough_to_release_a_case(world):
    case = stages.cleared(world)
    stages.given(world, case, to=world.supervisor)
    restrict(case, world=world)
    broken(case, world.officer)
    given = {"due_on": clock.add_working_days(clock.today(), 10), "question": ""}
    given |= {"agencies": [world.agency("health")], "grounds": stages.grounds()}
    with pytest.raises(ActionDenied):
        release.release(case, **given, by=world.officer)
    assert not sees(world.lead, case)
    release.release(case, **given, by=world.supervisor)


def test_an_hour_is_not_enough_to_ask_agencies(world):
    case = stages.released(world)
    stages.given(world, case, to=world.supervisor)
    restrict(case, world=world)
    broken(case, world.officer)
    with pytest.raises(ActionDenied):
        requests.request_more(
            case,
            agencies=[world.agency("education")],
            due_on=clock.add_working_days(clock.today(), 10),
            question="",
            grounds=stages.grounds(),
            by=world.officer,
        )


@pytest.mark.parametrize("perm", [Perm.CASE_VIEW, Perm.MEETING_MANAGE, Perm.PLAN_WRITE])
def test_no_act_lets_in_an_agency_for_longer_than_an_emergency(world, perm):
    case = restrict(stages.released(world), world=world)
    broken(case, world.chair)
    share = sharing.Share(world.agency("education"), ShareKind.PANEL, "w", stages.grounds())
    with pytest.raises(ActionDenied):
        sharing.share_case(case, [share], by=world.chair, perm=perm)
    assert not case.shares.filter(group=world.agency("education").group).exists()


def test_no_restriction_names_who_has_a_conflict_of_interest(world):
    case, second = stages.screened(world), stages.second_officer(world)
    restricting.set_bar(case, user=second, reason="r", by=world.supervisor)
    with pytest.raises(ActionInvalid, match="conflict of interest"):
        restricting.follow_owner(case, second, by=world.supervisor)
    assert not sees(second, case)
