"""How names, dates and numbers are written down so that different spellings meet."""

import datetime
import re
from collections.abc import Iterable

import jellyfish
from text_unidecode import unidecode

# Letters that different transliterations write differently, before the sound is taken.
SOUNDS_ALIKE = (
    ("kh", "h"),
    ("gh", "g"),
    ("dh", "d"),
    ("dj", "j"),
    ("ou", "u"),
    ("tch", "ch"),
    ("chr", "kr"),
)
LONGEST = 60


def plain(text: str) -> str:
    """Latin letters without accents, in lower case: "Zoë O'Neill" gives "zoe oneill"."""
    latin = unidecode(text).lower().replace("'", "").replace("`", "")
    return " ".join(re.findall(r"[a-z0-9]+", latin))


def tokens(text: str) -> list[str]:
    """The parts of a name that can be looked up; single letters say too little."""
    return [part[:LONGEST] for part in plain(text).split() if len(part) > 1]


def sound(token: str) -> str:
    """What a part of a name sounds like: "aksel" and "axel", "muhamad" and "mohammed" are alike."""
    for written, heard in SOUNDS_ALIKE:
        token = token.replace(written, heard)
    # "Sean" and "Shaun": a sharp and a soft s are not told apart.
    return jellyfish.metaphone(token).replace("X", "S")[:LONGEST]


def swapped(born: datetime.date) -> datetime.date | None:
    """The same date with day and month changed over, when that is another real date."""
    if born.day > 12 or born.day == born.month:
        return None
    return born.replace(day=born.month, month=born.day)


def digits(text: str) -> str:
    """The last nine digits of a telephone number, or "" when it has fewer."""
    found = re.sub(r"\D", "", text)
    return found[-9:] if len(found) >= 9 else ""


def name_keys(names: Iterable[str]) -> set[tuple[str, str]]:
    """The keys of names: each part as it is written, and as it sounds."""
    parts = {part for name in names for part in tokens(name)}
    sounds = {heard for part in parts if (heard := sound(part))}
    return {("name", part) for part in parts} | {("sound", heard) for heard in sounds}


def born_keys(dates: Iterable[datetime.date]) -> set[tuple[str, str]]:
    """The keys of birth dates: as given, with day and month swapped, and the year."""
    keys = set()
    for born in dates:
        keys |= {("born", born.isoformat()), ("year", str(born.year))}
        other = swapped(born)
        if other:
            keys.add(("born_swap", other.isoformat()))
    return keys


def phone_keys(numbers: Iterable[str]) -> set[tuple[str, str]]:
    """The keys of telephone numbers."""
    return {("phone", last) for number in numbers if (last := digits(number))}
