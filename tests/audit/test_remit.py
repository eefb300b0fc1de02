"""Who may read which events: nothing kept to police, from before a release or of others gets out."""

import datetime
import re

import pytest

from accounts.actions import people
from accounts.audit import queries
from accounts.audit.access import Remit, get_remit
from accounts.audit.queries import Filters
from accounts.models import User
from accounts.roles import Role, ShareKind
from prevent_cms import clock
from prevent_cms.errors import ActionDenied
from prevent_cms.history import EventType
from prevent_cms.history.chain import Broken
from prevent_cms.history.models import Event
from prevent_cms.history.record import record
from prevent_cms.marking import Mark
from referrals.actions import deconfliction, hold, restricting, sharing
from referrals.actions.sharing import Share
from tests import stages
from tests.access import as_user, expect

DAY = datetime.timedelta(days=1)


def read(user):
    """What this auditor can read, newest first."""
    remit = get_remit(User.objects.get(pk=user.pk))
    return list(queries.found(remit, Filters()))


def kinds(user, case):
    return [event.type for event in read(user) if event.case_reference == case.reference]


def auditor_of(world, key):
    user = people.add(email=f"audit-{key}@test.example", name=f"Audit {key}", by=None, password="x")
    people.join(user, agency=world.agency(key), role=Role.AUDITOR, by=None)
    return user


def rows(page):
    """The events on a page."""
    return "".join(re.findall(r"<tbody.*?</tbody>", page, re.DOTALL))


def text(client, **query):
    return client.get("/audit/", query).content.decode()


def test_who_may_open_the_log(world, elsewhere):
    others = [user for name, user in world.users.items() if not name.endswith("auditor")]
    expect("/audit/", {None: 302, world.police_auditor: 200, world.auditor: 200})
    expect("/audit/", dict.fromkeys([*others, elsewhere.officer], 403))
    for url in ("/audit/", "/audit/check/", "/audit/export/"):
        expect(url, dict.fromkeys(others, 403), method="post")
    expect("/audit/check/", {world.auditor: 405, world.officer: 405})


def test_a_role_without_a_place_reads_nothing(world):
    for membership in world.auditor.memberships.all():
        people.leave(membership, by=None)
    with pytest.raises(ActionDenied):
        get_remit(User.objects.get(pk=world.auditor.pk))


def test_a_police_auditor_reads_every_event_of_the_area_and_of_no_other(world, elsewhere):
    case, other = stages.released(world), stages.released(elsewhere)
    found = read(world.police_auditor)
    ours = Event.objects.filter(area_code="TST")
    assert {event.pk for event in found} >= set(ours.values_list("pk", flat=True))
    assert {event.area_code for event in found} == {"TST", ""} - (
        set() if Event.objects.filter(area_code="").exists() else {""}
    )
    shown = text(as_user(world.police_auditor))
    assert case.reference in shown
    assert other.reference not in shown
    assert "Elsewhere" not in shown


def test_sign_ins_and_refusals_belong_to_the_area_of_who_acts(world, elsewhere):
    as_user(elsewhere.officer).get("/cases/TST-26-000001-A/")
    assert not [e for e in read(world.police_auditor) if e.actor_id == elsewhere.officer.pk]
    (refused,) = [e for e in read(elsewhere.police_auditor) if e.type == EventType.REFUSED]
    assert refused.actor_agency_id == elsewhere.agency("police").pk


def test_a_case_before_its_release_leaves_no_trace_outside_police(world):
    """Not in a row, a count or a page: only their own people's tries are there, as for any number."""
    before = read(world.auditor)
    case = stages.cleared(world)
    as_user(world.officer).get(f"/cases/{case.reference}/")
    assert read(world.auditor) == before
    as_user(world.lead).get(f"/cases/{case.reference}/")
    now = read(world.auditor)
    assert [event.type for event in now] == [EventType.REFUSED] + [e.type for e in before]
    assert kinds(world.auditor, case) == []
    shown = text(as_user(world.auditor))
    assert f"{len(now)} events" in shown
    assert case.reference in rows(shown)  # what was asked for, in their own refusal
    assert "1 event<" in text(as_user(world.auditor), reference=case.reference)
    assert "Referral received" not in shown


