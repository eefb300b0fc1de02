"""One referral travels its whole way, through real screens, by different people.

After each step a partner's view of the case is held against what a partner may know.
"""

import io

import pytest
from pypdf import PdfReader

from tests.journeys import steps

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SECRET = "attacks in other countries"  # of the concern, which an agency that is asked never sees


def test_from_the_form_to_the_exit(cast, actor):
    referral = steps.refer(actor())
    officer, children, health, education = map(
        actor, ("officer", "children", "health", "education")
    )
    case = steps.take(officer)
    assert case != referral

    def hidden(*people):
        for person in people:
            person.go(f"/cases/{case}/", 404).look()
            person.go("/cases/").sees_not(case)

    hidden(children, education)
    steps.screen(officer, case)
    hidden(children, education)
    steps.deconflict(officer, case)
    hidden(children, education)
    lead = actor("lead")
    hidden(lead)
    steps.release(officer, case, "children", "health")
    hidden(education)
    lead.go(f"/cases/{case}/").look().sees("Information gathering")
    children.go(f"/cases/{case}/").look().sees("Your answer").sees_not(SECRET, referral)
    steps.answer(children)
    steps.nil_return(health)
    children.go(f"/cases/{case}/").sees_not(SECRET, "nil return")
    officer.go(f"/cases/{case}/").look().sees("answered")

    steps.assess(officer, case)
    children.go(f"/cases/{case}/assessments/", 404)
    chair, supervisor = actor("chair"), actor("supervisor")
    steps.sign_convening(chair, case)
    steps.sign_convening(supervisor, case)
    children.go(f"/cases/{case}/").sees_not(SECRET)

    administrator = actor("administrator")
    meeting = steps.plan_meeting(administrator, 5)
    steps.hold(
        administrator,
        chair,
        meeting,
        case,
        "adopt",
        consent_how="In person",
        consent_by="Prevent lead",
        consent_on=steps.working_day(3),
    )
    education.go(f"/cases/{case}/").look().sees("Support").sees_not(SECRET)
    pdf = steps.download(administrator, meeting)
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert case in words
    assert "OFFICIAL-SENSITIVE" in words

    steps.plan(lead, case, "children")
    children.go("/cases/").sees(case)
    steps.consent(lead, case)
    start_item(children, case)
    steps.review(lead, case)
    second = steps.plan_meeting(administrator, 25)
    steps.hold(administrator, chair, second, case, "exit")
    steps.exit_report(chair, case)
    steps.sign_exit(chair, case)
    officer.go(f"/cases/{case}/").sees("Support")
    steps.sign_exit(supervisor, case)
    officer.go(f"/cases/{case}/").look().sees("Closed")
    officer.go(f"/cases/{case}/timeline/").look()
    in_order(
        whole_timeline(officer),
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
    children.go(f"/cases/{case}/timeline/").sees_not("Deconfliction", "Screened")


def start_item(person, case):
    person.go(f"/cases/{case}/plan/").look()
    person.page.locator("main a[href*='/plan/items/']").first.click()
    person.look().press("Start")


def in_order(text, *sentences):
    places = [text.find(sentence) for sentence in sentences]
    assert -1 not in places, dict(zip(sentences, places, strict=True))
    assert places == sorted(places), dict(zip(sentences, places, strict=True))


def whole_timeline(person):
    """The sentences of every page of it, newest first."""
    text = person.text
    while person.page.locator("a[rel='next']").count():
        person.page.locator("a[rel='next']").first.click()
        person.page.wait_for_load_state("load")
        text += person.text
    return text
