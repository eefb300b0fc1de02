"""What came from outside, as text and as numbers that the service can keep."""

import re

UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def tidy(value: object) -> str:
    """Text as the service keeps it: line feeds only, and no character that cannot be shown."""
    text = str(value).replace("\r\n", "\n").replace("\r", "\n")
    return UNWANTED.sub("", text)


def number_in(text: str | None) -> int | None:
    """The whole number that a text from outside is, if the database could hold it."""
    text = tidy(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