def test_a_released_case_shows_what_was_done_since_and_nothing_kept_to_police(world):
    case = stages.released(world)
    found = kinds(world.auditor, case)
    assert EventType.INFORMATION_REQUESTED in found
    assert not {EventType.REFERRAL_RECEIVED, EventType.DECONFLICTION_CLEAR} & set(found)
    count = len(found)
    hold.hold(case, reason="An investigation.", by=world.officer)
    case.refresh_from_db()
    as_user(world.officer).get(f"/cases/{case.reference}/deconfliction/")
    as_user(world.officer).get(f"/cases/{case.reference}/screening/")
    assert len(kinds(world.auditor, case)) == count, "a hold and looks at police pages are nothing"
    assert EventType.CASE_HELD in kinds(world.police_auditor, case)
    shown = text(as_user(world.auditor), reference=case.reference)
    assert f"{count} event" in shown
    assert "Deconfliction" not in shown
    assert "Case held" not in shown


def test_numbers_that_would_show_gaps_are_for_police_only(world):
    case = stages.released(world)
    event = Event.objects.filter(case_reference=case.reference).last()
    place = f"event {event.pk}, number {event.seq} of chain"
    assert place in text(as_user(world.police_auditor), reference=case.reference)
    shown = text(as_user(world.auditor), reference=case.reference)
    assert "of chain" not in shown
    assert f"Event {event.pk}" not in shown


def test_a_case_is_read_while_it_is_shared_and_no_longer(world):
    case = stages.released(world, agencies=("children",))
    health = auditor_of(world, "health")
    assert kinds(health, case) == []
    share = Share(world.agency("health"), ShareKind.PANEL, "Papers", stages.grounds())
    sharing.share_case(case, [share], by=world.officer)
    record(EventType.PANEL_DISCUSSED, by=world.chair, case=case)
    record(EventType.CONSENT_RECORDED, by=world.officer, case=case)
    assert kinds(health, case) == [EventType.PANEL_DISCUSSED, EventType.CASE_SHARED]
    sharing.unshare_case(
        case,
        agency=world.agency("health"),
        kind=ShareKind.PANEL,
        reason="They have no part in it any more.",
        by=world.officer,
    )
    record(EventType.PANEL_DECIDED, by=world.chair, case=case)
    told = [EventType.CASE_UNSHARED, EventType.PANEL_DISCUSSED, EventType.CASE_SHARED]
    assert kinds(health, case) == told, "its end concerns them; what follows does not"


def test_a_share_that_has_run_out_opens_nothing_more(world):
    case = stages.released(world, agencies=())
    health = auditor_of(world, "health")
    until = clock.now() + DAY
    share = Share(world.agency("health"), ShareKind.PANEL, "Papers", stages.grounds(), until)
    sharing.share_case(case, [share], by=world.officer)
    record(EventType.PANEL_DISCUSSED, by=world.chair, case=case)
    with clock.at(until + DAY):
        record(EventType.PANEL_DECIDED, by=world.chair, case=case)
    assert kinds(health, case) == [EventType.PANEL_DISCUSSED, EventType.CASE_SHARED]


def test_who_was_only_asked_reads_of_its_own_request_only(world):
    case = stages.answered(world)
    children = auditor_of(world, "children")
    found = [e for e in read(children) if e.case_reference == case.reference]
    own = world.agency("children").pk
    assert found
    assert all(own in (e.agency_id, e.actor_agency_id) for e in found)
    shown = rows(text(as_user(children), reference=case.reference))
    assert "Children Invented" in shown
    assert world.agency("health").name not in shown


