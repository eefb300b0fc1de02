"""Recording an item: attendance, what was said, what was decided and what follows at once."""

import datetime
import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from channel.meetings.actions.conduct import record_item, write_police_note
from channel.meetings.actions.meetings import Attended, close_meeting, record_attendance
from channel.meetings.actions.minutes import approve_minutes
from channel.meetings.actions.panel_actions import update_action
from channel.meetings.entry import Entry, Said, Task
from channel.meetings.models import Attendance, Decision, PanelAction, PoliceNote
from channel.meetings.queries import quorum_of
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid, Stale
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from prevent_cms.history.versions import Rows
from referrals.actions import hold
from referrals.models import Closure
from tests import stages
from tests.access import expect, sign_in

MONDAY = datetime.datetime(2026, 11, 23, 10, tzinfo=datetime.UTC)
SAID = Said(discussion="School told the panel what it knows.")


@pytest.fixture(autouse=True)
def on_a_monday():
    with clock.at(MONDAY):
        yield


@pytest.fixture
def item(world):
    """The one item of a quorate meeting in session: a new case."""
    stages.at_panel(world)
    return stages.in_session(world).items.get()


def url_of(item, name="meeting_item"):
    return reverse(name, args=[item.meeting_id, item.number])


def words(**changes):
    """A complete page of the conduct form: adopt, unanimous."""
    return {
        "version": "0",
        "discussion": "School told the panel what it knows.",
        "risk_to_person": "higher",
        "risk_to_person_note": "Renewed contact with a cousin.",
        "risk_from_person": "lower",
        "risk_to_providers": "not_raised",
        "specialist_needed": "new",
        "choice": "adopt",
        "rationale": "Needs are not met by the care plan alone.",
        "agreed": "unanimous",
        "consent_how": "At home with a parent",
        "consent_on_day": "4",
        "consent_on_month": "12",
        "consent_on_year": "2026",
        "consent_by": "Lead Invented",
        **changes,
    }


def row(world, key="new0", **changes):
    """One row of the actions table."""
    given = {
        "what": "Ask the college for attendance",
        "agency": world.agency("education").pk,
        "owner": "Education Invented",
        "due_on_day": "16",
        "due_on_month": "12",
        "due_on_year": "2026",
        **changes,
    }
    return {f"action-{key}-{name}": value for name, value in given.items()}


def post(client, user, item, data):
    return sign_in(client, user).post(url_of(item), data)


