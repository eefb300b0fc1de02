"""Who is in the room for an item: comings and goings, conflicts of interest, the other force."""

import datetime

import pytest
from django.urls import reverse

from channel.meetings.actions import conflicts, timing
from channel.meetings.actions.meetings import Attended, close_meeting, record_attendance
from channel.meetings.actions.room import record_movement, set_home_force
from channel.meetings.models import Attendance, HomeForce, Movement, Spell, Withdrawal
from channel.meetings.queries import quorum_of
from channel.meetings.room import Room
from channel.meetings.timing import Timing
from prevent_cms import clock
from prevent_cms.components.text import duration
from prevent_cms.errors import ActionDenied, ActionInvalid, Stale
from prevent_cms.history.models import Event
from referrals.actions import restricting
from referrals.models import Bar
from tests import stages
from tests.access import as_user, expect, seen

MONDAY = datetime.datetime(2026, 11, 23, 13, tzinfo=datetime.UTC)


def minutes(number):
    return MONDAY + datetime.timedelta(minutes=number)


@pytest.fixture(autouse=True)
def on_a_monday():
    with clock.at(MONDAY):
        yield


@pytest.fixture
def item(world):
    """The one item of a quorate meeting in session: a new case."""
    stages.at_panel(world)
    return (
        stages.in_session(world).items.select_related("meeting__panel__area", "case__owner").get()
    )


def seat(world, key):
    return Attendance.objects.get(agency=world.agency(key), role="member")


def url(item, name="meeting_item", *more):
    return reverse(name, args=[item.meeting_id, item.number, *more])


def words(item, name):
    room = Room(item.meeting, item)
    return next(one.words for one in room.people if one.row.name == name)


def again(item):
    return type(item).objects.select_related("meeting__panel__area", "case__owner").get(pk=item.pk)


class TestComingAndGoing:
    def test_by_the_page_of_one_person(self, client, world, item):
        health = seat(world, "health")
        place = url(item, "meeting_person", health.pk)
        browser = as_user(world.administrator)
        page = browser.get(url(item)).content.decode()
        assert "In the room for item 1: 6 of 6" in page
        assert "Here since 13:00" in page
        with clock.at(minutes(60)):
            assert 'value="14:00"' in browser.get(place).content.decode()
            answer = browser.post(place, {"kind": "left", "time": "13:52"})
            assert answer.url == url(item)
            page = browser.get(url(item)).content.decode()
            assert "In the room for item 1: 5 of 6" in page
            assert "Left 13:52" in page
            browser.post(place, {"kind": "joined", "time": "1:58pm"})
            assert words(item, "Health Invented") == "Joined 13:58"
        assert Event.objects.filter(type="meeting.attendance_recorded").count() == 3

    def test_a_time_outside_the_meeting_is_refused_beside_its_field(self, world, item):
        place = url(item, "meeting_person", seat(world, "health").pk)
        browser = as_user(world.administrator)
        for time in ("12:59", "13:01", "later"):
            page = browser.post(place, {"kind": "left", "time": time}).content.decode()
            assert "<title>Error: " in page
            assert f'value="{time}"' in page
        assert not Movement.objects.exists()

    def test_who_may_and_for_whom(self, world, elsewhere, item):
        place = url(item, "meeting_person", seat(world, "health").pk)
        expect(place, {world.administrator: 200, world.chair: 200, world.officer: 403,
                       world.health: 403, elsewhere.chair: 404, None: 302})  # fmt: skip
        assert as_user(world.chair).get(url(item, "meeting_person", 0)).status_code == 404
        with pytest.raises(ActionDenied):
            record_movement(seat(world, "health"), kind="left", at=MONDAY, by=world.health)

    def test_who_sent_apologies_can_come_after_all_and_a_late_one_was_not_there(self, world):
        stages.at_panel(world)
        meeting = stages.issued(world)
        from channel.meetings.actions.meetings import open_meeting

        meeting = open_meeting(meeting, by=world.administrator)
        stages.attend(world, meeting, away=("health",))
        item = meeting.items.get()
        assert words(item, "Health Invented") == "Apologies"
        record_movement(seat(world, "health"), kind="joined", at=MONDAY, by=world.chair)
        assert words(item, "Health Invented") == "Joined 13:00"
        with clock.at(minutes(30)):
            timing.start_item(item, by=world.chair)
            record_movement(seat(world, "education"), kind="joined", at=minutes(30), by=world.chair)
        assert words(item, "Education Invented") == "Not here yet"

    def test_who_came_and_went_stays_in_the_record(self, world, item):
        record_movement(seat(world, "health"), kind="left", at=MONDAY, by=world.chair)
        with pytest.raises(ActionInvalid, match="stays"):
            record_attendance(item.meeting, lines=[], by=world.chair)

    def test_the_form_offers_people_with_an_account(self, world, item):
        place = reverse("meeting_attendance", args=[item.meeting_id])
        page = as_user(world.administrator).get(place).content.decode()
        assert "Somebody else" in page
        assert f'<option value="{world.children.pk}" selected>' in page
        wrong = Attended("member", "X", "X", "present", agency=world.agency("health"))
        for user in (world.children, world.sysadmin):
            line = Attended(**{**vars(wrong), "user": user})
            with pytest.raises(ActionInvalid, match="somebody of the agency"):
                record_attendance(item.meeting, lines=[line], by=world.chair)

    def test_a_guest_can_be_given_another_name(self, world, item):
        rows = list(Attendance.objects.filter(meeting=item.meeting))
        lines = [Attended(r.role, r.name, r.speaks_for, r.status, agency=r.agency) for r in rows]
        guest = Attended("guest", "Tom", "School", "represented")
        record_attendance(item.meeting, lines=[*lines, guest], by=world.chair)
        found = Attendance.objects.get(role="guest")
        corrected = Attended("guest", "Tim", "School", "represented", pk=found.pk)
        record_attendance(item.meeting, lines=[*lines, corrected], by=world.chair)
        assert Attendance.objects.get(role="guest").pk == found.pk
        assert words(item, "Tim") == "Represented, here since 13:00"


