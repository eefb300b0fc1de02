"""The steps of the whole journey, each done by the right person through real screens."""

import datetime
import io
import re

from pypdf import PdfReader

from prevent_cms import clock
from referrals.intake import pages
from tests.people import PASSWORD
from tests.referrals.answers import answers

REFERENCE = re.compile(r"[A-Z]{3}-\d\d-\d{6}-[A-Z]")


def day(value):
    return datetime.date.fromisoformat(value)


def refer(somebody, area="test", *, looks=True, **changes):
    """Fill in the public form to its end, looking at every screen, and give back the reference."""
    given = answers(**changes)
    somebody.go("/refer/")
    look(somebody, looks)
    if somebody.page.locator('[name="area"][type="radio"]').count():
        somebody.fill(area=area)
    somebody.press("Start now")
    look(somebody, looks)
    somebody.press("Continue")
    while somebody.path != "/refer/check/":
        page = pages.BY_SLUG[re.match(r"/refer/(\w+)/", somebody.path)[1]]
        if looks:  # nothing is answered: the page in its error state, where it asks for anything
            here = somebody.path
            somebody.press("Save and continue").look().go(here)
        for name, field in page.form.base_fields.items():
            if name in given:
                is_date = field.__class__.__name__ == "DateField"
                somebody.fill(**{name: day(given[name]) if is_date else given[name]})
        look(somebody, looks)
        before = somebody.path.split("?")[0]
        somebody.press("Save and continue")
        assert somebody.path.split("?")[0] != before, somebody.text
    look(somebody, looks)
    if somebody.page.locator('[name="declaration"]').count():
        somebody.fill(declaration=True)
    somebody.press("Send")
    look(somebody, looks)
    return REFERENCE.search(somebody.text)[0]


def take(officer):
    """Find the new referral in the queue and take it; the reference of its case."""
    officer.go("/cases/?stage=RECEIVED").look()
    case = REFERENCE.search(officer.text)[0]
    officer.go(f"/cases/{case}/").look().press("Take this referral")
    officer.go(f"/cases/{case}/referral/").look()
    return case


def threshold(officer, case):
    """Record the threshold test, after an empty try."""
    officer.go(f"/cases/{case}/threshold/").press("Record the test")
    officer.look().fill(
        circumstances="Alone since the summer.",
        is_vulnerable="yes",
        rationale="Somebody older gives him tasks.",
        level="towards",
        to_person="Drawn in by one man.",
        from_person="None known.",
        to_providers="Visits in pairs.",
        sensitive="no",
    ).look()
    officer.press("Record the test").look()


def screen(officer, case):
    officer.go(f"/cases/{case}/screening/").press("Save and check")
    officer.look().fill(outcome="go_on", reason="Specific, recent and first hand.").look()
    officer.press("Save and check").look().press("Save")


def deconflict(officer, case):
    officer.go(f"/cases/{case}/deconfliction/").press("Save and check")
    officer.look().fill(systems=["pnc", "pnd", "local"], outcome="clear").look()
    officer.press("Save and check").look().press("Save")


def release(officer, case, *agencies):
    officer.go(f"/cases/{case}/release/").look()
    for name in agencies:
        officer.page.get_by_role("checkbox", name=name).check(force=True)
    officer.fill(
        purpose="To learn what agencies know.",
        gateway="public_interest",
        gateway_reason="Asking now would do harm.",
        necessity="No agency alone knows enough.",
        relevance="They work with him.",
        proportionality="Identity details and three questions only.",
        fairness="As for everybody.",
        sensitive="no",
    ).press("Check what they will see")
    officer.look().press("Release")


def answer(contact):
    """Answer the one request in the list, screen by screen, after an empty try."""
    contact.go("/requests/").look()
    contact.follow(
        contact.page.locator("main table a, main .moj-card a, main a[href*='/requests/']")
    )
    contact.look().press("How you know them")
    contact.press("Save and continue").look()
    contact.fill(
        known="yes",
        systems_searched="Case system and paper files",
        involvement="A family worker closed the case a year ago.",
    ).look().press("Save and continue")
    contact.look().press("Save and continue")  # support in place
    contact.fill(vulnerability="Alone since the summer.").look().press("Save and continue")
    contact.look().press("Save and continue")  # trust
    contact.look().press("Save and continue")  # the power to share
    contact.look().press("Send answer")
    contact.look()


def nil_return(contact):
    contact.go("/requests/")
    contact.follow(contact.page.locator("main a[href*='/requests/']"))
    contact.press("nil return")
    contact.press("Send nil return").look()
    contact.fill(searched=True, systems_searched="Case system").press("Send nil return")
    contact.look()


def assess(officer, case):
    """Begin the assessment and rate every factor, one dimension after the other; sign."""
    officer.go(f"/cases/{case}/requests/").look().press("Begin the assessment")
    officer.go(f"/cases/{case}/assessments/").look().press("Start")
    officer.look()
    if officer.page.locator('[name="point"]').count():
        officer.fill(point="initial").press("Start")
    officer.follow(officer.page.locator("main a[href$='/engagement/']"))
    for _ in range(3):
        officer.page.wait_for_load_state("load")
        for radio in officer.page.locator('[name$="_rating"][value="not_known"]').all():
            radio.check(force=True)
        if officer.page.locator('[name="E01_rating"]').count():
            officer.fill(E01_rating="strongly").press("Save and").look()  # evidence is missing
            officer.fill(
                E01_evidence="Told his tutor that everybody is against him.",
                E01_source="Form tutor",
                E01_source_on=clock.today(),
            )
        officer.fill(level="low", rationale="From the referral and the returns.", sensitive="no")
        officer.look()
        officer.press("Save and")
    officer.go(re.sub(r"[a-z]+/$", "sign/", re.sub(r"(assessments/\d+/).*", r"\1x/", officer.path)))
    officer.look().press("Sign this assessment")


