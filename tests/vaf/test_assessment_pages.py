"""The pages of an assessment: who may open them, partial saving, errors, stale pages, signing."""

import pytest
from django.urls import reverse

from prevent_cms import clock
from referrals.actions import hold
from tests import stages
from tests.access import as_user, expect
from vaf.actions import assessments
from vaf.models import Assessment

PAGES = ["case_assessments", "case_assessment_start"]


def url(name, case, *parts):
    return reverse(name, args=[case.reference, *parts])


@pytest.fixture
def case(world):
    return stages.begun(world)


@pytest.fixture
def draft(case, world):
    return assessments.start(case, point="initial", by=world.officer)


def intent(draft):
    return url("case_assessment_dimension", draft.case, draft.pk, "intent")


def answer(code, rating="not_known", evidence="", source="", date=None):
    date = date or ("", "", "")
    names = ("day", "month", "year")
    return {
        "sensitive": "no",
        f"{code}_rating": rating,
        f"{code}_evidence": evidence,
        f"{code}_source": source,
        **{f"{code}_source_on_{n}": d for n, d in zip(names, date, strict=True)},
    }


def test_list_and_start_by_person(case, world, elsewhere):
    strangers = {None: 302, world.children: 404, world.provider: 404, elsewhere.officer: 404}
    readers = {world.lead: 200, world.chair: 200, world.administrator: 200}
    expect(url(PAGES[0], case), {world.officer: 200, **readers, **strangers})
    start = url(PAGES[1], case)
    expect(start, {world.officer: 200, world.lead: 403, world.chair: 403, **strangers})
    expect(start, {world.lead: 403, world.chair: 403, **strangers}, method="post")
    expect(url(PAGES[0], case), {world.officer: 405}, method="post")
    assert not Assessment.objects.exists()


def test_each_assessment_page_by_person(draft, world, elsewhere):
    strangers = {None: 302, world.children: 404, elsewhere.officer: 404}
    case = draft.case
    expect(
        url("case_assessment", case, draft.pk), {world.officer: 200, world.chair: 200, **strangers}
    )
    for page in (intent(draft), url("case_assessment_sign", case, draft.pk)):
        for method in ("get", "post"):
            expect(page, {world.lead: 403, world.chair: 403, **strangers}, method=method)
        expect(page, {world.officer: 200, world.supervisor: 200})
    other = url("case_assessment_dimension", case, draft.pk, "colour")
    expect(other, {world.officer: 404})
    expect(url("case_assessment", case, draft.pk + 1), {world.officer: 404})


def test_the_assessment_of_another_case_is_not_found(draft, world):
    other = stages.begun(world, name="Somebody Else", born="1999-01-01")
    expect(url("case_assessment", other, draft.pk), {world.officer: 404})


def test_starting_leads_to_the_assessment(case, world):
    browser = as_user(world.officer)
    page = browser.get(url(PAGES[1], case)).content.decode()
    assert 'value="initial" checked' in page
    response = browser.post(url(PAGES[1], case), {"point": "initial"})
    draft = Assessment.objects.get()
    assert response["Location"] == url("case_assessment", case, draft.pk)
    assert b"Error: Start an assessment" in browser.post(url(PAGES[1], case), {}).content
    assert browser.post(url(PAGES[1], case), {"point": "initial"}).status_code == 409
    listed = browser.get(url(PAGES[0], case)).content.decode()
    assert "0 of 13 answered, not judged yet" in listed
    assert "Start an assessment" not in listed


def test_a_part_is_saved_and_the_rest_left_for_later(draft, world):
    browser = as_user(world.officer)
    data = {
        "version": "1",
        "go": "later",
        **answer("I01", "partly", "Wore a badge.", "Form tutor", ("1", "9", "2026")),
        **answer("I02", "not_known"),
    }
    response = browser.post(intent(draft), data)
    assert response["Location"] == url("case_assessment", draft.case, draft.pk)
    page = browser.get(intent(draft)).content.decode()
    assert "2 of 22 answered" in page
    assert '<a class="govuk-link" href="#I03">I03</a>' in page
    assert 'href="#I01"' not in page
    assert "Wore a badge." in page
    assert "Intent 2 of 6" in page
    response = browser.post(intent(draft), {**data, "version": "2", "go": "on"})
    assert response["Location"] == url(
        "case_assessment_dimension", draft.case, draft.pk, "capability"
    )


def test_the_last_dimension_leads_to_the_check(draft, world):
    page = url("case_assessment_dimension", draft.case, draft.pk, "capability")
    data = {"version": "1", "go": "on", **answer("C01")}
    response = as_user(world.officer).post(page, data)
    assert response["Location"] == url("case_assessment_sign", draft.case, draft.pk)


