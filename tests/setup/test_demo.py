"""`manage.py demo`, as a person meets it: an address that answers, or one plain sentence."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 240  # seconds to load five areas; a minute on a machine with nothing else to do
ANSWERS = 20  # seconds for one page
STOPS = 30


@pytest.fixture
def taken_port():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


@pytest.fixture
def free_port():
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        return attempt.getsockname()[1]


def environment(**more):
    url = "postgres://{USER}:{PASSWORD}@/{NAME}?host={HOST}&port={PORT}"
    return {
        "PATH": os.environ["PATH"],
        "DEMO": "1",
        "DATABASE_URL": url.format(**connection.settings_dict),
        **more,
    }


def demo(**more):
    return subprocess.run(
        [sys.executable, "manage.py", "demo"],
        cwd=ROOT,
        env=environment(**more),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def refused(done):
    """The one line that was said, and nothing else."""
    assert done.returncode != 0
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    (line,) = done.stderr.strip().splitlines()
    return line


def test_a_taken_port_is_named_and_another_one_offered(taken_port):
    line = refused(demo(PORT=str(taken_port)))
    assert f"Port {taken_port} is taken" in line
    assert f"make demo PORT={taken_port + 1}" in line


def test_a_database_that_does_not_answer_is_told(free_port):
    url = f"postgres://somebody:secret-word@127.0.0.1:{free_port}/nothing"
    line = refused(demo(PORT=str(free_port), DATABASE_URL=url))
    assert "The database in DATABASE_URL does not answer" in line
    assert "secret-word" not in line


def test_a_database_that_does_not_exist_is_told(free_port):
    url = environment()["DATABASE_URL"].replace(
        f"/{connection.settings_dict['NAME']}?", "/no_such_database?"
    )
    line = refused(demo(PORT=str(free_port), DATABASE_URL=url))
    assert 'database "no_such_database" does not exist' in line


def test_a_real_service_is_never_filled_with_invented_people(free_port):
    real = {
        "DEMO": "0",
        "SECRET_KEY": "a-secret-of-a-real-service-" * 3,
        "ALLOWED_HOSTS": "prevent.example",
        "EMAIL_URL": "smtp://mail.example:25",
    }
    assert "only runs with DEMO=1" in refused(demo(PORT=str(free_port), **real))


def page(address):
    with urllib.request.urlopen(address, timeout=ANSWERS) as answer:
        return answer.status, answer.read().decode()


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
def test_it_answers_with_hashed_static_files_and_stops_when_told(free_port):
    process = subprocess.Popen(
        [sys.executable, "manage.py", "demo"],
        cwd=ROOT,
        env=environment(PORT=str(free_port)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = []
    # What it goes on saying is read, or the full pipe would stop it.
    reader = threading.Thread(target=lambda: said.extend(process.stdout), daemon=True)
    try:
        for line in process.stdout:
            said.append(line)
            if f"http://127.0.0.1:{free_port}/" in line:
                break
        else:
            pytest.fail("".join(said))
        reader.start()
        assert any("ctco@norfolk.example" in line for line in said)
        status, start = page(f"http://127.0.0.1:{free_port}/")
        assert status == 200
        stylesheet = next(part for part in start.split('"') if "/static/app." in part)
        assert stylesheet != "/static/app.css"
        assert page(f"http://127.0.0.1:{free_port}{stylesheet}")[0] == 200
        assert page(f"http://127.0.0.1:{free_port}/readyz")[0] == 200
        with pytest.raises(urllib.error.HTTPError, match="404"):
            page(f"http://127.0.0.1:{free_port}/no-such-page/")
    finally:
        process.send_signal(signal.SIGTERM)
        started = time.monotonic()
        process.wait(timeout=PATIENCE / 2)
        if reader.ident:
            reader.join()
        process.stdout.close()
    assert process.returncode == 0
    assert time.monotonic() - started < STOPS
