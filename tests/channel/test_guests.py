"""Who comes for one item only is for its readers: nobody else learns that they came."""

import json

import pytest
from django.urls import reverse

from channel.meetings import canonical, confidentiality
from channel.meetings.actions.meetings import Attended, close_meeting, record_attendance
from channel.meetings.actions.minutes import approve_minutes
from channel.meetings.actions.room import set_home_force
from channel.meetings.models import Attendance
from channel.meetings.room import Room
from channel.meetings.standing import State
from prevent_cms.errors import ActionInvalid
from referrals.actions import restricting
from tests import stages
from tests.access import as_user, seen
from tests.channel.test_restricted_items import unpacked

TOM = b"Tom Canary"


@pytest.fixture
def meeting(world):
    """In session with two cases; Tom is there for the first, from which two people are barred."""
    case = stages.at_panel(world)
    stages.at_panel(world, name="Other Person")
    meeting = stages.in_session(world)
    item = meeting.items.get(case=case)
    come(world, meeting, item)
    for user in (world.children, world.administrator):
        restricting.set_bar(case, user=user, reason="r", by=world.supervisor)
    meeting.refresh_from_db()
    return meeting


def lines(meeting):
    rows = Attendance.objects.filter(meeting=meeting).exclude(name=TOM.decode())
    return [
        Attended(r.role, r.name, r.speaks_for, r.status, agency=r.agency, user=r.user) for r in rows
    ]


def come(world, meeting, item, *more, by=None):
    guest = Attended("guest", TOM.decode(), "Head of year", "present", item=item)
    record_attendance(meeting, lines=[*lines(meeting), guest, *more], by=by or world.chair)


def tom():
    return Attendance.objects.get(name=TOM.decode())


def url(name, meeting, *more):
    return reverse(name, args=[meeting.pk, *more])


def read(user, meeting, *names):
    browser = as_user(user)
    parts = [browser.get(url(name, meeting)).content for name in names]
    return b"".join(parts) + b"".join(x for p in parts if p[:4] == b"%PDF" for x in unpacked(p))


def test_pages_and_minutes_name_a_guest_to_readers_of_the_item_alone(world, meeting):
    own, other = tom().item, meeting.items.exclude(pk=tom().item_id).get()
    for user, knows in ((world.chair, True), (world.education, True), (world.children, False)):
        assert (TOM in read(user, meeting, "meeting")) is knows, user
        page = as_user(user).get(url("meeting_item", meeting, other.number)).content
        assert b"In the room for item" in page
        assert TOM not in page, user
    page = as_user(world.chair).get(url("meeting_item", meeting, own.number)).content
    assert TOM in page
    assert TOM in read(world.chair, meeting, "minutes")
    assert TOM not in read(world.administrator, meeting, "meeting", "meeting_attendance", "minutes")
    close_meeting(meeting, by=world.chair)
    approve_minutes(meeting, by=world.chair)
    for user, knows in ((world.chair, True), (world.education, True), (world.children, False)):
        assert (TOM in read(user, meeting, "minutes", "minutes_pdf")) is knows, user


def test_who_cannot_read_the_item_neither_reaches_nor_takes_out_its_guest(world, meeting):
    other = meeting.items.exclude(pk=tom().item_id).get()
    browser = as_user(world.administrator)
    person = url("meeting_person", meeting, other.number, tom().pk)
    assert browser.get(person).status_code == 404
    assert browser.post(url("meeting_agree_aloud", meeting, tom().pk)).status_code == 404
    record_attendance(meeting, lines=lines(meeting), by=world.administrator)
    assert tom().status == "present"
    with pytest.raises(ActionInvalid, match="an item of this meeting"):
        come(world, meeting, tom().item, by=world.administrator)
    with pytest.raises(ActionInvalid, match="at this meeting"):
        set_home_force(
            other, force="Neighbour Police", spoken_for_by=tom(), version=0, by=world.chair
        )
    record_attendance(meeting, lines=lines(meeting), by=world.chair)
    assert not Attendance.objects.filter(role="guest").exists()


def test_a_guest_is_in_the_room_for_their_item_and_never_makes_a_quorum(world, meeting):
    own, other = tom().item, meeting.items.exclude(pk=tom().item_id).get()
    there = {item: [one.name for one in Room(meeting, item).people] for item in (own, other, None)}
    assert TOM.decode() in there[own]
    assert TOM.decode() not in there[other]
    assert TOM.decode() in there[None]
    health = Attended("guest", "Ann", "Health", "present", agency=world.agency("health"))
    few = [one for one in lines(meeting) if one.agency not in (world.agency("health"), None)]
    record_attendance(meeting, lines=few, by=world.chair)
    before = Room(meeting).quorum.agencies
    record_attendance(meeting, lines=[*few, health], by=world.chair)
    assert Room(meeting).quorum.agencies == before


def test_what_is_counted_is_what_the_reader_may_know(world, meeting):
    room, guest = Room(meeting), tom()
    assert " of 6 people" in confidentiality.sentence(room)
    assert guest in confidentiality.missing(room, {guest.item.number})
    assert guest not in confidentiality.missing(room, ())
    Attendance.objects.filter(pk=tom().pk).update(status="apologies")
    assert "apolog" not in State(world.children, meeting).apologies.removeprefix("On every")


def test_the_item_of_somebody_who_was_not_invited_is_chosen_in_the_form(world, meeting):
    browser, place = as_user(world.chair), url("meeting_attendance", meeting)
    row = f"seat-guest{tom().pk}"
    fields = browser.get(place).context["rows"]
    sent = seen(browser, place) | {
        f"{form.prefix}-{name}": form.initial.get(name) or ""
        for form in fields
        for name in form.fields
    }
    assert sent[f"{row}-item"] == tom().item_id
    other = meeting.items.exclude(pk=tom().item_id).get()
    words = {"status": "present", "name": "Ann Late", "speaks_for": "Aunt", "item": other.pk}
    sent |= {f"seat-new0-{name}": value for name, value in words.items()}
    assert browser.post(place, sent).status_code == 302
    assert Attendance.objects.get(name="Ann Late").item == other
    assert tom().item != other


def test_guests_of_records_sealed_before_are_for_who_reads_every_item(world, meeting):
    record = json.loads(canonical.text_of(canonical.build(meeting)))
    for line in record["attendance"]:
        del line["item"]
    for user, knows in ((world.chair, True), (world.children, False)):
        shown = canonical.for_reader(record, user, meeting)["attendance"]
        assert (TOM.decode() in [line["name"] for line in shown]) is knows
        assert len(shown) >= 6
