"""One reader's copy of a pack, page by page; a page has the same number for everybody.

The cover is page 1, the contents follow, then one page for each item in the order of the agenda. An
item that is not for the reader keeps its page and its number, and nothing else is on it.
"""

import datetime
from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone

from accounts.models import User
from channel.meetings.canonical import Record
from channel.meetings.models import Pack
from channel.meetings.pack import frozen
from channel.meetings.pack.parts import cut
from prevent_cms.components.text import gov_date, gov_datetime
from prevent_cms.marking import Mark

LINES = 38  # of contents on a page
NEWS = 12  # on the cover; the contents mark them all
WHY, NOTE = 68, 240


@dataclass(frozen=True)
class Page:
    """One item on its page."""

    page: int
    item: Record
    is_new: bool

    @property
    def number(self) -> str:
        return str(self.item["number"])

    @property
    def title(self) -> str:
        """ "Item 8: NFK-26-483920-X", or that it is restricted."""
        return f"Item {self.number}: {self.name}"

    @property
    def name(self) -> str:
        return str(self.item["case"] if self.is_open else self.item["restricted"])

    @property
    def is_open(self) -> bool:
        return "restricted" not in self.item

    @property
    def why(self) -> str:
        return cut(self.item["why"], WHY) if self.is_open else ""

    @property
    def made_at(self) -> datetime.datetime:
        """When its brief was made: with this version or, when that left it as it was, before."""
        return datetime.datetime.fromisoformat(self.item["as_at"])

    @property
    def person(self) -> str:
        """The line on who it is."""
        return str(self.item["parts"][0]["rows"][0][0]) if self.is_open else ""

    @property
    def parts(self) -> list[Record]:
        """Everything below what is asked."""
        return list(self.item["parts"][1:])


@dataclass(frozen=True)
class Copy:
    pack: Pack
    user: User

    @cached_property
    def record(self) -> Record:
        """What this reader may read of it now."""
        return frozen.for_reader(frozen.read(self.pack), self.user, self.pack.meeting)

    @cached_property
    def pages(self) -> list[Page]:
        """The pages of the items, in order."""
        items, news = self.record["items"], {one["number"] for one in self.record["news"]}
        first = 2 + max(1, -(-len(items) // LINES))
        return [Page(first + n, one, one["number"] in news) for n, one in enumerate(items)]

    @property
    def contents(self) -> list[tuple[int, list[Page]]]:
        """The pages of contents, each with its number and its lines."""
        starts = range(0, max(1, len(self.pages)), LINES)
        return [(2 + n, self.pages[at : at + LINES]) for n, at in enumerate(starts)]

    @property
    def total(self) -> int:
        return 1 + len(self.contents) + len(self.pages)

    @property
    def news(self) -> list[tuple[Page, str]]:
        """What is new in this version, with the note that says why."""
        notes = {one["number"]: cut(one["note"], NOTE) for one in self.record["news"]}
        return [(page, notes[page.number]) for page in self.pages if page.is_new]

    @property
    def news_shown(self) -> list[tuple[Page, str]]:
        return self.news[:NEWS]

    @property
    def news_left(self) -> int:
        return len(self.news) - len(self.news_shown)

    @cached_property
    def opened(self) -> list[str]:
        """The numbers of the items that this copy shows."""
        return [page.number for page in self.pages if page.is_open]

    @property
    def wide(self) -> list[str]:
        """The numbers of those that it shows as to a coordinator."""
        return [page.number for page in self.pages if page.item.get("mark") == Mark.COORDINATION]

    def page_of(self, number: str) -> Page | None:
        """The page of an item, if the pack has it."""
        return next((page for page in self.pages if page.number == number), None)

    def beside(self, page: Page) -> tuple[Page | None, Page | None]:
        """The pages before and after one."""
        at = self.pages.index(page)
        after = self.pages[at + 1] if at + 1 < len(self.pages) else None
        return (self.pages[at - 1] if at else None), after

    @property
    def day(self) -> datetime.date:
        return timezone.localdate(self.pack.meeting.starts_at)

    @property
    def edition(self) -> str:
        """What stands at the head of every page."""
        panel = self.record["panel"]
        return f"{panel}, {gov_date(self.day)}, pack version {self.pack.version}"

    @property
    def owner(self) -> str:
        """What stands at the foot of every page: whose copy it is, and when it was issued."""
        return f"Copy of {self.user.label}, issued {gov_datetime(self.pack.issued_at)}"

    @property
    def title(self) -> str:
        return f"Pack of the {self.record['panel']}, {gov_date(self.day)}"

    @property
    def filename(self) -> str:
        slug = self.pack.meeting.panel.area.slug
        return f"pack-{slug}-{self.day:%Y-%m-%d}-v{self.pack.version}.pdf"
