"""The minutes: drafts, approval and seal, the PDF and what must not be in its bytes."""

import datetime
import hashlib
import io
import json
import re

import pikepdf
import pytest
from django.db import connection, transaction
from django.db.utils import Error as DatabaseError
from django.urls import reverse

from accounts import grants
from accounts.roles import ShareKind
from channel.meetings import canonical, pdf
from channel.meetings.actions.conduct import write_police_note
from channel.meetings.actions.meetings import close_meeting, record_attendance
from channel.meetings.actions.minutes import approve_minutes
from channel.meetings.copies import Copy
from channel.meetings.entry import Task
from channel.meetings.models import Meeting, Minutes, PanelAction
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from prevent_cms.marking import Mark
from tests import stages
from tests.access import as_user, expect, sign_in
from tests.documents import everything_in, pages_of

MONDAY = datetime.datetime(2026, 11, 23, 10, tzinfo=datetime.UTC)
CANARY = "Zanzibar side note of police"
SECRET = "Quokka rationale of the restricted case"
LONG = "The panel heard from the school, from health and from the family at some length. " * 60


@pytest.fixture(autouse=True)
def on_a_monday():
    with clock.at(MONDAY):
        yield


@pytest.fixture
def closed(world):
    """A closed meeting over two cases; health cannot see the second, police noted on the first."""
    stages.at_panel(world), stages.at_panel(world)
    meeting = stages.in_session(world)
    first, second = meeting.items.all()
    task = Task(
        what="Ask the school about attendance",
        agency=world.agency("education"),
        owner="Tom Owner",
        due_on=MONDAY.date(),
    )
    dissent = {"agreed": "majority", "dissent": "Health would have deferred."}
    stages.decide(world, first, tasks=[task], **dissent)
    stages.decide(world, second, "other_support", rationale=SECRET)
    write_police_note(first, text=CANARY, version=0, by=world.officer)
    grants.unshare(second.case, world.agency("health"), ShareKind.PANEL)
    return close_meeting(meeting, by=world.administrator)


@pytest.fixture
def sealed(world, closed):
    approve_minutes(closed, by=world.chair)
    closed.refresh_from_db()
    return closed


def url(name, meeting):
    return reverse(name, args=[meeting.pk])


def download(client, user, meeting):
    answer = sign_in(client, user).get(url("minutes_pdf", meeting))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    return answer.content


class TestRecord:
    def test_it_is_the_same_text_every_time_and_every_item_has_its_mark(self, closed):
        text = canonical.text_of(canonical.build(closed))
        assert text == canonical.text_of(canonical.build(closed))
        assert text == json.dumps(
            json.loads(text), sort_keys=True, ensure_ascii=False, separators=(",", ":")
        )
        record = json.loads(text)
        assert [item["mark"] for item in record["items"]] == ["PANEL", "PANEL"]
        assert record["items"][0]["actions"][0]["mark"] == "PANEL"
        assert record["classification"] == "OFFICIAL-SENSITIVE"

    def test_police_text_and_full_names_are_not_in_it(self, closed):
        text = canonical.text_of(canonical.build(closed))
        assert CANARY not in text
        record = json.loads(text)
        assert re.fullmatch(r"([A-Z]\.)+", record["items"][0]["person"])

    def test_an_item_for_somebody_else_keeps_its_number_only(self, world, closed):
        record = canonical.build(closed)
        first, second = canonical.for_reader(record, world.health, closed)["items"]
        assert first == record["items"][0]
        assert second == {
            "number": "2",
            "restricted": "Restricted item",
        }
        assert canonical.for_reader(record, world.chair, closed) == record


class TestReading:
    def test_drafts_are_for_those_who_keep_the_record(self, world, elsewhere, closed):
        keepers = (world.chair, world.deputy, world.administrator)
        others = (world.officer, world.lead, world.children)
        outsiders = (world.provider, world.auditor, elsewhere.chair)
        wanted = dict.fromkeys(keepers, 200) | dict.fromkeys(others, 409)
        wanted |= dict.fromkeys(outsiders, 404) | {None: 302}
        expect(url("minutes", closed), wanted)
        pdf_answers = wanted | {world.officer: 403, world.lead: 403}
        expect(url("minutes_pdf", closed), pdf_answers)

    def test_sealed_ones_are_for_everybody_of_the_panel(self, world, elsewhere, sealed):
        wanted = {
            world.chair: 200,
            world.officer: 200,
            world.lead: 200,
            world.children: 200,
            world.provider: 404,
            elsewhere.chair: 404,
            None: 302,
        }
        expect(url("minutes", sealed), wanted)
        expect(url("minutes_pdf", sealed), wanted | {world.officer: 403, world.lead: 403})

    def test_there_are_none_before_the_meeting(self, client, world):
        meeting = stages.planned(world)
        assert sign_in(client, world.chair).get(url("minutes", meeting)).status_code == 409
        assert client.get(url("minutes_pdf", meeting)).status_code == 409

    def test_the_page_says_what_the_document_says(self, client, world, sealed):
        page = sign_in(client, world.chair).get(url("minutes", sealed)).content.decode()
        for said in (
            "Approved as a correct record",
            Minutes.objects.get().sha256,
            "Quorum met: chair, police and 5 core agencies",
            "adopt for Channel support",
            "Health would have deferred.",
            "Ask the school about attendance",
            "Tom Owner, Testshire education",
            SECRET,
        ):
            assert said in page
        restricted = sign_in(client, world.health).get(url("minutes", sealed)).content.decode()
        assert "2. Restricted item</h3>" in restricted
        assert SECRET not in restricted
        assert CANARY not in page + restricted


