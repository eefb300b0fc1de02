"""A small log to tamper with: a few chains of a few events each, and a superuser's hands."""

import datetime
import random
from dataclasses import dataclass, field

from django.db import connection

from prevent_cms import clock
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from prevent_cms.marking import Mark

TYPES = [EventType.CASE_VIEWED, EventType.CASE_SHARED, EventType.SEARCHED, EventType.SIGNED_IN]


def run(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else []


def one(chain, number, rng):
    """An event that is not written yet."""
    return Event(
        chain=chain,
        at=clock.now() + datetime.timedelta(seconds=number),
        type=rng.choice(TYPES),
        actor_label=f"Officer {rng.randrange(9)}, Testshire Police",
        actor_agency_id=rng.choice([None, 1, 2]),
        area_code="TST",
        case_reference=chain.removeprefix("case:") if chain.startswith("case:") else "",
        agency_id=rng.choice([None, 3]),
        mark=rng.choice(Mark.values),
        target=f"referrals.case:{rng.randrange(99)}",
        details={"page": "case_overview", "found": rng.randrange(9)},
    )


def write(rng, chains=6, most=12):
    """Fill chains of two to `most` events, mixed as they would be in life."""
    rows = [
        one(f"case:TST-26-{chain:06d}-A", number, rng)
        for chain in range(chains)
        for number in range(rng.randrange(2, most + 1))
    ]
    rng.shuffle(rows)
    Event.objects.bulk_create(rows)


REHASH = """
DO $$ DECLARE e prevent_cms_event; last bytea := ''; BEGIN
  FOR e IN SELECT * FROM prevent_cms_event WHERE chain = '{chain}' ORDER BY seq LOOP
    UPDATE prevent_cms_event SET previous = last WHERE id = e.id;
    e.previous := last;
    last := prevent_event_hash(e, last);
    UPDATE prevent_cms_event SET hash = last WHERE id = e.id;
  END LOOP;
END $$;
"""
COPY = """
INSERT INTO prevent_cms_event (chain, seq, at, type, actor_id, actor_label, actor_agency_id,
  area_code, case_reference, agency_id, mark, target, details, previous, hash)
SELECT chain, seq, at, type, actor_id, 'Forged', actor_agency_id,
  area_code, case_reference, agency_id, mark, target, details, previous, hash
FROM prevent_cms_event WHERE chain = %s AND seq = %s
"""
EDITS = {
    "id": "id + 900000",
    "at": "at + interval '1 microsecond'",
    "type": "type || 'x'",
    "actor_id": "coalesce(actor_id, 0) + 1",
    "actor_label": "actor_label || ' '",
    "actor_agency_id": "coalesce(actor_agency_id, 0) + 1",
    "area_code": "'ZZZ'",
    "case_reference": "'TST-26-999999-B'",
    "agency_id": "CASE WHEN agency_id IS NULL THEN 0 END",
    "mark": "CASE WHEN mark = 'POLICE' THEN 'PANEL' ELSE 'POLICE' END",
    "target": "target || '0'",
    "details": """details || '{"found": 99}'::jsonb""",
    "previous": "sha256(previous)",
    "hash": "sha256(hash)",
}


@dataclass
class Hands:
    """What somebody with the keys of the server can do. Each act says where it must be found."""

    rng: random.Random
    old: str = "old_copy"
    ends: dict[str, int] = field(default_factory=dict)

    def look(self):
        self.ends = dict(run("SELECT chain, max(seq) FROM prevent_cms_event GROUP BY chain"))

    def row(self, chain):
        return self.rng.randrange(1, self.ends[chain] + 1)

    def edit(self, chain):
        """Any column of one row."""
        seq, column = self.row(chain), self.rng.choice(list(EDITS))
        where = "WHERE chain = %s AND seq = %s"
        run(f"UPDATE prevent_cms_event SET {column} = {EDITS[column]} {where}", chain, seq)
        return chain, seq

    def delete(self, chain):
        """One row; of the last one only the published head tells."""
        seq = self.row(chain)
        run("DELETE FROM prevent_cms_event WHERE chain = %s AND seq = %s", chain, seq)
        return chain, seq if seq == self.ends[chain] else seq + 1

    def insert(self, chain):
        """A forged row somewhere in a chain; what follows is numbered anew."""
        return self._insert(chain, self.row(chain))

    def _insert(self, chain, seq):
        self._renumber(chain, "seq + 1", f"seq > {seq}")
        run(COPY.replace("SELECT chain, seq", "SELECT chain, seq + 1"), chain, seq)
        return chain, seq + 1

    def reorder(self, chain):
        """Two rows change places."""
        low, high = sorted(self.rng.sample(range(1, self.ends[chain] + 1), 2))
        self._renumber(chain, f"{low + high} - seq", f"seq IN ({low}, {high})")
        return chain, low

    def cut(self, chain):
        """The end of a chain, or all of it."""
        seq = self.row(chain)
        run("DELETE FROM prevent_cms_event WHERE chain = %s AND seq >= %s", chain, seq)
        return chain, seq

    def rewrite(self, chain):
        """One row changed and every hash after it made to fit."""
        self.edit_content(chain)
        run(REHASH.format(chain=chain))
        return chain, self.ends[chain]

    def forge(self, chain):
        """A row slipped in and every hash after it made to fit; only the published head tells.

        Not at the end: there it is an event like any other, which nothing published contradicts.
        """
        self._insert(chain, self.rng.randrange(1, self.ends[chain]))
        run(REHASH.format(chain=chain))
        return chain, self.ends[chain]

    def restore(self, chain):
        """All rows as they were in an older copy."""
        run("DELETE FROM prevent_cms_event")
        run(f"INSERT INTO prevent_cms_event SELECT * FROM {self.old}")

    def edit_content(self, chain):
        where = "WHERE chain = %s AND seq = %s"
        run(f"UPDATE prevent_cms_event SET actor_label = 'Nobody' {where}", chain, self.row(chain))

    def _renumber(self, chain, new, rule):
        run(f"UPDATE prevent_cms_event SET seq = {new} + 100000 WHERE chain = %s AND {rule}", chain)
        run("UPDATE prevent_cms_event SET seq = seq - 100000 WHERE seq > 100000")


ACTS = ("edit", "delete", "insert", "reorder", "cut", "rewrite", "forge", "restore")
