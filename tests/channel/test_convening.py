"""Convening: what policy asks, who may sign, what is in the way, and the last signature."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.urls import reverse

from channel.casework.actions import sign_convening
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from referrals.actions import hold
from referrals.actions.lifecycle import make_move
from referrals.models import Case, SignOff
from tests import people, stages
from tests.access import as_user, expect, steady
from vaf.actions import assessments

GROUNDS = "He has reasonable grounds for concern behind him."


def url(case):
    return reverse("case_convene", args=[case.reference])


def sign(case, by, *, result="panel", grounds=GROUNDS, **concern):
    return sign_convening(case, result=result, grounds=grounds, by=by, **concern)


def test_who_may_open_and_who_may_sign(world, elsewhere):
    case = stages.assessed(world)
    strangers = {None: 302, world.children: 404, world.provider: 404, elsewhere.chair: 404}
    readers = [world.officer, world.supervisor, world.lead, world.chair, world.administrator]
    expect(url(case), {**dict.fromkeys(readers, 200), **strangers})
    answer = {"result": "panel", "grounds": GROUNDS}
    refused = {world.administrator: 403, world.lead: 403, world.officer: 403, **strangers}
    expect(url(case), refused, method="post", data=answer)
    expect(url(case), {world.chair: 405}, method="put")
    assert not SignOff.objects.exists()


def test_the_last_signature_convenes(world):
    case = stages.assessed(world)
    case = sign(case, world.supervisor)
    assert (case.status, EventType.CASE_CONVENED in types(case)) == ("ASSESSMENT", False)
    case = sign(case, world.chair)
    assert case.status == "PANEL"
    assert case.next_due_what == "Panel meeting"
    signed = SignOff.objects.order_by("at").values_list("party", "result", "reason")
    assert list(signed) == [("police", "panel", GROUNDS), ("chair", "panel", GROUNDS)]
    assert types(case)[-3:] == [
        EventType.SIGNED_OFF,
        EventType.SIGNED_OFF,
        EventType.CASE_CONVENED,
    ]


def types(case):
    return [EventType(e.type) for e in Event.objects.filter(case_reference=case.reference)]


def test_nobody_endorses_before_the_assessment_is_signed(world):
    case = stages.begun(world)
    with pytest.raises(ActionInvalid, match="signed vulnerability assessment"):
        sign(case, world.chair)
    draft = assessments.start(case, point="initial", by=world.officer)
    with pytest.raises(ActionInvalid, match="signed vulnerability assessment"):
        sign(case, world.chair)
    assert not SignOff.objects.exists()
    page = as_user(world.chair).get(url(case)).content.decode()
    assert "Nobody can endorse before an assessment is signed" in page
    assert "Officer Invented is writing one" in page
    assert "<textarea" not in page
    stages.rate(draft, world.officer)
    assessments.sign(draft, by=world.officer)
    assert "<textarea" in as_user(world.chair).get(url(case)).content.decode()


def test_a_policy_can_leave_the_assessment_out(world):
    world.area.policy = {"assessment_required_before": {"value": "adopt", "source": "default"}}
    world.area.save()
    case = stages.begun(world)
    assert "Not asked for" in as_user(world.chair).get(url(case)).content.decode()
    sign(case, world.chair)
    assert sign(case, world.supervisor).status == "PANEL"


def test_policy_names_the_parties(world):
    world.area.policy = {
        "convening_sign_offs": {"value": ["prevent_lead", "case_officer"], "source": "default"}
    }
    world.area.save()
    case = stages.assessed(world)
    page = as_user(world.chair).get(url(case)).content.decode()
    assert "Prevent lead" in page
    assert "CT case officer" in page
    assert "Panel chair" not in page
    with pytest.raises(ActionDenied):
        sign(case, world.chair)
    sign(case, world.lead)
    assert sign(case, world.officer).status == "PANEL"


def test_another_answer_is_kept_and_shown_and_can_be_changed(world):
    case = stages.assessed(world)
    browser = as_user(world.chair)
    answer = {"result": "no_action", "grounds": "School can look after this."}
    response = browser.post(url(case), answer, follow=True)
    page = response.content.decode()
    assert "Your sign-off is recorded" in page
    assert "Endorsed by Chair Invented" in page
    assert "School can look after this." in page
    assert "Not referred to a panel: section 36(3)" in page
    assert browser.post(url(case), answer).status_code == 409
    assert sign(case, world.supervisor).status == "ASSESSMENT"
    said = as_user(world.supervisor).get(url(case)).content.decode()
    assert "The sign-offs differ, so nothing moves." in said
    assert said.count("Differs") == 2
    assert sign(case, world.deputy).status == "PANEL"
    kept = SignOff.objects.order_by("at", "pk").values_list("party", "result", "by__name")
    assert list(kept) == [
        ("chair", "no_action", "Chair Invented"),
        ("police", "panel", "Supervisor Invented"),
        ("chair", "panel", "Deputy Invented"),
    ]
    assert SignOff.objects.get(result="no_action").replaced_at
    assert types(case).count(EventType.SIGNED_OFF) == 3


def test_each_signature_is_confirmed_on_the_page(world):
    case, answer = stages.assessed(world), {"result": "panel", "grounds": GROUNDS}
    first = as_user(world.supervisor).post(url(case), answer, follow=True).content.decode()
    assert "Your sign-off is recorded" in first
    assert "Endorsed by Supervisor Invented" in first
    last = as_user(world.chair).post(url(case), answer, follow=True).content.decode()
    assert "The panel is convened" in last


def test_one_person_signs_once_and_two_agencies_are_needed(world):
    case = stages.assessed(world)
    sign(case, world.chair)
    for again in (world.chair, world.deputy):
        with pytest.raises((ActionDenied, ActionInvalid), match="signed"):
            sign(case, again)
    assert SignOff.objects.count() == 1


def test_going_back_for_information_begins_anew(world):
    case = stages.assessed(world)
    sign(case, world.chair)
    case = make_move(case, "gather_again", by=world.officer)
    with pytest.raises(ActionInvalid):
        sign(case, world.supervisor)
    page = as_user(world.chair).get(url(case)).content.decode()
    assert "at another stage: information gathering" in page
    assert "Signed before" in page
    case = make_move(case, "begin_assessment", by=world.officer)
    assert sign(case, world.supervisor).status == "ASSESSMENT"
    assert sign(case, world.chair).status == "PANEL"


def test_a_hold_stops_signing_and_tells_nobody(world):
    case = stages.assessed(world)
    before = main(as_user(world.chair).get(url(case)))
    hold.hold(case, reason="A live inquiry.", by=world.officer)
    after = main(as_user(world.chair).get(url(case)))
    assert after == before
    assert "at another stage: held" in main(as_user(world.supervisor).get(url(case)))
    response = as_user(world.chair).post(url(case), {"result": "panel", "grounds": GROUNDS})
    assert response.status_code == 409
    assert not SignOff.objects.exists()


def main(response):
    """What stands below the case bar."""
    return re.search("<main.*</main>", steady(response), re.DOTALL)[0]


def test_errors_stand_beside_the_fields_and_text_stays(world):
    case = stages.assessed(world)
    browser = as_user(world.chair)
    page = browser.post(url(case), {}).content.decode()
    assert "<title>Error: Convening the panel" in page
    assert "Select what should happen next" in page
    assert "Enter your grounds" in page
    page = browser.post(url(case), {"grounds": "y" * 3001}).content.decode()
    assert "3,000 characters or fewer" in page
    assert "y" * 3001 in page


def test_the_page_after_convening_is_a_record(world):
    case = stages.at_panel(world)
    page = as_user(world.chair).get(url(case)).content.decode()
    assert page.count("<strong>To the panel</strong>") == 2
    assert "<textarea" not in page
    response = as_user(world.chair).post(url(case), {"result": "panel", "grounds": GROUNDS})
    assert response.status_code == 409


def test_the_way_out_is_offered_to_police_only(world):
    case = stages.assessed(world)
    close = reverse("case_close", args=[case.reference])
    assert close in as_user(world.officer).get(url(case)).content.decode()
    assert close not in as_user(world.chair).get(url(case)).content.decode()


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
def test_two_signatures_at_the_same_moment(transactional_db):
    world = people.build()
    case = stages.assessed(world)

    def attempt(user):
        try:
            return sign(Case.objects.get(pk=case.pk), user).status
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        found = sorted(pool.map(attempt, [world.chair, world.supervisor]))
    assert found == ["ASSESSMENT", "PANEL"]
    assert types(case).count(EventType.CASE_CONVENED) == 1


def test_query_budget(world, django_assert_max_num_queries):
    case = stages.assessed(world)
    browser = as_user(world.chair)
    browser.get(url(case))
    with django_assert_max_num_queries(16):  # 14, and the savepoint of the view event
        browser.get(url(case))
