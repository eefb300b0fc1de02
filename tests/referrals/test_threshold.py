"""The threshold test: at the point that policy names, with three risks, and for whom to read."""

import datetime

import pytest
from django.urls import reverse

from channel.casework import work as works
from channel.casework.actions import sign_convening
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.models import Event
from referrals import concerns
from referrals.actions import deconfliction, hold, release, requests, screening, threshold
from referrals.models import Case, ThresholdRisk, ThresholdTest
from tests import stages
from tests.access import as_user, expect
from vaf.actions import assessments

FORM = {
    "circumstances": "Alone since the summer.",
    "is_vulnerable": "yes",
    "rationale": "Somebody older gives him tasks.",
    "level": "towards",
    "to_person": "One man draws him in.",
    "from_person": "None known.",
    "to_providers": "Visits in pairs.",
    "terrorism_risk_owner": "Testshire Police",
    "safeguarding_risk_owner": "Testshire Council",
    "sensitive": "no",
}


def url(case, name="case_threshold"):
    return reverse(name, args=[case.reference])


def page(user, case, name="case_threshold"):
    return as_user(user).get(url(case, name)).content.decode()


def point(world, name):
    world.area.policy = {"threshold_point": {"value": name, "source": "default"}}
    world.area.save()


def test_police_record_it_and_the_coordinators_read_it_once_it_is_clear(world, elsewhere):
    case = stages.screened(world)
    browser = as_user(world.officer)
    first = browser.get(url(case)).content.decode()
    assert "police of this area only, until everything is clear" in first
    assert 'value="Testshire Police"' in first
    assert 'value="Testshire Council"' in first
    assert "Enter the risk to the person" in browser.post(url(case), {}).content.decode()
    assert browser.post(url(case), FORM)["Location"] == url(case)
    test = ThresholdTest.objects.get()
    assert {test.mark, *test.risks.values_list("mark", flat=True)} == {"POLICE"}
    assert Event.objects.get(type=EventType.THRESHOLD_RECORDED).mark == "POLICE"
    deconfliction.deconflict(case, outcome="clear", systems=["pnc"], by=world.officer)
    marks = dict(ThresholdRisk.objects.values_list("of", "mark"))
    coordinators = {"to_person": "COORDINATION", "from_person": "COORDINATION"}
    assert marks == {**coordinators, "to_providers": "PANEL"}
    nobody = {world.lead: 404, world.health: 404, elsewhere.officer: 404, None: 302}
    expect(url(case), {**nobody, world.officer: 200, world.supervisor: 200})


def test_after_the_release_it_is_read_and_recorded_by_the_right_people(world):
    case = stages.released(world)
    assert "No threshold test has been recorded." in page(world.lead, case)
    readers = {world.lead: 200, world.chair: 200, world.health: 404, world.children: 404}
    expect(url(case), readers)
    expect(url(case), {world.lead: 403, world.chair: 403}, method="post", data=FORM)
    as_user(world.officer).post(url(case), FORM)
    shown = page(world.lead, case)
    for words in ("Met: a vulnerability is present", "One man draws him in.", "Not recorded"):
        assert words in shown
    assert "Level 3: moving towards extremism" in shown
    assert "Record the test" not in shown
    assert "Threshold test recorded" in page(world.lead, case, "case_timeline")


def test_what_is_recorded_during_a_hold_stays_with_police(world):
    case = stages.released(world)
    check = {"outcome": "conflict", "systems": ["pnc"], "reason": "r", "by": world.officer}
    deconfliction.deconflict(case, **check)
    stages.tested(world, case)
    assert "No threshold test has been recorded." in page(world.lead, case)
    assert "Threshold test recorded" not in page(world.lead, case, "case_timeline")
    deconfliction.deconflict(case, outcome="clear", systems=["pnc"], by=world.officer)
    assert "Met: a vulnerability is present" in page(world.lead, case)


def test_at_receipt_the_referral_goes_on_only_after_the_test(world):
    point(world, "receipt")
    case = screening.take(stages.received(world), by=world.officer)
    assert "Record the threshold test" in page(world.officer, case, "case_overview")
    go_on = {"outcome": "go_on", "reason": "Look at it."}
    given = {**go_on, "confirmed": "yes"}
    refused = as_user(world.officer).post(url(case, "case_screening"), given)
    assert refused.status_code == 409
    assert "This area asks for it before the referral goes on" in refused.content.decode()
    stages.tested(world, case)
    assert "Record screening" in page(world.officer, case, "case_overview")
    screening.screen(case, **go_on, by=world.officer)
    assert Case.objects.get().status == "DECONFLICTION"


