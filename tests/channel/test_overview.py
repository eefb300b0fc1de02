"""The whole-case page: for each reader what the shares allow, and not one word more."""

import re

import pytest
from django.urls import reverse

from accounts.roles import ShareKind
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from referrals.actions import caseload, consent, hold, sharing
from referrals.models import Case
from tests import stages
from tests.access import as_user, expect

CONCERN = "He said that nothing changes until people are scared."


def url(case, name="case_overview"):
    return reverse(name, args=[case.reference])


def page(case, user):
    response = as_user(user).get(url(case))
    assert response.status_code == 200
    return response.content.decode()


def share(case, world, key, kind):
    one = sharing.Share(world.agency(key), kind, "What is needed", stages.grounds(power="Law"))
    sharing.share_case(case, [one], by=world.officer)


def test_by_person_and_stage(world, elsewhere):
    nobody = {None: 302, elsewhere.officer: 404, elsewhere.chair: 404, world.sysadmin: 404}
    new = stages.received(world)
    hidden = dict.fromkeys([world.lead, world.chair, world.children, world.auditor], 404)
    expect(url(new), {world.officer: 200, world.supervisor: 200, **hidden, **nobody})
    case = stages.released(world, name="Another Person", born="2001-01-01")
    readers = [world.officer, world.lead, world.chair, world.administrator, world.children]
    expect(url(case), {**dict.fromkeys(readers, 200), world.education: 404, **nobody})
    expect(url(case), {world.officer: 405}, method="post")


def test_police_see_concern_requests_checks_shares_and_timeline(world):
    case = stages.answered(world)
    text = page(case, world.officer)
    for words in (
        CONCERN,
        "Ruth Okafor, Designated safeguarding lead, Wensumbrook High School",
        "2 of 2 agencies have answered",
        "1 with information, 1 nil return",
        "Police only: screening and deconfliction",
        "2 systems checked",
        "Testshire children&#x27;s services",
        "Not recorded yet: whether to ask",
        "Nil return received",
    ):
        assert words in text, words
    assert text.count("moj-timeline__item") == 10
    assert url(case, "case_deconfliction") in text


def test_before_release_there_are_no_requests_and_no_council(world):
    text = page(stages.screened(world), world.officer)
    assert "Information requests" not in text
    assert "Testshire Council" not in text
    assert "Not recorded yet" in text
    assert ">Check<" in re.sub("<span.*?</span>", "", text)


def test_coordinators_outside_police_see_no_police_zone(world):
    case = stages.answered(world)
    for name in ("lead", "chair", "deputy", "administrator"):
        text = page(case, world.users[name])
        assert CONCERN in text
        for words in (
            "Police only",
            "Screening",
            "econfliction",
            "systems checked",
            "case_earlier",
        ):
            assert words not in text, (name, words)


def test_who_referred_is_hidden_when_anonymity_was_asked(world):
    case = stages.released(world, anonymous="yes")
    assert "Ruth Okafor" in page(case, world.officer)
    text = page(case, world.chair)
    assert "Ruth Okafor" not in text
    assert "Wensumbrook" not in text
    assert "Somebody who asked to stay anonymous" in text


def test_an_agency_that_was_asked_sees_its_own_part_only(world):
    case = stages.answered(world)
    text = page(case, world.children)
    for words in ("Our return", "Who you were asked about", "Callum Brayford", "18 Tollgate Row"):
        assert words in text, words
    assert "Return received" in text
    for words in (
        CONCERN,
        "Wensumbrook",
        "Testshire health",
        "Nil return",
        "Who has this case",
        "Consent",
        "Deconfliction",
        "Screening",
        "Released to partners",
    ):
        assert words not in text, words


def test_an_agency_sees_whether_it_has_answered(world):
    case = stages.released(world)
    assert "Not answered yet." in page(case, world.health)
    other = stages.answered(world, name="Another Person", born="2001-01-01")
    assert "<strong>Sent.</strong>" in page(other, world.health)


def test_a_hold_changes_no_byte_outside_police(world):
    case = stages.answered(world)
    users = [world.children, world.chair, world.lead]
    before = [main(page(case, user)) for user in users]
    hold.hold(case, reason="A live inquiry.", by=world.officer)
    after = [page(case, user) for user in users]
    assert [main(text) for text in after] == before
    assert not any("Held" in text for text in after)
    assert "Case held" in page(case, world.officer)


def main(text):
    """What stands below the case bar."""
    return re.search("<main.*</main>", text, re.DOTALL)[0]


@pytest.mark.parametrize("kind", [ShareKind.PANEL, ShareKind.DELIVER])
def test_panel_and_delivery_shares_show_their_own_parts(world, kind):
    case = stages.at_panel(world)
    share(case, world, "education", kind)
    text = page(case, world.education)
    assert CONCERN not in text
    assert "Who has this case" not in text
    assert "Our return" not in text
    assert ("At the panel" in text) is (kind == ShareKind.PANEL)


def test_convening_is_reached_while_the_case_is_assessed(world):
    case = stages.assessed(world)
    assert url(case, "case_convene") in page(case, world.lead)
    text = page(stages.at_panel(world, name="B", born="1990-01-01"), world.lead)
    assert "See who has signed" not in text
    assert "At the panel" in text


def test_consent_shows_the_position_in_force(world):
    case = stages.released(world)
    for position in ("to_seek", "refused"):
        entry = stages.consent_entry(position, note=f"Note of {position}.")
        consent.record_consent(case, entry, by=world.lead)
    text = page(case, world.chair)
    assert "Note of refused." in text
    assert "Note of to_seek." not in text
    assert "consent position" in text
    assert "consent position" not in page(case, world.administrator)


def test_a_case_without_a_readable_referral_has_no_concern(world):
    caseload.generate(area=world.area, officer=world.officer, cases=20, seed=1)
    for case in Case.objects.all():
        assert "The concern" not in page(case, world.officer)


def test_a_provider_is_led_to_the_own_part_of_the_plan(world):
    case = stages.plan_written(world)
    text = page(case, world.provider)
    assert "Support plan" in text
    assert "What your agency does" in text
    for words in (CONCERN, "At the panel", "Who has this case", "Consent"):
        assert words not in text
    assert "What is done, by whom" in page(case, world.lead)


def test_the_look_is_recorded(world):
    case = stages.released(world)
    page(case, world.chair)
    seen = Event.objects.filter(type=EventType.CASE_VIEWED, actor=world.chair)
    assert [event.details for event in seen] == [{"page": "case_overview"}]


@pytest.mark.parametrize("name", ["officer", "chair", "children"])
def test_query_budget(world, name, django_assert_max_num_queries):
    case = stages.answered(world)
    for number in range(4):
        stages.answered(world, name=f"Person {number}", born=f"199{number}-01-01")
    browser = as_user(world.users[name])
    browser.get(url(case))
    with django_assert_max_num_queries(16):  # 14, and the savepoint of the view event
        browser.get(url(case))
