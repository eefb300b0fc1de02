"""The confidentiality statement of a meeting: who has agreed, and what happens to who has not."""

import pytest
from django.urls import reverse

from channel.meetings.actions import confidentiality
from channel.meetings.actions.meetings import Attended, close_meeting, record_attendance
from channel.meetings.confidentiality import missing, sentence, statement, version
from channel.meetings.models import Attendance, ConfidentialityAgreed
from channel.meetings.room import Room
from prevent_cms.errors import ActionDenied, ActionInvalid
from tests import stages
from tests.access import as_user, expect


@pytest.fixture
def meeting(world):
    stages.at_panel(world)
    return stages.in_session(world)


@pytest.fixture
def newcomer(world):
    """Somebody of health who has not agreed yet, and has their chair."""
    from accounts.actions import people as accounts
    from accounts.roles import Role

    user = accounts.add(email="new@test.example", name="New Invented", password=None, by=None)
    accounts.join(user, agency=world.agency("health"), role=Role.PANEL_MEMBER, by=None)
    return user


def url(name, meeting, *more):
    return reverse(name, args=[meeting.pk, *more])


def seat(user, meeting):
    row = Attendance.objects.get(meeting=meeting, agency=user.memberships.get().agency)
    row.user, row.name = user, user.name
    row.save()
    return row


def test_an_item_asks_first_and_goes_on_to_itself(meeting, newcomer):
    seat(newcomer, meeting)
    browser, place = as_user(newcomer), url("meeting_item", meeting, "1")
    page = browser.get(place).content.decode()
    assert "Please agree before you open item 1" in page
    assert "In the room" not in page
    assert "Read it and agree" in browser.get(url("meeting", meeting)).content.decode()
    assert url("meeting_agree", meeting) in page
    assert "I agree" in browser.get(url("meeting_agree", meeting)).content.decode()
    answer = browser.post(url("meeting_agree", meeting), {"item": "1"})
    assert answer.url == place
    assert "In the room" in browser.get(place).content.decode()
    row = ConfidentialityAgreed.objects.get(user=newcomer)
    assert row.version == version(meeting)
    assert browser.post(url("meeting_agree", meeting)).url == url("meeting", meeting)
    assert browser.post(url("meeting_agree", meeting), {"item": "9"}).url == url("meeting", meeting)
    assert ConfidentialityAgreed.objects.filter(user=newcomer).count() == 1
    assert "Read it and agree" not in browser.get(url("meeting", meeting)).content.decode()


def test_who_has_not_is_named_and_nothing_is_blocked(world, meeting, newcomer):
    seat(newcomer, meeting)
    browser = as_user(world.chair)
    page = browser.get(url("meeting_item", meeting, "1")).content.decode()
    assert page.count("Confidentiality not agreed yet") == 3  # police and council typed by name
    page = browser.get(url("meeting", meeting)).content.decode()
    assert "3 of 6 people agreed to the confidentiality statement." in page
    assert "New Invented, Testshire health: not agreed yet." in page
    stages.decide(world, meeting.items.get(), "defer")
    text = browser.get(url("minutes", meeting)).content.decode()
    assert "3 of 6 people agreed to the confidentiality statement." in text


def test_who_has_no_account_agrees_aloud(world, elsewhere, meeting):
    police = Attendance.objects.get(meeting=meeting, agency=world.agency("police"))
    place = url("meeting_agree_aloud", meeting, police.pk)
    expect(place, {world.officer: 403, elsewhere.chair: 404, None: 302}, method="post")
    browser = as_user(world.administrator)
    for _ in range(2):
        assert browser.post(place).url == url("meeting", meeting)
    assert ConfidentialityAgreed.objects.get(attendance=police).by == world.administrator
    assert police not in missing(Room(meeting), ())
    assert browser.post(url("meeting_agree_aloud", meeting, 0)).status_code == 404
    health = Attendance.objects.get(meeting=meeting, user=world.health)
    with pytest.raises(ActionInvalid, match="Who has an account"):
        confidentiality.agree_aloud(health, by=world.administrator)
    with pytest.raises(ActionDenied):
        confidentiality.agree_aloud(police, by=world.health)


def test_what_one_person_agreed_to_never_passes_to_the_next_in_the_seat(world, meeting):
    police = Attendance.objects.get(meeting=meeting, agency=world.agency("police"))
    confidentiality.agree_aloud(police, by=world.administrator)
    stages.attend(world, meeting)  # the same people once more
    line = Attended(
        role="member", name="Bob Invented", speaks_for="Police", status="present",
        agency=police.agency,
    )  # fmt: skip
    with pytest.raises(ActionInvalid, match="More is recorded of Police Invented"):
        record_attendance(meeting, lines=[line], by=world.administrator)
    assert Attendance.objects.get(pk=police.pk).name == "Police Invented"


def test_only_from_the_agenda_to_the_end_of_the_meeting(world, elsewhere, newcomer):
    planned = stages.planned(world)
    with pytest.raises(ActionInvalid, match="once the agenda is issued"):
        confidentiality.agree(planned, by=world.chair)
    with pytest.raises(ActionDenied):
        confidentiality.agree(planned, by=elsewhere.chair)
    assert sentence(Room(planned)) == ""
    stages.at_panel(world)
    meeting = stages.in_session(world)
    close_meeting(meeting, by=world.chair)
    meeting.refresh_from_db()
    with pytest.raises(ActionInvalid):
        confidentiality.agree(meeting, by=newcomer)
    page = as_user(newcomer).get(url("meeting_item", meeting, "1")).content.decode()
    assert "Please agree" not in page


def test_the_text_is_the_areas(world, meeting):
    before = version(meeting)
    words = "What is said in the room stays in the room."
    policy = {**world.area.policy, "confidentiality": {"value": words, "source": "area"}}
    meeting.panel.area.policy = policy
    meeting.panel.area.__dict__.pop("rules", None)
    assert statement(meeting) == words
    assert version(meeting) != before
