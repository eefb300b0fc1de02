"""An overt investigation: the three conditions, and the panel that cannot adopt before it agreed."""

import datetime

import pytest
from django.urls import reverse

from channel.casework import work as works
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.models import Event
from prevent_cms.workflow import NOT_NOW
from referrals import clearance
from referrals.actions import deconfliction, joining, people
from referrals.models import OvertInvestigation, Referral
from tests import stages
from tests.access import as_user, expect, steady

OVERT = {"systems": ["pnc"], "outcome": "overt", "reason": "On bail after a search."}
HOW = {
    "told": "In the interview",
    "action_taken": "Arrest at home",
    "officer": "Sergeant Invented",
    "manageable": "Bail conditions hold.",
}


def url(case, name="case_deconfliction"):
    return reverse(name, args=[case.reference])


def dated(name, day):
    return {f"{name}_{part}": getattr(day, part) for part in ("day", "month", "year")}


def check(case, by, **changes):
    given = {**OVERT, "overt": stages.overt_conditions(), **changes}
    return deconfliction.deconflict(case, **given, by=by)


def agree(case, by, **changes):
    given = {"on": clock.today(), "words": "The panel can manage it.", **changes}
    return deconfliction.record_agreement(case, **given, by=by)


def to_review(user):
    found = works.work(user).sections
    return [row.case.reference for one in found if one.key == "overt" for row in one.rows]


def test_the_day_of_its_review_stands_in_the_work_of_police_alone(world):
    case = stages.screened(world)
    soon = clock.today() + datetime.timedelta(days=1)
    check(case, world.officer, overt=stages.overt_conditions(review_on=soon))
    assert to_review(world.officer) == []
    with clock.at(clock.now() + datetime.timedelta(days=2)):
        assert to_review(world.officer) == to_review(world.supervisor) == [case.reference]
        assert to_review(stages.second_officer(world)) == []
        shown = as_user(world.officer).get("/work/").content.decode()
        assert "Overt investigations to review" in shown
        assert to_review(world.chair) == to_review(world.lead) == []
        check(case, world.officer, outcome="clear", overt=None)
        assert to_review(world.officer) == [], "a newer check has taken its place"


def test_the_conditions_are_asked_for_on_the_check_page_and_kept(world):
    case, browser = stages.screened(world), as_user(world.officer)
    page = browser.post(url(case), {**OVERT, "seen": 0}).content.decode()
    assert "How the conditions are met" in page
    page = browser.post(url(case), {**OVERT, "seen": 0, "confirmed": "yes"}).content.decode()
    assert "Enter how and when the person was told" in page
    later = clock.today() + datetime.timedelta(days=30)
    given = {**OVERT, **HOW, **dated("review_on", later), "seen": 0, "confirmed": "yes"}
    before = clock.today() - datetime.timedelta(days=3)
    assert browser.post(url(case), given | dated("action_on", before)).status_code == 302
    case.refresh_from_db()
    kept = OvertInvestigation.objects.get()
    assert (case.status, kept.mark, kept.officer) == ("DECONFLICTION", "POLICE", HOW["officer"])
    assert Referral.objects.get(case=case).cleared_at
    assert Event.objects.filter(type=EventType.DECONFLICTION_OVERT, mark="POLICE").count() == 1
    shown = browser.get(url(case, "case_screening")).content.decode()
    assert "Arrest at home" in shown
    assert "until then the case cannot be adopted" in shown


def test_without_conditions_it_holds_nobody_and_goes_nowhere(world):
    case = stages.screened(world)
    with pytest.raises(ActionInvalid, match="three conditions"):
        check(case, world.officer, overt=None)
    with pytest.raises(ActionInvalid, match="three conditions"):
        check(case, world.officer, outcome="clear")
    with pytest.raises(ActionInvalid, match="reason"):
        check(case, world.officer, reason=" ")


def test_the_panel_adopts_only_once_its_agreement_is_recorded(world):
    case = stages.at_panel(world)
    check(case, world.officer)
    bar = as_user(world.officer).get(url(case, "case_overview")).content.decode()
    assert "Record the panel&#x27;s agreement" in bar
    item = stages.in_session(world).items.get(case=case)
    with pytest.raises(ActionInvalid, match=NOT_NOW[:20]):
        stages.decide(world, item)
    agree(case, world.officer)
    stages.decide(world, item)
    case.refresh_from_db()
    assert case.status == "SUPPORT"
    again = [EventType.DECONFLICTION_OVERT, EventType.OVERT_AGREED]
    assert Event.objects.filter(type__in=again, mark="POLICE").count() == 2


