"""What is shared while police hold a case: nobody is let in, and nobody outside police can tell."""

import datetime
import re

import pytest
from django.core import mail
from django.db import transaction

from accounts import grants
from accounts.roles import ShareKind
from channel.meetings.actions.agenda import issue_agenda
from channel.meetings.models import Meeting
from channel.support.actions import items
from channel.support.models import PlanItem
from prevent_cms import clock, outbox
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from prevent_cms.marking import Mark
from referrals.actions import closing, deconfliction, hold, restricting
from referrals.models import Case, Disclosure
from tests import stages
from tests.access import as_user, expect, steady

DAY = datetime.timedelta(days=1)
NOW = datetime.datetime(2026, 11, 23, 10, tzinfo=datetime.UTC)
INSIDERS = ("lead", "chair", "deputy", "administrator")
IDS = re.compile(
    r"(?<=/items/)\d+|(?<=/meetings/)\d+|(?<=/panels/)\d+|(?<=before=)\d+"
)  # other in the other run


@pytest.fixture(autouse=True)
def at_one_moment():
    with clock.at(NOW):
        yield


def held(world, case):
    return hold.hold(case, reason="A call from the investigation.", by=world.officer)


def resume(world, case):
    return hold.resume(case, reason="It has ended.", by=world.officer)


def check(world, case, outcome="clear"):
    deconfliction.deconflict(
        case, outcome=outcome, systems=["pnc"], reason="On file.", by=world.officer
    )


def sees(user, case):
    return Case.objects.visible_to(type(user).objects.get(pk=user.pk)).filter(pk=case.pk).exists()


def letters(to):
    """The subjects of what has been sent to a mailbox since the last time."""
    outbox.drain()
    found = [one.subject for one in mail.outbox if one.to == [f"{to}@test.example"]]
    mail.outbox.clear()
    return found


def seen(world, case, *more):
    """Every page of the case that changes with its shares, as each insider reads it."""
    pages = [f"/cases/{case.reference}/{rest}" for rest in ("", "timeline/", "plan/", "panel/")]
    told = {}
    for name in INSIDERS:
        browser = as_user(world.users[name])
        for address in [*pages, *more, "/work/"]:
            answer = browser.get(address)
            assert answer.status_code == 200, address
            told[name, IDS.sub("", address)] = IDS.sub("", steady(answer))
    return told


def both_ways(world, case, act):
    """What the insiders see after an act without a hold, and after the same act during one."""
    with transaction.atomic():
        free = seen(world, case, *act())
        transaction.set_rollback(True)
    held(world, case)
    return free, seen(world, case, *act())


def address_of(meeting):
    return f"/meetings/{meeting.pk}/"


class TestIssuingAnAgenda:
    @pytest.fixture
    def case(self, world):
        return stages.at_panel(world)

    def test_lets_nobody_in(self, world, case):
        held(world, case)
        outbox.drain()
        meeting = stages.issued(world)
        assert meeting.items.get().case_id == case.pk
        assert not sees(world.education, case)
        item = f"/meetings/{meeting.pk}/items/1/"
        expect(item, {world.education: 404, world.health: 404, world.lead: 200})
        text = as_user(world.health).get(f"/meetings/{meeting.pk}/").content.decode()
        assert "Restricted item" in text
        assert case.reference not in text
        mail.outbox.clear()
        outbox.drain()
        assert mail.outbox
        assert not any(case.reference in one.subject + one.body for one in mail.outbox)

    def test_looks_the_same_to_every_coordinator_outside_police(self, world, case):
        def act():
            return [address_of(stages.issued(world))]

        free, during = both_ways(world, case, act)
        assert "For the panel" in during["lead", f"/cases/{case.reference}/"]
        assert during == free
        resume(world, case)
        assert seen(world, case, address_of(Meeting.objects.get())) == free

    @pytest.mark.parametrize("end", [resume, check])
    def test_the_end_of_the_hold_lets_in_whom_it_kept_out(self, world, case, end):
        held(world, case)
        meeting = stages.issued(world)
        case.refresh_from_db()
        with clock.at(NOW + 3 * DAY):
            end(world, case)
            assert sees(world.education, case)
            expect(f"/meetings/{meeting.pk}/items/1/", {world.education: 200, world.health: 200})
        share = case.shares.get(group=world.agency("education").group)
        assert share.since == NOW
        shared = Event.objects.filter(type=EventType.CASE_SHARED, details__kind="panel")
        assert [event.mark for event in shared.order_by("pk")] == [Mark.COORDINATION] * 3 + [
            Mark.POLICE
        ] * 3

    def test_police_are_told_who_waits(self, world, case):
        held(world, case)
        stages.issued(world)
        overview = f"/cases/{case.reference}/"
        words = "Testshire education (not let in, because of the hold)"
        assert words in as_user(world.officer).get(overview).content.decode()
        assert words not in as_user(world.lead).get(overview).content.decode()
        page = as_user(world.officer).get(f"{overview}resume/").content.decode()
        assert "Testshire education can open the case, which was shared meanwhile." in page

    def test_a_case_that_is_closed_from_its_hold_stays_shut(self, world, case):
        held(world, case)
        stages.issued(world)
        leaving = stages.leaving()
        closing.close_case(
            case, outcome="investigation", reason="Why", leaving=leaving, by=world.officer
        )
        assert not sees(world.education, case)

    def test_issued_again_during_the_hold_enters_nothing_twice(self, world, case):
        held(world, case)
        meeting = stages.issued(world)
        stages.at_panel(world, name="Second Person", born="1990-01-01")
        issue_agenda(meeting, by=world.chair)
        stages.issued(world)
        assert Disclosure.objects.filter(case=case, kind="panel").count() == 3
        assert not sees(world.education, case)

    def test_whoever_was_in_before_the_hold_stays_in(self, world, case):
        stages.issued(world)
        held(world, case)
        with clock.at(NOW + 370 * DAY):
            stages.issued(world)
            assert Disclosure.objects.filter(case=case, kind="panel").count() == 6
            assert sees(world.education, case)
        with clock.at(NOW + 420 * DAY):
            assert sees(world.education, case)

    def test_a_share_that_ended_during_the_hold_is_not_made_good(self, world, case):
        stages.issued(world)
        held(world, case)
        with clock.at(NOW + 420 * DAY):
            stages.issued(world)
            assert not sees(world.education, case)
            resume(world, case)
            assert sees(world.education, case)

    def test_naming_people_of_an_agency_that_waits_lets_them_in_no_sooner(self, world, case):
        held(world, case)
        stages.issued(world)
        restricting.restrict_case(
            case, people=[world.education, world.lead], reason="Delicate.", by=world.chair
        )
        assert sees(world.lead, case)
        assert not sees(world.education, case)
        resume(world, case)
        assert sees(world.education, case)
        assert not sees(world.health, case)


