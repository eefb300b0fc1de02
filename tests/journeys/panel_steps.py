"""The steps of a panel day, each done by the right person through real screens."""

import re

from channel.meetings.models import Meeting
from tests import stages
from tests.journeys.browser import Actor
from tests.journeys.steps import working_day

WHY = "Four referrals came in one week."


def plan(administrator, in_working_days, **answers):
    """Plan a meeting by the form; its address."""
    administrator.go("/meetings/new/").fill(
        day=working_day(in_working_days), time="13:00", place="County Hall", **answers
    ).press("Plan meeting")
    administrator.sees("Meeting planned")
    return re.match(r"/meetings/\d+/", administrator.path)[0]


def plan_extraordinary(administrator):
    """After an empty try, and one that does not say why the panel meets."""
    administrator.go("/meetings/").look().go("/meetings/new/").press("Plan meeting")
    administrator.look().sees("Enter where the panel meets")
    administrator.fill(kind="extraordinary").press("Plan meeting")
    administrator.sees("Enter why the panel meets outside its usual dates")
    meeting = plan(administrator, 5, kind="extraordinary", extraordinary_because=WHY)
    administrator.sees("Extraordinary", WHY).look()
    return meeting


def numbered(somebody):
    """Number -> what stands at it on the agenda that is open: a reference or "Restricted item"."""
    rows = somebody.page.locator("li[id^='item-']").all()
    found = {row.get_attribute("id")[5:]: row.locator("h3").inner_text() for row in rows}
    return {number: words.split(" ")[0] for number, words in found.items() if number.isdigit()}


def references(cases):
    return [case.reference for case in cases]


def arrange(administrator, meeting, first):
    """The first case a place down, by a button, with fewer minutes."""
    administrator.go(meeting).sees("3 h 30 min planned of 3 h", "Over by 30 min")
    administrator.fill(**{f"place-{first.pk}-minutes": "10"})
    administrator.follow(administrator.page.locator(f"button[name='down'][value='{first.pk}']"))
    administrator.sees("Item 1 is now item 2", "3 h 20 min planned of 3 h", "Over by 20 min")


def move(administrator, meeting, number, case, later):
    """One case goes to a later meeting, after an empty try."""
    administrator.go(meeting).press(f"Move item {number} to another meeting").press("Move the case")
    administrator.look().sees("Select which meeting", "Enter why").fill(
        to=later.strip("/").split("/")[1], reason="Health needs two more weeks."
    ).press("Move the case")
    administrator.sees("Item moved to the meeting on", "3 h planned of 3 h")
    administrator.sees_not(case.reference, "Over by")


def raise_other(administrator, meeting):
    administrator.go(meeting).press("Add other business").press("Add to the agenda")
    option = administrator.look().page.locator("[name='raised_by'] option", has_text="health")
    administrator.fill(what="Dates of the next year", raised_by=option.get_attribute("value"))
    administrator.press("Add to the agenda").sees("Dates of the next year (Testshire health)")


def issue(administrator, meeting):
    administrator.go(f"{meeting}issue/").look().press("Issue agenda")
    administrator.sees("Agenda issued. Core agencies have been told.").look()


def reply(member, meeting, key, answer, **answers):
    """Answer the invitation for an agency, after an empty try."""
    member.go(f"{meeting}reply/{key}/").press("Save").sees("Select whether your agency comes")
    member.look().fill(answer=answer, **answers).press("Save")
    member.sees("Answer of Testshire")


def agree(person, meeting, number, *, looks=False):
    """Open an item: the statement first, then the item."""
    person.go(f"{meeting}items/{number}/").sees("Confidentiality statement")
    if looks:
        person.look()
    person.press("I agree")
    assert person.path == f"{meeting}items/{number}/", person.path
    return person


def write_update(member, meeting, number, text):
    member.go(f"{meeting}items/{number}/").press("Write an update").press("Save")
    member.look().sees("Enter what the panel should know").fill(text=text).press("Save")
    member.sees("Written update saved", text)


def supplement(administrator, meeting, number, note):
    administrator.go(f"{meeting}pack/").press("Issue a supplement").press("Issue the next version")
    administrator.look().fill(numbers=number, note=note).press("Issue the next version")
    administrator.sees("Version 1.1 of the pack issued").look()
    administrator.go(f"{meeting}pack/log/").look().sees("Version 1.1 In force")
    administrator.sees("Version 1.0 Replaced")


def open_meeting(administrator, meeting):
    """Open it and say who is there; what was answered to the invitation stands already."""
    administrator.go(meeting).press("Open the meeting")
    administrator.sees("Meeting opened. Record who is here.", "No quorum").look()
    rows = {row.locator("th").inner_text().strip(): row for row in rows_of(administrator)}
    assert status(rows["Testshire education"]) == "apologies"
    assert status(rows["Testshire children's services"]) == "present"
    there = {
        "Chair": "Chair Invented",
        "Testshire Council": "Administrator Invented",
        "Testshire health": "Health Invented",
        "Testshire children's services": "Children Invented",
        "Testshire Police": "",
    }
    for title, name in there.items():
        rows[title].locator("select[name$='-status']").select_option("present")
        if name:
            rows[title].locator("select[name$='-user']").select_option(label=name)
        else:
            rows[title].locator("input[name$='-name']").fill("Sergeant Invented")
    administrator.press("Save attendance").sees("Quorum met", "1 apology so far")