class TestAttendance:
    def test_by_the_form(self, client, world):
        meeting = stages.issued(world)
        sign_in(client, world.administrator).post(reverse("meeting_open", args=[meeting.pk]))
        address = reverse("meeting_attendance", args=[meeting.pk])
        page = client.get(address).content.decode()
        titles = re.findall(r'scope="row"[^>]*>([^<]+)</th>', page)
        assert titles[0] == "Chair"
        assert len(titles) == 6
        seats = re.findall(r'name="(seat-(?:chair|agency\d+))-status"', page)
        rows = {f"{seat}-status": "present" for seat in seats[:5]}
        rows |= {f"{seat}-name": f"Person of {seat}" for seat in seats[:5]}
        rows |= {f"{seats[5]}-status": "apologies", "version": "0"}
        guest = {"seat-new0-status": "present", "seat-new0-name": "Tom"}
        guest |= {"seat-new0-speaks_for": "School"}
        answer = client.post(address, rows | guest)
        assert answer.url == reverse("meeting", args=[meeting.pk])
        meeting.refresh_from_db()
        assert Attendance.objects.count() == 7
        assert quorum_of(meeting).is_met
        assert Attendance.objects.get(role="chair").speaks_for == "Chair, Testshire Council"
        client.post(address, rows | {"version": Rows(Attendance, meeting=meeting).version})
        assert Attendance.objects.count() == 6
        assert not Attendance.objects.filter(role="guest").exists()
        assert Attendance.history.filter(history_type="-").count() == 1

    def test_what_is_missing_is_said_and_typed_text_stays(self, client, world):
        meeting = stages.in_session(world)
        address = reverse("meeting_attendance", args=[meeting.pk])
        before = list(Attendance.objects.values("pk", "name"))
        data = {"seat-chair-status": "present", "seat-new1-name": "Somebody Typed"}
        data["version"] = Rows(Attendance, meeting=meeting).version
        page = sign_in(client, world.administrator).post(address, data).content.decode()
        assert "<title>Error: " in page
        for said in (
            "Chair: enter who came",
            "Testshire health: select present, represented or apologies",
            "Invited person 2: enter for whom they came",
        ):
            assert said in page
        assert "Somebody Typed" in page
        assert list(Attendance.objects.values("pk", "name")) == before

    def test_who_and_when(self, client, world, elsewhere):
        meeting = stages.in_session(world)
        expect(
            reverse("meeting_attendance", args=[meeting.pk]),
            {
                world.administrator: 200,
                world.chair: 200,
                world.officer: 403,
                world.children: 403,
                elsewhere.chair: 404,
                None: 302,
            },
        )
        with pytest.raises(ActionDenied):
            record_attendance(meeting, lines=[], by=world.officer)
        line = Attended("member", "X", "X", "present", agency=elsewhere.agency("health"))
        with pytest.raises(ActionInvalid, match="of this area"):
            record_attendance(meeting, lines=[line], by=world.chair)
        mine = Attended(
            "member", "Children Invented", "", "present", agency=world.agency("children")
        )
        seen = Rows(Attendance, meeting=meeting).version
        record_attendance(meeting, lines=[mine], by=world.chair, version=seen)
        with pytest.raises(Stale, match="Somebody else"):
            record_attendance(meeting, lines=[], by=world.administrator, version=seen)
        assert [row.name for row in Attendance.objects.filter(meeting=meeting)] == [mine.name]
        planned = stages.planned(world)
        sign_in(client, world.chair)
        address = reverse("meeting_attendance", args=[planned.pk])
        assert client.get(address).status_code == 409


