"""Who looked at a case: for its coordinators, with what only police may know for police."""

from django.urls import reverse

from prevent_cms.history.models import Event
from referrals import looks
from referrals.access import Reader
from referrals.actions import emergency, hold, restricting
from tests import stages
from tests.access import as_user, expect


def url(case, name="case_access"):
    return reverse(name, args=[case.reference])


def look(user, case, name="case_overview"):
    return as_user(user).get(url(case, name))


def text_for(user, case):
    response = look(user, case, "case_access")
    assert response.status_code == 200
    return response.content.decode()


def test_it_is_for_coordinators(world, elsewhere):
    case = stages.released(world)
    inside = dict.fromkeys((world.officer, world.lead, world.chair, world.administrator), 200)
    expect(url(case), {**inside, world.children: 404, elsewhere.officer: 404, None: 302})
    expect(url(case), {world.officer: 405}, method="post")


def test_it_says_who_when_and_which_page(world):
    case = stages.released(world)
    look(world.children, case)
    look(world.lead, case, "case_consent")
    text = text_for(world.chair, case)
    for words in (
        "Children Invented, Testshire children&#x27;s services",
        "Lead Invented, Testshire Council",
        "Case opened",
        "Overview",
        "Consent",
    ):
        assert words in text, words


def test_looks_at_police_pages_and_before_release_stay_with_police(world):
    before = stages.screened(world)
    look(world.officer, before)
    case = stages.released(world, name="Another Person")
    look(world.officer, case, "case_screening")
    hold.hold(case, reason="r", by=world.officer)
    look(world.officer, case, "case_resume")
    look(world.officer, case)
    police, lead = text_for(world.officer, case), text_for(world.lead, case)
    for words in ("Screening and deconfliction", "Holding, resuming, reopening"):
        assert words in police
        assert words not in lead
    assert "Overview" in lead
    assert "Overview" in text_for(world.supervisor, before)


def test_a_hold_adds_nothing_for_anybody_else(world):
    plain, held = (stages.released(world, name=name) for name in ("One Person", "Two Person"))
    hold.hold(held, reason="r", by=world.officer)
    for name in (
        "case_screening",
        "case_deconfliction",
        "case_resume",
        "case_close",
        "case_assign",
    ):
        look(world.supervisor, held, name)
    counts = {len(looks.looks(Reader(world.lead, case)).looks) for case in (plain, held)}
    assert counts == {0}


def test_refusals_are_for_police(world):
    case = stages.released(world)
    look(world.education, case)
    look(world.lead, case, "case_restrict")
    police, lead = text_for(world.officer, case), text_for(world.lead, case)
    assert "Education Invented" in police
    assert police.count("Refused") == 2
    assert "Refused" not in lead
    assert "Education Invented" not in lead


def test_an_emergency_is_in_it(world):
    case = stages.released(world)
    restricting.restrict_case(case, people=[world.chair], reason="r", by=world.supervisor)
    emergency.break_glass(reference=case.reference, reason="He is missing", by=world.lead)
    for person in (world.officer, world.chair):
        text = text_for(person, case)
        assert "Case opened in an emergency" in text
        assert "missing" not in text


def test_lists_and_searches_are_not_in_it(world):
    case = stages.released(world)
    as_user(world.lead).get("/cases/")
    as_user(world.lead).post("/cases/", {"name": case.reference})
    assert "Lead Invented" not in text_for(world.officer, case)


def test_pages_follow_one_another(world, monkeypatch):
    monkeypatch.setattr(looks, "PAGE", 3)
    case = stages.released(world)
    for person in (world.children, world.lead, world.chair, world.deputy, world.officer):
        look(person, case)
    reader = Reader(world.officer, case)
    first = looks.looks(reader)
    second = looks.looks(reader, str(first.older))
    assert [len(page.looks) for page in (first, second)] == [3, 2]
    assert second.older is None
    assert not second.is_first
    assert len({(one.at, one.who) for one in first.looks + second.looks}) == 5
    assert looks.looks(reader, "9" * 30).is_first
    text = as_user(world.officer).get(url(case), {"before": first.older}).content.decode()
    assert "the newest looks" in text


def test_an_event_of_another_page_has_words(world):
    case = stages.released(world)
    event = Event(type="case.viewed", actor_label="x", details={"page": "later"})
    assert looks._look(event).page == "Another page of the case"
    assert looks.looks(Reader(world.lead, case)).looks == []
