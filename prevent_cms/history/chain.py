"""Proving the chain: every event still hashes to what it hashed to, and none is missing.

The database does the work, slice by slice in the order of chain and number, so that a check of any
size has its progress and can be done in pieces. The hash is worked out here anew: a replaced
function of the database deceives nobody.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection

# What of an event is hashed, after the hash of the event before it (prevent_cms/guards.py).
CONTENT = """convert_to(jsonb_build_array(
    e.id, e.chain, e.seq, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), e.type,
    e.actor_id, e.actor_label, e.actor_agency_id, e.area_code, e.case_reference, e.agency_id,
    e.mark, e.target, e.details)::text, 'UTF8')"""

# A row is broken when its number does not follow the one before it in its chain, when it does not
# name that row's hash, or when its own hash no longer fits its content. Of each chain the first
# broken row counts, and of these the oldest.
SLICE = f"""
WITH slice AS (
  SELECT e.id, e.chain, e.seq, e.previous, e.hash, sha256(e.previous || {CONTENT}) AS true_hash
  FROM prevent_cms_event e WHERE (e.chain, e.seq) > (%(chain)s, %(seq)s)
  ORDER BY e.chain, e.seq LIMIT %(most)s
), checked AS (
  SELECT id, chain, seq, hash,
         seq = coalesce(lag(seq) OVER w,
           CASE WHEN chain = %(chain)s THEN greatest(%(seq)s, 0) ELSE 0 END) + 1 AS follows,
         previous = coalesce(lag(hash) OVER w,
           CASE WHEN chain = %(chain)s THEN %(hash)s ELSE ''::bytea END) AS named,
         hash = true_hash AS fits
  FROM slice WINDOW w AS (PARTITION BY chain ORDER BY seq)
), broken AS (
  SELECT DISTINCT ON (chain) * FROM checked WHERE NOT (follows AND named AND fits)
  ORDER BY chain, seq
), ends AS (
  SELECT chain, seq, hash FROM checked ORDER BY chain DESC, seq DESC LIMIT 1
)
SELECT (SELECT count(*) FROM slice), ends.chain, ends.seq, ends.hash,
       first.id, first.chain, first.seq, first.follows, first.fits
FROM ends LEFT JOIN (SELECT * FROM broken ORDER BY id LIMIT 1) first ON true
"""
MOST = 50_000  # rows of a slice: about a second


@dataclass(frozen=True)
class Broken:
    """The first event that cannot be true, and what is wrong with it. A missing one has no id."""

    chain: str
    seq: int
    fault: str
    event_id: int | None = None

    @property
    def sentence(self) -> str:
        """One sentence that names it; a fault outside the chains is its own sentence."""
        if not self.chain:
            return self.fault
        where = f"chain {self.chain}, number {self.seq}"
        if self.event_id is None:
            return f"An event ({where}) is missing: {self.fault}."
        return f"Event {self.event_id} ({where}) is broken: {self.fault}."


@dataclass(frozen=True)
class Slice:
    """What one slice found, and the row at which it ended: the next one begins behind it."""

    chain: str = ""
    seq: int = -1
    hash: bytes = b""
    checked: int = 0
    broken: Broken | None = None


def check(after: Slice, most: int = MOST) -> Slice | None:
    """Check the next events behind a slice (`Slice()` to begin with); None at the end."""
    with connection.cursor() as cursor:
        where: dict[str, Any] = {
            "chain": after.chain,
            "hash": after.hash,
            "seq": after.seq,
            "most": most,
        }
        cursor.execute(SLICE, where)
        row = cursor.fetchone()
    if row is None:
        return None
    checked, chain, seq, last, event_id, *what = row
    broken = _broken(event_id, *what) if event_id is not None else None
    return Slice(chain, seq, bytes(last), checked, broken)


def _broken(event_id: int, chain: str, seq: int, follows: bool, fits: bool) -> Broken:
    if not follows:
        fault = "an event before it is missing"
    elif not fits:
        fault = "its content was changed"
    else:
        fault = "it does not follow from the event before it"
    return Broken(chain, seq, fault, event_id)


def older(one: Broken | None, other: Broken | None) -> Broken | None:
    """Of two findings the one that happened first, as far as the numbers of events tell."""
    found = [broken for broken in (one, other) if broken]
    return min(found, key=lambda broken: broken.event_id or 0, default=None)


def first_broken() -> Broken | None:
    """The first broken event over all chains, or None when every chain is whole."""
    found, done = None, check(Slice())
    while done:
        found, done = older(found, done.broken), check(done)
    return found


def count() -> int:
    """How many events there are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM prevent_cms_event")
        return int(cursor.fetchone()[0])
