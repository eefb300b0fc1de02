"""Two people changed the same text: what each of them changed, and both changes put together.

Nothing here knows of forms or records; it is the arithmetic of the page templates/conflict.html.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import NamedTuple

CLOSE = 4  # two words and what stands around them


class Piece(NamedTuple):
    """Some words and what became of them: "added", "taken out" or "" for neither."""

    words: str
    kind: str = ""


class Joined(NamedTuple):
    """Both texts in one, and whether they changed the same place, so that somebody must read it."""

    text: str
    touches: bool


class _Edit(NamedTuple):
    """Words `start` to `end` of the base became `words`."""

    start: int
    end: int
    words: list[str]


@dataclass
class _Place:
    """A stretch of the base with every change that touches it."""

    start: int
    end: int
    mine: list[_Edit] = field(default_factory=list)
    theirs: list[_Edit] = field(default_factory=list)


def pieces(base: str, text: str) -> list[Piece]:
    """What became of `base` in `text`, in the order in which one reads it."""
    old, new = _words(base), _words(text)
    found = []
    for kind, start, end, first, last in _matcher(old, new).get_opcodes():
        if kind == "equal":
            found.append(Piece("".join(old[start:end])))
            continue
        if end > start:
            found.append(Piece("".join(old[start:end]), "taken out"))
        if last > first:
            found.append(Piece("".join(new[first:last]), "added"))
    return found


def join(base: str, mine: str, theirs: str) -> Joined:
    """Both changes of `base` in one text; where they touch, theirs and then mine: none is lost."""
    words, text, done, touches = _words(base), [], 0, False
    for place in _places(_edits(words, mine), _edits(words, theirs)):
        text += words[done : place.start]
        own, other = (_apply(words, place, edits) for edits in (place.mine, place.theirs))
        if place.mine and place.theirs and own != other:
            touches = True
            text += [other, "\n" if other and own else "", own]
        else:
            text.append(own if place.mine else other)
        done = place.end
    return Joined("".join([*text, *words[done:]]), touches)


def _words(text: str) -> list[str]:
    """Words with their punctuation, and what stands between them."""
    return re.findall(r"\s+|\S+", text)


def _matcher(old: list[str], new: list[str]) -> "SequenceMatcher[str]":
    return SequenceMatcher(None, old, new, autojunk=False)


def _edits(words: list[str], text: str) -> Iterator[_Edit]:
    """The changes, those with a word or two between them as one: they are one thought."""
    new, last = _words(text), None
    for kind, start, end, first, until in _matcher(words, new).get_opcodes():
        if kind == "equal":
            continue
        edit = _Edit(start, end, new[first:until])
        if last and start - last.end <= CLOSE:
            between = words[last.end : start]
            edit = _Edit(last.start, end, [*last.words, *between, *edit.words])
        elif last:
            yield last
        last = edit
    if last:
        yield last


def _places(mine: Iterator[_Edit], theirs: Iterator[_Edit]) -> list[_Place]:
    """The changes of both in the order of the base, those that touch each other together."""
    both = [*((edit, True) for edit in mine), *((edit, False) for edit in theirs)]
    places: list[_Place] = []
    for edit, is_mine in sorted(both, key=lambda one: one[0][:2]):
        if not places or edit.start > places[-1].end:
            places.append(_Place(edit.start, edit.end))
        places[-1].end = max(places[-1].end, edit.end)
        (places[-1].mine if is_mine else places[-1].theirs).append(edit)
    return places


def _apply(words: list[str], place: _Place, edits: list[_Edit]) -> str:
    """What one of the two made of a stretch of the base."""
    text, done = [], place.start
    for edit in edits:
        text += words[done : edit.start] + edit.words
        done = edit.end
    return "".join([*text, *words[done : place.end]])