def test_nobody_else_sees_that_it_was_recorded(world):
    case = stages.at_panel(world)
    others = (world.lead, world.chair, world.health)
    names = ("case_overview", "case_panel", "case_timeline")
    before = [steady(as_user(who).get(url(case, name))) for who in others for name in names]
    events = Event.objects.exclude(mark="POLICE").count()
    check(case, world.officer)
    agree(case, world.officer)
    assert Event.objects.exclude(mark="POLICE").count() == events
    assert [steady(as_user(who).get(url(case, name))) for who in others for name in names] == before


def test_the_page_of_the_agreement(world, elsewhere):
    case = stages.at_panel(world)
    expect(url(case, "case_overt"), {world.officer: 409, world.lead: 403, world.health: 403})
    check(case, world.officer)
    answers = {world.officer: 200, world.supervisor: 200, world.chair: 403, elsewhere.officer: 404}
    expect(url(case, "case_overt"), {**answers, None: 302})
    browser = as_user(world.officer)
    assert "Confirm that" in browser.post(url(case, "case_overt"), {}).content.decode()
    given = {"was_there": "on", "words": "Agreed, monthly word.", **dated("on", clock.today())}
    assert browser.post(url(case, "case_overt"), given).status_code == 302
    assert OvertInvestigation.objects.get().agreed_words == "Agreed, monthly word."
    assert "Agreed, monthly word." in browser.get(url(case, "case_screening")).content.decode()
    expect(url(case, "case_overt"), {world.officer: 409})


def test_what_the_agreement_wants(world):
    case = stages.at_panel(world)
    with pytest.raises(ActionInvalid):
        agree(case, world.officer)
    check(case, world.officer)
    with pytest.raises(ActionDenied):
        agree(case, world.chair)
    tomorrow = clock.today() + datetime.timedelta(days=1)
    for wrong in ({"on": tomorrow}, {"words": " "}):
        with pytest.raises(ActionInvalid, match="on which day"):
            agree(case, world.officer, **wrong)
    check(case, world.officer, outcome="conflict", overt=None)
    case.refresh_from_db()
    assert case.status == "HELD"
    check(case, world.officer)
    case.refresh_from_db()
    assert case.status == "PANEL"


def test_systems_are_the_areas_list_and_one_beside_it(world):
    case, browser = stages.screened(world), as_user(world.officer)
    world.area.policy = {"check_systems": {"value": ["pnc", "Port records"], "source": "default"}}
    world.area.save()
    page = browser.get(url(case)).content.decode()
    assert "Port records" in page
    assert "CT HOLMES" not in page
    nothing = {"outcome": "clear", "seen": 0}
    assert "Select the systems" in browser.post(url(case), nothing).content.decode()
    given = {**nothing, "other_systems": "Custody log", "confirmed": "yes"}
    browser.post(url(case), {**given, "systems": ["Port records"]})
    page = browser.get(url(case, "case_screening")).content.decode()
    assert "Port records" in page
    assert "Custody log" in page
    overview = browser.get(url(case, "case_overview")).content.decode()
    assert "2 systems checked" in overview
    with pytest.raises(ActionInvalid, match="systems"):
        check(case, world.officer, systems=["local"])


@pytest.mark.parametrize(
    "name", ["case_release", "case_share", "case_notice_new", "case_close", "case_one_time"]
)
def test_what_comes_from_intelligence_does_not_leave_police(world, name):
    case = stages.cleared(world) if name == "case_release" else stages.released(world)
    browser = as_user(world.officer)
    assert (
        "Does any of this come from intelligence?" in browser.get(url(case, name)).content.decode()
    )
    page = browser.post(url(case, name), {"sensitive": "yes", "confirmed": "yes"})
    assert "Take out whatever comes from an intelligence service" in page.content.decode()
    page = browser.post(url(case, name), {"confirmed": "yes"}).content.decode()
    assert "Select whether any of this comes from intelligence" in page


def test_others_and_closed_rooms_are_not_asked(world):
    early = stages.screened(world, name="A")
    asked = "Does any of this come from intelligence?"
    assert asked not in as_user(world.officer).get(url(early, "case_close")).content.decode()
    case = stages.released(world)
    assert asked not in as_user(world.lead).get(url(case, "case_notice_new")).content.decode()


def test_the_clear_check_of_a_repeat_leaves_the_investigation_as_it_was(world):
    case = stages.released(world)
    check(case, world.officer)
    assert clearance.awaits_agreement(case)
    again = stages.screened(world, name="Calum Brayford")
    deconfliction.deconflict(
        again, systems=["pnc"], outcome="clear", reason="Nothing.", by=world.officer
    )
    people.compare_persons(again, other=case, verdict="same", by=world.officer)
    joining.join_referral(again, into=case, reason="The same story.", by=world.officer)
    assert clearance.awaits_agreement(case), "it was said of the other referral"
    with clock.at(clock.now() + datetime.timedelta(days=40)):
        assert to_review(world.officer) == [case.reference]
        check(case, world.officer, outcome="clear", overt=None)
        assert not clearance.awaits_agreement(case)
        assert to_review(world.officer) == []
