"""Minutes taken away: several in one file, one item for a case's file, and what is in their bytes."""

import datetime
import hashlib
import io
import re
import zipfile
from html.parser import HTMLParser
from itertools import pairwise

import pikepdf
import pypdf
import pytest
from django.urls import reverse

from accounts import grants
from accounts.roles import ShareKind
from channel.exports import access as files
from channel.exports.actions import exports
from channel.exports.models import Export
from channel.meetings import bundle
from channel.meetings.actions.meetings import close_meeting
from channel.meetings.actions.minutes import approve_minutes, correct_minutes
from channel.meetings.entry import Task
from channel.meetings.models import Minutes
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionInvalid
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from referrals.actions import restricting
from tests import stages
from tests.access import as_user, expect, prove
from tests.documents import everything_in, text_of

MONDAY = datetime.datetime(2026, 11, 23, 10, tzinfo=datetime.UTC)
TAKE = reverse("minutes_take")


@pytest.fixture(autouse=True)
def on_a_monday():
    with clock.at(MONDAY):
        yield


@pytest.fixture
def sealed(world):
    """Two meetings over the same two cases, both sealed; health sees nothing of the second case."""
    stages.at_panel(world), stages.at_panel(world)
    made = []
    for turn in (1, 2):
        meeting = stages.in_session(world)
        for item in meeting.items.all():
            choice = "adopt" if turn == 1 else "remain"
            stages.decide(world, item, choice, rationale=f"Quokka {turn}-{item.number}.")
        grants.unshare(meeting.items.get(number="2").case, world.agency("health"), ShareKind.PANEL)
        close_meeting(meeting, by=world.administrator)
        approve_minutes(meeting, by=world.chair)
        meeting.refresh_from_db()
        made.append(meeting)
    return made


def zip_of(user, meetings):
    export = exports.ask("minutes", {"meetings": [one.pk for one in meetings]}, by=user)
    outbox.drain()
    export = files.get_export(user, export.pk)
    assert export.is_ready, export.state
    return export, zipfile.ZipFile(io.BytesIO(exports.hand_out(export, by=user)))


