"""CSV that a spreadsheet opens without running anything in it."""

import csv
import io
import unicodedata
from collections.abc import Iterable

# A cell that begins with one of these, in whatever width it is written, is a formula to some program.
STARTS = ("=", "+", "-", "@", "|", "%", "\t", "\r", "\n")


def written(rows: Iterable[Iterable[object]]) -> bytes:
    """The rows as CSV (RFC 4180, UTF-8), every cell quoted and none of them a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def safe(value: object) -> str:
    """The text of a cell, with an apostrophe before what could begin a formula."""
    text = "" if value is None else str(value)
    plain = unicodedata.normalize("NFKC", text)
    is_formula = plain.startswith(STARTS) or plain.lstrip().startswith(STARTS)
    return f"'{text}" if is_formula else text
