"""The page numbers of a pack are the same on the screen, in its document and on paper."""

import io
import re

import pikepdf
import pytest
from django.urls import reverse

from channel.meetings.models import Pack
from channel.meetings.pack import frozen, pdf
from channel.meetings.pack.copies import LINES, NOTE, Copy
from channel.meetings.pack.parts import cut
from tests import stages
from tests.channel.test_pack_pdf import FILLS, full
from tests.documents import pages_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NUMBER = re.compile(r"Page (\d+) of (\d+)")


@pytest.fixture
def meeting(cast, monkeypatch):
    """A pack with two pages of contents; the first items are those of real cases."""
    stages.plan_written(cast), stages.at_panel(cast)
    meeting = stages.issued(cast)
    items = [full(str(n), FILLS["words"]) for n in range(1, LINES + 3)]
    use(monkeypatch, meeting, items)
    return meeting


def use(monkeypatch, meeting, items):
    """The pack of a meeting holds these items, whoever reads it."""
    whole = frozen.read(Pack.newest(meeting))
    news = [{"number": one["number"], "note": cut(FILLS["capitals"], NOTE)} for one in items]
    monkeypatch.setattr(Copy, "record", {**whole, "items": items, "news": news})


def printed(person, name, *args):
    """The text of each sheet of paper that a page takes, and its number on it."""
    person.go(reverse(name, args=args))
    sheets = pages_of(person.page.pdf())
    return [(text, *map(int, NUMBER.search(text).groups())) for text in sheets]


def in_document(document):
    """Item -> the number on its page, which is its place, and where the contents lead to."""
    found = {}
    for place, text in enumerate(pages_of(document), 1):
        assert int(NUMBER.search(text)[1]) == place
        if item := re.search(r"^Item (\w+):", text, re.MULTILINE):
            found[item[1]] = place
    with pikepdf.open(io.BytesIO(document)) as opened:
        assert "/PageLabels" not in opened.Root  # a viewer counts as the pages do
        pages = [page.objgen for page in opened.pages]
        names = opened.Root.Names.Dests.Names
        where = dict(zip(map(str, names[::2]), names[1::2], strict=True))
        linked = {
            str(link.Dest).removeprefix("item-"): pages.index(where[str(link.Dest)][0].objgen) + 1
            for page in opened.pages
            for link in page.get("/Annots", [])
        }
    assert linked == found
    return found


def on_screen(person, meeting):
    """Item -> the page that the contents name."""
    person.go(reverse("pack", args=[meeting.pk]))
    rows = person.page.locator("main tbody tr").all_inner_texts()
    return {re.search(r"Item (\w+):", row)[1]: int(row.split()[-1]) for row in rows}


def test_screen_document_and_paper_agree(cast, meeting, actor):
    chair = actor("chair")
    told = on_screen(chair, meeting)
    assert told == in_document(pdf.render(Copy(Pack.newest(meeting), cast.chair)))
    total = 1 + 2 + LINES + 2
    cover = printed(chair, "pack", meeting.pk)
    assert [numbers for _, *numbers in cover] == [[1, total], [2, total], [3, total]]
    on_paper = [re.findall(r"Item (\w+): TST", text) for text, *_ in cover[1:]]
    assert [len(items) for items in on_paper] == [LINES, 2]
    assert [one for items in on_paper for one in items] == list(told)
    for item in ("1", "2"):
        ((text, *numbers),) = printed(chair, "pack_brief", meeting.pk, item)
        assert numbers == [told[item], total]
        assert f"Item {item}: TST" in text
        chair.sees(f"Page {told[item]} of {total}")


@pytest.mark.parametrize("fill", FILLS.values(), ids=FILLS)
def test_each_brief_is_one_sheet_however_much_was_written(meeting, actor, monkeypatch, fill):
    use(monkeypatch, meeting, [full("1", fill)])
    ((text, *numbers),) = printed(actor("chair"), "pack_brief", meeting.pk, "1")
    assert numbers == [3, 3]
    assert text.count("OFFICIAL-SENSITIVE") == 2
    assert "3 more rows in the case file." in text
    for around in ("Contents of the pack", "Accessibility", "Prevent case management"):
        assert around not in text
