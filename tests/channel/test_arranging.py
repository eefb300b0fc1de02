"""The agenda of a meeting: standing items, transfers, order and times, moves, other business."""

import datetime
import random

import pytest
from django.urls import reverse

from channel.meetings import case_reading, placing, queries, standing, steps
from channel.meetings.actions import arranging, planner
from channel.meetings.actions.agenda import issue_agenda
from channel.meetings.actions.meetings import close_meeting, open_meeting
from channel.meetings.models import AgendaItem, OtherBusiness, Placing
from prevent_cms import clock
from prevent_cms.components.text import gov_date
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from referrals.models import Case
from referrals.workflow import Status
from tests import stages
from tests.access import as_user, expect, sign_in

MONDAY = datetime.datetime(2026, 11, 23, 10, tzinfo=datetime.UTC)
Group = AgendaItem.Group


@pytest.fixture(autouse=True)
def on_a_monday():
    with clock.at(MONDAY):
        yield


def url(name, meeting, *more):
    return reverse(name, args=[meeting.pk, *more])


def text(user, address):
    return " ".join(as_user(user).get(address).content.decode().split())


def copies(world, case, number):
    """More cases that stand where this one stands, without the long way there."""
    more = []
    for _ in range(number):
        twin = Case.objects.get(pk=stages.released(world, agencies=()).pk)
        twin.status = case.status
        twin.save(update_fields=["status"])
        more.append(twin)
    return more


def on(user, meeting):
    return [one.case.pk for one in queries.due_at(user, meeting)]


def sent(world, meeting, **pressed):
    """What a browser sends of the page as it is now, with what was pressed or typed."""
    cases = on(world.chair, meeting)
    rows = {f"place-{pk}-position": n for n, pk in enumerate(cases, 1)}
    rows |= {f"place-{pk}-minutes": 15 for pk in cases}
    newest = Placing.history.order_by("-history_id").first()
    return rows | {"seen": newest.history_id if newest else 0} | pressed


class TestStandingItems:
    def test_the_same_letters_at_every_meeting_with_what_is_known(self, world):
        held = stages.meeting_held(world, "adopt")
        meeting = stages.planned(world)
        page = text(world.chair, url("meeting", meeting))
        letters = [kind.letter for kind in standing.OPENING + standing.CLOSING]
        assert letters == ["A", "B", "C", "D", "Y", "Z"]
        assert page.index('id="item-D"') < page.index('id="item-1"') < page.index('id="item-Y"')
        assert f"Minutes of {gov_date(held.starts_at)}: draft." in page
        assert "1 action open, 0 overdue." in page
        with clock.at(MONDAY + datetime.timedelta(days=60)):
            (_, _, _, log) = standing.around(world.chair, meeting)["opening"]
        assert log.why == "1 action open, 1 overdue."
        (_, _, _, log) = standing.around(world.provider, meeting)["opening"]
        assert log.why == "No action is open."

    def test_apologies_are_counted_and_the_rail_shows_the_letters(self, world):
        stages.at_panel(world)
        meeting = stages.in_session(world)
        stages.attend(world, meeting, away=("health",))
        first, second, third, _ = standing.around(world.chair, meeting)["opening"]
        assert first.why == "On every agenda. 1 apology so far."
        assert "conflict" in second.why
        assert third.why == "No meeting was held before."
        stages.attend(world, meeting)
        assert standing.around(world.chair, meeting)["opening"][0].why == "On every agenda."
        rail = text(world.chair, url("meeting_item", meeting, "1"))
        assert "Apologies and who is here" in rail
        assert "Next meeting" in rail

    def test_other_business_is_added_by_who_prepares_the_meeting(self, client, world, elsewhere):
        meeting = stages.planned(world)
        sign_in(client, world.lead)
        page = client.get(url("meeting", meeting)).content.decode()
        assert "Nothing has been raised" in page
        sent = {"what": "", "raised_by": world.agency("health").pk}
        wrong = client.post(url("meeting_other", meeting), sent).content.decode()
        assert "Enter what it is about" in wrong
        offered = client.get(url("meeting_other", meeting)).context["form"].fields["raised_by"]
        seated = {"police", "council", "children", "health", "education"}
        assert {one.key for one in offered.queryset} == seated  # a provider has no seat of its own
        client.post(url("meeting_other", meeting), sent | {"what": "Dates of next year"})
        line = OtherBusiness.objects.get()
        page = client.get(url("meeting", meeting)).content.decode()
        assert "Dates of next year (Testshire health)" in page
        event = Event.objects.get(type=EventType.OTHER_BUSINESS_ADDED)
        assert (event.target, event.case_reference) == (f"channel.meeting:{meeting.pk}", "")
        issue_agenda(meeting, by=world.chair)
        expect(
            url("meeting_other", meeting),
            {world.administrator: 200, world.officer: 200, world.health: 403, elsewhere.chair: 404},
        )
        add = {"what": "More", "by": world.chair}
        for agency in (elsewhere.agency("health"), world.agency("provider")):
            with pytest.raises(ActionInvalid, match="permanent seat"):
                arranging.add_other_business(meeting, raised_by=agency, **add)
        with pytest.raises(ActionDenied):
            arranging.add_other_business(
                meeting, what="More", raised_by=line.raised_by, by=world.health
            )
        close_meeting(open_meeting(meeting, by=world.chair), by=world.chair)
        with pytest.raises(ActionInvalid, match="has ended"):
            arranging.add_other_business(meeting, raised_by=line.raised_by, **add)


