"""An exit that waits for its endorsements: the panel's next meeting takes nothing of it away."""

import datetime

import pytest

from channel.casework import work as works
from channel.meetings import queries as meetings
from channel.meetings import steps
from channel.meetings.actions.meetings import close_meeting
from channel.meetings.models import AgendaItem
from channel.support import queries
from channel.support.actions import exits, reviews
from prevent_cms import clock
from prevent_cms.errors import ActionInvalid
from tests import stages
from tests.access import as_user

DAY = datetime.timedelta(days=1)


@pytest.fixture
def case(world):
    """The panel has decided on exit at the meeting before, and the report is written."""
    found = stages.exit_decided(world)
    with clock.at(clock.now() + 31 * DAY):
        stages.report(world, found)
    return found


@pytest.fixture
def later(case):
    """The day of the next meeting, a month after the decision."""
    with clock.at(clock.now() + 60 * DAY):
        yield


def reviewed(world, case):
    return reviews.record_review(
        case,
        on=clock.today(),
        delivered="Eight sessions.",
        risks="None new.",
        needs_open="None.",
        recommendation="remain",
        reason="It goes well.",
        effects={
            pk: reviews.Effect("too_soon")
            for pk in queries.plan_of(case).items.values_list("pk", flat=True)
        },
        by=world.lead,
    )


def test_the_panel_is_not_asked_to_decide_it_again(world, case, later):
    meeting = stages.in_session(world)
    item = meeting.items.get(case=case)
    assert item.group == AgendaItem.Group.EXIT
    assert item.why.endswith("It is not fully endorsed yet.")
    assert meetings.undecided(meetings.agenda(world.chair, meeting)) == []
    assert "exit" not in steps.offers(item, None)
    assert "remain" in steps.offers(item, None)
    with pytest.raises(ActionInvalid, match="not open"):
        stages.decide(world, item, "exit")
    close_meeting(meeting, by=world.administrator)
    case.refresh_from_db()
    assert case.next_due_what == "Endorsement of exit"
    stages.sign_both(world, case)
    case.refresh_from_db()
    assert case.status == "CLOSED"


def test_the_pages_keep_their_budgets(world, case, later, django_assert_max_num_queries):
    reviewed(world, case)
    item = stages.issued(world).items.get(case=case)
    meeting = f"/meetings/{item.meeting_id}/"
    browser = as_user(world.chair)
    for page, most in ((meeting, 14), (f"{meeting}items/{item.number}/", 30)):
        browser.get(page)
        with django_assert_max_num_queries(most):
            browser.get(page)


def test_to_defer_keeps_it_with_its_report_and_signatures(world, case, later):
    exits.sign_exit(case, endorses=True, reason="Good.", by=world.chair)
    meeting = stages.in_session(world)
    stages.decide(world, meeting.items.get(case=case), "defer")
    case.refresh_from_db()
    assert case.next_due_what == "Endorsement of exit"
    assert list(meetings.exits_awaiting([case])) == [case.pk]
    exits.sign_exit(case, endorses=True, reason="Good.", by=world.supervisor)
    case.refresh_from_db()
    assert case.status == "CLOSED"


def test_once_it_is_refused_the_panel_decides_again(world, case, later):
    with clock.at(clock.now() - DAY):
        exits.sign_exit(case, endorses=False, reason="Too early.", by=world.supervisor)
    meeting = stages.in_session(world)
    item = meeting.items.get(case=case)
    assert "It was not endorsed" in item.why
    assert [one.case for one in meetings.undecided(meetings.agenda(world.chair, meeting))] == [case]
    assert "exit" in steps.offers(item, None)
    decided = stages.decide(world, item, "exit")
    assert queries.exit_standing(case) == decided
    assert "exit" in steps.offers(item, decided)  # the words of one's own decision can be mended


def test_a_late_review_shows_until_it_is_done(world, case, later):
    due = queries.next_review_on(case)
    assert due < clock.today()
    meeting = stages.in_session(world)
    for act in (None, close_meeting):
        if act:
            act(meeting, by=world.administrator)
        case.refresh_from_db()
        assert (case.next_due_on, case.next_due_what) == (due, "Endorsement of exit")
        assert case.is_late()
    reviewed(world, case)
    case.refresh_from_db()
    assert case.next_due_what == "Endorsement of exit"
    assert case.next_due_on == queries.next_review_on(case) > clock.today()
    reviewed(world, case)  # a date that has not passed is left alone
    before = case.next_due_on
    case.refresh_from_db()
    assert case.next_due_on == before


def asked(world):
    """By name, what my work asks of each about an exit."""
    found = {name: works.work(user).sections for name, user in world.users.items()}
    rows = {
        name: [row for one in sections if one.key == "exits" for row in one.rows]
        for name, sections in found.items()
    }
    return {name: [row.what for row in some] for name, some in rows.items() if some}


def test_my_work_asks_those_who_may_report_and_endorse(world, case, later):
    sign = ["Endorse the exit"]
    assert asked(world) == {"chair": sign, "deputy": sign, "supervisor": sign}
    exits.sign_exit(case, endorses=True, reason="Good.", by=world.deputy)
    assert asked(world) == {"supervisor": sign}
    with clock.at(clock.now() + DAY):
        meeting = stages.in_session(world)
        stages.decide(world, meeting.items.get(case=case), "remain")
        assert asked(world) == {}
        write = ["Write the closing report"]
        with clock.at(clock.now() + DAY):
            following = stages.in_session(world)
            stages.decide(world, following.items.get(case=case), "exit")
            who = ("chair", "deputy", "supervisor", "officer")
            assert asked(world) == dict.fromkeys(who, write)
            stages.report(world, case)
            with clock.at(clock.now() + DAY):
                exits.sign_exit(case, endorses=False, reason="No.", by=world.supervisor)
                assert asked(world) == {}