def rows_of(somebody):
    return somebody.page.locator("main tbody tr", has=somebody.page.locator("select")).all()


def status(row):
    return row.locator("select[name$='-status']").input_value()


def declare(member, meeting, number, case):
    """Step out of an item with it open in another tab, which is closed from then on as well."""
    where = f"{meeting}items/{number}/"
    tab = Actor(member.page.context.new_page()).go(where).sees(case.reference)
    member.go(where).press("I have a conflict of interest").press("Step out of this item")
    member.look().sees("Confirm that you will not be able", "Enter your conflict of interest")
    member.fill(reason="He is my nephew.", sure=True).press("Step out of this item")
    member.sees(f"You have stepped out of item {number}", "Restricted item")
    member.sees_not(case.reference)
    assert numbered(member)[number] == "Restricted"
    assert tab.page.reload().status == 404
    tab.go(f"/cases/{case.reference}/", 404).go(f"{meeting}room/{number}/", 404)
    tab.go(f"{meeting}pack/{number}/").sees("This item is not open to you")
    tab.sees_not(case.reference).page.close()


def look_at_the_room(chair, meeting, number):
    """The pages behind who is in the room and what the law asks of it, and a break."""
    where = f"{meeting}items/{number}/"
    people = chair.page.locator(".app-people a").all()
    hrefs = [link.get_attribute("href") for link in people]
    assert len(hrefs) == 6  # the chair and every core agency, those who sent apologies as well
    for href in (hrefs[1], f"{where}home-force/", f"/meetings/panels/{panel_of(meeting)}/duties/"):
        chair.go(href).look()
    chair.go(where).press("Pause the meeting").sees("Meeting paused")
    chair.go(where).press("Go on with the meeting").sees("The meeting goes on")
    chair.go(where).press("Take this item up again").sees("Pause the meeting")


def panel_of(meeting):
    return Meeting.objects.get(pk=meeting.split("/")[2]).panel_id


def said(chair, **answers):
    """What every item asks for."""
    words = {
        "discussion": "School and health told the panel what they know.",
        "risk_to_person": "same",
        "risk_from_person": "lower",
        "risk_to_providers": "same",
        "specialist_needed": "no",
    }
    return chair.fill(**words | answers)


def decide(chair, choice, agreed="unanimous", **answers):
    rationale = "The vulnerability is real and support is likely to help."
    return said(chair, choice=choice, agreed=agreed, rationale=rationale, **answers)


def start(chair):
    """Begin the item that is open."""
    chair.press("Start this item")
    assert not chair.page.get_by_role("button", name="Start this item").count()
    return chair


def save(chair):
    """Save the item and stay on it."""
    return chair.follow(chair.page.locator("button[name='go'][value='stay']"))


def next_item(chair):
    return chair.press("Save and go to the next item")


def give_action(chair, what, agency, owner, due_on):
    option = chair.page.locator("[name='action-new0-agency'] option", has_text=agency)
    row = {"what": what, "agency": option.get_attribute("value"), "owner": owner, "due_on": due_on}
    return chair.fill(**{f"action-new0-{name}": value for name, value in row.items()})


def send_round(administrator, meeting):
    administrator.go(f"{meeting}minutes/").look().press("Check the draft and comment").look()
    administrator.press("Send the draft round").press("Send round").look()
    administrator.fill(until=stages.working_day(5)).press("Send round")
    administrator.sees("The draft is open to the panel", "Open to the panel until")


def comment(member, meeting, number, text):
    """One comment on an item; the rest is accurate."""
    member.go(f"{meeting}minutes/").press("Check the draft and comment").press("Add comment")
    member.look().sees("Enter what should be corrected").fill(item=number, text=text)
    member.press("Add comment").sees("Comment added", text).press("It is accurate")
    member.sees("Found accurate by Children Invented")


def answer_comment(administrator, meeting, why):
    administrator.go(f"{meeting}minutes/check/")
    administrator.follow(administrator.page.locator("main td a", has_text="Answer"))
    administrator.look().fill(state="answered", answer=why).press("Save")
    administrator.sees("Comment answered", why).look()


def approve(chair, meeting):
    chair.go(f"{meeting}minutes/").press("Approve and seal")
    chair.sees("Minutes approved and sealed", "Approved and sealed").look()
    assert Meeting.objects.get(pk=meeting.split("/")[2]).status == "SEALED"


def answer_action(member, what, came_of_it):
    """The agency says that its action is done."""
    member.go("/meetings/actions/?show=mine").look()
    member.follow(member.page.locator("main tr", has_text=what).locator("a"))
    member.look().sees(what).fill(status="done", note=came_of_it).press("Save")
    member.sees("Action updated")
    member.go("/meetings/actions/?show=mine").sees_not(what)
