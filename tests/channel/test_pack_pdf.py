"""The pack as a document: page numbers, one side a brief, and what is in the bytes."""

import datetime
import io
import time

import pikepdf
import pytest

from channel.meetings.actions.agenda import issue_agenda
from channel.meetings.models import Pack
from channel.meetings.pack import brief, copies, frozen, pdf
from channel.meetings.pack.copies import Copy
from channel.meetings.pack.parts import BUDGET, cut
from prevent_cms import clock
from prevent_cms.errors import ActionInvalid
from prevent_cms.marking import Mark
from referrals.actions import restricting
from referrals.models import ParallelProcess
from tests import stages
from tests.documents import everything_in, pages_of

MONDAY = datetime.datetime(2026, 11, 23, 10, tzinfo=datetime.UTC)
FILLS = {
    "capitals": "W" * 2000,
    "words": "The panel heard from the school. " * 60,
    "thin": "il" * 1000,
}


@pytest.fixture(autouse=True)
def on_a_monday():
    with clock.at(MONDAY):
        yield


def full(number, fill):
    """An item of a record with as much as a brief can hold in every box."""

    def text(name):
        return cut(fill, BUDGET[name])

    def part(name, rows, columns=(), more=""):
        return {"name": name, "title": name.title(), "mark": "COORDINATION", "columns": list(columns),
                "rows": rows, "more": more}  # fmt: skip

    day, four = "30 September 2026, late", ["Item", "Lead", "Due", "How it goes"]
    parts = [
        part("person", [[text("person")]]),
        part("concern", [[text("concern")]]),
        part("last", [[text("last")]]),
        part(
            "assessment",
            [["Engagement", "Cannot judge yet, was cannot judge yet", text("strong"), text("change")]] * 3,
            ["Dimension", "Judged", "Strong now", "Since 30 September 2026"],
        ),
        part(
            "plan",
            [[text("title"), text("lead"), "30 September 2026", text("progress")]] * brief.ROWS["plan"],
            four, "12 more rows in the case file.",
        ),
        part("risks", [[text("risk")]] * 4),
        part("consent", [[text("consent")]] * 2),
        part(
            "actions",
            [[text("what"), text("lead"), day]] * brief.ROWS["actions"],
            four[:3], "12 more rows in the case file.",
        ),
        part("beside", [[text("beside")]] * brief.ROWS["beside"], more="3 more rows in the case file."),
    ]  # fmt: skip
    return {
        "number": number, "group": "open", "case": "TST-26-483920-X", "parts": parts,
        "why": text("why"), "asked": text("asked"),
        "as_at": "2026-11-23T23:59+00:00",
    }  # fmt: skip


def copy_of(world, items, news=()):
    """A copy that shows these items, as if they were the record."""
    meeting = stages.issued(world)
    copy = Copy(Pack.newest(meeting), world.chair)
    copy.__dict__["record"] = {**frozen.read(copy.pack), "items": items, "news": list(news)}
    return copy


@pytest.mark.parametrize("fill", FILLS.values(), ids=FILLS)
def test_each_brief_is_one_side_however_much_was_written(world, fill):
    items = [full(str(n), fill) for n in range(1, 4)]
    note = cut(fill, 240)[:240]
    copy = copy_of(world, items, [{"number": one["number"], "note": note} for one in items])
    pages = pages_of(pdf.render(copy))
    assert len(pages) == copy.total == 5
    for page in copy.pages:
        text = pages[page.page - 1]
        assert f"Item {page.number}: TST-26-483920-X" in text
        assert "3 more rows in the case file." in text
        assert f"Page {page.page} of {copy.total}" in text


def test_the_worst_of_every_page_still_fits(world):
    """Contents and cover too: as many lines and notes as they can hold, of the widest text."""
    items = [full(f"{n}zz", FILLS["capitals"]) for n in range(1, copies.LINES + 3)]
    for one in items:
        one["parts"] = one["parts"][:1]
    news = [{"number": one["number"], "note": "W" * 240} for one in items]
    copy = copy_of(world, items, news)
    pages = pages_of(pdf.render(copy))
    assert len(pages) == copy.total == 1 + 2 + copies.LINES + 2
    assert f"And {len(items) - copies.NEWS} more" in pages[0]
    assert "Contents, continued" in pages[2]
    for page in copy.pages:
        assert f"Item {page.number}:" in pages[page.page - 1]


