"""The twelve cases of a panel day, each where it stands by the real actions, which lie in the past."""

import datetime
from dataclasses import dataclass

from channel.meetings.actions.meetings import close_meeting
from channel.meetings.actions.minutes import approve_minutes
from channel.meetings.entry import Task
from channel.meetings.models import PanelAction
from prevent_cms import clock
from referrals.models import Case
from tests import people, stages

OPEN_ACTION = "Agree a timetable with the school"


@dataclass
class Docket:
    """The cases by why they come to the panel, and what is open from the meeting before."""

    new: list[Case]
    open: list[Case]
    leaving: Case  # its exit is decided and reported, and waits for two endorsements
    left: Case  # its 6-month review is due
    moving: Case  # its transfer to the other area is proposed
    action: PanelAction


def prepare(world, there):
    """One case that left half a year ago, two meetings of this autumn, and what came in since."""
    with ago(216):
        left = stages.exited(world, name="Vera Left")
    with ago(50):
        *known, leaving = support(
            world, "Ida Open", "Jon Open", "Kay Open", "Ned Open", "Lou Leaving"
        )
    with ago(20):
        action = decide_again(world, known, leaving)
        stages.report(world, leaving)
    with ago(5):
        names = ("Abe New", "Bea New", "Cat New", "Dan New", "Eva Later")
        new = [stages.at_panel(world, name=name) for name in names]
        moving = stages.at_panel(world, name="Max Moving")
        stages.transfer_proposed(world, there, moving)
    return Docket(new, known, leaving, left, moving, action)


def build():
    """Testshire and another area, with people who have worked there for longer than the cases."""
    with ago(300):
        stages.framework()
        return people.build(), people.build(code="OTH", slug="other")


def ago(days):
    return clock.at(clock.now() - datetime.timedelta(days=days))


def support(world, *names):
    """These cases are adopted at one meeting; each has consent and a plan."""
    cases = [stages.at_panel(world, name=name) for name in names]
    meeting = stages.in_session(world)
    for item in meeting.items.filter(case__in=cases):
        stages.decide(world, item, "adopt")
    seal(world, meeting)
    for case in cases:
        case.refresh_from_db()
        stages.consented(world, case)
        stages.write_plan(world, case)
        stages.add_item(world, case, "children", title="Family worker", type="family")
    return cases


def decide_again(world, known, leaving):
    """A meeting at which all of these stay but one, which leaves; the action that it gave out."""
    meeting = stages.in_session(world)
    task = Task(
        what=OPEN_ACTION,
        agency=world.agency("education"),
        owner="Head Invented",
        due_on=clock.today() + datetime.timedelta(days=10),
    )
    for item in meeting.items.filter(case__in=known):
        stages.decide(world, item, "remain", tasks=[task] if item.case == known[0] else [])
    stages.decide(world, meeting.items.get(case=leaving), "exit")
    seal(world, meeting)
    leaving.refresh_from_db()
    return PanelAction.objects.get(what=OPEN_ACTION)


def seal(world, meeting):
    close_meeting(meeting, by=world.administrator)
    approve_minutes(meeting, by=world.chair)
