import pytest

from referrals.intake import pages, reading
from referrals.models import Referral
from tests import stages
from tests.referrals.answers import ANSWERS, answers

# Read back together with the answer that they reveal.
FOLDED = {"age_basis", "gender", "district_basis"}


def read(referral, *, is_police=True):
    return {
        title: dict(rows) for title, rows in reading.answer_cards(referral, is_police=is_police)
    }


@pytest.fixture
def referral(world):
    stages.received(world)
    return Referral.objects.get()


def test_the_answers_are_read_in_words_under_the_headings_of_the_form(referral):
    cards = read(referral)
    assert list(cards) == [
        "Before sharing",
        "The person",
        "The concern",
        "Who knows",
        "The referrer",
        "Sent with these words",
    ]
    assert cards["The person"]["Name"] == ["Callum Brayford"]
    assert cards["The person"]["Other names"] == ["Cal Brayford", "Kalum Brayford"]
    assert cards["The person"]["Date of birth"] == ["4 March 2010"]
    assert cards["The concern"]["What may influence them"] == ["Online", "Friends and peers"]
    assert cards["Sent with these words"]["Declaration"] == [ANSWERS["declaration"]]


def test_four_kinds_of_no_answer_stay_apart(world):
    given = answers(ethnicity="declined", district_basis="not_asked", district=None, school=None)
    rows = {
        row.key: row.lines for card in reading.cards(given, world.area.rules) for row in card.rows
    }
    assert rows["ethnicity"] == ["Declined to say"]
    assert rows["district_basis"] == ["Not asked"]
    assert rows["school"] == ["Not provided"]
    assert rows["learning"] == ["Not known"]


def test_ages_times_and_days_are_read_as_people_say_them(world):
    given = answers(
        born=None,
        age_basis="age",
        age=0,
        danger="yes",
        called_number="999",
        called_on="2026-11-06",
        called_at="14:30",
    )
    rows = {
        row.key: row.lines for card in reading.cards(given, world.area.rules) for row in card.rows
    }
    assert rows["age"] == ["0 years"]
    assert rows["called_at"] == ["2:30pm"]
    assert rows["called_on"] == ["6 November 2026"]


def test_every_answer_of_the_form_is_read_back_once(world):
    rows = [row for card in reading.cards(answers(), world.area.rules) for row in card.rows]
    keys = [row.key for row in rows]
    assert len(set(keys)) == len(keys)
    assert answers().keys() - set(keys) <= FOLDED | {"declaration"}


def test_no_two_questions_of_a_card_and_no_two_links_read_alike(world):
    given = answers(danger="yes", called_at="14:30", gender="other", gender_word="x")
    found = reading.cards(given, world.area.rules)
    for card in found:
        questions = [row.question for row in card.rows]
        assert len(set(questions)) == len(questions)
    links = [row.hidden for card in found for row in card.rows]
    assert len(set(links)) == len(links)


def test_question_keys_are_used_once_in_the_whole_form():
    names = [name for page in pages.PAGES for name in page.form.base_fields]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("wish", "is_police", "named"),
    [("no", True, True), ("no", False, True), ("yes", True, True), ("yes", False, False)],
)
def test_who_wished_to_stay_anonymous_is_named_to_police_only(world, wish, is_police, named):
    stages.received(world, anonymous=wish)
    text = str(read(Referral.objects.get(), is_police=is_police))
    for said in ("Okafor", "Wensumbrook High School", "Ashdown", "His form tutor", "960 222"):
        assert (said in text) == (named or said == "Wensumbrook High School")


SPOKEN = {
    "danger": "yes",
    "called_number": "999",
    "called_on": "2026-11-06",
    "called_at": "14:30",
    "called_reference": "INC-4711",
}
NOT_SPOKEN = {"checked": "no", "not_checked_why": "I alone teach him.", "shared": "no"}
NOT_SPOKEN |= {"not_shared_why": "I am his aunt.", "lead_told": "yes"}
TELLING = (
    "Time of the call",
    "Day of the call",
    "Incident number",
    "Checked with",
    "Checked on",
    "What came of it",
    "Why nobody was spoken to",
    "What the lead said",
    "Safeguarding service told",
    "Told on",
    "What the service said",
    "Why no service was told",
    "Who noticed",
)


@pytest.mark.parametrize("given", [SPOKEN, NOT_SPOKEN])
def test_who_was_spoken_to_and_when_names_the_referrer_too(world, given):
    stages.received(world, anonymous="yes", **given)
    police, others = (read(Referral.objects.get(), is_police=who) for who in (True, False))
    asked = set(police["Before sharing"])
    assert len(asked & set(TELLING)) >= 4
    assert set(others["Before sharing"]) == asked - set(TELLING)
    assert others["Before sharing"]["Danger now"]
    assert others["Before sharing"]["Spoke to colleagues or partners"]


def test_every_question_that_names_the_referrer_is_one_of_the_form():
    names = {name for page in pages.PAGES for name in page.form.base_fields}
    assert names >= reading.NAMES_THE_REFERRER


def test_without_the_wish_everything_is_read(world):
    stages.received(world, **SPOKEN)
    assert {"Incident number", "Checked with"} <= set(
        read(Referral.objects.get(), is_police=False)["Before sharing"]
    )


def test_a_long_text_stands_alone_and_short_ones_together(world):
    card = reading.cards(answers(what="word " * 50), world.area.rules)[2]
    first, second = card.blocks[:2]
    assert [row.key for row in first] == ["what"]
    assert len(second) > 1
