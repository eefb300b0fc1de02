"""Minutes approved at one meeting or another, by the first of two; corrected as a new version."""

import datetime
import io
import json
import threading
from contextvars import copy_context

import pikepdf
import pytest
from django.db import connection
from django.http import Http404
from django.urls import reverse

from accounts import grants
from accounts.roles import ShareKind
from channel.meetings.actions.conduct import record_item
from channel.meetings.actions.meetings import close_meeting
from channel.meetings.actions.minutes import approve_minutes, correct_minutes
from channel.meetings.copies import Copy
from channel.meetings.entry import Entry, Said
from channel.meetings.models import Meeting, Minutes
from prevent_cms import clock, guards
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from referrals.actions import restricting
from tests import people, stages
from tests.access import as_user, expect, seen
from tests.documents import text_of

MONDAY = datetime.datetime(2026, 11, 23, 10, tzinfo=datetime.UTC)
LATER = MONDAY + datetime.timedelta(days=10)
TEXT = "The school is Invented High, not Invented Low."
WHY = "The head wrote to us."


@pytest.fixture(autouse=True)
def on_a_monday():
    with clock.at(MONDAY):
        yield


@pytest.fixture
def closed(world):
    """A closed meeting over two cases; health cannot see the second."""
    stages.at_panel(world), stages.at_panel(world)
    meeting = stages.in_session(world)
    for item in meeting.items.all():
        stages.decide(world, item, rationale=f"Quokka {item.number}.")
    second = meeting.items.get(number="2").case
    grants.unshare(second, world.agency("health"), ShareKind.PANEL)
    return close_meeting(meeting, by=world.administrator)


@pytest.fixture
def sealed(world, closed):
    approve_minutes(closed, by=world.chair)
    closed.refresh_from_db()
    return closed


def correct(world, meeting, *, item="1", version=1, by=None, text=TEXT):
    with clock.at(LATER):
        return correct_minutes(
            meeting, item=item, text=text, why=WHY, version=version, by=by or world.chair
        )


def url(name, meeting, query=""):
    return reverse(name, args=[meeting.pk]) + query


def read(user, meeting, query=""):
    return as_user(user).get(url("minutes", meeting, query)).content.decode()


class TestApproval:
    def test_at_their_own_meeting(self, world, closed):
        shown = read(world.chair, closed)
        assert "Approve and seal" in shown
        assert "Seal as approved on" not in shown
        data = {"seen": Copy(closed, world.chair).digest}
        answer = as_user(world.chair).post(url("minutes_approve", closed), data)
        assert answer.url == url("minutes", closed)
        assert Minutes.objects.get().approved_meeting == closed
        assert "at this meeting, and sealed" in read(world.chair, closed)

    def test_at_a_later_one(self, world, closed):
        later = stages.in_session(world)
        shown = read(world.chair, closed)
        assert "Say at which meeting" in shown
        data = {"at": later.pk, "seen": Copy(closed, world.chair).digest}
        assert as_user(world.chair).post(url("minutes_approve", closed), data).status_code == 302
        assert Minutes.objects.get().approved_meeting == later
        day = later.starts_at.day
        assert f"at the meeting of {day} {later.starts_at:%B %Y}, and sealed" in read(
            world.health, closed
        )

    def test_not_at_one_that_has_not_met_or_was_before(self, world, elsewhere, closed):
        planned = stages.planned(world)
        other = stages.in_session(elsewhere)
        for wrong in (planned, other):
            data = {"at": wrong.pk}
            answer = as_user(world.chair).post(url("minutes_approve", closed), data)
            assert answer.status_code == 409
            with pytest.raises(ActionInvalid, match="own meeting or a later one"):
                approve_minutes(closed, at=wrong, by=world.chair)
        assert not Minutes.objects.exists()

    def test_the_second_is_told_who_was_first_and_when(self, world, closed):
        approve_minutes(closed, by=world.chair)
        answer = as_user(world.deputy).post(url("minutes_approve", closed))
        assert answer.status_code == 409
        said = answer.content.decode()
        assert "Chair Invented" in said
        assert "approved these minutes on 23 November 2026" in said
        assert Minutes.objects.count() == 1

    def test_a_draft_that_changed_meanwhile_is_read_again(self, world, closed):
        page = read(world.chair, closed)
        digest = page.split('name="seen" value="')[1][:64]
        item = closed.items.get(number="1")
        entry = Entry(said=Said(discussion="More was said."), version=item.decision.version)
        record_item(item, entry, by=world.administrator)
        with pytest.raises(ActionInvalid, match="changed since"):
            approve_minutes(closed, seen=digest, by=world.chair)


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
def test_two_approve_at_once_and_one_wins():
    world = people.build()
    meeting = stages.meeting_held(world)
    start, answers = threading.Barrier(2), {}
    data = {"seen": Copy(meeting, world.chair).digest}

    def send(user):
        client = as_user(user)
        try:
            start.wait()
            answers[user.name] = client.post(url("minutes_approve", meeting), data)
        finally:
            connection.close()

    threads = [  # with the clock of the test
        threading.Thread(target=copy_context().run, args=[send, one])
        for one in (world.chair, world.deputy)
    ]
    [one.start() for one in threads]
    [one.join() for one in threads]
    assert sorted(answer.status_code for answer in answers.values()) == [302, 409]
    won = Minutes.objects.get()
    lost = next(one for one in answers.values() if one.status_code == 409)
    assert won.approved_by.name in lost.content.decode()


