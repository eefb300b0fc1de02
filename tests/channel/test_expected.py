"""Who is expected at the panel besides its core agencies: by care plan, and who referred (R128-R130)."""

import pytest
from django.urls import reverse

from channel.meetings import expected
from channel.meetings.actions.agenda import issue_agenda
from prevent_cms import clock
from referrals.actions import parallel
from referrals.models import Referral
from tests import people, stages
from tests.access import as_user


def plan(world, case, *keys, kind="care_plan", lead="Early help team", by=None):
    terms = parallel.Terms(
        lead=lead,
        contact="E. Invented",
        ownership="channel",
        review_on=clock.today(),
        agencies=tuple(world.agency(key).pk for key in keys),
    )
    by = by or world.officer
    return parallel.record_process(case, terms, kind=kind, since=clock.today(), by=by)


def text(user, name, *args):
    return " ".join(as_user(user).get(reverse(name, args=args)).content.decode().split())


@pytest.mark.parametrize(("policy", "words"), [("must", "must come"), ("may", "may be asked")])
def test_agencies_of_a_care_plan_by_policy(db, policy, words):
    world = people.build(policy={"care_plan_agencies_attend": {"value": policy, "source": "seed"}})
    case = stages.at_panel(world)
    plan(world, case, "provider", "education")
    told = f"({'care plan of several agencies'}): {words}"
    planned = stages.planned(world)
    shown = text(world.administrator, "meeting_issue", planned.pk)
    assert shown.count(told) == 2
    issue_agenda(planned, by=world.administrator)
    planned.refresh_from_db()
    stages.agree(world, planned)
    item = text(world.chair, "meeting_item", planned.pk, "1")
    for key in ("provider", "education"):
        assert f"{world.agency(key).name} {told}" in item
    assert f"Item 1, {case.reference}" not in text(world.chair, "meeting_item", planned.pk, "1")
    member = text(world.health, "meeting_item", planned.pk, "1")
    assert "care plan" not in member.lower()
    assert "Beside Channel" not in member


def test_the_attendance_page_and_the_sheet(world):
    case = stages.at_panel(world)
    plan(world, case, kind="child_protection")
    plan(world, case, "health", kind="mappa", lead="Probation")
    plan(world, case, kind="policing", lead="The force")
    meeting = stages.in_session(world)
    shown = text(world.administrator, "meeting_attendance", meeting.pk)
    assert f"Item 1, {case.reference}" in shown
    assert "Early help team (child protection plan): may be asked to come" in shown
    assert "Probation" not in shown
    sheet = text(world.chair, "meeting_item", meeting.pk, "1")
    assert "MAPPA, led by Probation" in sheet
    assert "The force" not in sheet
    assert "led by The force" in text(world.officer, "meeting_item", meeting.pk, "1")


@pytest.mark.parametrize(("policy", "words"), [("must", "must come"), ("may", "may be asked")])
def test_who_referred_a_case_that_is_heard_for_the_first_time(db, policy, words):
    world = people.build(policy={"referrer_attends": {"value": policy, "source": "seed"}})
    stages.at_panel(world)
    meeting = stages.issued(world)
    assert f"(made the referral): {words}" in text(world.chair, "meeting_item", meeting.pk, "1")
    assert "made the referral" not in text(world.health, "meeting_item", meeting.pk, "1")


def test_a_referrer_who_stays_anonymous_is_not_named(world):
    case = stages.at_panel(world)
    referral = Referral.objects.get(case=case)
    name = referral.answers["referrer_name"]
    referral.wants_anonymity = True
    referral.save()
    meeting = stages.issued(world)
    for user in (world.chair, world.officer):
        found = expected.for_items(user, list(meeting.items.select_related("case__area")))
        assert found[0].people[0].who == expected.ANONYMOUS
        assert name not in str(found)


def test_a_case_in_support_asks_nobody_who_referred(world):
    case = stages.supported(world)
    plan(world, case, "provider", by=world.lead)
    meeting = stages.issued(world)
    (found,) = expected.for_items(world.chair, list(meeting.items.select_related("case__area")))
    assert [one.who for one in found.people] == [world.agency("provider").name]
    ended = parallel.parallel.running(world.chair).get()
    parallel.end_process(ended, ended_on=clock.today(), ended_why="Over.", by=world.chair)
    assert expected.for_items(world.chair, list(meeting.items.select_related("case__area"))) == []
    assert "Expected for" not in text(world.administrator, "meeting_attendance", meeting.pk)
