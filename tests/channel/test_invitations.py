"""Inviting somebody for one case: who may, what they open and are told, what they answer (R128-R130)."""

import datetime

import pytest
from django.core import mail
from django.urls import reverse

from accounts.actions import people as joining
from accounts.roles import Role, ShareKind
from channel.meetings import expected, invitations
from channel.meetings.actions.agenda import issue_agenda
from channel.meetings.actions.invitations import Guest, invite, record_answer, withdraw_invitation
from channel.meetings.actions.meetings import open_meeting
from channel.meetings.actions.planner import cancel_meeting, change_meeting
from channel.meetings.models import Attendance, Invitation
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionDenied, ActionInvalid, Stale
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from prevent_cms.marking import Mark
from referrals.actions import hold, restricting
from referrals.models import CaseGroupObjectPermission, Disclosure, Referral
from tests import people, stages
from tests.access import as_user, expect, seen, sign_in
from tests.channel.test_expected import plan

MONDAY = datetime.datetime(2026, 11, 23, 10, tzinfo=datetime.UTC)
TOM = Guest(
    "Teaches him", name="Tom Invented", organisation="head of year", contact="tom@s.example"
)
MUST = {
    "referrer_attends": {"value": "must", "source": "seed"},
    "care_plan_agencies_attend": {"value": "must", "source": "seed"},
}


@pytest.fixture(autouse=True)
def on_a_monday():
    with clock.at(MONDAY):
        yield


@pytest.fixture
def guest(world):
    """Somebody who takes part in panels for the provider, which has no seat at this one."""
    user = joining.add(email="guest@test.example", name="Guest Invented", by=None)
    joining.join(user, agency=world.agency("provider"), role=Role.PANEL_MEMBER, by=None)
    world.users["guest"] = user
    return user


@pytest.fixture
def case(world):
    return stages.at_panel(world)


def url(name, meeting, *more):
    return reverse(name, args=[meeting.pk, *more])


def page(user, name, meeting, *more):
    return " ".join(as_user(user).get(url(name, meeting, *more)).content.decode().split())


def provider(world):
    return Guest("Mentors him", agency=world.agency("provider"))


def ask(world, meeting, case, who=TOM, by=None):
    return invite(meeting, case, who, by=by or world.administrator)


def issue(world, meeting):
    issue_agenda(meeting, by=world.administrator)
    meeting.refresh_from_db()
    stages.agree(world, meeting)
    return meeting


def shares(case, agency):
    return CaseGroupObjectPermission.objects.filter(
        content_object=case, group_id=agency.group_id, kind=ShareKind.PANEL
    )


def mails():
    mail.outbox.clear()
    while outbox.drain():
        pass
    return mail.outbox


