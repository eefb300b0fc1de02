"""What was searched for, as a keyed hash of each word: who knows the word finds the search again.

The log thus answers "who searched for this name?" and never says what anybody typed.
"""

import hashlib
import hmac
import re

from text_unidecode import unidecode

from prevent_cms import keys
from prevent_cms.references import normalise

PURPOSE = "search terms"
MOST = 20  # words
LENGTH = 32  # hexadecimal characters


def hashed(text: str) -> list[str]:
    """The words of a search as they are kept with its event, in an order that says nothing."""
    return _under(keys.derived(PURPOSE)[0], words(text))


def each_way(text: str) -> list[list[str]]:
    """The same under every key that was ever in force, to look for earlier searches."""
    return [_under(key, words(text)) for key in keys.derived(PURPOSE)]


def words(text: str) -> list[str]:
    """A reference in its stored form, else the words in Latin letters, without accents and capitals."""
    if reference := normalise(text):
        return [reference]
    latin = unidecode(text).lower().replace("'", "").replace("`", "")
    return sorted(set(re.findall(r"[a-z0-9]+", latin)))[:MOST]


def _under(key: bytes, found: list[str]) -> list[str]:
    made = (hmac.new(key, word.encode(), hashlib.sha256).hexdigest() for word in found)
    return sorted(one[:LENGTH] for one in made)
