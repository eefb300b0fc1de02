"""Checking the whole log is quick, however long it is."""

import time

import pytest

from prevent_cms.history import chain, heads
from tests.audit.events import run

CHAINS = 2_000
LONGEST = 60  # seconds, for a million events

# Through the same trigger as every event: numbered and hashed one by one.
FILL = """
INSERT INTO prevent_cms_event (chain, seq, at, type, actor_label, actor_agency_id, area_code,
  case_reference, mark, target, details, previous, hash)
SELECT 'case:TST-26-' || lpad((n %% %s)::text, 6, '0') || '-A', 0, now() + n * interval '1 second',
  'case.viewed', 'Officer, Testshire Police', 1, 'TST',
  'TST-26-' || lpad((n %% %s)::text, 6, '0') || '-A', 'COORDINATION', 'referrals.case:' || n,
  '{"page": "case_overview"}', '', ''
FROM generate_series(1, %s) n
"""


def verify(count, settings, folder):
    """Seconds that it takes to check so many events, alone and against published heads."""
    settings.AUDIT_HEADS = folder
    chains = min(CHAINS, count // 10)
    run(FILL, chains, chains, count)
    run("RESET ROLE")
    run("ANALYZE prevent_cms_event")  # as the server does by itself once a table has grown
    heads.publish()
    start = time.monotonic()
    assert chain.first_broken() is None
    assert heads.first_disagreement() is None
    assert chain.count() == count
    return time.monotonic() - start


def test_two_thousand_events(db, settings, tmp_path):
    assert verify(2_000, settings, tmp_path) < LONGEST / 10


@pytest.mark.proof
def test_a_million_events(db, settings, tmp_path):
    took = verify(1_000_000, settings, tmp_path)
    print(f"\n1,000,000 events in {CHAINS:,} chains checked in {took:.0f} s")
    assert took < LONGEST
