"""Releasing a cleared case: until then nobody outside police may know of it."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import ShareKind
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from prevent_cms.outbox import OutboxMessage
from referrals.actions import deconfliction, release
from referrals.models import Case, Disclosure, InformationRequest
from referrals.workflow import Status
from tests import stages
from tests.access import as_user, expect, prove, sign_in

FRIDAY = datetime.datetime(2026, 11, 20, 10, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def on_a_friday():
    """Every test of this file happens on one day, whatever day it is."""
    with clock.at(FRIDAY):
        yield


def answers(world, agencies=("children", "health"), **changes):
    """What the officer posts; the date is 10 working days on."""
    due = clock.add_working_days(clock.today(), 10)
    return {
        "agencies": [world.agency(key).pk for key in agencies],
        "question": "",
        "due_on_day": due.day,
        "due_on_month": due.month,
        "due_on_year": due.year,
        **stages.grounds_form(),
        "sensitive": "no",
    } | changes


def url_of(case, name="case_release"):
    return reverse(name, args=[case.reference])


def test_release_in_the_browser(client, world):
    case = stages.cleared(world)
    sign_in(client, world.officer)
    page = client.get(url_of(case)).content.decode()
    assert "Testshire Council" in page
    assert "Testshire Police" not in page.split("Agencies to ask")[1].split("Anything else")[0]
    check = client.post(url_of(case), answers(world)).content.decode()
    assert "Check what they will see" in check
    assert "Callum Brayford" in check
    assert "NHS Act 2006" in check
    case.refresh_from_db()
    assert case.status == Status.DECONFLICTION, "the check page changes nothing"
    done = client.post(url_of(case), answers(world, confirmed="yes"))
    assert done.url == url_of(case, "case_requests")
    case.refresh_from_db()
    assert case.status == Status.INFORMATION_GATHERING
    assert "0 of 2 agencies have answered" in client.get(done.url).content.decode()


def test_going_back_from_the_check_keeps_what_was_typed(client, world):
    case = stages.cleared(world)
    sign_in(client, world.officer)
    back = client.post(url_of(case), answers(world, change="yes")).content.decode()
    assert "Nobody else knows how he is at home." in back
    assert "Check what they will see" in back.split("</form>")[0].split("<button", 1)[-1]


def test_one_act_writes_everything(world):
    case = stages.released(world)
    assert case.next_due_on == datetime.date(2026, 12, 4)
    assert case.released_at == FRIDAY
    shares = {(s.agency.key, s.kind, s.power) for s in Disclosure.objects.filter(case=case)}
    assert shares == {
        ("council", ShareKind.COORDINATE, "CTSA 2015, s.36"),
        ("children", ShareKind.RESPOND, "Children Act 2004, s.11"),
        ("health", ShareKind.RESPOND, "NHS Act 2006"),
    }
    asked = InformationRequest.objects.filter(case=case)
    assert {one.due_on for one in asked} == {datetime.date(2026, 12, 4)}
    assert all("vulnerability" in one.question for one in asked)
    told = Event.objects.filter(case_reference=case.reference).values_list("type", flat=True)
    assert list(told).count(EventType.INFORMATION_REQUESTED) == 2
    assert list(told).count(EventType.CASE_RELEASED) == 1
    assert list(told).count(EventType.CASE_SHARED) == 3
    later = OutboxMessage.objects.filter(topic="information_reminder")
    assert {message.not_before for message in later} == {
        datetime.datetime(2026, 12, day, 9, tzinfo=datetime.UTC) for day in (2, 7, 11)
    }
    assert {frozenset(message.payload) for message in later} == {frozenset({"request_id", "due"})}


def test_release_asks_the_database_as_little_for_three_agencies_as_for_one(world):
    few = _queries_to_release(world, ["health"])
    assert few <= 30
    assert _queries_to_release(world, ["children", "health", "education"]) == few


def _queries_to_release(world, agencies):
    case, browser = stages.cleared(world), as_user(world.officer)
    prove(browser, world.officer, method="mfa")
    browser.get(url_of(case))
    posted = answers(world, agencies, confirmed="yes")
    with CaptureQueriesContext(connection) as captured:
        browser.post(url_of(case), posted)
    case.refresh_from_db()
    assert case.status == Status.INFORMATION_GATHERING
    return sum("SAVEPOINT" not in query["sql"] for query in captured)


def test_another_power_is_recorded_for_all(world):
    case = stages.cleared(world)
    release.release(
        case,
        agencies=[world.agency("health")],
        due_on=clock.add_working_days(clock.today(), 1),
        question="Is he registered?",
        grounds=stages.grounds(power="Crime and Disorder Act 1998, s.115"),
        by=world.officer,
    )
    powers = Disclosure.objects.filter(case=case).values_list("power", flat=True)
    assert set(powers) == {"Crime and Disorder Act 1998, s.115"}
    assert InformationRequest.objects.get(case=case).question.endswith("\nIs he registered?")


def test_asking_nobody_goes_straight_to_assessment(client, world):
    case = stages.cleared(world)
    sign_in(client, world.officer)
    check = client.post(url_of(case), answers(world, agencies=())).content.decode()
    assert "straight to its assessment" in check
    client.post(url_of(case), answers(world, agencies=(), confirmed="yes"))
    case.refresh_from_db()
    assert case.status == Status.ASSESSMENT
    assert not InformationRequest.objects.exists()
    assert Case.objects.visible_to(world.lead).get() == case


def test_before_release_nobody_else_knows(client, world, elsewhere):
    for case in (stages.screened(world), stages.cleared(world)):
        for name in ("case_release", "case_requests", "case_consent"):
            expect(
                url_of(case, name),
                dict.fromkeys(
                    [
                        world.lead,
                        world.chair,
                        world.administrator,
                        world.children,
                        world.auditor,
                        world.sysadmin,
                        elsewhere.officer,
                    ],
                    404,
                )
                | {None: 302},
            )
    assert not Case.objects.visible_to(world.lead).exists()


def test_who_may_release(client, world, elsewhere):
    case = stages.cleared(world)
    expect(url_of(case), {world.officer: 200, world.supervisor: 200})
    stages_out = dict.fromkeys([world.lead, world.children, elsewhere.officer], 404)
    expect(url_of(case), stages_out | {None: 302}, method="post", data=answers(world))
    sign_in(client, world.officer)
    assert client.put(url_of(case)).status_code == 405


def test_a_coordinator_without_the_role_is_refused(client, world):
    case = stages.released(world)
    expect(url_of(case), {world.lead: 403, world.chair: 403, world.officer: 409})


def test_releasing_needs_a_clear_check(client, world):
    case = stages.screened(world)
    sign_in(client, world.officer)
    data = answers(world, confirmed="yes")
    assert client.post(url_of(case), data).status_code == 409
    deconfliction.deconflict(
        case, outcome="conflict", systems=["pnc"], reason="Live case", by=world.officer
    )
    assert client.post(url_of(case), data).status_code == 409
    case.refresh_from_db()
    assert case.status == Status.HELD
    assert not Disclosure.objects.exists()


def test_a_second_press_changes_nothing(client, world):
    case = stages.cleared(world)
    sign_in(client, world.officer)
    data = answers(world, confirmed="yes")
    assert client.post(url_of(case), data).status_code == 302
    assert client.post(url_of(case), data).status_code == 409
    assert InformationRequest.objects.count() == 2
    assert Disclosure.objects.count() == 3


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"due_on_day": "21", "due_on_month": "11", "due_on_year": "2026"}, "be a working day"),
        ({"due_on_day": "25", "due_on_month": "12", "due_on_year": "2026"}, "be a working day"),
        ({"due_on_day": "20", "due_on_month": "11", "due_on_year": "2026"}, "in the future"),
        ({"due_on_day": "31", "due_on_month": "2", "due_on_year": "2027"}, "must be a real date"),
        ({"due_on_day": ""}, "must include a day"),
        ({"purpose": " "}, "Enter the purpose"),
        ({"necessity": ""}, "Enter why it is necessary"),
        ({"proportionality": "x" * 50_000}, "3,000 characters"),
        ({"relevance": ""}, "Enter why it is relevant"),
        ({"fairness": ""}, "Enter how you know that it is not discriminatory"),
        ({"gateway": ""}, "Select whether they consent to it"),
        ({"gateway_reason": ""}, "Enter why you share without consent"),
        ({"agencies": ["999999"]}, "Select one of the answers shown"),
        ({"agencies": ["not a number"]}, "Select"),
    ],
)
def test_wrong_answers_are_named_and_kept(client, world, changes, message):
    case = stages.cleared(world)
    sign_in(client, world.officer)
    data = answers(world, question="Keep this", confirmed="yes") | changes
    page = client.post(url_of(case), data)
    text = page.content.decode()
    assert page.status_code == 200
    assert "<title>Error: Release this case" in " ".join(text.split())
    assert message in text
    assert "Keep this" in text
    assert not InformationRequest.objects.exists()


def test_an_agency_without_a_usual_power_needs_one(client, world):
    agency = world.agency("health")
    agency.power_to_share = ""
    agency.save()
    case = stages.cleared(world)
    sign_in(client, world.officer)
    page = client.post(url_of(case), answers(world)).content.decode()
    assert "Enter the legal power for sharing with Testshire health" in page
    with pytest.raises(ActionInvalid):
        stages.released(world)


def test_police_and_strangers_cannot_be_asked(world, elsewhere):
    for agency in (world.agency("police"), world.agency("council"), elsewhere.agency("health")):
        with pytest.raises(ActionInvalid):
            release.release(
                stages.cleared(world),
                agencies=[agency],
                due_on=clock.add_working_days(clock.today(), 5),
                question="",
                grounds=stages.grounds(),
                by=world.officer,
            )
    assert not InformationRequest.objects.exists()
    assert not Disclosure.objects.exists()


def test_the_action_itself_holds_every_rule(world):
    case = stages.cleared(world)
    ask = {"agencies": [world.agency("health")], "question": "", "grounds": stages.grounds()}
    due = clock.add_working_days(clock.today(), 5)
    with pytest.raises(ActionDenied):
        release.release(case, due_on=due, by=world.lead, **ask)
    with pytest.raises(ActionInvalid):
        release.release(case, due_on=clock.today(), by=world.officer, **ask)
    case.refresh_from_db()
    assert case.status == Status.DECONFLICTION


def test_a_stranger_release_tells_nothing_and_is_remembered(client, world, elsewhere):
    case = stages.cleared(world)
    sign_in(client, elsewhere.officer)
    assert client.post(url_of(case), answers(world)).status_code == 404
    refused = Event.objects.filter(type=EventType.REFUSED).get()
    assert refused.case_reference == ""


def test_nothing_is_released_before_its_check_is_clear(world):
    case = stages.screened(world)
    with pytest.raises(ActionInvalid):
        release.release(
            case,
            agencies=[],
            due_on=clock.add_working_days(clock.today(), 1),
            question="",
            grounds=stages.grounds(),
            by=world.officer,
        )
    case.refresh_from_db()
    assert case.status == Status.DECONFLICTION
