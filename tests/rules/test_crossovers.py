"""Police and partners take turns on the same connections; nobody is ever answered as another."""

import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest
from django.db import connection, transaction

from accounts.middleware import identity_of
from prevent_cms import wall
from prevent_cms.guards import RUNTIME_ROLE
from referrals.models import Screening
from tests import people, stages
from tests.access import as_user

pytestmark = [pytest.mark.django_db(transaction=True)]

CANARY = "CANARY-POLICE-ONLY"

INI = """
[databases]
{name} = host={host} port={port} dbname={name} user={user} {password} {role}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 1
ignore_startup_parameters = extra_float_digits,options
logfile = {folder}/log
pidfile = {folder}/pid
"""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture
def pooler(transactional_db):
    """PgBouncer in transaction mode with one connection to the database for all who ask.

    While it stands, new connections of this process go through it. The role is the pooler's to
    take on: what a client sets for its session would belong to whoever comes next.
    """
    connection.ensure_connection()  # the own one stays as it is
    settings, port = connection.settings_dict, free_port()
    words = {
        "name": settings["NAME"],
        "host": settings["HOST"],
        "port": settings["PORT"] or 5432,
        "user": settings["USER"],
        "password": f"password='{settings['PASSWORD']}'" if settings["PASSWORD"] else "",
        "role": f"connect_query='SET ROLE {RUNTIME_ROLE}'",
    }
    own = {name: settings[name] for name in ("HOST", "PORT", "OPTIONS")}
    with tempfile.TemporaryDirectory() as folder:
        ini = Path(folder, "ini")
        ini.write_text(INI.format(listen=port, folder=folder, **words))
        command = ["pgbouncer", "--quiet", str(ini)]
        if os.geteuid() == 0:  # it refuses to be root
            user = Path(own["HOST"]).owner() if own["HOST"].startswith("/") else "nobody"
            shutil.chown(folder, user)
            command[1:1] = ["--user", user]
        with subprocess.Popen(command) as running:
            try:
                _wait_for(port)
                settings |= {"HOST": "127.0.0.1", "PORT": str(port), "OPTIONS": {}}
                yield
            finally:
                settings |= own
                running.terminate()


def _wait_for(port):
    for _ in range(100):
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
    raise AssertionError("PgBouncer did not start")


def alternate(case, users, times, wrong):
    """One kept connection that serves one person after the other: a page, then the bare table."""
    try:
        browsers = [(user, as_user(user)) for user in users]
        for number in range(times):
            user, browser = browsers[number % len(browsers)]
            page = browser.get(f"/cases/{case.reference}/screening/")
            told = page.status_code == 200 and CANARY in page.content.decode()
            with wall.acting_for(identity_of(user)), transaction.atomic():
                found = Screening.objects.filter(case=case).exists()
            with wall.acting_for(wall.NOBODY):
                outside = Screening.objects.filter(case=case).exists()
            if (told, found, outside) != (user.is_police, user.is_police, False):
                wrong.append((user.email, told, found, outside))
        wrong.append(times)
    except BaseException as fault:
        wrong.append(fault)
        raise
    finally:
        connection.close()


def crossovers(times):
    """Crossovers among so many requests on two connections."""
    world = people.build()
    case = stages.screened(world)
    with transaction.atomic():
        for row in Screening.objects.filter(case=case):
            row.reason = CANARY
            row.save()
    seen = []
    users = [(world.officer, world.lead), (world.health, world.supervisor)]
    threads = [
        threading.Thread(target=alternate, args=(case, pair, times // 2, seen)) for pair in users
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one for one in seen if one == times // 2] == [times // 2] * 2, seen
    return len(seen) - 2


@pytest.mark.db
def test_two_kept_connections_never_cross_over():
    assert crossovers(60) == 0


@pytest.mark.db
def test_a_pool_of_one_connection_never_crosses_over(pooler):
    assert crossovers(60) == 0


@pytest.mark.proof
def test_ten_thousand_alternating_requests_never_cross_over():
    found = crossovers(10_000)
    print(f"10,000 alternating requests over two kept connections: {found} crossovers")
    assert found == 0


@pytest.mark.proof
def test_ten_thousand_through_a_pooler_never_cross_over(pooler):
    found = crossovers(10_000)
    print(f"10,000 alternating requests through PgBouncer, one connection: {found} crossovers")
    assert found == 0
