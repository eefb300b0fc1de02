"""Two sets of facts about a person side by side, with points that explain themselves.

The points only put likely matches first; nothing is decided by them (design section 8).
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import fuzz

from referrals import names

SAME, CLOSE, DIFFERENT, NOTHING = "same", "close", "different", "nothing"
MOST = {"name": 42, "born": 35, "phone": 10, "school": 7, "address": 6}


@dataclass(frozen=True)
class Point:
    """One row of the comparison: what this referral and the earlier one say, and what it counts."""

    label: str
    ours: str
    theirs: str
    verdict: str
    why: str
    points: int
    first: str = ""  # what stands first in this referral, when another of its values is the nearest


@dataclass
class Known:
    """The facts about one person that can be compared."""

    names: list[str] = field(default_factory=list)
    born: list[datetime.date] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    schools: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    family: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, facts: Iterable[Any]) -> "Known":
        """The PersonFacts of one person, each in its place; other kinds are left out."""
        known = cls()
        places = {
            "name": known.names,
            "other_name": known.names,
            "address": known.addresses,
            "school": known.schools,
            "phone": known.phones,
            "family": known.family,
        }
        for fact in facts:
            if fact.kind == "born":
                known.born.extend([fact.date] if fact.date else [])
            elif fact.kind in places:
                places[fact.kind].append(fact.value)
        return known

    @property
    def all_phones(self) -> list[str]:
        return [text for text in (*self.phones, *self.family) if names.digits(text)]


def compare(ours: Known, theirs: Known) -> list[Point]:
    """The five rows, in the order in which an officer looks."""
    return [
        _row("Name", "name", ours.names, theirs.names, names_alike),
        _row("Date of birth", "born", ours.born, theirs.born, born_alike),
        _row("Address", "address", ours.addresses, theirs.addresses, addresses_alike),
        _row("School or work", "school", ours.schools, theirs.schools, texts_alike),
        _row("Telephone", "phone", ours.all_phones, theirs.all_phones, phones_alike),
    ]


def _row(label: str, key: str, ours: list[Any], theirs: list[Any], judge: Any) -> Point:
    """The best pair of the two lists, in words and points."""
    if not ours or not theirs:
        first = _shown(ours[:1])
        return Point(label, first, _shown(theirs[:1]), NOTHING, "Nothing to compare", 0, first)
    pairs = ((judge(a, b), a, b) for a in ours for b in theirs)
    (share, why), a, b = max(pairs, key=lambda pair: pair[0][0])
    verdict = SAME if share >= 0.9 else CLOSE if share > 0 else DIFFERENT
    points = round(share * MOST[key])
    return Point(label, _shown([a]), _shown([b]), verdict, why, points, _shown(ours[:1]))


def _shown(values: list[Any]) -> str:
    if not values:
        return "Not given"
    value = values[0]
    if isinstance(value, datetime.date):
        return f"{value.day} {value:%B %Y}"
    return str(value)


def names_alike(a: str, b: str) -> tuple[float, str]:
    """Same, in another order, same sound, or how near; 0 when it is another name."""
    ours, theirs = names.plain(a).split(), names.plain(b).split()
    if ours == theirs:
        return 1, "Same"
    if sorted(ours) == sorted(theirs):
        return 0.98, "Same names in another order"
    sounds = sorted(map(names.sound, ours)), sorted(map(names.sound, theirs))
    near = fuzz.token_sort_ratio(" ".join(ours), " ".join(theirs)) / 100
    if sounds[0] == sounds[1] and near >= 0.6:
        return 0.95, "Sounds the same"
    common = [part for part in ours if part in theirs and len(part) > 1]
    if near >= 0.8:
        return 0.86, "Nearly the same spelling"
    if common or near >= 0.7:
        return _partly(ours, theirs, common, near)
    return 0, "Different"


def _partly(
    ours: list[str], theirs: list[str], common: list[str], near: float
) -> tuple[float, str]:
    """One name is the same; the others decide how much that says."""
    rest = [p for p in ours if p not in common], [p for p in theirs if p not in common]
    if not rest[0] or not rest[1]:
        return 0.8, "One has a further name"
    begins = any(a.startswith(b) or b.startswith(a) for a in rest[0] for b in rest[1])
    if common and begins:
        return 0.8, "One name the same, one shortened"
    sounds = {names.sound(p) for p in rest[0]} & {names.sound(p) for p in rest[1]}
    if common and sounds:
        return 0.85, "One name the same, one sounds alike"
    if near >= 0.7:
        return round(near * 0.9, 2), "Close spelling"
    return 0.4, "Only one name the same"


def born_alike(a: datetime.date, b: datetime.date) -> tuple[float, str]:
    """Same, day and month swapped, or one part that differs."""
    if a == b:
        return 1, "Same"
    if names.swapped(a) == b:
        return 0.7, "Day and month swapped"
    same = [a.day == b.day, a.month == b.month, a.year == b.year]
    if sum(same) == 2:
        part = ("day", "month", "year")[same.index(False)]
        return 0.5, f"Only the {part} differs"
    return 0, "Different"


def addresses_alike(a: str, b: str) -> tuple[float, str]:
    """Same, or the same street or postcode."""
    first, second = names.plain(a), names.plain(b)
    if first == second:
        return 1, "Same"
    if fuzz.token_set_ratio(first, second) >= 75:
        return 0.7, "Perhaps the same street"
    return 0, "Different"


def texts_alike(a: str, b: str) -> tuple[float, str]:
    """Same or nearly the same words."""
    first, second = names.plain(a), names.plain(b)
    if first == second:
        return 1, "Same"
    if fuzz.token_set_ratio(first, second) >= 85:
        return 0.6, "Close"
    return 0, "Different"


def phones_alike(a: str, b: str) -> tuple[float, str]:
    """The same number, however it is written."""
    return (1, "Same") if names.digits(a) == names.digits(b) else (0, "Different")
