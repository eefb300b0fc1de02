"""Guests of a case that goes to another meeting, or whose meeting gets another day, come along."""

import datetime

import pytest
from django.core import mail
from django.utils import timezone

from accounts.roles import ShareKind
from channel.meetings import invitations
from channel.meetings.actions import arranging, planner
from channel.meetings.actions.agenda import issue_agenda
from channel.meetings.actions.invitations import Guest, invite, record_answer, withdraw_invitation
from channel.meetings.actions.meetings import close_meeting
from channel.meetings.models import Invitation
from prevent_cms import clock, outbox
from prevent_cms.components.text import gov_date
from referrals.actions import hold, restricting
from referrals.models import CaseGroupObjectPermission, Disclosure
from tests import people, stages
from tests.channel.test_planner_calendar import lines

MONDAY = datetime.datetime(2026, 11, 23, 10, tzinfo=datetime.UTC)
TOM = Guest("Teaches him", name="Tom Invented", organisation="teacher", contact="tom@s.example")
PROVIDER = "provider@test.example"


@pytest.fixture(autouse=True)
def on_a_monday():
    with clock.at(MONDAY):
        yield


@pytest.fixture
def case(world):
    return stages.at_panel(world)


@pytest.fixture
def mentor(world):
    return Guest("Mentors him", agency=world.agency("provider"))


def ask(world, meeting, case, who):
    return invite(meeting, case, who, by=world.administrator)


def move(world, case, meeting, to):
    arranging.move_case(meeting, case, to=to, reason="The school cannot come.", by=world.chair)


def mails():
    """By address, what is sent now."""
    mail.outbox.clear()
    while outbox.drain():
        pass
    return {one.to[0]: one for one in mail.outbox}


def share(case, agency):
    return CaseGroupObjectPermission.objects.get(
        content_object=case, group_id=agency.group_id, kind=ShareKind.PANEL
    )


def entries(sent):
    """Name of a file -> the lines of the calendar entry in it."""
    return {name: lines(text) for name, text, _ in sent.attachments}


def day(meeting):
    return gov_date(timezone.localdate(meeting.starts_at))