class TestAddingAnItem:
    @pytest.fixture
    def case(self, world):
        case = stages.consented(world)
        stages.write_plan(world, case)
        letters("provider")
        return case

    def test_lets_its_agency_in_when_the_hold_ends_and_tells_it_then(self, world, case):
        held(world, case)
        item = stages.add_item(world, case)
        second = stages.add_item(world, case, title="Boxing")
        assert letters("provider") == []
        assert not sees(world.provider, case)
        address = f"/cases/{case.reference}/plan/items/{item.pk}/"
        expect(address, {world.provider: 404, world.lead: 200})
        resume(world, case)
        assert letters("provider") == ["Something new waits for Testshire Mentoring"] * 2
        expect(address, {world.provider: 200})
        assert PlanItem.objects.visible_to(world.provider).count() == 2
        assert items.start_item(second, by=world.provider).status == "started"

    def test_looks_the_same_to_every_coordinator_outside_police(self, world, case):
        def act():
            stages.add_item(world, case)
            return []

        free, during = both_ways(world, case, act)
        assert "Delivering support" in during["lead", f"/cases/{case.reference}/"]
        assert during == free
        resume(world, case)
        assert seen(world, case) == free

    def test_the_answer_in_the_browser_is_the_same(self, world, case):
        held(world, case)
        address = f"/cases/{case.reference}/plan/items/new/"
        answers = {
            "new_need": "A place", "addresses": "Praise.", "type": "mentoring", "title": "Mentoring",
            "agency": world.agency("provider").pk, "lead_person": "Sam", "measure": "Chess.",
            "provider_risk": "None", "necessity": "It delivers.", "proportionality": "Its own.",
            "intensity": "regular", "whole_family": "no", "supervision": "Monthly, by the council",
        }  # fmt: skip
        for name in ("starts_on", "due_on"):
            answers |= {f"{name}_day": 1, f"{name}_month": 12, f"{name}_year": 2026}
        answer = as_user(world.lead).post(address, answers, follow=True)
        assert "Testshire Mentoring leads it and has been told." in answer.content.decode()

    def test_an_agency_that_reads_the_plan_is_told_at_once(self, world, case):
        stages.add_item(world, case)
        letters("provider")
        held(world, case)
        stages.add_item(world, case, title="Boxing")
        stages.add_item(world, case, "children", title="Family worker")
        assert letters("provider") == ["Something new waits for Testshire Mentoring"]
        assert sees(world.provider, case)
        resume(world, case)
        assert letters("provider") == letters("children") == []

    def test_an_agency_that_only_answered_learns_of_it_when_the_hold_ends(self, world, case):
        with transaction.atomic():
            grants.unshare(case, world.agency("health"), ShareKind.PANEL)
        held(world, case)
        item = stages.add_item(world, case, "health", title="Counselling")
        address = f"/cases/{case.reference}/plan/items/{item.pk}/"
        assert letters("health") == []
        assert address not in as_user(world.health).get("/work/").content.decode()
        expect(address, {world.health: 404})
        resume(world, case)
        assert letters("health") == ["Something new waits for Testshire health"]
        assert address in as_user(world.health).get("/work/").content.decode()

    def test_an_item_that_is_stopped_again_lets_nobody_in(self, world, case):
        held(world, case)
        item = stages.add_item(world, case)
        items.record_progress(
            item, text="Not now.", on=clock.today(), status="stopped", version=1, by=world.lead
        )
        resume(world, case)
        assert letters("provider") == []
        assert not sees(world.provider, case)

    def test_nothing_is_sent_once_the_share_has_ended(self, world, case):
        stages.add_item(world, case)
        leaving = stages.leaving()
        closing.close_case(
            case, outcome="other_needs", reason="Why", leaving=leaving, by=world.officer
        )
        assert letters("provider") == []
