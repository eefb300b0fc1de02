"""The outbox driven by Celery: a real Redis, a real worker and a real beat."""

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from prevent_cms import outbox

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120  # seconds; a busy machine takes a while to start Python three times

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]


def free_port():
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        return attempt.getsockname()[1]


def wait_for(what, found):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found():
            return
        time.sleep(0.2)
    pytest.fail(f"waited {PATIENCE} seconds for {what}")


def answers(port):
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def started():
    """Start programs, and end them with the test."""
    running = []

    def start(*command, **options):
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **options
        )
        running.append(process)
        return process

    yield start
    for process in reversed(running):
        process.kill()
        process.wait(timeout=PATIENCE)


@pytest.fixture
def redis(started, tmp_path):
    port = free_port()
    command = shutil.which("redis-server")
    started(command, "--port", str(port), "--bind", "127.0.0.1", "--save", "", cwd=tmp_path)
    wait_for("Redis", lambda: answers(port))
    return f"redis://127.0.0.1:{port}/0"


@pytest.fixture
def mail(tmp_path):
    folder = tmp_path / "mail"
    folder.mkdir()
    return folder


@pytest.fixture
def environment(redis, mail):
    """What every process of an installation is given; its mail becomes files."""
    url = "postgres://{USER}:{PASSWORD}@/{NAME}?host={HOST}&port={PORT}"
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "prevent_cms.settings",
        "DB_ROLE": "runtime",
        "DATABASE_URL": url.format(**connection.settings_dict),
        "CELERY_BROKER_URL": redis,
        "EMAIL_URL": f"filemail:///{mail}",
    }


@pytest.fixture
def celery(started, environment):
    command = [sys.executable, "-m", "celery", "--quiet", "-A", "prevent_cms"]

    def start(*arguments):
        return started(*command, *arguments, cwd=ROOT, env=environment)

    return start


def refer(environment):
    """A referral comes in, in a process of its own as in a web server."""
    code = "from tests import people, stages; stages.received(people.build())"
    command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "--no-imports", "-c", code]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


def waiting():
    return outbox.OutboxMessage.objects.filter(done_at=None).count()


def letters(folder):
    return [path.read_text() for path in folder.iterdir()]


def test_a_worker_does_what_a_request_asked_for(celery, environment, mail):
    refer(environment)
    assert waiting() == 1
    celery("worker", "--pool", "solo", "--without-gossip", "--without-mingle")
    wait_for("the mail", lambda: letters(mail))
    wait_for("the end of it", lambda: not waiting())
    (letter,) = letters(mail)
    assert settings.SITE_URL in letter


def test_beat_makes_a_worker_do_what_is_due_when_the_hint_was_lost(celery, environment, mail):
    refer({**environment, "CELERY_BROKER_URL": ""})
    assert waiting() == 1
    celery("worker", "--pool", "solo", "--without-gossip", "--without-mingle")
    celery("beat", "--schedule", str(mail.parent / "beat"), "--pidfile=")
    wait_for("the mail", lambda: letters(mail))
    wait_for("the end of it", lambda: not waiting())
