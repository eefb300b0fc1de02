"""A whole day of a panel, from planning its meeting to the agenda of the next one.

Twelve cases wait: five new, four in support, one whose exit waits for its endorsements, one whose
6-month review is due, and one that may go to another area.
"""

import pytest

from channel.meetings.models import PanelAction
from prevent_cms import clock
from prevent_cms.components.text import gov_date
from tests import stages
from tests.journeys import panel_cases, steps
from tests.journeys import panel_steps as panel
from tests.journeys.browser import People

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REFERRED = "attacks in other countries"  # of the referral; it is for police
NOTE = "Ravens circle the tower."  # police's own, of item 5
CANARY = "Herons nest by the weir."  # said of item 2, from which health stepped out
DISSENT = "Police would have adopted the case."
UPDATE = "Attendance is at 92 per cent."
ACTION = "Share the attendance figures"


@pytest.fixture
def day(transactional_db, actor):
    """The people, the cases, and everybody's browser."""
    world, there = panel_cases.build()
    return world, panel_cases.prepare(world, there), People(actor)


def test_a_panel_day(day):
    world, docket, people = day
    meeting, later = prepare_agenda(people, docket)
    invite(people, meeting)
    send_supplement(world, people, meeting, docket.open[0])
    panel.open_meeting(people.administrator, meeting)
    barred = docket.new[0]
    panel.agree(people.health, meeting, "2")
    panel.declare(people.health, meeting, "2", barred)
    hold(people, meeting, docket)
    show(people, meeting, docket.open[0])
    endorse(people, meeting, docket.leaving)
    close(people, meeting)
    approve(people, meeting, barred)
    act(people, meeting, docket.open[0])
    carried_on(people, later, docket)


def prepare_agenda(people, docket):
    """Plan, put in order, move one case, issue; the address of this meeting and of a later one."""
    administrator, (abe, bea, cat, dan, eva) = people.administrator, docket.new
    later = panel.plan(administrator, 25)
    meeting = panel.plan_extraordinary(administrator)
    rest = [*docket.open, docket.leaving, docket.left, docket.moving]
    assert agenda(administrator) == panel.references([abe, bea, cat, dan, eva, *rest])
    panel.arrange(administrator, meeting, abe)
    assert agenda(administrator) == panel.references([bea, abe, cat, dan, eva, *rest])
    panel.move(administrator, meeting, 5, eva, later)
    panel.raise_other(administrator, meeting)
    people.health.go(meeting, 404)
    panel.issue(administrator, meeting)
    assert agenda(administrator) == panel.references([bea, abe, cat, dan, *rest])
    return meeting, later


def agenda(somebody):
    """The references on the agenda that is open, in the order of their numbers."""
    found = panel.numbered(somebody)
    assert list(found) == [str(n) for n in range(1, len(found) + 1)]
    return list(found.values())


def invite(people, meeting):
    """The pack is there; one member comes, another cannot and writes."""
    children, education = people.children, people.education
    panel.reply(children, meeting, "children", "coming", name="Children Invented")
    panel.reply(education, meeting, "education", "apologies", note="At court")
    education.go(f"{meeting}pack/").look().sees("Version 1.0").sees_not("New in version")
    education.go(f"{meeting}pack/5/").look().sees("Support plan, version 1")
    education.sees_not(REFERRED)
    panel.agree(education, meeting, "5", looks=True).look()
    panel.write_update(education, meeting, "5", UPDATE)
    people.administrator.go(meeting).sees("Apologies (At court)", "Written update received")
    people.administrator.sees("No quorum yet", "1 of 5 core agencies have accepted")


def send_supplement(world, people, meeting, case):
    """The plan of one case changed after the pack went out; the cover says so."""
    stages.write_plan(world, case, needs="Belonging, and a quiet place.", replaces=1)
    people.children.go(f"{meeting}pack/5/").sees("Support plan, version 1")
    panel.supplement(people.administrator, meeting, "5", "The plan has a new version.")
    children = people.children.go(f"{meeting}pack/")
    children.sees("New in version 1.1", f"{case.reference}. The plan has a new version.")
    assert children.page.locator("main table .govuk-tag").all_inner_texts() == ["New"]
    children.go(f"{meeting}pack/5/").sees("Support plan, version 2")
    children.go(f"{meeting}pack/6/").sees("Support plan, version 1")