class TestRecording:
    def test_the_chair_adopts_in_the_browser(self, client, world, item):
        answer = post(client, world.chair, item, words() | row(world))
        assert answer.status_code == 302, re.findall("Error: [^<]+", answer.content.decode())
        decision = Decision.objects.get()
        assert (decision.choice, decision.by, decision.mark) == ("adopt", world.chair, "PANEL")
        assert decision.consent_on == datetime.date(2026, 12, 4)
        item.case.refresh_from_db()
        assert item.case.status == "SUPPORT"
        action = PanelAction.objects.get()
        assert (action.owner, action.due_on) == ("Education Invented", datetime.date(2026, 12, 16))
        told = Event.objects.filter(case_reference=item.case.reference, mark="PANEL")
        kinds = list(told.order_by("pk").values_list("type", flat=True))[-3:]
        assert kinds == [
            EventType.PANEL_DISCUSSED, EventType.PANEL_DECIDED, EventType.CASE_ADOPTED
        ]  # fmt: skip
        for event in Event.objects.filter(type__in=[EventType.PANEL_DECIDED]):
            assert "adopt" not in str(event.details)

    def test_the_administrator_writes_the_record_but_not_the_decision(self, client, world, item):
        page = sign_in(client, world.administrator).get(url_of(item)).content.decode()
        assert 'name="choice"' not in page
        assert 'name="rationale"' not in page
        answer = post(client, world.administrator, item, words() | row(world))
        assert answer.status_code == 302
        decision = Decision.objects.get()
        assert (decision.choice, decision.rationale, decision.by) == ("", "", None)
        assert decision.discussion.startswith("School")
        item.case.refresh_from_db()
        assert item.case.status == "PANEL"
        entry = Entry(said=SAID, decided=stages.decision(), version=1)
        with pytest.raises(ActionDenied):
            record_item(item, entry, by=world.administrator)

    def test_who_may_open_and_who_may_write(self, client, world, elsewhere, item):
        readers = (world.officer, world.supervisor, world.lead, world.children, world.health)
        writers = (world.chair, world.deputy, world.administrator)
        nobody = (world.provider, world.auditor, world.sysadmin, elsewhere.chair)
        reading = (
            dict.fromkeys((*readers, *writers), 200) | dict.fromkeys(nobody, 404) | {None: 302}
        )
        expect(url_of(item), reading)
        writing = dict.fromkeys(readers, 403) | dict.fromkeys(nobody, 404) | {None: 302}
        expect(url_of(item), writing, method="post", data=words())
        assert not Decision.objects.exists()
        for user in readers:
            assert "<textarea" not in self._main(client, user, item)

    def _main(self, client, user, item):
        page = sign_in(client, user).get(url_of(item)).content.decode()
        return page.split('id="police-note"')[0]

    def test_save_and_next(self, client, world):
        stages.at_panel(world), stages.at_panel(world)
        first, second = stages.in_session(world).items.all()
        assert post(client, world.chair, first, words(go="next")).url == url_of(second)
        assert post(client, world.chair, second, words(go="next")).url == url_of(second)

    def test_actions_are_corrected_and_taken_out(self, client, world, item):
        two = row(world) | row(world, "new1", what="Confirm a new slot")
        post(client, world.chair, item, words() | two)
        first, second = PanelAction.objects.order_by("pk")
        again = row(world, first.pk, what="Ask the school") | row(world, second.pk, what="")
        answer = post(client, world.chair, item, words(version="1") | again)
        assert answer.status_code == 302
        assert [a.what for a in PanelAction.objects.all()] == ["Ask the school"]
        assert Decision.objects.get().at == MONDAY

    def test_an_answered_action_stays_as_it_is(self, client, world, item):
        post(client, world.chair, item, words() | row(world))
        action = PanelAction.objects.get()
        update_action(action, status="done", note="", version=1, by=world.education)
        changed = row(world, action.pk, what="Something else")
        answer = post(client, world.chair, item, words(version="1") | changed)
        assert answer.status_code == 409
        assert "Something else" in answer.content.decode()
        task = Task(what="Something else", pk=action.pk)
        with pytest.raises(Stale):
            record_item(item, Entry(said=SAID, tasks=[task], version=1), by=world.chair)
        record_item(item, Entry(said=SAID, tasks=[Task(what="")], version=1), by=world.chair)
        assert [a.what for a in PanelAction.objects.all()] == [action.what]

    def test_other_support_in_the_browser(self, client, world, item):
        """What was typed for another choice is not kept."""
        sent = words(
            choice="other_support",
            **stages.LEFT_FORM
            | {"health_and_care_considered": "Health was considered."}
            | {"safeguarding_person": "Typed and not meant"},
        )
        assert post(client, world.chair, item, sent).status_code == 302
        decision = Decision.objects.get()
        assert (decision.consent_how, decision.consent_on) == ("", None)
        assert (decision.safeguarding_concern, decision.safeguarding_person) == (False, "")
        assert "Health was considered." in client.get(url_of(item)).content.decode()

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"discussion": ""}, "Enter what was discussed"),
            ({"discussion": "x" * 50000}, "must be 6,000 characters or fewer"),
            ({"rationale": ""}, "Enter the reasons for this decision"),
            ({"agreed": ""}, "Select how the decision was agreed"),
            ({"agreed": "majority"}, "Enter who disagreed"),
            ({"agreed": "chair"}, "Enter who disagreed"),
            ({"risk_to_providers": ""}, "Select the risk to providers"),
            ({"consent_how": ""}, "Enter how consent will be asked"),
            ({"consent_by": ""}, "Enter who will ask for consent"),
            ({"consent_on_day": "", "consent_on_month": "", "consent_on_year": ""}, "Enter when"),
            ({"consent_on_year": "2025"}, "must be today or later"),
            ({"choice": "other_support"}, "Enter how health and social care were considered"),
            ({"choice": "other_support"}, "Enter where the person is helped next"),
            ({"choice": "police_led"}, "Select whether there is a safeguarding concern"),
            ({"choice": "police_led"}, "Enter the day from which police lead"),
            ({"choice": "police_led"}, "Select whether a crime"),
            (
                {"choice": "not_appropriate", "safeguarding_concern": "yes"},
                "Enter who raised the safeguarding concern",
            ),
            (
                {"choice": "not_appropriate", "significant_harm": "yes"},
                "Enter who of children",
            ),
            (
                {"choice": "not_appropriate", "significant_harm": "yes",
                 "safeguarding_concern": "no"},
                "Significant harm is a safeguarding concern",
            ),
            ({"choice": "not_appropriate", "crime": "yes"}, "Enter to whom it was passed"),
            ({"choice": "remain"}, "Select one of the answers shown"),
            ({"choice": ""}, "Select the decision that these reasons are for"),
            ({"action-new0-what": "Do it"}, "Action 1: select the agency"),
            ({"action-new1-owner": "Somebody"}, "Action 2: enter what is to be done"),
            (
                {"action-new0-what": "Do it", "action-new0-due_on_day": "31",
                 "action-new0-due_on_month": "2", "action-new0-due_on_year": "2026"},
                "Action 1 due date must be a real date",
            ),
        ],
    )  # fmt: skip
    def test_an_error_keeps_the_page_and_what_was_typed(self, client, world, item, changes, said):
        sent = words(**changes)
        answer = post(client, world.chair, item, sent)
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "<title>Error: " in page
        assert said in page
        for name in ("discussion", "rationale", "risk_to_person_note"):
            assert sent[name] in page
        assert not Decision.objects.exists()
        assert not PanelAction.objects.exists()

    def test_a_stale_page_is_refused_and_kept(self, client, world, item):
        post(client, world.administrator, item, words(discussion="The first word."))
        answer = post(client, world.chair, item, words(discussion="The second word."))
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "Not saved: somebody else changed this" in page
        assert "The second word." in page
        assert Decision.objects.get().discussion == "The first word."
        with pytest.raises(ActionInvalid, match="Somebody else"):
            record_item(item, Entry(said=SAID, version=0), by=world.chair)

    def test_a_page_without_a_version_is_stale(self, client, world, item):
        sent = words()
        del sent["version"]
        assert post(client, world.chair, item, sent).status_code == 409

    def test_no_decision_without_a_quorum(self, client, world, item):
        stages.attend(world, item.meeting, away=("police",))
        page = post(client, world.chair, item, words()).content.decode()
        assert "The panel cannot decide. No quorum: police still needed." in page
        with pytest.raises(ActionInvalid, match="without a quorum"):
            stages.decide(world, item)
        assert post(client, world.chair, item, words(choice="", rationale="")).status_code == 302

    def test_before_the_meeting_nothing_is_recorded(self, client, world):
        stages.at_panel(world)
        item = stages.issued(world).items.get()
        assert post(client, world.chair, item, words()).status_code == 409
        with pytest.raises(ActionInvalid, match="recorded at the meeting"):
            stages.decide(world, item)

    def test_a_look_at_an_item_is_a_look_at_the_case(self, client, world, item):
        sign_in(client, world.health).get(url_of(item))
        seen = Event.objects.filter(type=EventType.CASE_VIEWED, actor=world.health).last()
        assert seen.case_reference == item.case.reference

    def test_query_budget(self, client, world, item, django_assert_max_num_queries):
        stages.decide(world, item)
        for user in (world.chair, world.children):
            sign_in(client, user)
            with django_assert_max_num_queries(30):
                client.get(url_of(item))


