"""One referral travels its whole way, through real screens, by different people.

After each step a partner's view of the case is held against what a partner may know.
"""

import pytest

from tests.journeys import steps
from tests.journeys.browser import People

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SECRET = "attacks in other countries"  # of the concern, which an agency that is asked never sees
STORY = (
    "Left Channel support",
    "Exit recommended",
    "Monthly review recorded",
    "Support started",
    "Adopted for Channel support",
    "Panel convened",
    "Vulnerability assessment signed",
    "Nil return received",
    "Released to partners",
    "Deconfliction recorded: clear",
    "Referral received",
)


def test_from_the_form_to_the_exit(cast, actor):
    people = People(actor)
    referral = steps.refer(actor())
    case = steps.take(people.officer)
    assert case != referral
    clear_and_release(people, case)
    people.children.go(f"/cases/{case}/").look().sees("Your answer").sees_not(SECRET, referral)
    gather_and_assess(people, case)
    meeting = convene_and_adopt(people, case)
    people.education.go(f"/cases/{case}/").look().sees("Support").sees_not(SECRET)
    words = steps.text_of(steps.download(people.administrator, meeting))
    assert case in words
    assert "OFFICIAL-SENSITIVE" in words
    support(people, case)
    leave(people, case)
    people.officer.go(f"/cases/{case}/timeline/").look()
    in_order(whole_timeline(people.officer))
    people.children.go(f"/cases/{case}/timeline/").sees_not("Deconfliction", "Screened")


def hidden(case, *people):
    """To these the case does not exist, neither on a page nor in a list."""
    for person in people:
        person.go(f"/cases/{case}/", 404).look()
        person.go("/cases/").sees_not(case)


def clear_and_release(people, case):
    hidden(case, people.children, people.education)
    steps.screen(people.officer, case)
    hidden(case, people.children)
    steps.deconflict(people.officer, case)
    hidden(case, people.children, people.lead)
    steps.release(people.officer, case, "children", "health")
    hidden(case, people.education)
    people.lead.go(f"/cases/{case}/").look().sees("Information gathering")


def gather_and_assess(people, case):
    steps.answer(people.children)
    steps.nil_return(people.health)
    people.children.go(f"/cases/{case}/").sees_not(SECRET, "nil return")
    people.officer.go(f"/cases/{case}/").look().sees("answered")
    steps.assess(people.officer, case)
    steps.threshold(people.officer, case)
    people.children.go(f"/cases/{case}/assessments/", 404)


def convene_and_adopt(people, case):
    """The address of the meeting that adopted the case."""
    steps.sign_convening(people.chair, case)
    steps.sign_convening(people.supervisor, case)
    people.children.go(f"/cases/{case}/").sees_not(SECRET)
    meeting = steps.plan_meeting(people.administrator, 5)
    steps.hold(
        people.administrator,
        people.chair,
        meeting,
        case,
        "adopt",
        consent_how="In person",
        consent_by="Prevent lead",
        consent_on=steps.working_day(3),
    )
    return meeting


def support(people, case):
    steps.plan(people.lead, case, "children")
    people.children.go("/cases/").sees(case)
    steps.consent(people.lead, case)
    people.children.go(f"/cases/{case}/plan/").look()
    people.children.follow(people.children.page.locator("main a[href*='/plan/items/']"))
    people.children.look().press("Start")


def leave(people, case):
    steps.review(people.lead, case)
    second = steps.plan_meeting(people.administrator, 25)
    steps.hold(people.administrator, people.chair, second, case, "exit")
    steps.exit_report(people.chair, case)
    steps.sign_exit(people.chair, case)
    people.officer.go(f"/cases/{case}/").sees("Support")
    steps.sign_exit(people.supervisor, case)
    people.officer.go(f"/cases/{case}/").look().sees("Closed")


def in_order(text):
    places = [text.find(sentence) for sentence in STORY]
    assert -1 not in places, dict(zip(STORY, places, strict=True))
    assert places == sorted(places), dict(zip(STORY, places, strict=True))


def whole_timeline(person):
    """The sentences of every page of it, newest first."""
    text = person.text
    while person.page.locator("a[rel='next']").count():
        person.follow(person.page.locator("a[rel='next']"))
        person.page.wait_for_load_state("load")
        text += person.text
    return text
