"""The check against investigations: what clears, what holds, and what nobody else can notice."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.urls import reverse

from prevent_cms import wall
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.models import Event
from prevent_cms.workflow import NOT_NOW
from referrals.actions import deconfliction, hold
from referrals.models import Case, Deconfliction, HoldDecision, Referral
from tests import people, stages
from tests.access import as_user, expect, steady

CLEAR = {"systems": ["pnc", "local"], "outcome": "clear"}
CONFLICT = {"systems": ["pnc"], "outcome": "conflict", "reason": "See the record of the inquiry."}


def url(case, name="case_deconfliction"):
    return reverse(name, args=[case.reference])


def check(case, by, given=CLEAR, **more):
    return deconfliction.deconflict(case, **{**given, **more}, by=by)


def test_who_may(world, elsewhere):
    case = stages.screened(world)
    nobody = {None: 302, world.lead: 404, world.health: 404, elsewhere.officer: 404}
    for name in ("case_deconfliction", "case_hold"):
        expect(url(case, name), {**nobody, world.officer: 200, world.supervisor: 200})
        expect(url(case, name), nobody, method="post")
        expect(url(case, name), {world.officer: 405}, method="put")
    released = stages.released(world)
    for name in ("case_deconfliction", "case_hold", "case_resume"):
        expect(url(released, name), {world.lead: 403, world.chair: 403, world.health: 403})


def test_clear_is_checked_first_and_then_saved(world):
    case = stages.screened(world)
    client = as_user(world.officer)
    page = client.get(url(case)).content.decode()
    assert not re.search(r"<input[^>]* checked", page)
    first = client.post(url(case), {**CLEAR, "seen": 0}).content.decode()
    assert "No agency outside police can tell that this case exists" in first
    assert "You can release the case next" in first
    assert not Deconfliction.objects.exists()
    saved = client.post(url(case), {**CLEAR, "seen": 0, "confirmed": "yes"})
    assert saved["Location"] == reverse("case_release", args=[case.reference])
    referral = Referral.objects.get(case=case)
    assert referral.mark == "COORDINATION"
    assert referral.cleared_at is not None
    assert Event.objects.filter(type=EventType.DECONFLICTION_CLEAR, mark="POLICE").count() == 1


def test_clear_alone_lets_nobody_in(world):
    case = stages.cleared(world)
    pages = ("case_referral", "case_timeline", "case_deconfliction", "case_screening", "case_close")
    for name in pages:
        expect(url(case, name), {world.lead: 404, world.chair: 404, world.children: 404})


def test_what_is_missing(world):
    case = stages.screened(world)
    client = as_user(world.officer)
    page = client.post(url(case)).content.decode()
    assert "Select the systems that you searched" in page
    assert "Select the result of the check" in page
    page = client.post(url(case), {**CONFLICT, "reason": ""}).content.decode()
    assert "Enter the reason" in page
    with pytest.raises(ActionInvalid, match="systems"):
        check(case, world.officer, systems=[])
    with pytest.raises(ActionInvalid, match="systems"):
        check(case, world.officer, systems=["gossip"])
    with pytest.raises(ActionInvalid, match="reason"):
        check(case, world.officer, CONFLICT, reason=" ")
    with pytest.raises(ActionDenied):
        check(case, world.lead)
    assert not Deconfliction.objects.exists()


@pytest.mark.parametrize("outcome", ["conflict", "major_risk", "investigation"])
def test_anything_else_holds_and_clear_resumes(world, outcome):
    case = stages.screened(world)
    check(case, world.officer, CONFLICT, outcome=outcome)
    case.refresh_from_db()
    assert (case.status, case.held_from) == ("HELD", "DECONFLICTION")
    assert Referral.objects.get(case=case).cleared_at is None
    check(case, world.officer)
    case.refresh_from_db()
    assert (case.status, case.held_from) == ("DECONFLICTION", "")
    types = list(Event.objects.filter(case_reference=case.reference).values_list("type", flat=True))
    for kind in ("CASE_HELD", "CASE_RESUMED", "DECONFLICTION_CLEAR", "DECONFLICTION_CONFLICT"):
        assert types.count(EventType[kind]) == 1


def test_a_second_conflict_leaves_it_held(world):
    case = stages.screened(world)
    check(case, world.officer, CONFLICT)
    check(case, world.officer, CONFLICT)
    case.refresh_from_db()
    assert case.held_from == "DECONFLICTION"
    assert Event.objects.filter(type=EventType.CASE_HELD).count() == 1


def test_not_before_screening_and_not_when_closed(world):
    case = stages.received(world)
    response = as_user(world.officer).get(url(case))
    assert response.status_code == 409
    assert NOT_NOW in response.content.decode()
    with pytest.raises(ActionInvalid):
        check(case, world.officer)


def test_a_check_made_meanwhile_is_not_overlooked(world):
    case = stages.screened(world)
    check(case, world.supervisor, CONFLICT)
    given = {**CLEAR, "seen": 0, "confirmed": "yes"}
    response = as_user(world.officer).post(url(case), given)
    assert response.status_code == 409
    assert "Somebody else has recorded a check" in response.content.decode()
    case.refresh_from_db()
    assert case.status == "HELD"


def test_outside_police_a_hold_changes_nothing(world):
    case = stages.released(world)
    case.refresh_from_db()
    before = {name: getattr(case, name) for name in ("stage", "status_since", "next_due_on")}
    timeline = url(case, "case_timeline")
    seen = as_user(world.health).get(timeline).content.decode().count("moj-timeline__item")
    check(case, world.officer, CONFLICT)
    case.refresh_from_db()
    assert case.status == "HELD"
    assert before == {name: getattr(case, name) for name in before}
    page = as_user(world.health).get(timeline).content.decode()
    assert page.count("moj-timeline__item") == seen
    for word in ("Held", "held", "not clear", "onflict"):
        assert word not in page


def seen_by(user, case):
    """Everything this person can open of the case."""
    client, found = as_user(user), {}
    for name in ("case_overview", "case_referral", "case_requests", "case_timeline"):
        found[name] = client.get(url(case, name))
    found["list"] = client.get("/cases/")
    return {name: (one.status_code, steady(one)) for name, one in found.items()}


@pytest.mark.parametrize("stage", ["released", "answered", "at_panel"])
def test_a_hold_changes_no_byte_for_anybody_else(world, stage):
    case = getattr(stages, stage)(world)
    others = (world.lead, world.chair, world.health)
    before = [seen_by(user, case) for user in others]
    check(case, world.officer, CONFLICT)
    case.refresh_from_db()
    assert case.status == "HELD"
    assert [seen_by(user, case) for user in others] == before


def test_the_check_page_says_what_others_see(world):
    case = stages.released(world)
    page = as_user(world.officer).post(url(case), CONFLICT).content.decode()
    assert "the same stage “Information gathering”" in page
    check(case, world.officer, CONFLICT)
    page = as_user(world.officer).post(url(case), CLEAR).content.decode()
    assert "Other agencies never saw the hold" in page
    page = as_user(world.officer).post(url(case), CONFLICT).content.decode()
    assert "The case stays held." in page
    check(case, world.officer)
    cleared_at = Referral.objects.get(case=case).cleared_at
    page = as_user(world.officer).post(url(case), CLEAR).content.decode()
    assert "For every other agency nothing changes." in page
    check(case, world.officer)
    assert Referral.objects.get(case=case).cleared_at == cleared_at  # the first clear result counts
    early = stages.screened(world)
    check(early, world.officer, CONFLICT)
    page = as_user(world.officer).post(url(early), CLEAR).content.decode()
    assert "No agency outside police can tell" in page


def test_hold_and_resume_with_reasons(world):
    case = stages.released(world)
    client = as_user(world.officer)
    assert client.post(url(case, "case_hold")).content.decode().count("Enter reason") == 2
    client.post(url(case, "case_hold"), {"reason": "An arrest is planned."})
    case.refresh_from_db()
    assert case.status == "HELD"
    assert "End the hold" in client.get(url(case, "case_screening")).content.decode()
    assert client.get(url(case, "case_hold")).status_code == 409
    assert client.get(url(case, "case_resume")).status_code == 200
    client.post(url(case, "case_resume"), {"reason": "It is over."})
    case.refresh_from_db()
    assert case.status == "INFORMATION_GATHERING"
    assert client.get(url(case, "case_resume")).status_code == 409
    reasons = HoldDecision.objects.order_by("at").values_list("reason", "is_resume", "mark")
    assert list(reasons) == [
        ("An arrest is planned.", False, "POLICE"),
        ("It is over.", True, "POLICE"),
    ]
    with pytest.raises(ActionInvalid, match="reason"):
        hold.hold(case, reason=" ", by=world.officer)
    with pytest.raises(ActionDenied):
        hold.hold(case, reason="Why", by=world.lead)


def test_only_a_check_ends_the_hold_of_a_check(world):
    case = stages.screened(world)
    check(case, world.officer, CONFLICT)
    with pytest.raises(ActionInvalid, match="Record a new check"):
        hold.resume(case, reason="It is over.", by=world.officer)
    response = as_user(world.officer).get(url(case, "case_resume"))
    assert response.status_code == 409
    case.refresh_from_db()
    assert case.status == "HELD"


@pytest.mark.django_db(transaction=True)
def test_two_checks_at_the_same_moment(transactional_db):
    world = people.build()
    case = stages.screened(world)

    @wall.as_service()
    def attempt(user):
        try:
            check(Case.objects.get(pk=case.pk), user, seen=0)
        except ActionInvalid as refusal:
            return str(refusal)
        finally:
            connection.close()
        return "saved"

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(attempt, [world.officer, world.supervisor]))
    assert said.count("saved") == 1
    assert any("Somebody else has recorded a check" in text for text in said)
    assert Event.objects.filter(type=EventType.DECONFLICTION_CLEAR).count() == 1