def test_drafts_of_another_agency_are_nobody_elses(world):
    case = stages.released(world)
    health = world.agency("health").pk
    record(EventType.ACTION_UPDATED, by=world.health, case=case, mark=Mark.AGENCY, agency_id=health)
    assert EventType.ACTION_UPDATED not in kinds(world.auditor, case)
    assert EventType.ACTION_UPDATED in kinds(auditor_of(world, "health"), case)


def test_the_own_people_are_read_wherever_they_act(world):
    as_user(world.lead).get("/cases/")
    as_user(world.children).get("/cases/")
    actors = {event.actor_id for event in read(world.auditor)}
    assert world.lead.pk in actors
    assert world.children.pk not in actors


def test_who_joined_the_own_agency_is_read(world):
    joined = [event for event in read(world.auditor) if event.type == EventType.PERSON_JOINED]
    assert joined
    assert {event.agency_id for event in joined} == {world.agency("council").pk}


def test_both_roles_together_read_both_and_are_told_no_numbers(world):
    people.join(world.auditor, agency=world.agency("police"), role=Role.POLICE_AUDITOR, by=None)
    remit = Remit(User.objects.get(pk=world.auditor.pk))
    assert not remit.is_police
    assert remit.mark == Mark.POLICE
    case = stages.received(world)
    assert case.reference in {e.case_reference for e in remit.events()}
    assert remit.title == "Testshire, police audit; Testshire Council, audit"
    assert len(remit.where) == 1


def test_a_police_auditor_outside_police_is_given_nothing(world):
    user = people.add(email="odd@test.example", name="Odd", by=None, password="x")
    people.join(user, agency=world.agency("health"), role=Role.POLICE_AUDITOR, by=None)
    expect("/audit/", {user: 403})


def test_what_police_read_in_the_log_is_for_police(world):
    as_user(world.police_auditor).get("/audit/")
    look = Event.objects.filter(type=EventType.LIST_VIEWED, actor=world.police_auditor).get()
    assert (look.mark, look.area_code, look.details["page"]) == (Mark.POLICE, "TST", "audit")
    as_user(world.auditor).get("/audit/")
    look = Event.objects.filter(type=EventType.LIST_VIEWED, actor=world.auditor).get()
    assert look.mark == Mark.COORDINATION


def test_a_second_check_after_the_release_is_not_betrayed(world):
    case = stages.released(world)
    found = kinds(world.auditor, case)
    deconfliction.deconflict(case, outcome="clear", systems=["pnc"], by=world.officer)
    assert kinds(world.auditor, case) == found