class TestAnAgency:
    def test_it_opens_its_own_item_and_no_other(self, world, case, guest):
        other = stages.at_panel(world, name="Other Person")
        meeting = stages.planned(world)
        row = ask(world, meeting, case, provider(world))
        assert row.mark == Mark.COORDINATION
        assert not shares(case, world.agency("provider")).exists()  # nothing before the papers
        mails()
        issue(world, meeting)
        sent = [one for one in mails() if one.to == ["provider@test.example"]]
        assert [one.subject for one in sent] == [
            "The agenda of the Channel panel on 7 December 2026 is ready"
        ]
        numbers = {item.case_id: item.number for item in meeting.items.all()}
        agenda = page(guest, "meeting", meeting)
        assert case.reference in agenda
        assert "Restricted item" not in agenda
        assert other.reference not in agenda
        assert "Mentors him" not in agenda
        browser = as_user(guest)
        assert browser.get(url("meeting_item", meeting, numbers[case.pk])).status_code == 200
        assert browser.get(url("meeting_item", meeting, numbers[other.pk])).status_code == 404
        row.refresh_from_db()
        assert row.shared_until == shares(case, world.agency("provider")).get().until
        assert row.shared_until.date() == datetime.date(2027, 2, 7)
        entry = Disclosure.objects.get(case=case, agency=world.agency("provider"))
        assert (entry.until, entry.power) == (row.shared_until, "CTSA 2015, s.36")
        with clock.at(row.shared_until):
            assert case.reference not in page(guest, "meeting", meeting)
            item = url("meeting_item", meeting, numbers[case.pk])
            assert as_user(guest).get(item).status_code == 404

    def test_withdrawn_it_loses_the_item_at_once(self, world, case, guest):
        meeting = stages.issued(world)
        stages.agree(world, meeting)
        row = ask(world, meeting, case, provider(world))
        item = url("meeting_item", meeting, "1")
        assert as_user(guest).get(item).status_code == 200
        withdraw_invitation(row, by=world.administrator)
        assert as_user(guest).get(item).status_code == 404
        assert not Invitation.objects.exists()
        assert Invitation.history.filter(history_type="-").get().agency == world.agency("provider")
        assert mails() == [] or all(one.to != ["provider@test.example"] for one in mail.outbox)

    def test_apologies_end_the_share_and_coming_after_all_makes_it_anew(self, world, case, guest):
        agency = world.agency("provider")
        meeting = stages.planned(world)
        row = ask(world, meeting, case, provider(world))
        row = record_answer(row, answer="apologies", version=1, by=world.chair)
        issue(world, meeting)
        assert not shares(case, agency).exists()
        row = record_answer(row, answer="coming", version=2, by=world.chair)
        assert shares(case, agency).exists()
        row = record_answer(row, answer="apologies", version=3, by=world.chair)
        assert not shares(case, agency).exists()
        assert (row.version, row.shared_until) == (4, None)
        told = Event.objects.filter(type=EventType.GUEST_ANSWERED)
        assert {one.mark for one in told} == {Mark.COORDINATION}

    def test_a_share_that_was_there_is_neither_made_nor_ended(self, world, case):
        agency = world.agency("provider")
        meeting = stages.issued(world)
        row = ask(world, meeting, case, provider(world))
        share = shares(case, agency).get()
        share.until = None
        share.save()
        withdraw_invitation(row, by=world.administrator)
        assert shares(case, agency).get().until is None
        row = ask(world, meeting, case, provider(world))
        assert row.shared_until is None
        withdraw_invitation(row, by=world.administrator)
        assert shares(case, agency).exists()

    def test_during_a_hold_the_share_waits(self, world, case, guest):
        meeting = stages.planned(world)
        ask(world, meeting, case, provider(world))
        hold.hold(case, reason="A live inquiry.", by=world.officer)
        issue(world, meeting)
        assert shares(case, world.agency("provider")).get().waits
        assert case.reference not in page(guest, "meeting", meeting)

    def test_an_agency_without_agreement_in_force_needs_a_reason(self, db):
        always = {"agreement_needed": {"value": "always", "source": "seed"}}
        world = people.build(policy=always)
        parties = ("police", "council", "children", "health", "education")
        stages.agreement(world, parties)
        case = stages.at_panel(world)
        meeting = stages.planned(world)
        ask(world, meeting, case, provider(world))
        client = as_user(world.administrator)
        shown = client.post(url("meeting_issue", meeting)).content.decode()
        assert "Why you share without an agreement in force" in shown
        client.post(url("meeting_issue", meeting), {"without_agreement": "Being signed."})
        entry = Disclosure.objects.get(case=case, agency=world.agency("provider"))
        assert entry.without_agreement == "Being signed."
        Invitation.objects.get().delete()
        shares(case, world.agency("provider")).get().delete()
        sent = {"case": case.reference, "kind": "agency", "agency": world.agency("provider").pk}
        address = url("meeting_invite", meeting)
        again = client.post(address, sent | {"why": "Mentors him"})
        assert again.status_code == 200
        assert not Invitation.objects.exists()
        client.post(address, sent | {"why": "Mentors him", "without_agreement": "Still so."})
        assert Invitation.objects.get().shared_until


