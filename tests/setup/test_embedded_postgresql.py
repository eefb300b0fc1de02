"""The PostgreSQL that comes along: started on demand, private, and gone with its last user."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
USE = """
import sys
from pathlib import Path
from prevent_cms import database
found = database.embedded(Path(sys.argv[1]), "trial")
import psycopg2
server = psycopg2.connect(
    host=found["HOST"], port=found["PORT"], user=found["USER"], dbname=found["NAME"]
)
with server.cursor() as cursor:
    cursor.execute("SELECT current_database(), current_setting('listen_addresses')")
    print(*cursor.fetchone(), server.server_version // 10000, sep="|", flush=True)
server.close()
sys.stdin.read()
"""


def start(folder):
    return subprocess.Popen(
        [sys.executable, "-c", USE, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process):
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors


def runs(folder):
    return (folder / "postmaster.pid").exists()


def test_starts_is_shared_and_stops_with_its_last_user(tmp_path):
    folder = tmp_path / "postgres"
    first = start(folder)
    assert first.stdout.readline().strip() == "trial||18"
    second = start(folder)
    assert second.stdout.readline().strip() == "trial||18"
    finish(first)
    assert runs(folder)
    finish(second)
    assert not runs(folder)


def test_a_killed_user_does_not_keep_it_alive(tmp_path):
    folder = tmp_path / "postgres"
    killed = start(folder)
    assert killed.stdout.readline()
    killed.kill()
    killed.communicate(timeout=60)
    assert runs(folder)
    after = start(folder)
    assert after.stdout.readline().strip() == "trial||18"
    assert killed.pid not in json.loads((folder / ".handle_pids.json").read_text())
    finish(after)
    assert not runs(folder)


def test_a_folder_of_something_else_is_refused_and_left_alone(tmp_path):
    folder = tmp_path / "postgres"
    folder.mkdir()
    (folder / "keep.txt").write_text("something of somebody's")
    _, errors = start(folder).communicate(timeout=60)
    assert f"The embedded PostgreSQL in {folder} could not be started" in errors
    assert (folder / "keep.txt").read_text() == "something of somebody's"
