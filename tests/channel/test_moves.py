"""Cases moved often, the order of an agenda with cases that are hidden, and the order of locks."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from channel.meetings import queries
from channel.meetings.actions import arranging, planner
from channel.meetings.actions.agenda import issue_agenda
from channel.meetings.actions.meetings import close_meeting, open_meeting
from channel.meetings.models import Placing
from referrals.actions import restricting
from tests import stages
from tests.access import as_user


def seen(user, meeting):
    page = as_user(user).get(reverse("meeting", args=[meeting.pk]))
    return page.context["rows"].seen


def arrange(world, meeting, order, minutes=None, *, by=None, version=None):
    arranging.arrange_agenda(
        meeting, order=order, minutes=minutes or {}, version=version, by=by or world.chair
    )


def test_a_case_is_moved_as_often_as_it_takes(world):
    case = stages.at_panel(world)
    first = stages.issued(world)
    said = first.items.get().why
    for _ in range(7):
        later = stages.planned(world)
        arranging.move_case(first, case, to=later, reason="r", by=world.chair)
        item = first.items.get()
        assert item.why == said
        assert item.why_here.count("Moved to") == 1
        planner.cancel_meeting(later, because="Snow.", version=1, by=world.chair)
    assert first.items.get().why_here == said


def test_what_is_done_with_a_hidden_case_does_not_show(world):
    case, hidden = stages.at_panel(world), stages.at_panel(world, name="Other Person")
    meeting = stages.planned(world)
    restricting.set_bar(hidden, user=world.administrator, reason="r", by=world.supervisor)
    arrange(world, meeting, [case.pk])
    before = seen(world.administrator, meeting)
    assert before
    arrange(world, meeting, [case.pk, hidden.pk], {hidden.pk: 55})
    assert seen(world.administrator, meeting) == before
    assert seen(world.chair, meeting) > before
    times = {case.pk: 25}
    arrange(world, meeting, [case.pk], times, by=world.administrator, version=before)
    assert queries.due_at(world.administrator, meeting)[0].minutes == 25


def test_every_meeting_locks_its_cases_in_one_order(world):
    cases = [stages.at_panel(world, name=name) for name in ("Ann Q", "Bob Q", "Cy Q")]
    ordered = sorted(case.pk for case in cases)
    meeting = stages.planned(world)
    arrange(world, meeting, ordered[::-1])
    assert list(Placing.objects.order_by("pk").values_list("case", flat=True)) == ordered
    assert [one.case.pk for one in queries.due_at(world.chair, meeting)] == ordered[::-1]
    with CaptureQueriesContext(connection) as asked:
        issue_agenda(meeting, by=world.chair)
    assert_locked_first(asked, 'INSERT INTO "channel_agendaitem"')
    meeting.refresh_from_db()
    meeting = open_meeting(meeting, by=world.chair)
    with CaptureQueriesContext(connection) as asked:
        close_meeting(meeting, by=world.chair)
    assert_locked_first(asked, 'UPDATE "referrals_case"')


def assert_locked_first(asked, writes):
    """All the cases are locked at once, by number, before the first of them is touched."""
    texts = [query["sql"] for query in asked]
    locks = [
        n
        for n, sql in enumerate(texts)
        if 'FROM "referrals_case"' in sql and "ORDER BY" in sql and "FOR UPDATE" in sql
    ]
    first = next(n for n, sql in enumerate(texts) if sql.startswith(writes))
    assert locks
    assert locks[0] < first