class TestWhatIsSharedDuringAHold:
    """The agency learns of nothing before the hold ends, and neither does who audits it (ADR 6)."""

    @pytest.fixture
    def case(self, world):
        case = stages.consented(world)
        stages.write_plan(world, case)
        return case

    def held(self, world, case):
        hold.hold(case, reason="A call from the investigation.", by=world.officer)

    def resume(self, world, case):
        hold.resume(case, reason="It has ended.", by=world.officer)

    def share(self, world, case, kind=ShareKind.PANEL, until=None):
        share = Share(world.agency("education"), kind, "Papers", stages.grounds(), until)
        sharing.let_in(case, share, by=world.officer)

    def unshare(self, world, case):
        sharing.unshare_case(
            case,
            agency=world.agency("education"),
            kind=ShareKind.PANEL,
            reason="They have no part in it any more.",
            by=world.officer,
        )

    @pytest.fixture
    def education(self, world):
        return auditor_of(world, "education")

    @pytest.fixture
    def apart(self, world):
        """A case that education never had."""
        return stages.released(world, name="Another Person", born="1990-01-01")

    def test_a_share_is_read_when_the_hold_ends(self, world, apart, education):
        self.held(world, apart)
        self.share(world, apart)
        record(EventType.PANEL_DISCUSSED, by=world.chair, case=apart)
        assert kinds(education, apart) == []
        assert "0 events" in text(as_user(education), reference=apart.reference)
        self.resume(world, apart)
        record(EventType.PANEL_DECIDED, by=world.chair, case=apart)
        assert kinds(education, apart) == [EventType.PANEL_DECIDED, EventType.CASE_SHARED]

    def test_an_item_of_the_plan_is_read_when_the_hold_ends(self, world, case):
        provider = auditor_of(world, "provider")
        self.held(world, case)
        stages.add_item(world, case)
        assert kinds(provider, case) == []
        self.resume(world, case)
        assert kinds(provider, case) == [EventType.PLAN_CHANGED, EventType.CASE_SHARED]

    def test_a_share_that_ended_in_the_hold_is_never_read(self, world, apart, education):
        self.held(world, apart)
        self.share(world, apart)
        self.unshare(world, apart)
        self.resume(world, apart)
        assert kinds(education, apart) == []

    def test_a_share_that_ran_out_in_the_hold_is_never_read(self, world, apart, education):
        self.held(world, apart)
        self.share(world, apart, until=clock.now() + DAY)
        with clock.at(clock.now() + 2 * DAY):
            self.resume(world, apart)
            assert kinds(education, apart) == []

    def test_who_had_it_before_reads_on_through_the_hold(self, world, apart, education):
        self.share(world, apart)
        self.held(world, apart)
        self.share(world, apart, until=clock.now() + DAY)
        record(EventType.PANEL_DISCUSSED, by=world.chair, case=apart)
        told = [EventType.PANEL_DISCUSSED, EventType.CASE_SHARED, EventType.CASE_SHARED]
        assert kinds(education, apart) == told
        with clock.at(clock.now() + 2 * DAY):
            record(EventType.PANEL_DECIDED, by=world.chair, case=apart)
            assert kinds(education, apart) == told, "sharing again had cut it short"

    def test_a_hold_that_has_ended_keeps_nothing_back(self, world, apart, education):
        self.held(world, apart)
        self.resume(world, apart)
        self.share(world, apart)
        assert kinds(education, apart) == [EventType.CASE_SHARED]

    def test_the_council_reads_it_at_once(self, world, apart):
        self.held(world, apart)
        self.share(world, apart)
        assert kinds(world.auditor, apart)[0] == EventType.CASE_SHARED


class TestAConflictOfInterest:
    """Who is kept out of a case reads nothing of it in the log, and of bars police alone read."""

    @pytest.fixture
    def case(self, world):
        return stages.released(world)

    @pytest.fixture(params=["police_auditor", "auditor"])
    def reader(self, world, request):
        return world.users[request.param]

    def test_nothing_of_the_case_until_it_ends(self, world, case, reader):
        before = kinds(reader, case)
        assert before
        bar = restricting.set_bar(case, user=reader, reason="Family", by=world.supervisor)
        assert kinds(reader, case) == []
        assert "0 events" in text(as_user(reader), reference=case.reference)
        restricting.lift_bar(bar, reason="A mistake", by=world.supervisor)
        assert set(kinds(reader, case)) >= set(before)
        restricting.set_bar(case, user=reader, reason="Family", by=world.supervisor)
        assert kinds(reader, case) == []

    def test_a_broken_event_of_it_is_not_named(self, world, case, reader):
        event = Event.objects.filter(case_reference=case.reference).last()
        broken = Broken(event.chain, event.seq, "its content was changed", event.pk)
        assert Remit(reader).covers(broken)
        restricting.set_bar(case, user=reader, reason="Family", by=world.supervisor)
        assert not Remit(reader).covers(broken)

    def test_the_bar_of_another_is_read_by_police_only(self, world, case):
        before = kinds(world.auditor, case)
        bar = restricting.set_bar(case, user=world.chair, reason="Family", by=world.supervisor)
        restricting.lift_bar(bar, reason="A mistake", by=world.supervisor)
        assert kinds(world.auditor, case) == before
        assert kinds(world.police_auditor, case)[:2] == [EventType.BAR_LIFTED, EventType.BAR_SET]
        shown = text(as_user(world.police_auditor), reference=case.reference)
        assert world.chair.label in shown
        assert "User id" not in shown
