"""A check of the log runs beside the requests, slice by slice, and says how far it is."""

import datetime

import pytest

from prevent_cms import clock, outbox
from prevent_cms.history import chain, checks, heads
from prevent_cms.history.checks import LogCheck
from prevent_cms.history.models import Event
from tests import stages
from tests.audit.events import run

HOUR = datetime.timedelta(hours=1)


@pytest.fixture(autouse=True)
def small_slices(monkeypatch, settings, tmp_path):
    settings.AUDIT_HEADS = tmp_path
    whole = chain.check
    monkeypatch.setattr(chain, "check", lambda after: whole(after, 5))


def drain_one():
    outbox._drain_batch(1)


def test_progress_can_be_seen_and_the_end_is_an_event(world):
    stages.released(world)
    outbox.drain()  # its mail
    assert checks.begin()
    count = chain.count()
    assert count > 5
    drain_one()
    running, ended = checks.newest()
    assert (running.checked, running.expected, ended) == (5, count, None)
    assert 0 < running.percent < 100
    outbox.drain()
    running, ended = checks.newest()
    assert running is None
    assert (ended.checked, ended.broken) == (count, None)
    assert ended.is_fresh
    event = Event.objects.get(type="audit.checked")
    assert event.details == {"whole": True, "events": count, "first_broken": None}


def test_one_check_at_a_time_unless_it_was_given_up(world):
    assert checks.begin()
    assert not checks.begin()
    with clock.at(clock.now() + 2 * HOUR):
        assert checks.begin()
        outbox.drain()
    assert LogCheck.objects.filter(ended_at=None).count() == 0


def test_a_result_grows_old(world):
    checks.begin()
    outbox.drain()
    with clock.at(clock.now() + 26 * HOUR):
        assert not checks.newest()[1].is_fresh


def test_a_message_that_comes_twice_does_nothing(world):
    checks.begin()
    outbox.drain()
    check = LogCheck.objects.get()
    checks.go_on(check.pk)
    assert Event.objects.filter(type="audit.checked").count() == 1
    assert LogCheck.objects.get().ended_at == check.ended_at


def test_the_oldest_of_several_breaks_is_named(world):
    case = stages.released(world)
    run("RESET ROLE")
    run("SET LOCAL session_replication_role = replica")
    run("UPDATE prevent_cms_event SET actor_label = 'Nobody' WHERE chain LIKE 'case:%' AND seq = 2")
    run("UPDATE prevent_cms_event SET actor_label = 'Nobody' WHERE chain = 'area:TST' AND seq = 3")
    first = Event.objects.get(chain="area:TST", seq=3)
    assert first.pk < Event.objects.get(case_reference=case.reference, seq=2).pk
    checks.begin()
    outbox.drain()
    broken = checks.newest()[1].broken
    assert (broken.event_id, broken.chain, broken.seq) == (first.pk, "area:TST", 3)
    assert broken == chain.first_broken()
    assert Event.objects.get(type="audit.checked").details["whole"] is False


def test_a_cut_tail_is_found_by_what_was_published(world):
    stages.received(world)
    heads.publish()
    run("RESET ROLE")
    run("SET LOCAL session_replication_role = replica")
    run("DELETE FROM prevent_cms_event WHERE chain LIKE 'case:%'")
    checks.begin()
    outbox.drain()
    broken = checks.newest()[1].broken
    assert broken.event_id is None
    assert "is missing: the chain ends at 0, but number" in broken.sentence