class TestWhatFollows:
    @pytest.mark.parametrize(
        ("choice", "outcome"),
        [
            ("other_support", "other_needs"),
            ("not_appropriate", "not_drawn_in"),
            ("police_led", "police_led"),
        ],
    )
    def test_no_support_closes_the_case(self, client, world, item, choice, outcome):
        concern = {"safeguarding_concern": True, "safeguarding_raised_on": clock.today()}
        concern["safeguarding_person"] = "A named worker"
        told = {"crime": True, "crime_passed_to": "Desk", "crime_passed_on": clock.today()}
        stages.decide(world, item, choice, **concern, **told)
        item.case.refresh_from_db()
        closure = Closure.objects.get()
        assert item.case.status == "CLOSED"
        assert (closure.outcome, closure.stage, closure.mark) == (outcome, "PANEL", "PANEL")
        assert closure.safeguarding_person == "A named worker"
        assert closure.basis.endswith("section 36(6)")
        assert bool(closure.handed_over_on) == (choice == "police_led")
        text = sign_in(client, world.health).get(url_of(item)).content.decode()
        assert "A named worker, on " in text
        assert "Desk, on " in text
        assert closure.destination == "Testshire health"
        assert "considered" in closure.health_and_care_considered

    def test_defer_waits_for_the_next_meeting(self, world, item):
        following = stages.planned(world)
        stages.decide(world, item, "defer")
        item.case.refresh_from_db()
        assert item.case.status == "PANEL"
        assert item.case.next_due_on == following.starts_at.date()

    @pytest.mark.parametrize(
        ("choice", "due"),
        [
            ("remain", "Monthly review"),
            ("new_plan", "New plan"),
            ("defer", "Monthly review"),
            ("transfer", "Transfer to be agreed"),
            ("exit", "Endorsement of exit"),
        ],
    )
    def test_a_supported_case_stays_and_is_due(self, world, choice, due):
        case = stages.supported(world)
        stages.meeting_held(world, choice, case=case)
        case.refresh_from_db()
        assert (case.status, case.next_due_what) == ("SUPPORT", due)
        recommended = Event.objects.filter(type=EventType.EXIT_RECOMMENDED)
        assert recommended.exists() is (choice == "exit")

    def test_the_choices_depend_on_the_stage(self, client, world):
        case = stages.supported(world)
        item = stages.in_session(world).items.get(case=case)
        page = sign_in(client, world.chair).get(url_of(item)).content.decode()
        offered = re.findall(r'name="choice" type="radio" value="(\w+)"', page)
        assert offered == ["remain", "new_plan", "exit", "transfer", "defer"]
        assert 'name="consent_how"' not in page
        with pytest.raises(ActionInvalid, match="not open for the case"):
            stages.decide(world, item, "adopt")

    def test_a_decision_that_moved_the_case_stands_and_its_reasons_can_be_corrected(
        self, client, world, item
    ):
        stages.decide(world, item)
        page = sign_in(client, world.chair).get(url_of(item)).content.decode()
        assert re.findall(r'name="choice" type="radio" value="(\w+)"', page) == ["adopt"]
        changed = words(version="1", rationale="Better words for the same reasons.")
        assert post(client, world.chair, item, changed).status_code == 302
        decision = Decision.objects.get()
        assert (decision.rationale, decision.version) == ("Better words for the same reasons.", 2)
        assert Event.objects.filter(type=EventType.CASE_ADOPTED).count() == 1
        assert (
            post(client, world.chair, item, words(version="2", choice="defer")).status_code == 200
        )

    def test_a_deferred_case_can_be_taken_up_again_at_the_meeting(self, client, world, item):
        stages.decide(world, item, "defer")
        assert post(client, world.chair, item, words(version="1")).status_code == 302
        item.case.refresh_from_db()
        assert item.case.status == "SUPPORT"

    def test_a_held_case_looks_as_ever_and_cannot_move(self, client, world, item):
        hold.hold(item.case, reason="A check.", by=world.officer)
        page = sign_in(client, world.chair).get(url_of(item)).content.decode()
        assert re.findall(r'name="choice" type="radio" value="(\w+)"', page)[0] == "adopt"
        assert "Held" not in page
        refused = post(client, world.chair, item, words())
        assert "This cannot be done to the case at the moment" in refused.content.decode()
        with pytest.raises(ActionInvalid):
            stages.decide(world, item)
        assert not Decision.objects.exists()
        stages.decide(world, item, "defer")

    def test_the_action_asks_for_what_the_form_asks(self, world, item):
        for missing in (
            {"rationale": ""},
            {"agreed": "majority"},
            {"consent_by": ""},
        ):
            with pytest.raises(ActionInvalid):
                stages.decide(world, item, **missing)
        for missing in (
            {"health_and_care_considered": ""},
            {"destination": ""},
            {"safeguarding_concern": True},
            {"safeguarding_concern": None},
            {"significant_harm": True},
            {"crime": True},
        ):
            with pytest.raises(ActionInvalid):
                stages.decide(world, item, "other_support", **missing)
        assert not Decision.objects.exists()

    def test_an_action_needs_an_agency_of_the_area_an_owner_and_a_date(
        self, world, elsewhere, item
    ):
        day = MONDAY.date()
        for task in (
            Task(what="It", owner="O", due_on=day),
            Task(what="It", agency=elsewhere.agency("health"), owner="O", due_on=day),
            Task(what="It", agency=world.agency("health"), due_on=day),
            Task(what="It", agency=world.agency("health"), owner="O"),
        ):
            with pytest.raises(ActionInvalid):
                stages.decide(world, item, tasks=[task])
        assert not Decision.objects.exists()

    def test_the_database_refuses_a_decision_without_its_reasons(self, world, item):
        decision = stages.decide(world, item)
        for name in ("rationale", "agreed", "consent_how"):
            setattr(decision, name, "")
            with pytest.raises(IntegrityError), transaction.atomic():
                decision.save()
            decision.refresh_from_db()