class TestDocument:
    def test_marking_and_page_numbers_on_every_page(self, client, world):
        for _ in range(3):
            stages.at_panel(world)
        meeting = stages.in_session(world)
        for item in meeting.items.all():
            stages.decide(world, item, rationale=LONG[:3900])
        close_meeting(meeting, by=world.chair)
        approve_minutes(meeting, by=world.chair)
        document = download(client, world.administrator, meeting)
        pages = pages_of(document)
        assert len(pages) >= 3
        minutes = Minutes.objects.get()
        for number, text in enumerate(pages, 1):
            assert text.count("OFFICIAL-SENSITIVE") == 2
            assert f"Page {number} of {len(pages)}" in text
            assert minutes.sha256 in text.replace("\n", "")
            assert "Copy of Administrator Invented, Testshire Council" in text
            assert "Draft" not in text

    def test_it_is_tagged(self, client, world, sealed):
        document = download(client, world.chair, sealed)
        with pikepdf.open(io.BytesIO(document)) as opened:
            root = opened.Root
            assert bool(root.MarkInfo.Marked) is True
            assert str(root.Lang) == "en-GB"
            assert bool(root.ViewerPreferences.DisplayDocTitle) is True
            with opened.open_metadata() as meta:
                assert meta["pdfuaid:part"] == "1"
                assert "Minutes of the Testshire Channel panel" in meta["dc:title"]
            kinds = {str(o.S) for o in opened.objects if isinstance(o, pikepdf.Dictionary) and
                     o.get("/Type") == "/StructElem"}  # fmt: skip
        assert {"/H1", "/H2", "/H3", "/P", "/Table", "/TH", "/TD", "/Caption"} <= kinds

    def test_a_draft_says_so_on_every_page(self, client, world, closed):
        document = download(client, world.chair, closed)
        assert all("Draft, not approved" in page for page in pages_of(document))
        assert "SHA-256" not in "".join(pages_of(document))

    def test_what_is_said_is_in_it(self, client, world, sealed):
        text = "\n".join(pages_of(download(client, world.chair, sealed)))
        for said in (
            "Attendance",
            "Chair, Testshire Council",
            "Decision: adopt for Channel support. By majority.",
            "Health would have deferred.",
            "Ask the school about attendance",
            SECRET,
            "Approved as a correct record by Chair Invented",
        ):
            assert said in text

    def test_what_is_not_for_the_reader_is_not_in_the_bytes(self, client, world, sealed):
        restricted = sealed.items.get(number="2").case
        for user in (world.health, world.chair, world.children):
            found = everything_in(download(client, user, sealed))
            assert b"Zanzibar" not in found
            assert (b"Quokka" in found) is (user is not world.health)
            assert (restricted.reference.encode() in found) is (user is not world.health)
        text = "\n".join(pages_of(download(client, world.health, sealed)))
        assert "2. Restricted item" in text
        assert "Not open to you" in text

    def test_the_same_copy_has_the_same_bytes(self, client, world, sealed):
        first = download(client, world.chair, sealed)
        with clock.at(MONDAY + datetime.timedelta(days=200)):
            assert download(client, world.chair, sealed) == first

    def test_markup_typed_by_somebody_stays_text(self, world):
        stages.at_panel(world)
        meeting = stages.in_session(world)
        attack = '<link rel="attachment" href="file:///etc/hostname"><h2>Forged</h2>'
        stages.decide(world, meeting.items.get(), rationale=attack)
        document = pdf.render(Copy(close_meeting(meeting, by=world.chair), world.chair))
        with pikepdf.open(io.BytesIO(document)) as opened:
            assert not opened.attachments
        assert "<h2>Forged</h2>" in "".join(pages_of(document)).replace("\n", "")

    def test_a_download_is_remembered_for_the_area_and_each_case_in_it(self, client, world, sealed):
        download(client, world.health, sealed)
        event = Event.objects.get(type=EventType.MINUTES_DOWNLOADED)
        assert (event.actor, event.area_code) == (world.health, "TST")
        exported = Event.objects.filter(type=EventType.EXPORTED)
        assert [e.case_reference for e in exported] == [sealed.items.get(number="1").case.reference]

    def test_no_event_no_document(self, client, world, sealed, monkeypatch):
        def fails(*args, **kwargs):
            raise RuntimeError("the log is away")

        monkeypatch.setattr("channel.meetings.actions.minutes.record", fails)
        sign_in(client, world.chair)
        with pytest.raises(RuntimeError):
            client.get(url("minutes_pdf", sealed))

    def test_its_name_says_nothing_of_anybody(self, client, world, sealed):
        answer = sign_in(client, world.chair).get(url("minutes_pdf", sealed))
        day = sealed.starts_at.date().isoformat()
        assert answer["Content-Disposition"] == f'attachment; filename="minutes-test-{day}.pdf"'


