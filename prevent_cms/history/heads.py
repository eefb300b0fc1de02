"""Head hashes kept outside the database: one signed line a day, in a file that only grows.

Who holds the keys of the database could cut off the end of a chain, or write it anew with hashes
that fit. The lines tell: what was published once must still be there. Each line names the hash of
the line before it, and its own hash is mailed to the auditors.
"""

import datetime
import hashlib
import json
import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from prevent_cms import clock
from prevent_cms.components.text import gov_date
from prevent_cms.history import signing
from prevent_cms.history.chain import Broken

FILE = "heads.jsonl"
BATCH = 10_000

HEADS = """
SELECT DISTINCT ON (chain) chain, seq, encode(hash, 'hex') FROM prevent_cms_event
ORDER BY chain, seq DESC
"""
# The first published event that is gone or is another one now, and where its chain ends.
CHANGED = """
SELECT p.place, e.id, (SELECT max(seq) FROM prevent_cms_event WHERE chain = p.chain)
FROM unnest(%s::text[], %s::int[], %s::text[]) WITH ORDINALITY AS p (chain, seq, hash, place)
LEFT JOIN prevent_cms_event e ON e.chain = p.chain AND e.seq = p.seq
WHERE encode(e.hash, 'hex') IS DISTINCT FROM p.hash
ORDER BY p.place LIMIT 1
"""


class NotAsPublished(Exception):
    """A line of the file that is missing, changed or not signed by this service."""


@dataclass(frozen=True)
class Published:
    """One line of the file; `sha256` is the hash that is mailed."""

    day: datetime.date
    chains: int
    sha256: str


@dataclass(frozen=True)
class Head:
    """The last event of a chain on a day."""

    chain: str
    seq: int
    hash: str
    day: str


def file() -> Path:
    return Path(settings.AUDIT_HEADS) / FILE


def publish() -> Published:
    """Write today's line, once a day however often it is asked for."""
    path = file()
    path.parent.mkdir(parents=True, exist_ok=True)
    last = _last_line(path)
    if last and (written := _published(last)).day == clock.today():
        return written
    with connection.cursor() as cursor:
        cursor.execute(HEADS)
        heads = cursor.fetchall()
    document: dict[str, Any] = {
        "day": clock.today().isoformat(),
        "at": clock.now().isoformat(),
        "before": _sha256(last) if last else "",
        "chains": len(heads),
        "heads": heads,
        "key": signing.public_key(),
    }
    document["signature"] = signing.sign(signing.canonical(document))
    line = signing.canonical(document) + b"\n"
    with open(path, "ab") as kept:
        kept.write(line)
        kept.flush()
        os.fsync(kept.fileno())
    return _published(line)


def first_disagreement(path: Path | None = None) -> Broken | None:
    """The first event that was published and is gone or another one; None when all are there.

    Without a `path` the file of settings.AUDIT_HEADS is read; without a file there is nothing to
    disagree with. A line that is not as it was published is a fault as well.
    """
    path = path or file()
    if not path.exists():
        return None
    try:
        heads = _heads(path)
        while batch := list(islice(heads, BATCH)):
            if found := _changed(batch):
                return found
    except NotAsPublished as error:
        return Broken("", 0, str(error))
    return None


def _heads(path: Path) -> Iterator[Head]:
    """Every published head once, in the order of publication."""
    seen: dict[str, tuple[int, str]] = {}
    before = ""
    with open(path, "rb") as lines:
        for number, line in enumerate(lines, start=1):
            document = _read(line)
            if document is None or document["before"] != before:
                raise NotAsPublished(
                    f"Line {number} of the published heads is not as it was published."
                )
            before = _sha256(line)
            for chain, seq, made in document["heads"]:
                if seen.get(chain) != (seq, made):
                    seen[chain] = (seq, made)
                    yield Head(chain, seq, made, document["day"])


def _read(line: bytes) -> dict[str, Any] | None:
    """The document of a line, if this service signed it."""
    try:
        document: dict[str, Any] = json.loads(line)
        signature = document.pop("signature")
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return document if signing.is_signed(signing.canonical(document), signature) else None


def _changed(heads: list[Head]) -> Broken | None:
    chains, numbers = [head.chain for head in heads], [head.seq for head in heads]
    with connection.cursor() as cursor:
        cursor.execute(CHANGED, (chains, numbers, [head.hash for head in heads]))
        row = cursor.fetchone()
    if row is None:
        return None
    place, event_id, end = row
    head = heads[place - 1]
    day = gov_date(datetime.date.fromisoformat(head.day))
    if event_id is None:
        fault = f"the chain ends at {end or 0}, but number {head.seq} was published on {day}"
        return Broken(head.chain, (end or 0) + 1, fault)
    fault = f"it is not the event whose hash was published on {day}"
    return Broken(head.chain, head.seq, fault, event_id)


def _last_line(path: Path) -> bytes:
    if not path.exists():
        return b""
    with open(path, "rb") as lines:
        return next(iter(deque(lines, maxlen=1)), b"")


def _published(line: bytes) -> Published:
    document = json.loads(line)
    day = datetime.date.fromisoformat(document["day"])
    return Published(day, document["chains"], _sha256(line))


def _sha256(line: bytes) -> str:
    return hashlib.sha256(line.strip()).hexdigest()
