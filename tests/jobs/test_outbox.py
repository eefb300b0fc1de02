"""Work off the request: each message once, a failure kept and tried again, several drivers at once."""

import datetime
import threading

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from prevent_cms import clock, outbox
from prevent_cms.outbox import MOST_TRIES, OutboxMessage
from tests.jobs.brokers import broker_at

done: list[int] = []
LATER = datetime.timedelta(hours=2)


def note(number: int) -> None:
    """A handler that takes a little while and leaves a mark."""
    threading.Event().wait(0.01)
    done.append(number)


def fail_once(number: int) -> None:
    done.append(number)
    if len(done) == 1:
        raise ConnectionRefusedError("the mail server is away: somebody@agency.example")


def fail(number: int) -> None:
    raise ValueError("never works")


def half_done(number: int) -> None:
    """Writes, then fails: the write must not stay."""
    outbox.add("note", number=number)
    raise ValueError("after writing")


@pytest.fixture(autouse=True)
def handlers(settings):
    done.clear()
    names = ("note", "fail_once", "fail", "half_done")
    settings.OUTBOX_HANDLERS = {name: f"tests.jobs.test_outbox.{name}" for name in names}


def test_a_message_is_handled_once(db):
    outbox.add("note", number=1)
    assert outbox.drain() == 1
    assert outbox.drain() == 0
    assert done == [1]
    assert OutboxMessage.objects.get().done_at


def test_only_what_is_due(db):
    outbox.add("note", not_before=clock.now() + LATER, number=1)
    assert outbox.drain() == 0
    with clock.at(clock.now() + LATER):
        assert outbox.drain() == 1


def test_an_unknown_topic_is_refused_at_once(db):
    with pytest.raises(KeyError):
        outbox.add("no such topic", number=1)


def test_what_is_rolled_back_is_never_done(db):
    with transaction.atomic():
        outbox.add("note", number=1)
        transaction.set_rollback(True)
    assert outbox.drain() == 0


def test_a_failure_is_kept_and_tried_again(db):
    outbox.add("fail_once", number=1)
    outbox.add("note", number=2)
    assert outbox.drain() == 2, "the one that fails does not hold up the next"
    message = OutboxMessage.objects.get(topic="fail_once")
    assert (message.tries, message.error, message.done_at) == (1, "ConnectionRefusedError", None)
    assert outbox.drain() == 0, "not again at once"
    with clock.at(clock.now() + LATER):
        assert outbox.drain() == 1
    message.refresh_from_db()
    assert message.done_at
    assert done == [1, 2, 1]


def test_a_failure_leaves_nothing_half_done(db):
    outbox.add("half_done", number=1)
    outbox.drain()
    assert not OutboxMessage.objects.filter(topic="note").exists()


def test_what_never_works_is_given_up(db):
    outbox.add("fail", number=1)
    moment = clock.now()
    for turn in range(MOST_TRIES + 3):
        with clock.at(moment + turn * LATER):
            outbox.drain()
    message = OutboxMessage.objects.get()
    assert (message.tries, message.done_at, message.error) == (MOST_TRIES, None, "ValueError")


def test_run_jobs_once(db, capsys):
    outbox.add("note", number=1)
    call_command("run_jobs", "--once")
    assert capsys.readouterr().out == "1 messages handled\n"
    call_command("run_jobs", "--once")
    assert capsys.readouterr().out == ""
    assert done == [1]


def test_run_jobs_goes_on_looking(db, monkeypatch):
    """The second look finds what came after the first; the third is stopped from the keyboard."""
    pauses = []

    def pause(seconds):
        pauses.append(seconds)
        if len(pauses) == 2:
            raise KeyboardInterrupt
        outbox.add("note", number=2)

    monkeypatch.setattr("time.sleep", pause)
    outbox.add("note", number=1)
    with pytest.raises(KeyboardInterrupt):
        call_command("run_jobs", "--every", "3")
    assert done == [1, 2]
    assert pauses == [3, 3]


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
def test_two_drainers_share_the_work_and_repeat_none_of_it():
    for number in range(60):
        outbox.add("note", number=number)
    gate, counts = threading.Barrier(2), []

    def drain():
        try:
            gate.wait()
            counts.append(outbox.drain(batch=5))
        finally:
            connection.close()

    threads = [threading.Thread(target=drain) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == list(range(60))
    assert sum(counts) == 60
    assert min(counts) > 0, "both had something to do"


def test_a_broker_that_is_away_does_not_stop_the_request(
    settings, db, caplog, django_capture_on_commit_callbacks
):
    with (
        broker_at("redis://127.0.0.1:1/0", settings),
        django_capture_on_commit_callbacks(execute=True),
    ):
        outbox.add("note", number=1)
    assert "The broker did not answer" in caplog.text
    assert outbox.drain() == 1


def test_regular_work_waits_for_its_time_and_comes_again(settings, db):
    settings.OUTBOX_HANDLERS = {"every_hour": "tests.jobs.test_outbox.nothing_to_do"}
    settings.OUTBOX_REGULAR = {"every_hour": datetime.timedelta(hours=1)}
    start = clock.now()
    assert [outbox.drain(), outbox.drain()] == [0, 0]
    assert OutboxMessage.objects.filter(done_at=None).count() == 1
    with clock.at(start + datetime.timedelta(hours=2)):
        assert outbox.drain() == 1
        outbox.drain()
    assert OutboxMessage.objects.filter(done_at=None).count() == 1


def nothing_to_do():
    """What regular work does in this test."""


class TestLong:
    """A message that takes minutes is claimed first and then done outside a transaction."""

    @pytest.fixture(autouse=True)
    def long(self, settings):
        settings.OUTBOX_LONG = frozenset({"note", "fail_once"})

    def test_it_is_done_once_beside_the_others(self, db):
        outbox.add("note", number=1)
        outbox.add("note", number=2)
        assert outbox.drain() == 2
        assert outbox.drain() == 0
        assert done == [1, 2]

    def test_a_failure_is_tried_again_when_the_lease_is_over(self, db):
        outbox.add("fail_once", number=1)
        assert outbox.drain() == 1
        message = OutboxMessage.objects.get()
        assert (message.tries, message.error, message.done_at) == (
            1,
            "ConnectionRefusedError",
            None,
        )
        assert outbox.drain() == 0, "claimed"
        with clock.at(clock.now() + outbox.LEASE):
            assert outbox.drain() == 1
        message.refresh_from_db()
        assert message.done_at

    def test_what_dies_with_its_process_is_done_by_the_next(self, db, monkeypatch):
        def dies(number):
            raise SystemExit

        monkeypatch.setattr("tests.jobs.test_outbox.note", dies)
        outbox.add("note", number=1)
        with pytest.raises(SystemExit):
            outbox.drain()
        monkeypatch.undo()
        assert outbox.drain() == 0, "the lease holds"
        with clock.at(clock.now() + outbox.LEASE):
            assert outbox.drain() == 1
        assert done == [1]
