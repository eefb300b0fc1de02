"""A real worker and a real beat on a real Redis: what a request leaves is done outside it."""

import contextlib
import datetime
import os
import shutil
import socket
import subprocess
import sys
import time
import uuid
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import redis
from django.db import connection
from django.urls import reverse

from prevent_cms import clock, outbox
from prevent_cms.outbox import OutboxMessage
from referrals.models import InformationRequest
from tests import people, stages
from tests.access import sign_in
from tests.jobs.brokers import broker_at
from tests.referrals.test_release import answers

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).parents[2]
PATIENCE = 60  # seconds; a few are enough unless the machine is busy


def until(truth, what):
    """Wait until something is true, or fail saying what never was."""
    end = time.monotonic() + PATIENCE
    while not truth():
        assert time.monotonic() < end, f"in {PATIENCE} seconds {what}"
        time.sleep(0.1)


def answers_ping(url):
    with contextlib.suppress(redis.RedisError):
        return redis.Redis.from_url(url, socket_connect_timeout=1).ping()
    return False


@contextlib.contextmanager
def running(command, **options):
    """A process that is stopped at the end, whatever happens."""
    process = subprocess.Popen(command, cwd=ROOT, **options)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def broker():
    """The Redis of this machine, or one of our own when none answers."""
    usual = "redis://127.0.0.1:6379/7"
    if answers_ping(usual):
        yield usual
        return
    program = shutil.which("redis-server")
    assert program, "this test needs a Redis server: apt-get install redis-server"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = f"redis://127.0.0.1:{port}/0"
    with running([program, "--port", str(port), "--save", "", "--bind", "127.0.0.1"]):
        until(lambda: answers_ping(own), "no Redis answered")
        yield own


@pytest.fixture
def workshop(broker, tmp_path, settings):
    """The environment of worker and beat: this test's database, queue and mail folder."""
    queue = f"test-{uuid.uuid4().hex}"
    with broker_at(broker, settings, queue=queue):
        yield {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "prevent_cms.settings",
            "DB_ROLE": "runtime",
            "TEST_DATABASE": connection.settings_dict["NAME"],
            "CELERY_BROKER_URL": broker,
            "EMAIL_URL": f"filemail:///{tmp_path}/mail",
            "TEST_QUEUE": queue,
        }
    redis.Redis.from_url(broker).delete(queue)


def letters(tmp_path):
    """Every mail written so far."""
    found = []
    for path in sorted((tmp_path / "mail").glob("*.log")):
        for text in path.read_bytes().split(b"-" * 79 + b"\n"):
            if text.strip():
                found.append(message_from_bytes(text, policy=policy.default))
    return found


def celery(*words):
    return [sys.executable, "-m", "celery", "-A", "tests.jobs.quick_celery", *words]


def test_worker_and_beat_send_the_mail(client, workshop, tmp_path):
    world = people.build()
    case = stages.cleared(world)
    OutboxMessage.objects.all().delete()
    sign_in(client, world.officer)
    url = reverse("case_release", args=[case.reference])
    queue = workshop["TEST_QUEUE"]
    worker = celery("worker", "--concurrency", "1", "--loglevel", "WARNING", "-Q", queue)
    with running(worker, env=workshop):
        posted = client.post(url, answers(world, agencies=("health",), confirmed="yes"))
        assert posted.status_code == 302
        until(lambda: letters(tmp_path), "the worker sent no mail, though no beat runs")
        asked = InformationRequest.objects.get()
        message = letters(tmp_path)[0]
        assert message["To"] == "health@test.example"
        assert reverse("request_detail", args=[asked.pk]) in message.get_content()
        assert case.reference not in message.as_string()

        soon = clock.now() + datetime.timedelta(seconds=2)
        due = asked.due_on.isoformat()
        outbox.add("information_reminder", not_before=soon, request_id=asked.pk, due=due)
        beat = celery("beat", "--loglevel", "WARNING", "-s", str(tmp_path / "beat"), "--pidfile=")
        with running(beat, env=workshop):
            until(lambda: len(letters(tmp_path)) == 2, "beat brought no reminder")
            until(
                lambda: not OutboxMessage.objects.filter(done_at=None, not_before__lte=clock.now()),
                "something was left undone",
            )
    assert letters(tmp_path)[1]["Subject"].startswith("Reminder")
    asked.refresh_from_db()
    assert asked.reminded_at