class TestToAnotherMeeting:
    def test_told_before_they_hear_at_once_and_their_calendars_change(self, world, case, mentor):
        now, later = stages.issued(world), stages.planned(world)
        for who in (mentor, TOM):
            row = ask(world, now, case, who)
            record_answer(row, answer="coming", version=1, by=world.chair)
        mails()
        move(world, case, now, later)
        assert not now.invitations.exists()
        assert {(row.answer, row.version) for row in later.invitations.all()} == {("none", 3)}
        told = mails()
        assert set(told) == {PROVIDER, "tom@s.example"}
        found = entries(told[PROVIDER])
        off, on = found["channel-panel-cancelled.ics"], found["channel-panel.ics"]
        assert (off["UID"], off["METHOD"]) == (str(now.uid), "CANCEL")
        assert (on["UID"], on["METHOD"]) == (str(later.uid), "PUBLISH")
        assert later.day_words in told["tom@s.example"].body
        for one in told.values():
            assert f"no longer to the one on {day(now)}" in one.body or (
                f"no longer asked to come on {day(now)}" in one.body
            )
            text = one.subject + one.body + "".join(file for _, file, _ in one.attachments)
            for secret in (case.reference, "Tom", "Teaches", "Mentor", "school", "item"):
                assert secret not in text
        assert "Channel" not in told["tom@s.example"].body

    def test_the_share_lasts_until_after_the_later_meeting(self, world, case, mentor):
        now, later = stages.issued(world), stages.planned(world)
        row = ask(world, now, case, mentor)
        earlier = share(case, mentor.agency).until
        with clock.at(MONDAY + datetime.timedelta(days=10)):
            planner.change_meeting(
                later, starts_at=later.starts_at + datetime.timedelta(days=182), place="R",
                length=60, version=1, by=world.chair,
            )  # fmt: skip
            later.refresh_from_db()
            move(world, case, now, later)
        row.refresh_from_db()
        until = share(case, mentor.agency).until
        assert row.shared_until == until > later.starts_at > earlier
        register = Disclosure.objects.filter(case=case, agency=mentor.agency)
        assert {one.until for one in register} == {earlier, until}
        mails()
        issue_agenda(later, by=world.chair)
        assert mails()[PROVIDER].subject.startswith("The agenda of the Channel panel")
        assert share(case, mentor.agency).until == until
        withdraw_invitation(row, by=world.chair)
        assert not Disclosure.objects.filter(agency=mentor.agency, ended_at=None).exists()

    def test_who_was_not_told_hears_with_the_later_agenda(self, world, case, mentor):
        now, later = stages.planned(world), stages.planned(world)
        for who in (mentor, TOM):
            ask(world, now, case, who)
        move(world, case, now, later)
        assert later.invitations.count() == 2
        assert mails() == {}
        planner.cancel_meeting(now, because="Snow.", version=1, by=world.chair)
        assert mails() == {}
        issue_agenda(later, by=world.chair)
        assert {PROVIDER, "tom@s.example"} <= set(mails())

    def test_apologies_are_asked_anew_and_open_nothing_before(self, world, case, mentor):
        now, later = stages.issued(world), stages.planned(world)
        row = ask(world, now, case, mentor)
        record_answer(row, answer="apologies", version=1, by=world.chair)
        mails()
        move(world, case, now, later)
        row.refresh_from_db()
        assert (row.meeting, row.answer, row.told_at) == (later, "none", None)
        assert mails() == {}
        shares = CaseGroupObjectPermission.objects.filter(group_id=mentor.agency.group_id)
        assert not shares.filter(content_object=case).exists()
        issue_agenda(later, by=world.chair)
        assert PROVIDER in mails()
        assert share(case, mentor.agency).until

    def test_who_comes_for_something_else_keeps_the_first_meeting(self, world, case):
        other = stages.at_panel(world, name="Other Person")
        now, later = stages.issued(world), stages.planned(world)
        mentor = Guest("Mentors both", agency=world.agency("provider"))
        for one in (case, other):
            for who in (mentor, TOM):
                ask(world, now, one, who)
        mails()
        move(world, case, now, later)
        told = mails()
        assert set(entries(told[PROVIDER])) == {"channel-panel.ics"}
        assert not any("no longer" in one.body for one in told.values())

    def test_invited_to_both_they_are_invited_once(self, world, case, mentor):
        now, later = stages.issued(world), stages.planned(world)
        first = ask(world, now, case, mentor)
        Invitation.objects.create(
            meeting=later, case=case, agency=mentor.agency, why="w", by=world.chair, mark=first.mark
        )
        move(world, case, now, later)
        assert later.invitations.get().pk == first.pk

    def test_a_share_that_has_ended_is_not_opened_again(self, world, case, mentor):
        now, later = stages.issued(world), stages.planned(world)
        ask(world, now, case, mentor)
        share(case, mentor.agency).delete()
        move(world, case, now, later)
        shares = CaseGroupObjectPermission.objects.filter(group_id=mentor.agency.group_id)
        assert not shares.filter(content_object=case).exists()

    def test_during_a_hold_the_longer_share_waits_no_more_than_before(self, world, case, mentor):
        now, later = stages.issued(world), stages.planned(world)
        ask(world, now, case, mentor)
        hold.hold(case, reason="A live inquiry.", by=world.officer)
        move(world, case, now, later)
        assert not share(case, mentor.agency).waits

    def test_without_a_mailbox_nothing_is_sent_and_gone_invitations_are_passed_over(
        self, world, case, mentor
    ):
        now, later = stages.issued(world), stages.planned(world)
        mentor.agency.mailbox = ""
        mentor.agency.save()
        ask(world, now, case, mentor)
        tom = ask(world, now, case, TOM)
        mails()
        move(world, case, now, later)
        tom.refresh_from_db()
        withdraw_invitation(tom, by=world.chair)
        assert mails() == {}