class TestQuorum:
    def test_it_counts_who_is_in_the_room_for_this_item_now(self, world, item):
        chair = Attendance.objects.get(role="chair")
        record_movement(chair, kind="left", at=MONDAY, by=world.administrator)
        found = quorum_of(item.meeting, item)
        assert found.missing == ["the chair or deputy"]
        assert quorum_of(item.meeting).is_met
        with pytest.raises(ActionInvalid, match="without a quorum"):
            stages.decide(world, item)
        page = as_user(world.chair).get(url(item)).content.decode()
        assert "The chair or deputy still needed." in page

    @pytest.mark.parametrize("line", ["seat-agency", "seat-new0"])
    def test_with_the_deputy_in_any_line_the_item_can_be_decided(self, world, item, line):
        chair = Attendance.objects.get(role="chair")
        conflicts.declare(item, reason="A neighbour.", by=world.chair)
        assert quorum_of(item.meeting, item).missing == ["the chair or deputy"]
        browser = as_user(world.administrator)
        place = reverse("meeting_attendance", args=[item.meeting_id])
        sent = seen(browser, place) | {
            f"{form.prefix}-{name}": form.initial.get(name) or ""
            for form in browser.get(place).context["rows"]
            for name in form.fields
        }
        line += str(world.agency("council").pk) if line == "seat-agency" else ""
        words = {"user": world.deputy.pk, "name": "", "status": "present"}
        words |= {"speaks_for": "Deputy"} if line == "seat-new0" else {}
        answer = browser.post(place, sent | {f"{line}-{k}": value for k, value in words.items()})
        assert answer.status_code == 302
        assert Attendance.objects.get(user=world.deputy).agency == world.agency("council")
        chair.refresh_from_db()
        assert chair.user == world.chair
        assert quorum_of(item.meeting, item).is_met
        stages.decide(world, item, "defer", by=world.deputy)
        assert again(item).decision.by == world.deputy

    def test_a_line_of_which_more_is_recorded_is_never_given_to_somebody_else(self, world, item):
        police, health = seat(world, "police"), seat(world, "health")
        record_movement(health, kind="left", at=MONDAY, by=world.chair)
        words = {"force": "Neighbour Police", "version": 0}
        set_home_force(item, **words, spoken_for_by=police, by=world.chair)
        rows = Attendance.objects.filter(meeting=item.meeting)
        for gone in (police, health):
            lines = [
                Attended(r.role, "X" if r == gone else r.name, r.speaks_for, r.status, "", r.agency)
                for r in rows
            ]
            with pytest.raises(ActionInvalid, match=f"More is recorded of {gone.name}"):
                record_attendance(item.meeting, lines=lines, by=world.chair)

    def test_it_is_that_of_the_moment_when_the_item_was_heard(self, world, item):
        timing.start_item(item, by=world.chair)
        with clock.at(minutes(20)):
            timing.pause_or_go_on(item.meeting, by=world.administrator)
            chair = Attendance.objects.get(role="chair")
            record_movement(chair, kind="left", at=minutes(20), by=world.administrator)
        with clock.at(minutes(30)):
            assert not quorum_of(item.meeting, item).is_met
            record_movement(chair, kind="joined", at=minutes(30), by=world.administrator)
            assert not quorum_of(item.meeting, item).is_met
            timing.start_item(item, by=world.chair)
            assert quorum_of(item.meeting, item).is_met

    def test_a_person_who_lives_elsewhere_needs_their_own_force(self, world, item):
        browser, place = as_user(world.administrator), url(item, "meeting_home_force")
        assert browser.get(place).status_code == 200
        answer = browser.post(place, {"force": "Neighbour Police", "version": "0"})
        assert answer.url == url(item)
        found = again(item)
        assert quorum_of(found.meeting, found).missing == [
            "Neighbour Police, where the person lives"
        ]
        with pytest.raises(ActionInvalid, match="without a quorum"):
            stages.decide(world, found)
        police = seat(world, "police")
        browser.post(
            place, {"force": "Neighbour Police", "spoken_for_by": police.pk, "version": "1"}
        )
        assert "police, Neighbour Police too," in quorum_of(item.meeting, again(item)).sentence
        record_movement(police, kind="left", at=MONDAY, by=world.chair)
        assert len(quorum_of(item.meeting, again(item)).missing) == 2
        browser.post(place, {"force": "", "spoken_for_by": police.pk, "version": "2"})
        assert HomeForce.objects.get().spoken_for_by is None
        assert quorum_of(item.meeting, again(item)).missing == ["police"]

    def test_who_records_the_force_and_whom_they_name(self, world, elsewhere, item):
        place = url(item, "meeting_home_force")
        expect(place, {world.chair: 200, world.officer: 403, elsewhere.chair: 404, None: 302})
        words = {"force": "Neighbour Police", "version": 0}
        with pytest.raises(ActionDenied):
            set_home_force(item, **words, spoken_for_by=None, by=world.health)
        stages.at_panel(world)
        other = stages.in_session(world)
        stranger = Attendance.objects.filter(meeting=other).first()
        with pytest.raises(ActionInvalid, match="at this meeting"):
            set_home_force(item, **words, spoken_for_by=stranger, by=world.chair)
        set_home_force(item, **words, spoken_for_by=None, by=world.chair)
        with pytest.raises(Stale):
            set_home_force(item, **words, spoken_for_by=None, by=world.chair)


