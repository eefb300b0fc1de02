"""Leaving Channel: the panel's decision, a report, the endorsements of policy, what follows."""

import datetime

import pytest

from accounts.roles import ShareKind
from channel.meetings import queries as meetings
from channel.support import queries
from channel.support.actions import exits, items
from channel.support.models import ExitReport, PlanItem, PostExitReview
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history.models import Event
from referrals.models import Case, Closure, SignOff
from referrals.workflow import Status
from tests import people, stages
from tests.access import as_user, expect

DAY = datetime.timedelta(days=1)
REPORT = {
    "outcome": "risk_reduced",
    "evidence": "No concern for five months.",
    "told": "He and his mother.",
    **stages.LEFT_FORM,
}
YES = {"endorses": "yes", "reason": "The evidence is good."}
NO = {"endorses": "no", "reason": "One month is too short."}


@pytest.fixture
def later():
    """The day after the panel of `stages.exit_decided`."""
    with clock.at(clock.now() + 31 * DAY):
        yield


@pytest.fixture
def case(world, request):
    """The panel has decided on exit; then the clock moves to the day after."""
    found = stages.exit_decided(world)
    request.getfixturevalue("later")
    return found


def url(case):
    return f"/cases/{case.reference}/exit/"


def page(user, case):
    return as_user(user).get(url(case)).content.decode()


def test_without_a_decision_there_is_no_exit(world):
    case = stages.plan_written(world)
    assert "The panel has not decided that this case leaves." in page(world.chair, case)
    assert as_user(world.chair).post(url(case), REPORT).status_code == 409
    assert not ExitReport.objects.exists()


def test_who_reads_and_who_acts(world, elsewhere, case):
    readers = [world.officer, world.supervisor, world.lead, world.chair, world.administrator]
    readers += [world.children, world.health]
    strangers = {None: 302, world.auditor: 404, elsewhere.chair: 404}
    expect(url(case), dict.fromkeys(readers, 200) | {world.provider: 404} | strangers)
    wrong = dict.fromkeys([world.lead, world.administrator, world.health], 403)
    expect(url(case), wrong | strangers, method="post", data=REPORT)
    stages.report(world, case)
    wrong |= {world.officer: 403}  # writes reports, signs for nobody
    expect(url(case), wrong | strangers, method="post", data=YES)
    assert not SignOff.objects.filter(what="exit").exists()


def test_the_report_comes_first(world, case):
    assert as_user(world.chair).post(url(case), YES).status_code == 200
    with pytest.raises(ActionInvalid):
        exits.sign_exit(case, endorses=True, reason="x", by=world.chair)
    text = as_user(world.officer).post(url(case), {**REPORT, "evidence": ""}).content.decode()
    assert "Enter what shows it" in text
    assert "<title>Error: " in text
    assert as_user(world.officer).post(url(case), REPORT).status_code == 302
    assert "0 of 2 endorsements" in page(world.chair, case)
    with pytest.raises(ActionInvalid):
        stages.report(world, case)  # one report a decision
    assert ExitReport.objects.count() == 1


def test_only_outcomes_of_an_exit(world, case):
    text = as_user(world.chair).post(url(case), {**REPORT, "outcome": "malicious"}).content.decode()
    assert "Select one of the answers shown" in text
    with pytest.raises(ActionInvalid):
        stages.report(world, case, outcome="malicious")
    with pytest.raises(ActionDenied):
        stages.report(world, case, by=world.lead)
    assert "Already supported" in text  # R174: support in place
    assert stages.report(world, case, outcome="already_supported").outcome == "already_supported"


def test_chair_and_police_both_endorse_and_the_case_leaves(world, case):
    stages.report(world, case)
    assert "Waiting for you" in page(world.chair, case)
    assert as_user(world.chair).post(url(case), YES).status_code == 302
    case.refresh_from_db()
    assert case.status == Status.SUPPORT
    text = page(world.supervisor, case)
    assert "1 of 2 endorsements" in text
    assert "Chair Invented, Testshire Council" in text
    assert "Waiting for you" not in page(world.chair, case)
    expect(url(case), {world.chair: 403, world.deputy: 403}, method="post", data=YES)
    assert as_user(world.supervisor).post(url(case), YES).status_code == 302

    case.refresh_from_db()
    today = clock.today()
    assert (case.status, case.next_due_what) == (Status.CLOSED, "6-month review")
    assert case.next_due_on == clock.add_months(today, 6)
    assert case.owner == world.officer
    due = list(PostExitReview.objects.values_list("months", "due_on", "mark"))
    assert due == [(m, clock.add_months(today, m), "COORDINATION") for m in (6, 12)]
    closure = Closure.objects.get(case=case)
    assert (closure.outcome, closure.stage, closure.mark) == ("risk_reduced", "SUPPORT", "PANEL")
    assert closure.destination == "The college mentor stays until July."
    assert set(PlanItem.objects.values_list("status", flat=True)) == {"stopped"}
    types = Event.objects.filter(case_reference=case.reference).values_list("type", flat=True)
    assert [one for one in types.order_by("pk") if one.startswith("case.exited")] == ["case.exited"]
    assert "Completed" in page(world.chair, case)
    expect(url(case), {world.supervisor: 409}, method="post", data=YES)