class TestAPerson:
    def test_the_mail_holds_no_case_content(self, world, case):
        meeting = stages.planned(world)
        ask(world, meeting, case)
        assert not any(one.to == ["tom@s.example"] for one in mails())
        issue(world, meeting)
        (sent,) = [one for one in mails() if one.to == ["tom@s.example"]]
        text = sent.subject + sent.body
        for word in (
            meeting.day_words,
            "Committee room 2",
            "Testshire Council",
            "council@test.example",
        ):
            assert word in text
        for word in (
            case.reference,
            "Channel",
            "Prevent",
            "panel",
            "Tom",
            "Teaches",
            "http",
            "case",
        ):
            assert word not in text
        assert sent.attachments == []

    def test_after_the_agenda_at_once_and_by_telephone_never(self, world, case):
        meeting = stages.issued(world)
        mails()
        ask(world, meeting, case)
        ask(world, meeting, case, Guest("Aunt", name="Ann Invented", contact="01632 960 001"))
        assert [one.to for one in mails()] == [["tom@s.example"]]

    def test_another_day_is_told_and_asked_anew_and_calling_off_is_told(self, world, case):
        meeting = stages.issued(world)
        row = ask(world, meeting, case)
        ask(world, meeting, case, provider(world))
        record_answer(row, answer="coming", version=1, by=world.administrator)
        mails()
        day = meeting.starts_at + datetime.timedelta(days=1)
        words = {"starts_at": day, "place": "Room 9", "length": 60, "version": 1}
        meeting = change_meeting(meeting, **words, by=world.chair)
        row.refresh_from_db()
        assert (row.answer, row.version) == ("none", 3)
        told = {one.to[0]: one for one in mails()}
        assert "Room 9" in told["tom@s.example"].body
        assert told["provider@test.example"].subject.endswith("has changed")
        cancel_meeting(meeting, because="Snow.", version=2, by=world.chair)
        told = {one.to[0]: one for one in mails()}
        assert told["tom@s.example"].subject.endswith("is called off")
        assert told["provider@test.example"].subject.endswith("is cancelled")

    def test_nobody_is_told_after_apologies_a_withdrawal_or_a_cancelled_meeting(self, world, case):
        meeting = stages.issued(world)
        mails()
        row = ask(world, meeting, case)
        record_answer(row, answer="apologies", version=1, by=world.administrator)
        ann = ask(world, meeting, case, Guest("Aunt", name="Ann", contact="ann@s.example"))
        withdraw_invitation(ann, by=world.administrator)
        ask(world, meeting, case, Guest("Uncle", name="Ben", contact="ben@s.example"))
        cancel_meeting(meeting, because="Snow.", version=1, by=world.administrator)
        (sent,) = [one for one in mails() if one.to[0].endswith("@s.example")]
        assert sent.to == ["ben@s.example"]
        assert sent.subject.endswith("is called off")

    def test_no_mailbox_and_no_council_are_no_hindrance(self, world, case):
        meeting = stages.issued(world)
        mails()
        for agency in world.area.agencies.filter(key="council"):
            agency.mailbox = ""
            agency.save()
        ask(world, meeting, case)
        (sent,) = mails()
        assert "ask Testshire Council." in sent.body


class TestWhoMay:
    def test_roles_and_areas(self, world, elsewhere, case, guest):
        meeting = stages.planned(world)
        row = ask(world, meeting, case)
        strangers = {elsewhere.administrator: 404, None: 302}
        members = {world.officer: 403, world.lead: 403}
        own = {world.administrator: 200, world.chair: 200, world.deputy: 200}
        hidden = {world.health: 404, guest: 404, world.provider: 404}
        expect(url("meeting_invite", meeting), {**own, **members, **hidden, **strangers})
        expect(url("meeting_guest", meeting, row.pk), {**own, **members, **hidden, **strangers})
        expect(
            url("meeting_guest_withdraw", meeting, row.pk),
            {**members, **hidden, elsewhere.chair: 404, world.chair: 302},
            method="post",
        )
        assert as_user(world.chair).get(url("meeting_guest", meeting, 0)).status_code == 404
        assert (
            as_user(world.chair).get(url("meeting_guest_withdraw", meeting, 1)).status_code == 405
        )

    def test_what_is_refused(self, world, elsewhere, case):
        meeting = stages.planned(world)
        with pytest.raises(ActionDenied):
            ask(world, meeting, case, by=world.officer)
        with pytest.raises(ActionInvalid, match="on the agenda"):
            ask(world, meeting, stages.released(world, name="Not Yet"))
        for who in (world.agency("health"), elsewhere.agency("provider")):
            with pytest.raises(ActionInvalid, match="no permanent seat"):
                ask(world, meeting, case, Guest("Why", agency=who))
        for who in (Guest("Why", name="Tom"), Guest("Why", contact="t@s.example")):
            with pytest.raises(ActionInvalid, match="how to reach them"):
                ask(world, meeting, case, who)
        with pytest.raises(ActionInvalid, match="Say why"):
            ask(world, meeting, case, Guest("", name="Tom", contact="t@s.example"))
        row = ask(world, meeting, case)
        for who in (TOM, TOM):
            with pytest.raises(ActionInvalid, match="already"):
                ask(world, meeting, case, who)
        with pytest.raises(Stale):
            record_answer(row, answer="coming", version=7, by=world.chair)
        with pytest.raises(ActionDenied):
            record_answer(row, answer="coming", version=1, by=world.officer)
        open_meeting(issue(world, meeting), by=world.chair)
        for act in (
            lambda: ask(world, meeting, case, provider(world)),
            lambda: record_answer(row, answer="coming", version=1, by=world.chair),
            lambda: withdraw_invitation(row, by=world.chair),
        ):
            with pytest.raises(ActionInvalid, match="until the meeting opens"):
                act()
        assert as_user(world.chair).get(url("meeting_invite", meeting)).status_code == 409

    def test_an_item_that_is_closed_to_somebody_takes_no_guest_from_them(self, world, case):
        meeting = stages.issued(world)
        ask(world, meeting, case)
        restricting.set_bar(case, user=world.administrator, reason="r", by=world.supervisor)
        with pytest.raises(ActionInvalid, match="on the agenda"):
            ask(world, meeting, case, provider(world))
        shown = page(world.administrator, "meeting_guests", meeting)
        assert "Tom Invented" not in shown
        assert "Tom Invented" in page(world.chair, "meeting_guests", meeting)


