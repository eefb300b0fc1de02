"""The minutes say who came and went, whether each item was quorate, and what else was raised."""

from django.urls import reverse

from channel.meetings import canonical, reading
from channel.meetings.actions import arranging
from channel.meetings.actions.meetings import close_meeting
from channel.meetings.actions.room import record_movement, set_home_force
from channel.meetings.actions.timing import start_item
from channel.meetings.models import Attendance
from channel.meetings.timing import hour
from prevent_cms import clock
from referrals.actions import restricting
from tests import stages
from tests.access import as_user


def seat(world, key):
    return Attendance.objects.get(agency=world.agency(key), role="member")


def test_they_hold_them_for_whom_the_item_is_open(world):
    first, second = stages.at_panel(world), stages.at_panel(world, name="Other Person")
    meeting = stages.in_session(world)
    arranging.add_other_business(
        meeting, what="CANARY leaflet", raised_by=world.agency("health"), by=world.chair
    )
    record_movement(seat(world, "education"), kind="left", at=clock.now(), by=world.chair)
    item = meeting.items.select_related("meeting__panel__area").get(case=first)
    police = seat(world, "police")
    set_home_force(item, force="CANARY Police", spoken_for_by=police, version=0, by=world.chair)
    stages.decide(world, meeting.items.get(case=first), "defer")
    restricting.set_bar(first, user=world.children, reason="r", by=world.supervisor)
    meeting = close_meeting(meeting, by=world.chair)
    record = canonical.build(meeting)
    items = {one["case"]: one for one in record["items"]}
    assert items[first.reference]["quorum"].startswith("Quorum met: chair, police, CANARY Police")
    assert items[second.reference]["quorum"] == ""  # not heard
    shown = reading.record(canonical.for_reader(record, world.chair, meeting))
    lines = {line.speaks_for: line.status for line in shown.attendance}
    left = Attendance.objects.get(agency=world.agency("education")).movements.get().at
    assert lines["Testshire education"] == f"Present, left {hour(left)}"
    place = reverse("minutes", args=[meeting.pk])
    page = as_user(world.chair).get(place).content.decode()
    assert "CANARY leaflet (Testshire health)" in page
    assert "CANARY Police, for whom Police Invented spoke." in page
    told = canonical.for_reader(record, world.children, meeting)
    assert "CANARY Police" not in canonical.text_of(told)
    assert "CANARY leaflet" in canonical.text_of(told)


def test_the_force_of_another_area_is_named_without_a_speaker_too(world):
    stages.at_panel(world)
    meeting = stages.in_session(world)
    item = meeting.items.get()
    set_home_force(item, force="Far Police", spoken_for_by=None, version=0, by=world.chair)
    start_item(item, by=world.chair)
    (one,) = canonical.build(meeting)["items"]
    assert one["home_force"] == "Far Police"
    assert one["quorum"].startswith("No quorum: Far Police")