class TestConflict:
    def test_declared_by_oneself_it_bites_at_the_next_request(self, world, item):
        browser = as_user(world.health)
        page = browser.get(url(item)).content.decode()
        assert url(item, "meeting_conflict") in page
        place = url(item, "meeting_conflict")
        page = browser.get(place).content.decode()
        assert "you will not be able to open this item or its case" in page
        page = browser.post(place, {"reason": "He is my cousin."}).content.decode()
        assert "Confirm that you will not be able to open this item" in page
        assert "He is my cousin." in page
        answer = browser.post(place, {"reason": "He is my cousin.", "sure": "on"})
        assert answer.url == reverse("meeting", args=[item.meeting_id])
        assert Bar.objects.get(user=world.health).by == world.health
        reference = item.case.reference.encode()
        for name in ("meeting", "meeting_room"):
            page = browser.get(reverse(name, args=[item.meeting_id])).content
            assert reference not in page
            assert b"Restricted item" in page
        for where in (url(item), url(item, "meeting_room_item"), place):
            assert browser.get(where).status_code == 404
        for where in (url(item), place, url(item, "meeting_start")):
            assert browser.post(where, {"reason": "x"}).status_code == 404
        assert browser.get(item.case.get_absolute_url()).status_code == 404
        assert words(item, "Health Invented") == "Withdrew 13:00, conflict of interest"

    def test_the_record_names_who_stepped_out_and_not_why(self, world, item):
        conflicts.declare(item, reason="CANARY cousin", by=world.health)
        page = as_user(world.chair).get(reverse("minutes", args=[item.meeting_id]))
        text = page.content.decode()
        assert "Stepped out because of a conflict of interest: Health Invented." in text
        assert "CANARY" not in text
        close_meeting(item.meeting, by=world.chair)
        from channel.meetings.actions.minutes import approve_minutes

        approve_minutes(item.meeting, by=world.chair)
        text = (
            as_user(world.health).get(reverse("minutes", args=[item.meeting_id])).content.decode()
        )
        assert "Stepped out" not in text
        assert "Restricted item" in text

    def test_recorded_for_somebody_with_an_account(self, world, item):
        health = seat(world, "health")
        browser, place = as_user(world.administrator), url(item, "meeting_person", health.pk)
        sent = {"kind": "withdrew", "time": "13:00"}
        assert b"Enter the conflict of interest" in browser.post(place, sent).content
        assert browser.post(place, sent | {"reason": "A neighbour."}).status_code == 302
        assert as_user(world.health).get(url(item)).status_code == 404
        assert Bar.objects.get().reason == "A neighbour."
        out = Withdrawal.objects.get()
        assert out.user == world.health
        with pytest.raises(ActionInvalid, match="already"):
            conflicts.withdraw(item, health, at=MONDAY, reason="x", by=world.chair)
        assert "Recorded by mistake" in browser.get(place).content.decode()
        assert browser.post(place, {"kind": "back"}).status_code == 409
        restricting.lift_bar(Bar.objects.get(), reason="A mistake.", by=world.supervisor)
        assert browser.post(place, {"kind": "back"}).status_code == 302
        assert not Withdrawal.objects.exists()
        assert words(item, "Health Invented") == "Here since 13:00"

    def test_of_somebody_without_an_account_only_the_stepping_out_is_kept(self, world, item):
        police = seat(world, "police")
        conflicts.withdraw(item, police, at=MONDAY, by=world.chair)
        assert not Bar.objects.exists()
        assert quorum_of(item.meeting, item).missing == ["police"]
        with pytest.raises(ActionDenied):
            conflicts.take_back(Withdrawal.objects.get(), by=world.health)
        conflicts.take_back(Withdrawal.objects.get(), by=world.chair)
        assert quorum_of(item.meeting, item).is_met

    def test_who_is_kept_out_already_is_not_in_the_room(self, world, item):
        restricting.set_bar(item.case, user=world.health, reason="r", by=world.supervisor)
        assert "Health Invented" not in [one.name for one in Room(item.meeting, item).people]
        conflicts.withdraw(item, seat(world, "health"), at=MONDAY, by=world.chair)
        assert Bar.objects.count() == 1

    def test_who_cannot(self, world, elsewhere, item):
        mine = Attendance.objects.get(role="chair")
        with pytest.raises(ActionInvalid, match="your own"):
            conflicts.withdraw(item, mine, at=MONDAY, reason="r", by=world.chair)
        with pytest.raises(ActionInvalid, match="Enter the conflict"):
            conflicts.withdraw(item, seat(world, "health"), at=MONDAY, by=world.chair)
        with pytest.raises(ActionDenied):
            conflicts.withdraw(item, seat(world, "health"), at=MONDAY, reason="r", by=world.health)
        with pytest.raises(ActionDenied):
            conflicts.declare(item, reason="r", by=elsewhere.chair)
        with pytest.raises(ActionInvalid, match="another officer"):
            conflicts.declare(item, reason="r", by=world.officer)
        assert as_user(world.officer).get(url(item, "meeting_conflict")).status_code == 409
        assert (
            url(item, "meeting_conflict")
            not in as_user(world.officer).get(url(item)).content.decode()
        )
        assert not Bar.objects.exists()