class TestCorrection:
    def test_it_is_a_new_version_and_the_first_stays(self, world, sealed):
        first = Minutes.objects.get()
        before = (first.record, first.sha256)
        second = correct(world, sealed)
        first.refresh_from_db()
        assert (first.record, first.sha256) == before
        assert (second.version, second.is_intact) == (2, True)
        record = json.loads(second.record)
        assert record["previous"] == first.sha256
        assert record["items"][0]["corrections"][0]["text"] == TEXT
        assert record["items"][1] == json.loads(first.record)["items"][1]
        assert TEXT not in json.dumps(record["corrections"])
        third = correct(world, sealed, item="", version=2, text="It began at 2pm.")
        assert json.loads(third.record)["corrections"][1]["text"] == "It began at 2pm."
        assert [m.version for m in Minutes.objects.filter(meeting=sealed)] == [3, 2, 1]

    def test_the_newest_is_shown_and_the_older_stay_readable(self, world, sealed):
        second = correct(world, sealed)
        shown = read(world.chair, sealed)
        assert TEXT in shown
        assert "Correction of 3 December 2026 (version 2)" in shown
        assert "Version 2." in shown
        assert second.sha256 in shown
        assert 'minutes/?version=1">version 1' in shown
        old = read(world.chair, sealed, "?version=1")
        assert TEXT not in old
        assert "A later version replaces this one" in old
        assert "minutes.pdf?version=1" in old
        assert "Correct the minutes" not in old
        assert as_user(world.chair).get(url("minutes", sealed, "?version=3")).status_code == 404
        assert as_user(world.chair).get(url("minutes", sealed, "?version=x")).status_code == 404

    def test_each_document_says_its_version(self, world, sealed):
        second = correct(world, sealed)
        client = as_user(world.chair)
        for query, version, name in (("", 2, "-v2.pdf"), ("?version=1", 1, ".pdf")):
            answer = client.get(url("minutes_pdf", sealed, query))
            assert answer["Content-Disposition"].endswith(f'{name}"')
            with pikepdf.open(io.BytesIO(answer.content)) as opened:
                assert opened.pages
            text = text_of(answer.content)
            assert f"Version {version}" in text
            assert (second.sha256 in text.replace("\n", "")) is (version == 2)
            assert ("Invented High" in text) is (version == 2)
            assert ("replaced by a later one" in text) is (version == 1)

    def test_who_may(self, world, elsewhere, sealed):
        expect(
            url("minutes_correct", sealed),
            {
                world.chair: 200,
                world.deputy: 200,
                world.administrator: 403,
                world.health: 403,
                elsewhere.chair: 404,
                None: 302,
            },
        )
        with pytest.raises(ActionDenied):
            correct(world, sealed, by=world.administrator)

    def test_not_before_the_seal(self, world, closed):
        assert as_user(world.chair).get(url("minutes_correct", closed)).status_code == 409
        with pytest.raises(ActionInvalid, match="after they were approved"):
            correct(world, closed)

    def test_by_the_page(self, world, sealed):
        client, here = as_user(world.chair), url("minutes_correct", sealed)
        assert client.post(here, seen(client, here)).status_code == 200
        data = seen(client, here) | {"item": "2", "text": TEXT, "why": WHY}
        assert client.post(here, data).url == url("minutes", sealed)
        events = Event.objects.filter(type=EventType.MINUTES_CORRECTED)
        case = sealed.items.get(number="2").case
        assert {e.case_reference for e in events} == {"", case.reference}
        assert TEXT not in str([e.details for e in events])

    def test_who_did_not_see_the_last_version_is_told_and_loses_nothing(self, world, sealed):
        client, here = as_user(world.chair), url("minutes_correct", sealed)
        data = seen(client, here) | {"item": "1", "text": "Mine.", "why": WHY}
        correct(world, sealed, by=world.deputy)
        shown = client.post(here, data).content.decode()
        assert "Somebody else has corrected these minutes" in shown
        assert "Mine." in shown
        assert Minutes.objects.count() == 2
        with pytest.raises(ActionInvalid, match="Deputy Invented"):
            correct(world, sealed, version=1)

    def test_an_item_that_is_closed_to_the_chair_is_not_theirs_to_correct(self, world, sealed):
        case = sealed.items.get(number="2").case
        restricting.set_bar(case, user=world.chair, reason="r", by=world.supervisor)
        page = as_user(world.chair).get(url("minutes_correct", sealed)).content.decode()
        assert case.reference not in page
        with pytest.raises(Http404):
            correct(world, sealed, item="2")

    def test_the_tab_of_the_case_says_it_too(self, world, sealed):
        correct(world, sealed)
        case = sealed.items.get(number="1").case
        page = as_user(world.chair).get(reverse("case_panel", args=[case.reference]))
        assert TEXT in page.content.decode()

    def test_who_may_not_see_the_item_reads_nothing_of_the_correction(self, world, sealed):
        correct(world, sealed, item="2")
        shown = read(world.health, sealed)
        assert "Invented High" not in shown
        assert WHY not in shown
        assert "version 2: Restricted item" in shown
        document = as_user(world.health).get(url("minutes_pdf", sealed)).content
        assert "Invented High" not in text_of(document)