class TestPages:
    @pytest.fixture
    def world(self, db):
        return people.build(policy=MUST)

    def test_from_the_list_to_the_answer(self, client, world, case):
        plan(world, case, "provider", "health")
        meeting = stages.planned(world)
        sign_in(client, world.administrator)
        shown = " ".join(client.get(url("meeting_issue", meeting)).content.decode().split())
        assert "Before papers go out: 2 things" in shown
        assert "Policy: must attend" in shown
        assert "Sits on the panel." in shown
        assert "who=health" not in shown
        for key in ("provider", "referrer"):
            address = f"{url('meeting_invite', meeting)}?case={case.reference}&who={key}"
            assert address.replace("&", "&amp;") in shown
            filled = client.get(address).context["form"].initial
            form = {**filled, "contact": filled.get("contact") or "01632 960 001"}
            form["agency"] = filled["agency"].pk if "agency" in filled else ""
            assert client.post(address, form).url == url("meeting_guests", meeting)
        referral = Referral.objects.get(case=case)
        row = Invitation.objects.get(agency=None)
        assert row.name == referral.answers["referrer_name"]
        assert row.expected_as == "referrer"
        assert row.name not in address
        assert " must come and has not answered" in page(world.chair, "meeting_guests", meeting)
        for one in Invitation.objects.all():
            address = url("meeting_guest", meeting, one.pk)
            answer = {"answer": "coming"} | seen(client, address)
            assert client.post(address, answer).url == url("meeting_guests", meeting)
        shown = page(world.administrator, "meeting_guests", meeting)
        assert "Before papers go out" not in shown
        assert shown.count("Coming</strong>") == 2
        assert "who=" not in shown

    def test_twice_pressed_is_invited_once(self, client, world, case):
        meeting = stages.issued(world)
        mails()
        sign_in(client, world.administrator)
        sent = {"case": case.reference, "kind": "person", "name": "Tom", "why": "Teaches him"}
        sent["contact"] = "tom@s.example"
        assert client.post(url("meeting_invite", meeting), sent).status_code == 302
        again = client.post(url("meeting_invite", meeting), sent)
        assert again.status_code == 200
        assert "They are invited for this case already" in again.content.decode()
        assert Invitation.objects.count() == 1
        assert len(mails()) == 1
        client.post(url("meeting_guest_withdraw", meeting, Invitation.objects.get().pk))
        assert client.post(url("meeting_invite", meeting), sent).status_code == 302

    def test_bad_answers_stand_beside_their_fields(self, client, world, case):
        meeting = stages.planned(world)
        sign_in(client, world.administrator)
        address = f"{url('meeting_invite', meeting)}?case=NO&who=referrer"
        sent = {"case": case.reference, "kind": "person", "name": "Tom", "contact": "by post"}
        shown = client.post(address, sent).content.decode()
        assert "Enter an email address or a telephone number" in shown
        assert "Enter why" in shown
        assert 'value="by post"' in shown
        shown = client.post(address, {"kind": "agency"}).content.decode()
        assert "Select for which case" in shown
        assert not Invitation.objects.exists()

    def test_who_asked_to_stay_anonymous_is_for_police_to_ask(self, client, world, case):
        referral = Referral.objects.get(case=case)
        referral.wants_anonymity = True
        referral.save()
        meeting = stages.planned(world)
        shown = page(world.administrator, "meeting_guests", meeting)
        assert f"{expected.ANONYMOUS} (made the referral)" in shown
        assert "Police may ask them." in shown
        assert "who=referrer" not in shown
        assert "Before papers go out" not in shown
        sign_in(client, world.administrator)
        address = f"{url('meeting_invite', meeting)}?case={case.reference}&who=referrer"
        assert referral.answers["referrer_name"] not in client.get(address).content.decode()

    def test_others_see_no_invitations_and_police_cannot_invite(self, world, case, guest):
        meeting = stages.planned(world)
        ask(world, meeting, case)
        issue(world, meeting)
        for user in (world.health, guest):
            assert "Tom Invented" not in page(user, "meeting", meeting)
        shown = page(world.officer, "meeting_guests", meeting)
        assert "Tom Invented" in shown
        assert url("meeting_invite", meeting) not in shown
        late = page(world.administrator, "meeting_issue", meeting)
        assert "Policy: must attend" not in late

    def test_a_team_of_a_plan_and_an_agency_of_no_panel(self, world, case):
        plan(world, case, lead="Early help team")
        plan(world, case, "provider", kind="child_protection")
        switched_off = world.agency("provider")
        switched_off.is_active = False
        switched_off.save()
        meeting = stages.planned(world)
        board = invitations.Board(
            world.chair,
            meeting,
            expected.for_items(world.chair, invitations.on_agenda(world.chair, meeting)),
        )
        (found,) = board.cases
        notes = {line.who: line.note for line in found.lines}
        assert notes["Testshire Mentoring"] == "Not an agency of this panel"
        assert notes["Early help team"] == ""
        keys = [line.expected.key for line in found.lines if line.who == "Early help team"]
        assert board.find(case.reference, keys[0]).name == "Early help team"
        assert board.find("NO", keys[0]) is None

    def test_the_budgets(self, client, world, case, django_assert_max_num_queries):
        plan(world, case, "provider")
        meeting = stages.planned(world)
        sign_in(client, world.administrator).get(reverse("start"))
        with django_assert_max_num_queries(30):
            client.get(url("meeting_invite", meeting))