class TestTime:
    def test_an_item_begins_goes_on_and_is_taken_up_again(self, world):
        stages.at_panel(world), stages.at_panel(world)
        meeting = stages.in_session(world)
        first, second = meeting.items.all()
        browser = as_user(world.administrator)
        assert "Start this item" in browser.get(url(first)).content.decode()
        browser.post(url(first, "meeting_start"))
        timing.start_item(first, by=world.chair)
        with clock.at(minutes(7)):
            page = browser.get(url(first)).content.decode()
            assert "7 of 20 min" in page
            assert '<rect width="35" height="8"/></svg>' in page
            assert "Start this item" not in page
            assert "20 min ahead of plan. Should end 13:45." in page
            browser.post(url(second, "meeting_start"))
        with clock.at(minutes(10)):
            page = browser.get(url(first)).content.decode()
            assert "Take this item up again" in page
            assert "33 min ahead of plan. Should end 13:32." in page
            assert "10 min of 3 h</strong> used" in page
            assert page.count('class="app-bar"') == 3  # the meeting and both items
        with clock.at(minutes(47)):
            page = browser.get(url(second)).content.decode()
            assert "40 of 20 min" in page
            assert '<rect class="app-bar__over" x="50" width="50" height="8"/>' in page

    def test_a_break_does_not_count_and_the_end_of_the_meeting_ends_all(self, world, item):
        meeting, first, browser = item.meeting, item, as_user(world.administrator)
        timing.start_item(first, by=world.chair)
        with clock.at(minutes(10)):
            browser.post(reverse("meeting_pause", args=[meeting.pk]))
        with clock.at(minutes(25)):
            page = browser.get(url(first)).content.decode()
            assert "Paused" in page
            assert "10 min of 3 h</strong> used" in page
            browser.post(reverse("meeting_pause", args=[meeting.pk]))
            browser.post(url(first, "meeting_start"))
            assert Timing(meeting).used(first.number) == 10
        with clock.at(minutes(90)):
            assert "behind plan" in browser.get(url(first)).content.decode()
        assert Spell.objects.filter(ended_at=None).count() == 1
        meeting.refresh_from_db()
        close_meeting(meeting, by=world.chair)
        assert not Spell.objects.filter(ended_at=None).exists()
        with pytest.raises(ActionInvalid):
            timing.start_item(first, by=world.chair)

    def test_the_first_words_begin_it_and_none_of_it_is_in_the_minutes(self, world, item):
        stages.decide(world, item, "defer")
        assert Spell.objects.get().item == item
        text = as_user(world.chair).get(reverse("minutes", args=[item.meeting_id])).content.decode()
        assert " of 20 min" not in text
        assert "app-bar" not in text
        page = as_user(world.health).get(url(item)).content.decode()
        assert "0 of 20 min" in page

    def test_the_sum_is_not_told_to_whom_an_item_is_closed(self, world, item):
        stages.at_panel(world)
        restricting.set_bar(item.case, user=world.health, reason="r", by=world.supervisor)
        from channel.meetings import queries

        lines = queries.agenda(world.health, item.meeting)
        around = {"before": 20, "after": 5}
        assert Timing(item.meeting).progress(lines, **around) == ""
        assert Timing(item.meeting).progress(queries.agenda(world.chair, item.meeting), **around)

    def test_who_may(self, world, elsewhere, item):
        answers = {world.officer: 403, world.health: 403, elsewhere.chair: 404, None: 302}
        expect(url(item, "meeting_start"), answers, method="post")
        expect(reverse("meeting_pause", args=[item.meeting_id]), answers, method="post")

    def test_lengths_in_words(self):
        assert [duration(n) for n in (5, 60, 62)] == ["5 min", "1 h", "1 h 2 min"]