class TestOrderAndTimes:
    def test_up_and_down_inside_the_group(self, client, world):
        supported = stages.supported(world)
        first = stages.at_panel(world)
        second, third = copies(world, first, 2)
        meeting = stages.planned(world)
        assert on(world.chair, meeting) == [first.pk, second.pk, third.pk, supported.pk]
        sign_in(client, world.administrator)
        order, page = url("meeting_order", meeting), url("meeting", meeting)
        shown = client.get(page).content.decode()
        assert shown.count("disabled") == 4  # first up and last down of each group
        answer = client.post(order, sent(world, meeting, up=second.pk))
        assert answer.url == f"{page}?at=1&by=up#item-1"
        assert on(world.chair, meeting) == [second.pk, first.pk, third.pk, supported.pk]
        landed = client.get(answer.url).content.decode()
        assert "Item 2 is now item 1" in landed
        assert landed.count("autofocus") == 1
        client.post(order, sent(world, meeting, down=first.pk))
        assert on(world.chair, meeting) == [second.pk, third.pk, first.pk, supported.pk]
        for pressed in ({"up": second.pk}, {"down": first.pk}, {"up": 0}, {"up": "x"}):
            client.post(order, sent(world, meeting, **pressed))
            assert on(world.chair, meeting) == [second.pk, third.pk, first.pk, supported.pk]
        events = Event.objects.filter(type=EventType.AGENDA_ARRANGED)
        assert {e.case_reference for e in events} == {""}

    def test_positions_and_minutes_that_are_typed(self, client, world):
        first = stages.at_panel(world)
        second, third = copies(world, first, 2)
        meeting = stages.planned(world)
        sign_in(client, world.administrator)
        order = url("meeting_order", meeting)
        typed = {f"place-{first.pk}-position": 2, f"place-{second.pk}-minutes": 40}
        client.post(order, sent(world, meeting, **typed))
        assert on(world.chair, meeting) == [second.pk, first.pk, third.pk]
        client.post(order, sent(world, meeting, **{f"place-{third.pk}-position": 1}))
        assert on(world.chair, meeting) == [third.pk, second.pk, first.pk]
        long = sent(world, meeting, **{f"place-{first.pk}-minutes": "long"})
        wrong = client.post(order, long).content.decode()
        assert "must be a whole number" in wrong
        assert 'value="long"' in wrong
        assert client.get(order).status_code == 200
        assert client.post(order, sent(world, meeting, seen=1)).status_code == 409

    def test_the_issue_fixes_order_and_minutes(self, client, world):
        first = stages.at_panel(world)
        (second,) = copies(world, first, 1)
        meeting = stages.planned(world)
        arranging.arrange_agenda(meeting, order=[], minutes={}, by=world.chair)
        order = [second.pk, first.pk]
        arranging.arrange_agenda(meeting, order=order, minutes={first.pk: 40}, by=world.chair)
        arranging.arrange_agenda(meeting, order=order, minutes={first.pk: 45}, by=world.chair)
        row = Placing.objects.get(case=first)
        assert (row.version, row.history.count()) == (2, 2)
        items = issue_agenda(meeting, by=world.chair)
        assert [(i.case_id, i.minutes) for i in items] == [(second.pk, 20), (first.pk, 45)]
        address = url("meeting_order", meeting)
        assert sign_in(client, world.administrator).get(address).status_code == 409
        with pytest.raises(ActionInvalid, match="fixed"):
            arranging.arrange_agenda(meeting, order=[], minutes={}, by=world.chair)
        with pytest.raises(ActionDenied):
            arranging.arrange_agenda(meeting, order=[], minutes={}, by=world.lead)

    def test_who_may(self, client, world, elsewhere):
        case = stages.at_panel(world)
        meeting = stages.planned(world)
        stages.planned(world)
        wanted = {
            world.administrator: 200,
            world.chair: 200,
            world.officer: 403,
            world.lead: 403,
            world.health: 404,
            elsewhere.chair: 404,
            None: 302,
        }
        expect(url("meeting_order", meeting), wanted)
        expect(url("meeting_move", meeting, case.reference), wanted)
        other = sign_in(client, world.chair).get(url("meeting_move", meeting, "TST-26-000000-X"))
        assert other.status_code == 404

    def test_the_usual_time_by_group(self, world):
        assert set(placing.MINUTES) == set(Group)
        stages.at_panel(world)
        meeting = stages.planned(world)
        assert [one.minutes for one in queries.due_at(world.chair, meeting)] == [20]
        assert "45 min planned of 3 h." in text(world.lead, url("meeting", meeting))