def test_what_is_wrong_is_said_beside_it_and_what_was_typed_stays(draft, world):
    tomorrow = clock.add_working_days(clock.today(), 1)
    data = {
        "version": "1",
        "level": "",
        "rationale": "Because of I02.",
        **answer("I01", "strongly", "", "", ("", "", "")),
        **answer("I02", "", "He said it at lunch."),
        **answer("I03", "partly", "x" * 2001, "Mentor", ("31", "2", "2026")),
        **answer("I04", "not_present", "", "", (tomorrow.day, tomorrow.month, tomorrow.year)),
        **answer("I05", "often"),
    }
    response = as_user(world.officer).post(intent(draft), data)
    page = response.content.decode()
    assert response.status_code == 200
    assert page.count("<title>Error: Intent to cause harm") == 1
    for words in (
        "Enter what was seen or said for I01",
        "Enter the source for I01",
        "Enter the date of the source for I01",
        "Select how far I02 is present",
        "What was seen or said for I03 must be 2,000 characters or fewer",
        "The date of the source for I03 must be a real date",
        "The date of the source for I04 must be today or in the past",
        "Select one of the answers shown",
        "Select a level, or take the reason away",
    ):
        assert words in page, words
    assert "He said it at lunch." in page
    assert "x" * 2001 in page
    assert not draft.ratings.exists()


def test_what_comes_from_intelligence_is_refused(draft, world):
    """Section 38: each time police write, they say that nothing of it does."""
    browser = as_user(world.officer)
    asked = browser.get(intent(draft)).content.decode()
    assert "Does any of this come from intelligence?" in asked
    said = {"version": "1", **answer("I01", "not_present", "From a colleague.")}
    for given, words in (("yes", "Do not send it."), ("", "Select whether any of this comes from")):
        page = browser.post(intent(draft), said | {"sensitive": given}).content.decode()
        assert words in page
        assert "From a colleague." in page
    assert not draft.ratings.exists()


def test_a_level_needs_its_reason(draft, world):
    data = {"version": "1", "level": "high", "rationale": ""}
    assert (
        b"Enter why you judge this level"
        in as_user(world.officer).post(intent(draft), data).content
    )


def test_a_stale_page_is_refused_and_keeps_the_text(draft, world):
    mine = {"version": "1", **answer("I01", "not_present", "Mine, typed at length.")}
    as_user(world.supervisor).post(intent(draft), {"version": "1", **answer("I01", "not_known")})
    browser = as_user(world.officer)
    response = browser.post(intent(draft), mine)
    page = response.content.decode()
    assert response.status_code == 409
    assert "nothing is saved yet" in page
    assert "Mine, typed at length." in page
    assert draft.ratings.get().rating == "not_known"
    assert '<input type="hidden" name="version" value="2"' in page
    assert browser.post(intent(draft), {**mine, "version": "2"}).status_code == 302
    assert draft.ratings.get().evidence == "Mine, typed at length."


def test_signing_names_what_is_left_and_then_freezes(draft, world):
    browser, page = as_user(world.officer), url("case_assessment_sign", draft.case, draft.pk)
    assert "Sign this assessment" not in browser.get(page).content.decode()
    assert browser.post(page).status_code == 409
    stages.rate(draft, world.officer, ratings={"I01": "strongly"})
    assert "Sign this assessment" in browser.get(page).content.decode()
    assert browser.post(page)["Location"] == url("case_assessment", draft.case, draft.pk)
    for closed in (page, intent(draft)):
        assert browser.get(closed).status_code == 409
        assert browser.post(closed, {"version": "1"}).status_code == 409
    read = as_user(world.chair).get(url("case_assessment", draft.case, draft.pk)).content.decode()
    assert 'href="#shape-strongly"/></svg> Strongly present' in read
    assert read.count("Level judged: <strong>Low</strong>") == 3
    assert "Seen at school." in read


def test_the_next_one_stands_beside_the_last(world):
    case = stages.assessed(world)
    second = assessments.start(case, point="panel", by=world.officer)
    page = as_user(world.officer).get(
        url("case_assessment_dimension", case, second.pk, "engagement")
    )
    text = page.content.decode()
    assert "Last time: strongly present" in text
    assert "Last time: medium" in text
    assert "What is known of engagement." in text
    assert len(page.content) < 60_000
    assessments_page = as_user(world.chair).get(url("case_assessment", case, second.pk))
    assert "Not judged yet" in assessments_page.content.decode()


def test_held_cases_are_read_only(draft, case, world):
    hold.hold(case, reason="A live inquiry.", by=world.officer)
    browser = as_user(world.officer)
    assert browser.get(intent(draft)).status_code == 409
    assert browser.get(url("case_assessment", case, draft.pk)).status_code == 200
    assert browser.get(url(PAGES[1], case)).status_code == 409
    listed = browser.get(url(PAGES[0], case)).content.decode()
    assert "Go on writing" not in listed


def test_an_empty_list_says_so(case, world):
    assert (
        b"No assessment has been started" in as_user(world.chair).get(url(PAGES[0], case)).content
    )


def test_query_budget(draft, world, django_assert_max_num_queries):
    browser = as_user(world.officer)
    browser.get(intent(draft))
    with django_assert_max_num_queries(14):
        browser.get(intent(draft))
    with django_assert_max_num_queries(14):
        browser.get(url("case_assessments", draft.case))