def hold(people, meeting, docket):
    """Everybody agrees; the chair records an adoption, a majority, and one that stays."""
    chair = people.chair
    panel.agree(people.children, meeting, "1")
    panel.agree(people.administrator, meeting, "1")
    panel.agree(chair, meeting, "1")
    chair.go(meeting).sees("4 of 5 people agreed", "Sergeant Invented").press("Agreed, aloud")
    chair.sees("5 of 5 people agreed to the confidentiality statement")
    panel.start(chair.go(f"{meeting}items/1/").look())
    asked = {"consent_how": "In person", "consent_by": "Lead Invented"}
    panel.decide(chair, "adopt", consent_on=steps.working_day(3), **asked)
    panel.next_item(chair).sees("Item 1 saved", "Item 2", "Health Invented", "conflict of interest")
    panel.start(chair)
    panel.look_at_the_room(chair, meeting, "2")
    panel.decide(chair, "defer", "majority", discussion=CANARY)
    panel.save(chair).sees("Enter who disagreed, and what they would have decided").look()
    chair.fill(dissent=DISSENT)
    panel.save(chair).sees("Item 2 saved", "Decided")
    panel.start(chair.go(f"{meeting}items/5/")).sees(UPDATE, panel_cases.OPEN_ACTION)
    panel.decide(chair, "remain")
    panel.give_action(chair, ACTION, "education", "Head of year", steps.working_day(4))
    panel.save(chair).sees("Item 5 saved")
    chair.go(f"{meeting}items/10/").sees("6 months after exit")
    panel.save(panel.said(chair)).sees("Item 10 saved")
    chair.go(meeting).sees("6 cases without a decision")


def show(people, meeting, case):
    """Police present the item; what is theirs is on their own page and not on the wall."""
    officer = panel.agree(people.officer, meeting, "5").fill(text=NOTE)
    officer.press("Save side note").sees("Side note saved", NOTE)
    officer.go(f"{meeting}room/").look().sees(case.reference)
    officer.go(f"{meeting}room/5/").look().sees("remain on the plan", ACTION)
    officer.sees_not(NOTE, REFERRED, "side note", "Officer Invented")
    people.chair.go(f"{meeting}items/5/").sees_not(NOTE)


def endorse(people, meeting, case):
    """Both endorsements of the exit let the case leave, and its first review is set."""
    review = gov_date(clock.add_months(clock.today(), 6))
    people.chair.go(f"{meeting}items/9/").sees("It is not fully endorsed yet")
    steps.sign_exit(people.chair, case.reference)
    people.chair.sees("1 of 2 endorsements")
    case.refresh_from_db()
    assert case.status == "SUPPORT"
    steps.sign_exit(people.supervisor, case.reference)
    people.supervisor.sees("Completed", f"Review after the exit on {review}").look()
    case.refresh_from_db()
    assert case.status == "CLOSED"
    people.officer.go(f"/cases/{case.reference}/").sees("Closed", "6-month review", review)


def close(people, meeting):
    people.chair.go(f"{meeting}close/").look().sees("6 cases without a decision")
    people.chair.press("Close the meeting").sees("Meeting closed")


def approve(people, meeting, barred):
    """Sent round, commented on, answered, sealed; each copy holds what is open to its reader."""
    people.health.go(f"{meeting}minutes/", 409)
    panel.send_round(people.administrator, meeting)
    people.health.go(f"{meeting}minutes/").sees("Restricted item").sees_not(
        barred.reference, CANARY
    )
    panel.comment(people.children, meeting, "5", "The family worker spoke too.")
    people.chair.go(f"{meeting}minutes/").sees("1 comment without an answer", DISSENT)
    panel.answer_comment(people.administrator, meeting, "Speakers are not named.")
    panel.approve(people.chair, meeting)
    whole = steps.text_of(steps.download(people.administrator, meeting))
    for words in (barred.reference, CANARY, DISSENT, ACTION, "OFFICIAL-SENSITIVE"):
        assert words in whole, words
    assert NOTE not in whole
    copy = steps.text_of(steps.download(people.health, meeting))
    assert "2. Restricted item" in copy
    assert ACTION in copy
    for words in (barred.reference, CANARY, DISSENT, NOTE):
        assert words not in copy, words


def act(people, meeting, case):
    """The agency answers its action; whoever reads the case or the meeting sees how it stands."""
    panel.answer_action(people.education, ACTION, "Sent to all on Monday.")
    assert PanelAction.objects.get(what=ACTION).status == "done"
    for page in (f"{meeting}actions/", f"/cases/{case.reference}/panel/"):
        people.chair.go(page).look().sees(panel_cases.OPEN_ACTION, "Done: Sent to all on Monday.")
    people.children.go(f"/cases/{case.reference}/panel/").sees(ACTION).sees_not(NOTE)


def carried_on(people, later, docket):
    """The next agenda: whatever is open, what was moved, and nothing that has left today."""
    bea, abe, cat, dan, eva = docket.new[1], docket.new[0], *docket.new[2:]
    administrator = people.administrator.go(later).look()
    found = agenda(administrator)
    assert set(found) == set(
        panel.references([*docket.new, *docket.open, docket.left, docket.moving])
    )
    assert set(found[:4]) == set(panel.references([abe, cat, dan, eva]))
    assert bea.reference in found[4:9]
    administrator.sees(
        "Moved here from", "Before the panel again. Last seen", "6 months after exit"
    )
    administrator.sees("3 actions open, 3 overdue.", ": approved.").sees_not(
        docket.leaving.reference
    )