class TestTransfers:
    def test_a_case_that_may_go_stands_once_under_transfers(self, world, elsewhere):
        case = stages.at_panel(world)
        stages.transfer_proposed(world, elsewhere, case)
        meeting = stages.planned(world)
        (due,) = queries.due_at(world.chair, meeting)
        assert (due.case.pk, due.group, due.minutes) == (case.pk, Group.TRANSFER, 10)
        assert due.why.startswith(f"A transfer to {elsewhere.area.name} was proposed")
        issue_agenda(meeting, by=world.chair)
        stages.agree(world, meeting)
        open_meeting(meeting, by=world.chair)
        page = text(world.chair, url("meeting_item", meeting, "1"))
        assert "should this case go to the other area?" in page
        assert 'value="adopt"' in page

    def test_an_exit_goes_before_it(self, world, elsewhere):
        case = stages.exit_decided(world)
        with clock.at(MONDAY + datetime.timedelta(days=31)):
            stages.transfer_proposed(world, elsewhere, case)
            (due,) = queries.due_at(world.chair, stages.planned(world))
        assert due.group == Group.EXIT


class TestMoves:
    def test_a_planned_case_goes_to_a_later_meeting_with_a_reason(self, client, world):
        case = stages.at_panel(world)
        due_on = Case.objects.get(pk=case.pk).next_due_on
        now, between, later = (stages.planned(world) for _ in range(3))
        sign_in(client, world.administrator)
        move = url("meeting_move", now, case.reference)
        answer = client.post(move, {"to": later.pk, "reason": ""})
        assert "Enter why" in answer.content.decode()
        assert client.post(move, {"to": now.pk, "reason": "r"}).status_code == 200
        answer = client.post(move, {"to": later.pk, "reason": "The school cannot come."})
        assert answer.url == url("meeting", now)
        assert [on(world.chair, one) for one in (now, between, later)] == [[], [], [case.pk]]
        assert case.reference not in text(world.chair, url("meeting", now))
        (due,) = queries.due_at(world.chair, later)
        assert "Moved here from" in due.why
        event = Event.objects.get(type=EventType.ITEM_MOVED)
        assert event.case_reference == case.reference
        assert client.get(url("meeting_move", later, case.reference)).status_code == 200
        assert "No later meeting" in text(world.chair, url("meeting_move", later, case.reference))
        assert issue_agenda(now, by=world.chair) == []
        assert queries.late_cases(world.chair, now) == []
        issue_agenda(later, by=world.chair)
        case.refresh_from_db()
        assert case.next_due_on == due_on  # so that it shows as overdue from then on

    def test_an_issued_item_stays_and_asks_no_decision(self, world):
        case = stages.at_panel(world)
        now = stages.in_session(world)
        later = stages.planned(world)
        due_on = Case.objects.get(pk=case.pk).next_due_on
        arranging.move_case(now, case, to=later, reason="No time.", by=world.chair)
        item = now.items.get()
        assert item.moved_to == later
        assert "Moved to" in text(world.health, url("meeting", now))
        assert 'name="choice"' not in text(world.chair, url("meeting_item", now, "1"))
        assert queries.undecided(queries.agenda(world.chair, now)) == []
        with pytest.raises(ActionInvalid, match="not open"):
            stages.decide(world, item)
        with pytest.raises(ActionInvalid, match="not discussed yet"):
            arranging.move_case(now, case, to=later, reason="r", by=world.chair)
        assert on(world.chair, later) == [case.pk]
        close_meeting(now, by=world.chair)
        case.refresh_from_db()
        assert case.next_due_on == due_on
        with pytest.raises(ActionInvalid, match="has ended"):
            arranging.move_case(now, case, to=later, reason="r", by=world.chair)

    def test_it_is_heard_here_again_when_the_later_meeting_is_cancelled(self, world):
        case = stages.at_panel(world)
        first = stages.issued(world)
        later = stages.planned(world)
        arranging.move_case(first, case, to=later, reason="r", by=world.chair)
        planner.cancel_meeting(later, because="Snow.", version=1, by=world.chair)
        item = first.items.get()
        assert not item.is_moved
        assert steps.offers(item, None)
        assert case_reading.next_meeting(world.chair, case) == first
        (line,) = queries.agenda(world.chair, first)
        assert line.moved_to is None

    def test_another_day_of_the_later_meeting_does_not_hide_that_it_waits(self, world):
        case = stages.at_panel(world)
        first, later = stages.planned(world), stages.planned(world)
        arranging.move_case(first, case, to=later, reason="r", by=world.chair)
        issue_agenda(later, by=world.chair)
        case.refresh_from_db()
        due_on = case.next_due_on
        later.refresh_from_db()
        planner.change_meeting(
            later, starts_at=later.starts_at + datetime.timedelta(days=7), place=later.place,
            length=later.length, version=later.version, by=world.chair,
        )  # fmt: skip
        case.refresh_from_db()
        assert case.next_due_on == due_on

    def test_its_page_says_why(self, world):
        case = stages.at_panel(world)
        first = stages.issued(world)
        arranging.move_case(
            first, case, to=stages.planned(world), reason="The report is late.", by=world.chair
        )
        assert "The report is late." in text(world.chair, url("meeting_item", first, "1"))

    def test_what_is_refused(self, world):
        case = stages.at_panel(world)
        other = stages.screened(world)
        now, later = stages.planned(world), stages.planned(world)
        for by, what, to, reason, kind in (
            (world.lead, case, later, "r", ActionDenied),
            (world.chair, case, later, "", ActionInvalid),
            (world.chair, case, now, "r", ActionInvalid),
            (world.chair, other, later, "r", ActionInvalid),
        ):
            with pytest.raises(kind):
                arranging.move_case(now, what, to=to, reason=reason, by=by)
        with pytest.raises(ActionInvalid):
            arranging.move_case(later, case, to=now, reason="r", by=world.chair)
        assert not Placing.objects.exists()
        arranging.arrange_agenda(now, order=[case.pk], minutes={}, by=world.chair)
        row = arranging.move_case(now, case, to=later, reason="r", by=world.chair)
        assert (row.version, row.position, row.moved_to) == (2, 1, later)


