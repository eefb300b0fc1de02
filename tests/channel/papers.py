"""The papers of a meeting with something in every box: what happened before it, and what it said."""

import datetime

from channel.meetings.actions import conflicts
from channel.meetings.actions.meetings import open_meeting
from channel.meetings.entry import Task
from channel.support.actions import items, reviews
from channel.support.actions.reviews import Effect
from channel.support.models import PlanItem
from prevent_cms import clock
from referrals.actions import parallel
from tests import stages


def in_support(world, **changes):
    """A case whose plan is under way, reviewed once, with MAPPA beside it."""
    case, today = stages.plan_written(world, **changes), clock.today()
    family = PlanItem.objects.get(case=case, agency=world.agency("children"))
    said = {"text": "He came twice.", "status": "started", "version": family.version}
    items.start_item(family, by=world.lead)
    family.refresh_from_db()
    said |= {"status": items.next_statuses(family)[0], "version": family.version}
    items.record_progress(family, on=today, **said, by=world.children)
    reviews.record_review(
        case, on=today, delivered="Two visits.", risks="A new contact.", needs_open="Belonging.",
        recommendation="remain", reason="It helps.", by=world.lead,
        effects={one.pk: Effect("helps", "Back at chess.") for one in PlanItem.objects.filter(case=case)},
    )  # fmt: skip
    terms = parallel.Terms("Testshire MAPPA", "I. Invented", "channel", today)
    parallel.record_process(case, terms, kind="mappa", since=today, by=world.lead)
    return case


def held(world, meeting, text="Ask the school"):
    """The issued meeting is in session and has decided on all of its items."""
    open_meeting(meeting, by=world.administrator)
    stages.attend(world, meeting)
    due = clock.today() + datetime.timedelta(days=10)
    task = Task(what=text, agency=world.agency("education"), owner=text[:120], due_on=due)
    for item in meeting.items.select_related("case"):
        choice = "adopt" if item.group == "new" else "remain"
        stages.decide(world, item, choice, tasks=[task])
    conflicts.declare(meeting.items.first(), reason="A neighbour.", by=world.education)
    return meeting
