"""Proving the chain: every event still hashes to what it hashed to, and none is missing."""

from dataclasses import dataclass

from django.db import connection

# One pass in the database. A row is broken when its number does not follow the one before it in
# its chain, when it does not name that row's hash, or when its own hash no longer fits its content.
BROKEN = """
SELECT id, chain, seq, follows, named, fits FROM (
  SELECT e.id, e.chain, e.seq,
         e.seq = coalesce(lag(e.seq) OVER w, 0) + 1 AS follows,
         e.previous = coalesce(lag(e.hash) OVER w, ''::bytea) AS named,
         e.hash = prevent_event_hash(e, e.previous) AS fits
  FROM prevent_cms_event e WINDOW w AS (PARTITION BY e.chain ORDER BY e.seq)
) checked WHERE NOT (follows AND named AND fits) ORDER BY id LIMIT 1
"""


@dataclass(frozen=True)
class Broken:
    """The first event that cannot be true, and what is wrong with it."""

    event_id: int
    chain: str
    seq: int
    fault: str


def first_broken() -> Broken | None:
    """The first broken event over all chains, or None when every chain is whole."""
    with connection.cursor() as cursor:
        cursor.execute(BROKEN)
        row = cursor.fetchone()
    if row is None:
        return None
    event_id, chain, seq, follows, _, fits = row
    fault = (
        "an event before it is missing"
        if not follows
        else "its content was changed"
        if not fits
        else "it does not follow from the event before it"
    )
    return Broken(event_id, chain, seq, fault)


def count() -> int:
    """How many events there are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM prevent_cms_event")
        return int(cursor.fetchone()[0])