class TestTampering:
    @pytest.fixture
    def tampered(self, sealed):
        """Changed by somebody who owns the server, with every guard off."""
        role = guards.RUNTIME_ROLE
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE; SET LOCAL session_replication_role = replica")
            cursor.execute("UPDATE channel_minutes SET record = replace(record, 'Quokka', 'Koala')")
            cursor.execute(f"SET LOCAL session_replication_role = origin; SET ROLE {role}")
        return sealed

    @pytest.mark.db
    def test_it_is_said_on_the_page_and_no_copy_leaves(self, world, tampered):
        shown = read(world.chair, tampered)
        assert "does not match its seal" in shown
        assert "Download the minutes" not in shown
        assert "Correct the minutes" not in shown
        assert as_user(world.chair).get(url("minutes_pdf", tampered)).status_code == 409

    @pytest.mark.db
    def test_nothing_is_built_on_it(self, world, tampered):
        with pytest.raises(ActionInvalid, match="does not match its seal"):
            correct(world, tampered)


class TestRecall:
    """A case that is closed to a reader after the seal is gone from every rendition at once."""

    @pytest.mark.parametrize("how", ["restricted", "barred", "unshared"])
    def test_after_the_seal(self, world, sealed, how):
        case = sealed.items.get(number="1").case
        correct(world, sealed)
        assert "Quokka 1" in read(world.children, sealed)
        if how == "restricted":
            restricting.restrict_case(case, people=[world.lead], reason="r", by=world.supervisor)
        elif how == "barred":
            restricting.set_bar(case, user=world.children, reason="r", by=world.supervisor)
        else:
            grants.unshare(case, world.agency("children"), ShareKind.PANEL)
            grants.unshare(case, world.agency("children"), ShareKind.RESPOND)
        client = as_user(world.children)
        document = text_of(client.get(url("minutes_pdf", sealed)).content)
        pages = [read(world.children, sealed, query) for query in ("", "?version=1")]
        pages.append(client.get(url("meeting", sealed)).content.decode())
        for shown in (*pages, document):
            for gone in ("Quokka 1", case.reference, "Invented High", WHY):
                assert gone not in shown
        assert all("Restricted item" in shown for shown in pages[:2])
        assert Meeting.objects.get(pk=sealed.pk).minutes.count() == 2