@pytest.mark.parametrize("seed", [1, 2])
def test_no_open_case_is_ever_missing(world, seed):
    """Whatever is moved and issued: each open case is on the next agenda, or on the later one it
    was moved to."""
    chance = random.Random(seed)
    cases = copies(world, stages.at_panel(world), 3) + list(Case.objects.filter(status="PANEL")[:1])
    for case in chance.sample(cases, 2):
        case.status = Status.SUPPORT
        case.save(update_fields=["status"])
    meetings = [stages.planned(world) for _ in range(4)]
    for _ in range(14):
        meeting = chance.choice(meetings)
        meeting.refresh_from_db()
        case = chance.choice(cases)
        later = placing.later_planned(meeting)
        try:
            if chance.random() < 0.2:
                issue_agenda(meeting, by=world.chair)
            elif later:
                to = chance.choice(later)
                arranging.move_case(meeting, case, to=to, reason="r", by=world.chair)
        except ActionInvalid:
            pass
        for one in cases:
            assert _stands(world, one, meetings), (seed, one.pk)


def _stands(world, case, meetings):
    """Whether the case is on the first agenda, or on the one where a chain of moves leads."""
    place = meetings[0]
    while move := Placing.objects.filter(case=case, moved_to__isnull=False, meeting=place).first():
        place = move.moved_to
    place.refresh_from_db()
    lines = queries.agenda(world.chair, place)
    late = queries.late_cases(world.chair, place) if place.issued_at else []
    found = [line.case.pk for line in lines if line.case] + [one.case.pk for one in late]
    return found.count(case.pk) == 1


def test_the_questions_for_twelve_cases(world, django_assert_max_num_queries):
    """Reading the agenda takes 14 at most, building it 60."""
    copies(world, stages.at_panel(world), 11)
    meeting = stages.planned(world)
    assert len(on(world.chair, meeting)) == 12
    signed_in = as_user(world.chair)
    for issued in (False, True):
        if issued:
            issue_agenda(meeting, by=world.chair)
        signed_in.get(url("meeting", meeting))
        with django_assert_max_num_queries(14):
            page = signed_in.get(url("meeting", meeting))
        assert len(page.content) < 60_000
    with django_assert_max_num_queries(60):
        queries.agenda(world.chair, meeting)
        standing.around(world.chair, meeting)