class TestAttendance:
    @pytest.fixture
    def meeting(self, world, case):
        """In session; Tom is invited for two items and the provider for one."""
        other = stages.at_panel(world, name="Other Person")
        meeting = stages.planned(world)
        for one in (case, other):
            ask(world, meeting, one)
        ask(world, meeting, case, provider(world))
        open_meeting(issue(world, meeting), by=world.administrator)
        stages.attend(world, meeting)
        return meeting

    def rows(self, meeting):
        """What stands in the form, line by line."""
        found = {}
        for row in Attendance.objects.filter(meeting=meeting):
            members = {"chair": "seat-chair", "guest": f"seat-guest{row.pk}"}
            name = members.get(row.role, f"seat-agency{row.agency_id}")
            found |= {f"{name}-{key}": getattr(row, key) for key in ("status", "name")}
            if row.role == "guest":
                found |= {f"{name}-speaks_for": row.speaks_for, f"{name}-item": row.item_id or ""}
        return found

    def test_guests_are_listed_until_it_is_said_whether_they_came(self, world, case, meeting):
        client, address = as_user(world.administrator), url("meeting_attendance", meeting)
        first, _, agency = Invitation.objects.all()
        tom, mentor = f"seat-invited{first.pk}", f"seat-invited{agency.pk}"
        shown = page(world.administrator, "meeting_attendance", meeting)
        number = meeting.items.get(case=case).number
        for one in meeting.items.all():
            assert f"Tom Invented, head of year, for item {one.number}" in shown
        assert f"Testshire Mentoring, for item {number}" in shown
        rows = self.rows(meeting) | seen(client, address) | {f"{tom}-status": "present"}
        bad = client.post(address, rows | {f"{mentor}-status": "present"}).content.decode()
        assert "enter who came" in bad
        assert client.post(address, rows).status_code == 302
        came = Attendance.objects.get(meeting=meeting, role="guest")
        assert (came.name, came.speaks_for) == ("Tom Invented", "head of year")
        assert came.item.case == first.case
        shown = page(world.administrator, "meeting_attendance", meeting)
        assert f"Tom Invented, head of year, for item {came.item.number}" not in shown
        assert "Tom Invented, head of year, for item " in shown
        assert "Testshire Mentoring, for item" in shown
        rows = self.rows(meeting) | seen(client, address)
        rows |= {f"{mentor}-status": "present", f"{mentor}-name": "Guest Invented"}
        assert client.post(address, rows).status_code == 302
        assert Attendance.objects.filter(meeting=meeting, role="guest").count() == 2
        shown = page(world.administrator, "meeting_attendance", meeting)
        assert "Testshire Mentoring, for item" not in shown