def sign_convening(person, case):
    person.go(f"/cases/{case}/convening/").look().press("Sign")
    person.look().fill(result="panel", grounds="Reasonable grounds, section 36.").press("Sign")


def plan_meeting(administrator, in_working_days):
    """Plan a meeting through the form; its address."""
    administrator.go("/meetings/").look().go("/meetings/new/").press("Plan")
    administrator.look().fill(
        day=working_day(in_working_days), time="13:00", place="County Hall"
    ).press("Plan")
    return re.match(r"/meetings/\d+/", administrator.path)[0]


def hold(administrator, chair, meeting, case, choice, **answers):
    """Issue the agenda, meet, record the case, close, approve the minutes."""
    administrator.go(meeting).look().sees(case).go(f"{meeting}issue/").look().press("Issue")
    administrator.go(meeting).press("Open the meeting")
    administrator.go(f"{meeting}attendance/").press("Save attendance").look()
    for box in administrator.page.locator("select[name$='-status']").all():
        if not box.get_attribute("aria-label") and "Invited" in box.evaluate(
            "e => e.labels[0].textContent"
        ):
            continue
        box.select_option("present")
        name = box.get_attribute("name").replace("-status", "-name")
        administrator.fill(**{name: "Somebody Invented"})
    administrator.press("Save attendance")
    chair.go(meeting).look().press(case)
    chair.look().press("I agree")
    chair.press("Save").look()
    chair.fill(
        discussion="The case officer set out the referral. Health had nothing to add.",
        risk_to_person="same",
        risk_from_person="lower",
        risk_to_providers="same",
        specialist_needed="no",
        choice=choice,
        rationale="The vulnerability is real and support is likely to help.",
        agreed="unanimous",
        **answers,
    )
    chair.fill(
        **{
            "action-new0-what": "Share the attendance figures",
            "action-new0-owner": "Head of year",
            "action-new0-due_on": working_day(4),
        }
    )
    first = chair.page.locator("select[name='action-new0-agency'] option").nth(1)
    chair.fill(**{"action-new0-agency": first.get_attribute("value")})
    chair.look().press("Save")
    chair.go(f"{meeting}close/").look().press("Close the meeting")
    chair.go(f"{meeting}minutes/").look().press("Approve and seal")
    chair.go(f"{meeting}minutes/").look().sees("Approved and sealed")


def download(person, meeting):
    """The minutes as a file; its bytes. Whoever signed in a while ago confirms who it is."""
    person.go(f"{meeting}minutes/")
    if "you are asked to confirm" in person.text:
        person.press("Download the minutes").look().fill(password=PASSWORD).press("Continue")
        person.sees("You have confirmed that it is you").look()
    answer = person.page.request.get(f"{meeting}minutes.pdf")
    assert answer.status == 200, answer.status
    assert answer.headers["content-type"] == "application/pdf"
    return answer.body()


def text_of(pdf):
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def consent(lead, case):
    lead.go(f"/cases/{case}/consent/").look().press("Record")
    lead.look().fill(
        about="support",
        position="given",
        asked_by="Prevent lead, at school",
        given_by="self",
        capacity_considered=True,
        decided_on=clock.today(),
        note="Wants help with school first.",
    ).press("Record")


def plan(lead, case, agency):
    """Write the plan and one item that `agency` leads."""
    lead.go(f"/cases/{case}/plan/").look().go(f"/cases/{case}/plan/new/").press("Save the plan")
    lead.look().fill(
        needs="Belonging and a way back to school.",
        consent_how="In person",
        consent_by="Prevent lead",
        consent_on=clock.today(),
    ).press("Save the plan")
    lead.go(f"/cases/{case}/plan/items/new/").press("Add the item")
    lead.look()
    if lead.page.locator('[name="need"]').count():
        lead.fill(need="new")
    option = lead.page.locator(f"select[name='agency'] option:has-text('{agency}')").first
    lead.fill(
        new_need="A way back to school",
        addresses="Time alone online.",
        type="education",
        title="A timetable that he can keep",
        agency=option.get_attribute("value"),
        lead_person="Family Worker Invented",
        starts_on=clock.today(),
        due_on=working_day(60),
        intensity="regular",
        whole_family="no",
        measure="Four days in five at school.",
        provider_risk="Low.",
        necessity="Cannot deliver without knowing whom it is for.",
        proportionality="Its own item only.",
    ).look().press("Add the item")


def review(lead, case):
    lead.go(f"/cases/{case}/review/").press("Send the review")
    lead.look()
    for radio in lead.page.locator('[name^="helps_"][value="helps"]').all():
        radio.check(force=True)
    for box in lead.page.locator('[name^="shows_"]').all():
        box.fill("Attendance is up.")
    lead.fill(
        on=clock.today(),
        delivered="Four sessions.",
        risks="Lower.",
        needs_open="None.",
        recommendation="exit",
        reason="The risk is down and stays down.",
    ).press("Send the review")


def exit_report(chair, case):
    chair.go(f"/cases/{case}/exit/").look().fill(
        outcome="risk_reduced",
        evidence="Two reviews in a row.",
        health_and_care_considered="The GP knows.",
        destination="The tutor keeps a weekly talk.",
        safeguarding_concern="no",
        significant_harm="no",
        crime="no",
        told="Told by the family worker.",
    ).press("Record")


def sign_exit(person, case):
    person.go(f"/cases/{case}/exit/").look()
    person.fill(endorses="yes", reason="I have read the report.").press("Record my answer")


def look(somebody, looks=True):
    if looks:
        somebody.look()


def working_day(offset):
    return clock.add_working_days(clock.today(), offset)