class TestTheLaterMeetingIsCancelled:
    def test_the_case_and_its_guests_come_back(self, world, case, mentor):
        now, later = stages.issued(world), stages.planned(world)
        row = ask(world, now, case, mentor)
        move(world, case, now, later)
        mails()
        planner.cancel_meeting(later, because="Snow.", version=1, by=world.chair)
        row.refresh_from_db()
        assert row.meeting == now
        found = entries(mails()[PROVIDER])
        assert found["channel-panel-cancelled.ics"]["UID"] == str(later.uid)
        assert found["channel-panel.ics"]["UID"] == str(now.uid)
        (item,) = invitations.on_agenda(world.chair, now)
        assert item.case_id == case.pk
        (found,) = invitations.of_meeting(world.chair, now)
        assert found.item_number == item.number
        ask(world, now, case, TOM)

    def test_guests_whose_first_meeting_is_over_are_told_that_it_is_off(self, world, case, mentor):
        now, later = stages.in_session(world), stages.planned(world)
        for who in (mentor, TOM):
            row = Invitation.objects.create(
                meeting=now, case=case, why="w", by=world.chair, mark="COORDINATION",
                told_at=clock.now(), agency=who.agency, name=who.name, contact=who.contact,
            )  # fmt: skip
        move(world, case, now, later)
        close_meeting(now, by=world.chair)
        mails()
        planner.cancel_meeting(later, because="Snow.", version=1, by=world.chair)
        row.refresh_from_db()
        assert row.meeting == later
        told = mails()
        assert set(told) == {PROVIDER, "tom@s.example"}  # its agenda was not out
        assert told[PROVIDER].subject.endswith("is cancelled")
        assert told["tom@s.example"].subject.endswith("is called off")


class TestAnotherDay:
    def change(self, world, meeting, days, by=None):
        meeting.refresh_from_db()
        starts_at = meeting.starts_at + datetime.timedelta(days=days)
        return planner.change_meeting(
            meeting, starts_at=starts_at, place="Room 9", length=60, version=meeting.version,
            by=by or world.chair,
        )  # fmt: skip

    def test_the_share_lasts_until_after_it_and_is_never_made_shorter(self, world, case, mentor):
        meeting = stages.issued(world)
        row = ask(world, meeting, case, mentor)
        earlier = share(case, mentor.agency).until
        meeting = self.change(world, meeting, 182)
        row.refresh_from_db()
        assert row.shared_until == share(case, mentor.agency).until > meeting.starts_at > earlier
        until = row.shared_until
        self.change(world, meeting, -182)
        row.refresh_from_db()
        assert row.shared_until == share(case, mentor.agency).until == until

    def test_nothing_is_opened_for_apologies_or_before_the_papers(self, world, case, mentor):
        first, second = stages.issued(world), stages.planned(world)
        row = ask(world, first, case, mentor)
        record_answer(row, answer="apologies", version=1, by=world.chair)
        ask(world, second, case, mentor)
        for meeting in (first, second):
            self.change(world, meeting, 182)
        shares = CaseGroupObjectPermission.objects.filter(group_id=mentor.agency.group_id)
        assert not shares.filter(content_object=case).exists()
        row.refresh_from_db()
        assert (row.answer, row.version) == ("apologies", 2)

    def test_one_who_may_not_open_the_case_can_move_the_meeting(self, world, case, mentor):
        meeting = stages.issued(world)
        ask(world, meeting, case, mentor)
        restricting.set_bar(case, user=world.administrator, reason="r", by=world.supervisor)
        meeting = self.change(world, meeting, 182, by=world.administrator)
        assert share(case, mentor.agency).until > meeting.starts_at

    def test_a_lapsed_agreement_on_sharing_does_not_stop_it(self, db):
        always = {"agreement_needed": {"value": "always", "source": "seed"}}
        world = people.build(policy=always)
        stages.agreement(world, ("police", "council", "children", "health", "education"))
        case = stages.at_panel(world)
        meeting = stages.issued(world)
        agency = world.agency("provider")
        guest = Guest("Mentors him", agency=agency)
        invite(meeting, case, guest, without_agreement="Being signed.", by=world.administrator)
        self.change(world, meeting, 182)
        newest = Disclosure.objects.filter(case=case, agency=agency).latest("pk")
        assert newest.without_agreement.startswith("It was shared for this invitation before")
