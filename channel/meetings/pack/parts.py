"""A part of a brief, and how a text is made to fit its box."""

import unicodedata
from dataclasses import dataclass, field

from channel.meetings.models import AgendaItem
from channel.meetings.pack.sources import Rows
from prevent_cms.marking import Mark
from referrals.models import MarkedItem

ELSEWHERE = "... (continues in the case file)"
LONG = 200
# How many characters each box holds (a capital or a wide letter counts as two), and how many rows.
BUDGET = {
    "person": 110,
    "why": 110,
    "asked": 200,
    "concern": 420,
    "last": 200,
    "strong": 90,
    "change": 130,
    "title": 60,
    "lead": 45,
    "progress": 66,
    "risk": 110,
    "consent": 110,
    "what": 90,
    "beside": 90,
}


@dataclass(frozen=True)
class Part:
    """One part with its mark: lines of words or, with `columns`, rows of a table whose first cell
    is the head of its row. `more` says what of the table is left to the case file."""

    name: str
    title: str
    mark: str
    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    more: str = ""


@dataclass(frozen=True)
class Source:
    """One case with the rows that one kind of reader may read, and the item that brings it."""

    item: AgendaItem
    rows: Rows


def cut(text: str, budget: int) -> str:
    """A text on one line, cut at a word so that it fits; a long one says where it goes on."""
    ends = ELSEWHERE if budget >= LONG else "..."
    words = " ".join(text.split())
    if _cost(words) <= budget:
        return words
    left, kept = budget - len(ends), ""
    for letter in words:
        left -= _cost(letter)
        if left < 0:
            break
        kept += letter
    whole = kept.rpartition(" ")[0]
    return (whole if len(whole) > len(kept) / 2 else kept) + ends


def _cost(text: str) -> int:
    """How many characters of ordinary width a text is worth."""
    return len(text) + sum(
        letter.isupper() or letter in "@%_" or unicodedata.east_asian_width(letter) in "WF"
        for letter in text
    )


def mark_of(*rows: MarkedItem) -> str:
    """The mark of what was made of these rows: the narrowest of theirs."""
    is_narrow = any(one.mark == Mark.COORDINATION for one in rows)
    return str(Mark.COORDINATION if is_narrow else Mark.PANEL)
