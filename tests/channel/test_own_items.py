"""An agency without a permanent seat is there for its own items: their meetings, and no other part."""

import pytest
from django.urls import reverse

from accounts.actions import people as joining
from accounts.roles import Role
from channel.meetings import access
from channel.meetings.actions import arranging
from channel.meetings.actions.agenda import issue_agenda
from channel.meetings.actions.checking import add_remark, circulate_minutes
from channel.meetings.actions.confidentiality import agree
from channel.meetings.actions.invitations import Guest, invite
from channel.meetings.actions.meetings import close_meeting, open_meeting
from channel.meetings.actions.minutes import approve_minutes
from referrals.actions import restricting
from tests import stages
from tests.access import as_user
from tests.channel.test_restricted_items import unpacked


@pytest.fixture
def mentor(world):
    user = joining.add(email="mentor@test.example", name="Mentor Invented", by=None)
    joining.join(user, agency=world.agency("provider"), role=Role.PANEL_MEMBER, by=None)
    return user


@pytest.fixture
def own(world):
    return stages.at_panel(world)


@pytest.fixture
def meeting(world, mentor, own):
    """In session with two cases; the provider is invited for one of them."""
    stages.at_panel(world, name="Other Person")
    meeting = stages.planned(world)
    arranging.add_other_business(
        meeting, what="CANARY business", raised_by=world.agency("council"), by=world.chair
    )
    who = Guest("Mentors him", agency=world.agency("provider"))
    invite(meeting, own, who, by=world.administrator)
    issue_agenda(meeting, by=world.administrator)
    stages.agree(world, meeting)
    meeting = open_meeting(meeting, by=world.administrator)
    stages.attend(world, meeting)
    agree(meeting, by=mentor)
    return meeting


def read(user, meeting, name, *more):
    return as_user(user).get(reverse(name, args=[meeting.pk, *more])).content


def test_a_meeting_without_an_item_or_an_invitation_is_not_there(world, mentor, own):
    meeting = stages.issued(world)
    place = reverse("meeting", args=[meeting.pk])
    assert as_user(mentor).get(place).status_code == 404
    assert meeting not in access.meetings_for(mentor)
    assert meeting in access.meetings_for(world.health)
    invite(meeting, own, Guest("r", agency=world.agency("provider")), by=world.administrator)
    assert as_user(mentor).get(place).status_code == 200


def test_with_nothing_but_an_invitation_there_is_the_head(world, mentor, own, meeting):
    restricting.restrict_case(own, people=[world.chair], reason="r", by=world.supervisor)
    page = read(mentor, meeting, "meeting").decode()
    assert meeting.place in page
    assert own.reference not in page
    assert "Restricted item" not in page


def test_the_pages_hold_the_own_item_and_nothing_else(world, mentor, own, meeting):
    number = meeting.items.get(case=own).number
    for name, more in (("meeting", ()), ("meeting_room", ()), ("meeting_item", (number,))):
        page = read(mentor, meeting, name, *more)
        assert own.reference.encode() in page, name
        for hidden in (b"Restricted item", b"CANARY business", b"behind plan"):
            assert hidden not in page, (name, hidden)
    for name in ("Opening", "Closing", "agreed to the confidentiality"):
        assert name not in read(mentor, meeting, "meeting").decode(), name
        assert name in read(world.health, meeting, "meeting").decode(), name


def test_so_do_the_minutes(world, mentor, own, meeting):
    for item in meeting.items.all():
        stages.decide(world, item, "defer", rationale=f"CANARY {item.number}")
    close_meeting(meeting, by=world.chair)
    meeting.refresh_from_db()
    circulate_minutes(meeting, until=meeting.closed_at.date(), by=world.chair)
    add_remark(meeting, text="CANARY whole", item="", by=world.health)
    assert b"CANARY whole" not in read(mentor, meeting, "minutes_check")
    assert b"CANARY whole" in read(world.health, meeting, "minutes_check")
    approve_minutes(meeting, by=world.chair)
    mine, other = meeting.items.get(case=own), meeting.items.exclude(case=own).get()
    pdf = read(mentor, meeting, "minutes_pdf")
    for part in (read(mentor, meeting, "minutes"), b"".join(unpacked(pdf))):
        assert f"CANARY {mine.number}".encode() in part
        for hidden in (f"CANARY {other.number}", "Restricted item", "Health Invented"):
            assert hidden.encode() not in part