def test_before_release_the_release_waits_for_it(world):
    point(world, "release")
    case = stages.cleared(world)
    assert "Record the threshold test" in page(world.officer, case, "case_overview")
    refused = as_user(world.officer).get(url(case, "case_release"))
    assert refused.status_code == 409
    assert "before the case is released" in refused.content.decode()
    given = {"question": "", "grounds": stages.grounds(), "by": world.officer}
    given["due_on"] = clock.add_working_days(clock.today(), 10)
    with pytest.raises(ActionInvalid, match="before the case is released"):
        release.release(case, agencies=[], **given)
    stages.tested(world, case)
    assert release.release(case, agencies=[], **given).status == "ASSESSMENT"


def test_at_assessment_nobody_endorses_convening_before_it(world):
    stages.framework()
    case = requests.begin_assessment(stages.answered(world), by=world.officer)
    assert "Record the threshold test" in page(world.officer, case, "case_overview")

    draft = assessments.start(case, point="initial", by=world.officer)
    stages.rate(draft, world.officer)
    assessments.sign(draft, by=world.officer)
    given = {"result": "panel", "grounds": "There are grounds."}
    with pytest.raises(ActionInvalid, match="before the panel is convened"):
        sign_convening(case, **given, by=world.chair)
    shown = page(world.chair, case, "case_convene")
    assert "This area asks for it before the panel is convened" in shown
    assert 'name="result"' not in shown

    def to_sign():
        return next(one for one in works.work(world.chair).sections if one.key == "sign").rows

    assert to_sign() == []
    stages.tested(world, case)
    assert len(to_sign()) == 1
    stages.tested(world, case, is_vulnerable=False)
    assert to_sign() == [], "the newest test counts"
    stages.tested(world, case)
    sign_convening(case, result="no_action", grounds="Not yet.", by=world.chair)
    assert 'name="result"' in page(world.supervisor, case, "case_convene")


def test_not_met_leaves_at_once(world):
    point(world, "release")
    case = stages.cleared(world)
    browser = as_user(world.officer)
    said = browser.post(url(case), {**FORM, "is_vulnerable": "no"})
    assert said["Location"] == url(case, "case_close")
    bar = page(world.officer, case, "case_overview")
    assert "the threshold is not met" in bar
    refused = browser.get(url(case, "case_release"))
    assert "found no vulnerability to radicalisation" in refused.content.decode()
    case.next_due_on = clock.today()
    case.save()
    rows = [row for one in works.work(world.officer).sections for row in one.rows]
    assert "Close the case" in {row.what for row in rows}
    stages.tested(world, case)
    assert "the threshold is not met" not in page(world.officer, case, "case_overview")


def test_the_panel_reads_the_risk_to_those_who_give_support(world):
    case = stages.at_panel(world)
    stages.issued(world)
    shown = page(world.education, case, "case_panel")
    assert stages.RISKS["to_providers"] in shown
    assert stages.RISKS["from_person"] not in shown
    expect(url(case), {world.education: 404})


def test_types_of_concern_have_their_time_and_are_never_wanted(world):
    then, later = datetime.date(2023, 5, 1), datetime.date(2026, 11, 20)
    assert concerns.is_valid("mixed", then)
    assert not concerns.is_valid("mixed", later)
    assert not concerns.is_valid("nonsense", later)
    assert concerns.is_valid("", later)
    assert "violence" in dict(concerns.choices(later))
    case = stages.released(world)
    for wrong in ({"concern_assessed": "mixed"}, {"concern_referred": "mixed"}):
        with pytest.raises(ActionInvalid, match="type of concern"):
            stages.tested(world, case, **wrong)
    stages.tested(world, case, concern_referred="other", concern_assessed="incel")
    shown = page(world.lead, case)
    assert "Incel" in shown


def test_what_the_action_wants(world):
    case = stages.received(world)
    with pytest.raises(ActionInvalid):
        stages.tested(world, case)
    case = stages.released(world, name="B")
    draft = stages.threshold_draft()
    with pytest.raises(ActionDenied):
        threshold.record_test(case, draft, risks=stages.RISKS, by=world.lead)
    for risks in ({}, {**stages.RISKS, "to_person": " "}):
        with pytest.raises(ActionInvalid, match="three risks"):
            threshold.record_test(case, draft, risks=risks, by=world.officer)
    with pytest.raises(ActionInvalid, match="Name who owns"):
        stages.tested(world, case, safeguarding_risk_owner=" ")
    hold.hold(case, reason="r", by=world.officer)
    assert stages.tested(world, case).mark == "COORDINATION"