def test_delivery_ends_at_the_exit_and_the_panel_still_reads(world, case):
    assert Case.objects.visible_to(world.provider).exists()
    stages.report(world, case)
    for by in (world.supervisor, world.deputy):
        exits.sign_exit(case, endorses=True, reason="Yes.", by=by)
    assert not case.shares.filter(kind=ShareKind.DELIVER).exists()
    assert not Case.objects.visible_to(world.provider).exists()
    assert "Risk reduced" in page(world.health, case)
    ended = Event.objects.filter(type="case.unshared").values_list("details__agency", flat=True)
    assert set(ended) == {"Testshire Mentoring", "Testshire children's services"}


def test_what_is_running_ends_with_the_case_and_done_stays_done(world, case):
    done = items.start_item(PlanItem.objects.order_by("pk")[0], by=world.provider)
    items.record_progress(
        done, text="Finished.", on=clock.today(), status="done", version=2, by=world.provider
    )
    stages.report(world, case)
    for by in (world.supervisor, world.chair):
        exits.sign_exit(case, endorses=True, reason="Yes.", by=by)
    assert list(PlanItem.objects.order_by("pk").values_list("status", flat=True)) == [
        "done",
        "stopped",
    ]


def test_not_endorsed_goes_back_to_the_next_panel(world, case):
    stages.report(world, case)
    assert as_user(world.supervisor).post(url(case), NO).status_code == 302
    case.refresh_from_db()
    assert case.status == Status.SUPPORT
    text = page(world.chair, case)
    assert "One month is too short." in text
    assert "goes to the next panel, which decides again" in text
    assert "Waiting for you" not in text
    expect(url(case), {world.chair: 409}, method="post", data=YES)
    assert not Closure.objects.exists()


def test_endorsements_are_read_by_those_who_coordinate(world, case):
    stages.report(world, case)
    exits.sign_exit(case, endorses=True, reason="Police agree.", by=world.supervisor)
    for user in (world.health, world.education):
        text = page(user, case)
        assert "when those who coordinate it have endorsed the exit" in text
        for words in ("Police agree.", "Supervisor Invented", "Endorse", "1 of 2", "Waiting<"):
            assert words not in text, words
    assert "Police agree." in page(world.administrator, case)
    assert queries.signed_for(world.health, case, queries.exit_decision(case)) == []
    exits.sign_exit(case, endorses=False, reason="One month is too short.", by=world.chair)
    text = page(world.health, case)
    assert "One month is too short." not in text
    assert "Not endorsed" not in text
    assert "One month is too short." in page(world.lead, case)


def test_a_new_decision_of_the_panel_opens_a_new_round(world, case):
    stages.report(world, case)
    exits.sign_exit(case, endorses=False, reason="Too early.", by=world.chair)
    with clock.at(clock.now() + 30 * DAY):
        stages.meeting_held(world, "exit", case)
    with clock.at(clock.now() + 31 * DAY):
        assert "not written yet" in page(world.administrator, case)
        stages.report(world, case, outcome="risk_managed")
        for by in (world.chair, world.supervisor):
            exits.sign_exit(case, endorses=True, reason="Now it is time.", by=by)
    case.refresh_from_db()
    assert case.status == Status.CLOSED
    assert Closure.objects.get().outcome == "risk_managed"


def test_a_newer_decision_to_remain_takes_the_exit_back(world, case):
    stages.report(world, case)
    exits.sign_exit(case, endorses=True, reason="Good.", by=world.chair)
    with clock.at(clock.now() + 30 * DAY):
        stages.meeting_held(world, "remain", case)
        assert queries.exit_decision(case) is None
        expect(url(case), {world.supervisor: 409}, method="post", data=YES)


def test_both_fields_of_an_endorsement_are_needed(world, case):
    stages.report(world, case)
    text = as_user(world.chair).post(url(case), {}).content.decode()
    assert "Select whether you endorse the exit" in text
    assert "Enter your reason" in text
    assert not SignOff.objects.filter(what="exit").exists()


@pytest.mark.django_db
def test_with_the_panels_decision_alone_the_report_completes_the_exit():
    """Norfolk's seed: the panel's recorded decision is enough (R169)."""
    world = people.build(policy={"exit_sign_offs": {"value": ["panel"], "source": "seed"}})
    case = stages.exit_decided(world)
    with clock.at(clock.now() + 31 * DAY):
        text = page(world.officer, case)
        assert "Record the report and complete the exit" in text
        assert "Endorsements" not in text
        assert as_user(world.officer).post(url(case), REPORT).status_code == 302
        case.refresh_from_db()
        assert case.status == Status.CLOSED
        assert PostExitReview.objects.count() == 2
        assert "What followed" in page(world.officer, case)


@pytest.mark.django_db
def test_an_area_may_want_no_look_after_exit():
    policy = {
        "post_exit_months": {"value": [], "source": "default"},
        "exit_sign_offs": {"value": ["panel"], "source": "seed"},
    }
    world = people.build(policy=policy)
    case = stages.exit_decided(world)
    with clock.at(clock.now() + 31 * DAY):
        stages.report(world, case)
    case.refresh_from_db()
    assert (case.status, case.next_due_on, case.next_due_what) == (Status.CLOSED, None, "")


def test_a_case_whose_exit_is_on_its_way_waits_for_no_decision(world, case):
    meeting = stages.in_session(world)
    stages.report(world, case)
    assert meetings.undecided(meetings.agenda(world.chair, meeting)) == []
    stages.sign_both(world, case)
    assert meetings.undecided(meetings.agenda(world.chair, meeting)) == []