class TestPoliceNote:
    CANARY = "Cousin to be looked at before Friday."

    def write(self, client, user, item, **data):
        return sign_in(client, user).post(
            url_of(item, "meeting_note"), {"text": self.CANARY, "version": "0", **data}
        )

    def test_police_write_it_and_nobody_else_meets_it(self, client, world, elsewhere, item):
        assert self.write(client, world.officer, item).url == url_of(item)
        assert PoliceNote.objects.get().mark == "POLICE"
        for user in (world.officer, world.supervisor):
            assert self.CANARY in sign_in(client, user).get(url_of(item)).content.decode()
        for user in (world.chair, world.administrator, world.lead, world.children):
            page = sign_in(client, user).get(url_of(item)).content.decode()
            assert self.CANARY not in page
            assert "side note" not in page.lower()
            assert self.write(client, user, item, text="Mine").status_code == 404
        assert self.write(client, elsewhere.officer, item).status_code == 404
        with pytest.raises(ActionDenied):
            write_police_note(item, text="Mine", version=1, by=world.chair)

    def test_empty_stale_and_late(self, client, world, item):
        page = self.write(client, world.officer, item, text="")
        assert "Enter the side note" in page.content.decode()
        self.write(client, world.officer, item)
        stale = self.write(client, world.supervisor, item, text="The other one.")
        assert stale.status_code == 409
        assert "The other one." in stale.content.decode()
        assert self.write(client, world.supervisor, item, version="1").status_code == 302
        with pytest.raises(ActionInvalid):
            write_police_note(item, text="Old page", version=1, by=world.officer)
        approve_minutes(close_meeting(item.meeting, by=world.chair), by=world.chair)
        assert self.write(client, world.officer, item, version="2").status_code == 409


def test_after_the_seal_nothing_is_recorded(client, world):
    meeting = stages.meeting_held(world)
    item = meeting.items.get()
    version = Decision.objects.get().version
    approve_minutes(meeting, by=world.chair)
    assert post(client, world.chair, item, words(version=str(version))).status_code == 409
    assert "sealed" in client.post(url_of(item), words()).content.decode()
    item.refresh_from_db()
    with pytest.raises(ActionInvalid, match="sealed"):
        record_item(item, Entry(said=SAID, version=version), by=world.chair)
    page = client.get(url_of(item)).content.decode()
    assert "<textarea" not in page
    assert "The needs are not met elsewhere." in page