class Index(HTMLParser):
    """What the index offers and how it is built."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.links = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "a":
            self.links.append(dict(attrs)["href"])


class TestZip:
    def test_index_and_documents(self, world, sealed):
        first = sealed[0]
        correct_minutes(first, item="", text="At 2pm.", why="w", version=1, by=world.chair)
        export, made = zip_of(world.chair, sealed)
        days = [f"{one.starts_at:%Y-%m-%d}" for one in sealed]
        names = [f"minutes-test-{days[0]}-v2.pdf", f"minutes-test-{days[1]}.pdf"]
        assert made.namelist() == ["index.html", *names]
        assert export.name == f"minutes-test-{days[0]}-to-{days[1]}.zip"
        page = made.read("index.html").decode()
        index = Index(page)
        assert index.links == names
        for name in names:
            assert hashlib.sha256(made.read(name)).hexdigest() in page
        for meeting in sealed:
            assert Minutes.objects.filter(meeting=meeting)[0].sha256 in page
        assert "Version 2" in page
        assert page.count("OFFICIAL-SENSITIVE") == 2
        kinds = [tag for tag, _ in index.tags]
        assert ("html", {"lang": "en-GB"}) in index.tags
        assert kinds.count("title") == kinds.count("h1") == kinds.count("main") == 1
        assert kinds.count("caption") == 1
        heads = [attrs.get("scope") for tag, attrs in index.tags if tag == "th"]
        assert heads == ["col"] * 5 + ["row"] * 2
        assert not {"script", "img", "link", "style"} & set(kinds)

    def test_what_is_not_for_the_reader_is_in_none_of_its_bytes(self, world, sealed):
        hidden = sealed[0].items.get(number="2").case.reference
        for user, is_open in ((world.health, False), (world.chair, True)):
            _, made = zip_of(user, sealed)
            bytes_in = b"".join(
                made.read(name) if name == "index.html" else everything_in(made.read(name))
                for name in made.namelist()
            )
            for secret in (hidden, "Quokka 1-2", "Quokka 2-2"):
                assert (secret.encode() in bytes_in) is is_open
            assert b"Quokka 1-1" in bytes_in

    def test_the_same_copies_have_the_same_bytes(self, world, sealed):
        first, _ = zip_of(world.chair, sealed)
        with clock.at(MONDAY + datetime.timedelta(days=90)):
            second, _ = zip_of(world.chair, sealed)
        assert first.pk != second.pk
        assert bytes(first.content) == bytes(second.content)

    def test_progress_is_by_meeting(self, world, sealed):
        export = exports.ask("minutes", {"meetings": [s.pk for s in sealed]}, by=world.chair)
        told = []
        bundle.make(export, lambda done, total: told.append((done, total)))
        assert told == [(0, 2), (1, 2), (2, 2)]

    def test_of_one_meeting_it_is_named_after_the_day(self, world, sealed):
        export, made = zip_of(world.administrator, sealed[:1])
        assert export.name == f"minutes-test-{sealed[0].starts_at:%Y-%m-%d}.zip"
        assert len(made.namelist()) == 2

    def test_two_documents_never_share_a_name(self, world, sealed):
        name = bundle._part(world.chair, sealed[0].pk, set()).name
        assert bundle._part(world.chair, sealed[0].pk, {name}).name == f"{sealed[0].pk}-{name}"

    def test_closed_since_it_is_refused_and_a_new_one_is_without(self, world, sealed):
        export = exports.ask("minutes", {"meetings": [sealed[0].pk]}, by=world.children)
        outbox.drain()
        case = sealed[0].items.get(number="1").case
        restricting.restrict_case(case, people=[world.lead], reason="r", by=world.supervisor)
        with pytest.raises(ActionInvalid, match="Make a new one"):
            exports.hand_out(files.get_export(world.children, export.pk), by=world.children)
        _, made = zip_of(world.children, [sealed[0]])
        document = made.read(made.namelist()[1])
        assert b"Quokka 1-1" not in everything_in(document)
        assert "1. Restricted item" in text_of(document)


class TestTakePage:
    def test_who_opens_it(self, world, elsewhere, sealed):
        members = (world.chair, world.deputy, world.administrator, world.health, elsewhere.chair)
        others = (world.officer, world.lead, world.auditor)
        expect(TAKE, {**dict.fromkeys(members, 200), **dict.fromkeys(others, 403), None: 302})
        day = sealed[0].panel_and_day
        assert day in as_user(world.chair).get(TAKE).content.decode()
        shown = as_user(elsewhere.chair).get(TAKE).content.decode()
        assert "There are no sealed minutes of this year" in shown
        assert day not in shown
        listed = as_user(world.chair).get(reverse("meeting_list")).content.decode()
        assert TAKE in listed
        assert TAKE not in as_user(world.officer).get(reverse("meeting_list")).content.decode()

    def test_some_and_all_of_a_year(self, world, sealed):
        client = as_user(world.chair)
        year = sealed[0].starts_at.year
        here = f"{TAKE}?year={year}"
        answer = client.post(here, {"meetings": [sealed[0].pk]})
        export = Export.objects.get()
        assert answer.url == reverse("export", args=[export.pk])
        assert export.ids == {"meetings": [sealed[0].pk]}
        client.post(here, {"all": "1"})
        ofyear = sorted(s.pk for s in sealed if s.starts_at.year == year)
        assert Export.objects.first().ids == {"meetings": ofyear}

    def test_none_chosen(self, world, sealed):
        client = as_user(world.chair)
        for sent in ({}, {"meetings": ["x"]}, {"meetings": ["999999"]}):
            page = client.post(f"{TAKE}?year={sealed[0].starts_at.year}", sent).content.decode()
            assert "Error: " in page
        assert client.get(f"{TAKE}?year=1999").status_code == 200
        assert client.post(f"{TAKE}?year=1999", {"all": "1"}).status_code == 200
        assert not Export.objects.exists()


class TestExtract:
    def url(self, item, case=None):
        case = case or item.case
        return reverse("panel_extract", args=[case.reference, item.pk])

    def test_one_item_and_nothing_of_another(self, world, sealed):
        first, second = sealed[0].items.all()
        answer = as_user(world.chair).get(self.url(first))
        day = f"{sealed[0].starts_at:%Y-%m-%d}"
        assert answer["Content-Disposition"] == (
            f'attachment; filename="extract-test-{day}-item-1.pdf"'
        )
        found = everything_in(answer.content)
        for said in (b"Quokka 1-1", first.case.reference.encode()):
            assert said in found
        for other in (b"Quokka 1-2", second.case.reference.encode()):
            assert other not in found
        text = text_of(answer.content)
        assert Minutes.objects.get(meeting=sealed[0]).sha256 in text.replace("\n", "")
        assert "OFFICIAL-SENSITIVE" in text
        events = Event.objects.filter(type=EventType.EXPORTED)
        assert [e.case_reference for e in events] == [first.case.reference]

    def test_who_may(self, world, elsewhere, sealed):
        second = sealed[0].items.get(number="2")
        expect(
            self.url(second),
            {
                world.chair: 200,
                world.children: 200,
                world.officer: 403,
                world.health: 403,
                world.provider: 404,
                elsewhere.chair: 404,
                None: 302,
            },
        )

    def test_the_number_of_another_cases_item_opens_nothing(self, world, sealed):
        first, second = sealed[0].items.all()
        assert as_user(world.chair).get(self.url(second, first.case)).status_code == 404

    def test_a_draft_is_for_those_who_keep_the_record(self, world):
        item = stages.meeting_held(world).items.get()
        answer = as_user(world.administrator).get(self.url(item))
        assert "Draft, not approved" in text_of(answer.content)
        assert as_user(world.health).get(self.url(item)).status_code == 409

    def test_it_wants_a_fresh_proof(self, world, sealed):
        client = prove(as_user(world.chair), world.chair, ago=3600)
        assert client.get(self.url(sealed[0].items.first())).status_code == 302

    def test_the_tab_of_the_case_offers_it(self, world, sealed):
        item = sealed[0].items.first()
        tab = reverse("case_panel", args=[item.case.reference])
        assert self.url(item) in as_user(world.chair).get(tab).content.decode()
        assert self.url(item) not in as_user(world.officer).get(tab).content.decode()


def tree_of(opened):
    """Every element of the structure tree: (kind, its attributes, its children's kinds)."""
    found = []

    def walk(node):
        if isinstance(node, pikepdf.Array):
            for one in node:
                walk(one)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                found.append(node)
            if "/K" in node:
                walk(node.K)

    walk(opened.Root.StructTreeRoot.K)
    return found


class TestStructure:
    """What PDF/UA asks of the file, read from its own structure."""

    @pytest.fixture(params=["minutes", "extract"])
    def document(self, request, world):
        stages.at_panel(world)
        meeting = stages.in_session(world)
        item = meeting.items.get()
        tasks = [
            Task(
                what=f"Ask {n}",
                agency=world.agency("education"),
                owner="Tom Owner",
                due_on=MONDAY.date(),
            )
            for n in range(3)
        ]
        stages.decide(world, item, tasks=tasks, rationale="At some length. " * 180)
        close_meeting(meeting, by=world.chair)
        approve_minutes(meeting, by=world.chair)
        url = {
            "minutes": reverse("minutes_pdf", args=[meeting.pk]),
            "extract": reverse("panel_extract", args=[item.case.reference, item.pk]),
        }[request.param]
        return as_user(world.chair).get(url).content

    def test_title_language_tags(self, document):
        with pikepdf.open(io.BytesIO(document)) as opened:
            assert bool(opened.Root.MarkInfo.Marked) is True
            assert str(opened.Root.Lang) == "en-GB"
            assert bool(opened.Root.ViewerPreferences.DisplayDocTitle) is True
            with opened.open_metadata() as meta:
                assert meta["pdfuaid:part"] == "1"
                assert "Minutes of the Testshire Channel panel" in meta["dc:title"]
            assert all("/StructParents" in page or "/Tabs" in page for page in opened.pages)

    def test_headings_go_down_one_by_one(self, document):
        with pikepdf.open(io.BytesIO(document)) as opened:
            kinds = [str(e.S) for e in tree_of(opened)]
        levels = [int(kind[2]) for kind in kinds if re.fullmatch("/H[1-6]", kind)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))

    def test_every_cell_names_the_heads_of_its_table(self, document):
        """`scope` becomes ids: each cell names the heads over it and beside it."""
        with pikepdf.open(io.BytesIO(document)) as opened:
            elements = tree_of(opened)
            heads = {str(e.ID) for e in elements if str(e.S) == "/TH"}
            cells = [e for e in elements if str(e.S) == "/TD"]
            assert cells
            for cell in cells:
                named = {str(one) for one in cell.A.Headers}
                assert named
                assert named <= heads
            tables = [e for e in elements if str(e.S) == "/Table"]
            captions = [e for e in elements if str(e.S) == "/Caption"]
            assert tables
            assert captions

    def test_marking_and_number_on_every_page(self, document):
        pages = pypdf.PdfReader(io.BytesIO(document)).pages
        for number, page in enumerate(pages, 1):
            text = page.extract_text()
            assert text.count("OFFICIAL-SENSITIVE") == 2
            assert f"Page {number} of {len(pages)}" in text
