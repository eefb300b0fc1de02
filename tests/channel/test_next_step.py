"""The three results of convening: the panel, no further action, a safeguarding concern (R132)."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from channel.casework import work as works
from channel.casework.actions import sign_convening
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from referrals.actions import closing, hold
from referrals.actions.lifecycle import make_move
from referrals.models import Closure, SignOff
from tests import people, stages
from tests.access import as_user, expect

GROUNDS = "School and his family look after this."
LEFT = {**stages.LEFT_FORM, "outcome": "not_susceptible", "reason": "Agreed.", "sensitive": "no"}
RAISED = {"safeguarding_person": "A. Lead, school", "safeguarding_raised_on": clock.today()}


def sign(case, by, result="no_action", **changes):
    return sign_convening(case, **{"result": result, "grounds": GROUNDS, **changes}, by=by)


def close(case, by, **changes):
    given = {"outcome": "not_susceptible", "reason": "Agreed.", "leaving": stages.leaving()}
    return closing.close_case(case, **given | changes, by=by)


def url(case, name="case_convene"):
    return reverse(name, args=[case.reference])


def page(user, case, name="case_convene"):
    return " ".join(as_user(user).get(url(case, name)).content.decode().split())


def listed(user, key):
    found = works.work(user).sections
    return [row.what for one in found if one.key == key for row in one.rows]


def today(name):
    return {f"{name}_{part}": getattr(clock.today(), part) for part in ("day", "month", "year")}


def test_who_may_sign_for_which_result(world, elsewhere):
    case = stages.assessed(world)
    answer = {"result": "no_action", "grounds": GROUNDS}
    out = {None: 302, elsewhere.chair: 404, world.children: 404, world.provider: 404}
    roles = dict.fromkeys((world.officer, world.lead, world.administrator), 403)
    expect(url(case), {**out, **roles}, method="post", data=answer)
    expect(url(case), {world.chair: 302, world.supervisor: 302}, method="post", data=answer)
    assert list(SignOff.objects.values_list("result", flat=True)) == ["no_action"] * 2


def test_no_further_action_ends_in_the_usual_way_out(world):
    case = stages.assessed(world)
    chair, police = as_user(world.chair), as_user(world.supervisor)
    chair.post(url(case), {"result": "no_action", "grounds": GROUNDS})
    assert listed(world.officer, "agreed") == []
    limited = page(world.officer, case, "case_close")
    assert "have not agreed that it leaves" in limited
    assert "Not vulnerable to radicalisation" not in limited
    last = police.post(url(case), {"result": "no_action", "grounds": GROUNDS})
    assert last["Location"] == url(case, "case_close")
    case.refresh_from_db()
    assert case.status == "ASSESSMENT"
    assert "All have signed for no further action" in page(world.chair, case)
    assert "those who convene agree that it leaves" in page(world.officer, case, "case_overview")
    assert "agree that it leaves" not in page(world.lead, case, "case_overview")
    assert listed(world.officer, "agreed") == listed(world.supervisor, "agreed")
    assert listed(world.officer, "agreed") == ["Close the case"]
    assert listed(world.chair, "agreed") == []
    shown = page(world.officer, case, "case_close")
    assert "Those who convene have agreed that the case leaves" in shown
    missing = police.post(url(case, "case_close"), {**LEFT, "safeguarding_concern": ""})
    assert "Select whether there is a safeguarding concern" in missing.content.decode()
    assert police.post(url(case, "case_close"), LEFT).status_code == 302
    case.refresh_from_db()
    closure = Closure.objects.get()
    assert (case.status, closure.stage) == ("CLOSED", "ASSESSMENT")
    assert closure.basis == "Not referred to a panel: section 36(3)"
    assert listed(world.officer, "agreed") == []
    assert "agree that it leaves" not in page(world.officer, case, "case_overview")


def test_a_safeguarding_concern_is_raised_before_the_case_leaves(world):
    case = stages.assessed(world)
    answer = {"result": "safeguarding", "grounds": GROUNDS, "beside": "no"}
    browser = as_user(world.chair)
    shown = browser.post(url(case), {**answer, "beside": ""}).content.decode()
    assert "Select whether the panel hears the case as well" in shown
    assert "Enter who raises the safeguarding concern" in shown
    answer |= {"safeguarding_person": "A. Lead, school"}
    browser.post(url(case), answer)
    assert "will be raised by A. Lead, school" in page(world.supervisor, case)
    assert 'value="A. Lead, school"' in page(world.supervisor, case), "the next need not type it"
    as_user(world.supervisor).post(url(case), {**answer, **today("safeguarding_raised_on")})
    assert "was raised by A. Lead, school on" in page(world.chair, case)
    shown = page(world.officer, case, "case_close")
    assert 'value="A. Lead, school"' in shown
    for leaving in (stages.leaving(), stages.raised(safeguarding_raised_on=None)):
        with pytest.raises(ActionInvalid):
            close(case, world.officer, outcome="other_needs", leaving=leaving)
    told = as_user(world.officer).post(url(case, "case_close"), LEFT).content.decode()
    assert "A safeguarding concern or assessment was agreed on" in told
    closure = close(case, world.officer, outcome="other_needs", leaving=stages.raised())
    assert closure.safeguarding_person == "A. Lead, school"


def test_a_concern_beside_the_panel_convenes_it(world):
    case = stages.assessed(world)
    answer = {"result": "safeguarding", "grounds": GROUNDS, "beside": "yes"}
    answer |= {"safeguarding_person": "A. Lead, school"}
    browser = as_user(world.chair)
    assert "Enter when it was raised" in browser.post(url(case), answer).content.decode()
    browser.post(url(case), {**answer, **today("safeguarding_raised_on")})
    assert SignOff.objects.get().basis == "Reasonable grounds to refer to a panel: section 36(3)"
    assert sign(case, world.supervisor, "beside", **RAISED).status == "PANEL"
    assert page(world.chair, case).count("was raised by A. Lead, school") == 2


def test_nothing_moves_until_the_parties_agree(world):
    case = stages.assessed(world)
    sign(case, world.chair, "panel")
    assert sign(case, world.supervisor, "safeguarding", **RAISED).status == "ASSESSMENT"
    for user in (world.chair, world.deputy, world.supervisor):
        assert listed(user, "sign") == ["Sign-offs differ: agree"]
    assert listed(world.officer, "agreed") == []
    with pytest.raises(ActionInvalid, match="agree first"):
        close(case, world.officer)
    with pytest.raises(ActionInvalid, match="signed already"):
        sign(case, world.chair, "panel")
    assert sign(case, world.chair, "no_action").status == "ASSESSMENT"
    assert sign(case, world.supervisor, "panel").status == "ASSESSMENT"
    assert sign(case, world.deputy, "panel").status == "PANEL"
    assert SignOff.objects.filter(replaced_at=None).count() == 2
    assert SignOff.objects.count() == 5
    assert listed(world.chair, "sign") == []


def test_who_agreed_can_change_their_mind_until_the_case_is_closed(world):
    case = stages.assessed(world)
    sign(case, world.chair)
    sign(case, world.supervisor)
    with pytest.raises(ActionDenied):
        sign(case, world.deputy, "panel")
    assert "Change what the panel chair signed" in page(world.chair, case)
    sign(case, world.chair, "panel")
    with pytest.raises(ActionInvalid, match="agree first"):
        close(case, world.officer)


@pytest.mark.parametrize("outcome", ["investigation", "left_area", "duplicate"])
def test_what_police_decide_alone_waits_for_nobody(world, outcome):
    case = stages.assessed(world)
    sign(case, world.chair, "panel")
    assert close(case, world.officer, outcome=outcome).outcome == outcome


def test_the_chair_sees_no_hold_in_what_they_sign(world):
    case = stages.assessed(world)
    sign(case, world.chair)
    hold.hold(case, reason="A live inquiry.", by=world.officer)
    with pytest.raises(ActionInvalid, match="agree first"):
        close(case, world.officer)
    assert "Your answer" not in page(world.chair, case)
    assert "held" not in page(world.chair, case).lower().split("<main")[1]


def test_a_threshold_that_is_not_met_leaves_without_the_panel(world):
    case = stages.assessed(world)
    stages.tested(world, case, is_vulnerable=False)
    shown = page(world.chair, case)
    assert "found no vulnerability to radicalisation" in shown
    assert 'value="no_action"' in shown
    assert 'value="panel"' not in shown
    assert 'name="beside"' not in shown
    answer = {"result": "safeguarding", "grounds": GROUNDS, "safeguarding_person": "A. Lead"}
    assert as_user(world.chair).post(url(case), answer).status_code == 302
    assert SignOff.objects.get().result == "safeguarding"
    assert listed(world.supervisor, "sign") == ["Sign off convening"]
    with pytest.raises(ActionInvalid):
        sign(case, world.supervisor, "panel")
    assert close(case, world.officer).outcome == "not_susceptible"  # R67: at once


def test_what_the_action_wants(world):
    case = stages.assessed(world)
    tomorrow = clock.today() + datetime.timedelta(days=1)
    for wrong, words in (
        ({"result": "later"}, "what should happen next"),
        ({"grounds": " "}, "your grounds"),
        ({"result": "safeguarding"}, "Name the person"),
        ({"result": "beside", "safeguarding_person": "A"}, "Enter when"),
        ({"result": "beside", **RAISED, "safeguarding_raised_on": tomorrow}, "in the future"),
    ):
        with pytest.raises(ActionInvalid, match=words):
            sign(case, world.chair, **wrong)
    sign(case, world.chair, **RAISED)
    assert SignOff.objects.get().safeguarding_person == "", "what no concern needs is left out"


@pytest.mark.parametrize(
    "wrong",
    [
        {"result": ""},
        {"endorses": False},
        {"result": "safeguarding"},
        {"result": "beside", "safeguarding_person": "A. Lead"},
    ],
)
def test_the_database_refuses_what_is_not_whole(world, wrong):
    case = stages.assessed(world)
    row = {"what": "convening", "party": "chair", "endorses": True, "result": "panel"}
    row |= {"reason": "r", "by": world.chair, "role": "panel_chair"}
    with pytest.raises(IntegrityError), transaction.atomic():
        SignOff.objects.create(case=case, agency=world.agency("council"), **row | wrong)


@pytest.mark.parametrize("parties", [["case_officer"], ["prevent_lead", "case_officer"]])
def test_every_policy_counts_its_own_parties(db, parties):
    policy = {"convening_sign_offs": {"value": parties, "source": "default"}}
    world = people.build(policy=policy)
    case = stages.assessed(world)
    signers = {"case_officer": world.officer, "prevent_lead": world.lead}
    for party in parties:
        with pytest.raises(ActionInvalid):
            close(case, world.officer)
        sign(case, signers[party])
    with pytest.raises(ActionDenied):
        sign(case, world.chair)
    assert close(case, world.officer).stage == "ASSESSMENT"


def test_going_back_for_information_begins_anew(world):
    case = stages.assessed(world)
    sign(case, world.chair)
    sign(case, world.supervisor)
    case = make_move(case, "gather_again", by=world.officer)
    case = make_move(case, "begin_assessment", by=world.officer)
    with pytest.raises(ActionInvalid, match="agree first"):
        close(case, world.officer)
    assert listed(world.officer, "agreed") == []


def test_what_another_area_signed_counts_no_more(world, elsewhere):
    case = stages.assessed(world)
    sign(case, world.chair, "panel")
    moved = SignOff.objects.get()
    moved.agency = elsewhere.agency("council")
    moved.save()
    assert sign(case, world.supervisor, "panel").status == "ASSESSMENT"
    assert "Signed before" in page(world.supervisor, case)
    assert listed(world.chair, "sign") == ["Sign off convening"]
    assert sign(case, world.chair, "panel").status == "PANEL"


def test_what_was_signed_is_corrected_by_signing_it_again(world):
    case = stages.assessed(world)
    person = {"safeguarding_person": RAISED["safeguarding_person"]}
    sign(case, world.chair, "safeguarding", grounds="Alone at night.", **person)
    sign(case, world.chair, "safeguarding", grounds="Alone at night, and a threat.", **RAISED)
    now = SignOff.objects.get(replaced_at=None)
    assert (now.reason, now.safeguarding_person) == (
        "Alone at night, and a threat.",
        RAISED["safeguarding_person"],
    )
