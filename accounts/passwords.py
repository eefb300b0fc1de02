"""Which passwords are refused beside short and common ones: those made of our own words."""

import re
from collections.abc import Iterator

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from accounts.models import Area, User

WORDS = (
    "prevent",
    "channel",
    "police",
    "panel",
    "referral",
    "casework",
    "management",
    "council",
    "constabulary",
    "safeguarding",
    "vulnerability",
    "terrorism",
    "password",
)
SHORTEST_WORD = 3
SHORTEST_REST = 8
# How letters are written by those who think that it helps; a 1 is an i or an l.
PLAIN = tuple(str.maketrans("013457@$!", f"o{one}eastasi") for one in "il")


class ContextWordsValidator:
    """Refuses a password of which little is left without words that anybody would try here.

    These are the words of this service, the names of its areas, and the owner's name and address.
    What is left must be eight characters or more and must not be a common password itself.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        words = sorted({*WORDS, *_area_words(), *_own_words(user)}, key=len, reverse=True)
        rest = _without(password.lower(), words)
        if rest == password.lower():
            return
        if len(rest) < SHORTEST_REST or _is_common(rest):
            raise ValidationError(
                "Your password is too easy to guess: it is mostly words of this service, of your "
                "area or of your name.",
                code="password_context",
            )

    def get_help_text(self) -> str:
        return "Your password must not be made of words of this service, your area or your name."


def _without(password: str, words: list[str]) -> str:
    """The password without these words, however they are spelt; the same length holds positions."""
    spellings = [password, *(password.translate(plain) for plain in PLAIN)]
    keep = [True] * len(password)
    for word in words:
        for text in spellings:
            for found in re.finditer(re.escape(word), text):
                keep[found.start() : found.end()] = [False] * len(word)
    return "".join(letter for letter, kept in zip(password, keep, strict=True) if kept)


def _area_words() -> Iterator[str]:
    for name, slug in Area.objects.values_list("name", "slug"):
        yield from _parts(f"{name} {slug}")


def _own_words(user: User | None) -> Iterator[str]:
    if user:
        yield from _parts(f"{user.name} {user.email}")


def _parts(text: str) -> Iterator[str]:
    parts = re.split(r"[^a-z0-9]+", text.lower())
    return (part for part in parts if len(part) >= SHORTEST_WORD)


def _is_common(password: str) -> bool:
    try:
        CommonPasswordValidator().validate(password)
    except ValidationError:
        return True
    return False