def sixty(world):
    return copy_of(world, [full(str(n), FILLS["words"]) for n in range(1, 61)])


@pytest.mark.proof
def test_the_time_a_page_takes(world):
    copy = sixty(world)
    pdf.render(copy)  # fonts are found once
    began = time.process_time()  # of this process, whatever else the machine does
    document = pdf.render(copy)
    each = (time.process_time() - began) / copy.total * 1000
    print(
        f"pack of 60 briefs: {each:.0f} ms a page, {len(document) // 1024} kB, {copy.total} pages"
    )
    assert each < 150


CANARIES = {"coordination": "Quokka", "police": "Zanzibar", "restricted": "Wombat"}


@pytest.fixture
def planted(world):
    """A supported case with strings for coordinators and for police, and one that is restricted."""
    case = stages.plan_written(world, what=f"{CANARIES['coordination']} was said at school.")
    word = CANARIES["police"]
    ParallelProcess.objects.create(
        case=case, mark=Mark.POLICE, kind="policing", since=clock.today(), lead=word, contact=word,
        ownership="channel", review_on=clock.today(), by=world.officer,
    )  # fmt: skip
    closed = stages.at_panel(world, what=f"{CANARIES['restricted']} was said.")
    meeting = stages.issued(world)
    restricting.restrict_case(closed, people=[world.chair], reason="r", by=world.supervisor)
    return meeting, case, closed


def test_what_is_not_for_the_reader_is_not_in_the_bytes(world, planted):
    meeting, case, closed = planted
    reads = {
        world.chair: {"coordination", "restricted"},
        world.administrator: {"coordination"},
        world.officer: {"coordination", "restricted"},  # the owner keeps the case
        world.lead: {"coordination"},
        world.health: set(),
        world.children: set(),
        world.provider: set(),
    }
    restricting.set_bar(case, user=world.children, reason="r", by=world.supervisor)
    for user, mine in reads.items():
        found = everything_in(pdf.render(Copy(Pack.newest(meeting), user)))
        for name, word in CANARIES.items():
            assert (word.encode() in found) is (name in mine), (user, name)
        may_open = user not in (world.children, world.provider)
        assert (case.reference.encode() in found) is may_open, user
        assert (closed.reference.encode() in found) is ("restricted" in mine), user
        assert b"Restricted item" in found or "restricted" in mine


def test_it_is_tagged_and_says_whose_it_is_on_every_page(world):
    stages.at_panel(world)
    copy = Copy(Pack.newest(stages.issued(world)), world.health)
    document = pdf.render(copy)
    pages = pages_of(document)
    assert len(pages) == copy.total == 3
    for number, text in enumerate(pages, 1):
        assert text.count("OFFICIAL-SENSITIVE") == 2
        assert f"Page {number} of 3" in text
        assert "Copy of Health Invented, Testshire health, issued 23 November 2026, 10am" in text
        assert "pack version 1.0" in text
    with pikepdf.open(io.BytesIO(document)) as opened:
        assert bool(opened.Root.MarkInfo.Marked) is True
        assert str(opened.Root.Lang) == "en-GB"
        with opened.open_metadata() as meta:
            assert meta["pdfuaid:part"] == "1"
            assert meta["dc:title"] == copy.title
    assert copy.filename == "pack-test-2026-12-07-v1.0.pdf"


def test_an_empty_agenda_and_late_items(world):
    meeting = stages.issued(world)
    pages = pages_of(pdf.render(Copy(Pack.newest(meeting), world.chair)))
    assert len(pages) == 2
    assert "No case is on the agenda." in pages[1]
    stages.at_panel(world)
    issue_agenda(meeting, by=world.administrator)
    copy = Copy(Pack.newest(meeting), world.chair)
    pages = pages_of(pdf.render(copy))
    assert "New in version 1.1" in pages[0]
    assert "(new)" in pages[1]


def test_one_that_was_tampered_with_is_not_made(world):
    copy = Copy(Pack.newest(stages.issued(world)), world.chair)
    copy.pack.sha256 = "0" * 64
    with pytest.raises(ActionInvalid, match="not what was issued"):
        pdf.render(copy)
