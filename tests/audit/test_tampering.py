"""Whatever somebody with the keys of the database does to the log is found, and the place named."""

import datetime
import random

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from prevent_cms import clock
from prevent_cms.history import chain, heads
from tests.audit.events import ACTS, Hands, run, write

pytestmark = pytest.mark.db


@pytest.fixture
def log(db, settings, tmp_path):
    """A log whose heads were published, with an older copy of it beside."""
    settings.AUDIT_HEADS = tmp_path / "heads"
    run("RESET ROLE")
    rng = random.Random(7)
    write(rng)
    run("CREATE TEMPORARY TABLE old_copy AS SELECT * FROM prevent_cms_event")
    write(rng)
    heads.publish()
    return Hands(rng)


def found():
    return chain.first_broken() or heads.first_disagreement()


def tamper(hands, times):
    """Do one thing after another, each undone before the next; says what was not found."""
    missed = []
    hands.look()
    for turn in range(times):
        act, where = ACTS[turn % len(ACTS)], hands.rng.choice(list(hands.ends))
        with transaction.atomic():
            run("SET LOCAL session_replication_role = replica")
            expected = getattr(hands, act)(where)
            broken = found()
            transaction.set_rollback(True)
        named = broken and (broken.chain, broken.seq)
        if not broken or (expected and named != expected):
            missed.append((act, expected, broken))
    assert found() is None
    return missed


def grow(hands, times):
    """Let the log grow day by day; says on how many days something was found that is not there."""
    alarms = 0
    for day in range(times):
        with clock.at(clock.now() + datetime.timedelta(days=day + 1)):
            write(hands.rng, chains=hands.rng.randrange(1, 9), most=5)
            alarms += found() is not None
            heads.publish()
            alarms += found() is not None
    return alarms


def test_tampering_is_found(log):
    assert tamper(log, 40) == []


def test_a_log_that_only_grows_raises_no_alarm(log):
    assert grow(log, 5) == 0


@pytest.mark.proof
def test_a_thousand_tampers_are_found(log):
    missed = tamper(log, 1000)
    print(f"\n1,000 tampers of {len(ACTS)} sorts, with every trigger off: {len(missed)} missed")
    assert missed == []


@pytest.mark.proof
def test_a_hundred_clean_runs_raise_no_alarm(log):
    alarms = grow(log, 100)
    print(f"\n100 days of a growing log, checked twice a day: {alarms} false alarms")
    assert alarms == 0


def test_slices_find_what_one_pass_finds(log, monkeypatch):
    """A break on the border of two slices is found as well, and none is seen where none is."""
    log.look()
    for most in (1, 2, 3, 7):
        done, rows = chain.Slice(), 0
        while done := chain.check(done, most):
            assert done.broken is None
            rows += done.checked
        assert rows == chain.count()
    where = next(name for name, end in log.ends.items() if end > 3)
    run("SET LOCAL session_replication_role = replica")
    run("DELETE FROM prevent_cms_event WHERE chain = %s AND seq = 2", where)
    found, done = None, chain.Slice()
    while done := chain.check(done, 1):
        found = found or done.broken
    assert (found.chain, found.seq) == (where, 3)
    assert "missing" in found.fault


def test_the_command_names_the_first_broken_event(log, capsys, tmp_path):
    call_command("verify_audit")
    assert "are whole and as published." in capsys.readouterr().out
    log.look()
    where = min(log.ends)
    run("SET LOCAL session_replication_role = replica")
    run("DELETE FROM prevent_cms_event WHERE chain = %s AND seq = %s", where, log.ends[where])
    with pytest.raises(
        CommandError, match=f"An event .chain {where}, number {log.ends[where]}. is"
    ):
        call_command("verify_audit")
    with pytest.raises(CommandError, match="is no file"):
        call_command("verify_audit", "--heads", str(tmp_path / "nowhere.jsonl"))
    kept = heads.file().rename(tmp_path / "kept.jsonl")
    call_command("verify_audit")
    assert "no head hashes are published here yet" in capsys.readouterr().out
    with pytest.raises(CommandError, match="but number"):
        call_command("verify_audit", "--heads", str(kept))


def test_a_replaced_function_of_the_database_deceives_nobody(log):
    run("SET LOCAL session_replication_role = replica")
    run("UPDATE prevent_cms_event SET actor_label = 'Nobody' WHERE seq = 1")
    run(
        "CREATE OR REPLACE FUNCTION prevent_event_hash(e prevent_cms_event, previous bytea) "
        "RETURNS bytea LANGUAGE sql STABLE AS $$ SELECT e.hash $$"
    )
    assert "content was changed" in chain.first_broken().fault