class TestSeal:
    def test_the_chair_seals(self, client, world, closed):
        client, place = sign_in(client, world.chair), url("minutes_approve", closed)
        assert client.post(place).status_code == 409  # of no draft that was read
        answer = client.post(place, {"seen": Copy(closed, world.chair).digest})
        assert answer.url == url("minutes", closed)
        minutes = Minutes.objects.get()
        assert minutes.sha256 == hashlib.sha256(minutes.record.encode()).hexdigest()
        assert minutes.is_intact
        closed.refresh_from_db()
        assert closed.status == Meeting.Status.SEALED
        events = Event.objects.filter(type=EventType.MINUTES_APPROVED)
        assert events.count() == 3
        assert events.get(case_reference="").details["sha256"] == minutes.sha256
        assert client.post(url("minutes_approve", closed)).status_code == 409

    def test_who_may(self, world, elsewhere, closed):
        expect(
            url("minutes_approve", closed),
            {
                world.administrator: 403,
                world.officer: 403,
                world.children: 403,
                elsewhere.chair: 404,
                None: 302,
            },
            method="post",
        )
        with pytest.raises(ActionDenied):
            approve_minutes(closed, by=world.administrator)
        data = {"seen": Copy(closed, world.deputy).digest}
        assert as_user(world.deputy).post(url("minutes_approve", closed), data).status_code == 302

    def test_not_while_the_meeting_goes_on(self, world):
        meeting = stages.in_session(world)
        with pytest.raises(ActionInvalid, match="after the meeting has closed"):
            approve_minutes(meeting, by=world.chair)

    def test_later_work_changes_no_rendition(self, client, world, sealed):
        before = download(client, world.chair, sealed)
        action = PanelAction.objects.get()
        action.what, action.owner = "Something else", "Somebody else"
        action.save()
        assert download(client, world.chair, sealed) == before

    def test_actions_refuse_after_the_seal(self, world, sealed):
        with pytest.raises(ActionInvalid, match="sealed"):
            record_attendance(sealed, lines=[], by=world.chair)
        with pytest.raises(ActionInvalid, match="sealed"):
            stages.decide(world, sealed.items.get(number="1"))
        with pytest.raises(ActionInvalid, match="sealed"):
            approve_minutes(sealed, by=world.chair)

    @pytest.mark.db
    @pytest.mark.parametrize("verb", ["update", "delete", "truncate"])
    def test_the_database_refuses_to_change_them(self, sealed, verb):
        statement = {
            "update": "UPDATE channel_minutes SET record = 'x'",
            "delete": "DELETE FROM channel_minutes",
            "truncate": "TRUNCATE channel_minutes CASCADE",
        }[verb]
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        with pytest.raises(DatabaseError), transaction.atomic():
            Minutes.objects.update(record="x")

    def test_the_model_refuses_too(self, sealed):
        minutes = Minutes.objects.get()
        with pytest.raises(TypeError):
            minutes.save()

    def test_a_record_that_was_tampered_with_is_shown_and_never_handed_out(
        self, client, world, closed, monkeypatch
    ):
        monkeypatch.setattr(canonical, "digest", lambda text: "0" * 64)
        approve_minutes(closed, by=world.chair)
        page = sign_in(client, world.chair).get(url("minutes", closed)).content.decode()
        assert "does not match its seal" in page
        assert "Download the minutes" not in page
        assert client.get(url("minutes_pdf", closed)).status_code == 409


def test_the_items_are_for_the_panel(closed):
    assert set(closed.items.values_list("mark", flat=True)) == {Mark.PANEL}
