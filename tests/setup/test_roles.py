"""A real installation without a superuser: an owner who migrates and a login that only uses."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import psycopg2
import pytest

from prevent_cms import database

ROOT = Path(__file__).resolve().parents[2]
WHO_AM_I = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT current_user")
    print(cursor.fetchone()[0])
"""


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """A server on which nothing was ever installed, migrated by its owner; used by `app`."""
    found = database.embedded(tmp_path_factory.mktemp("installation") / "postgres", "prevent")
    where = f"/prevent?host={found['HOST']}&port={found['PORT']}"
    environment = {
        "PATH": "/usr/bin:/bin",
        "SECRET_KEY": "a-secret-of-a-real-service-" * 3,
        "ALLOWED_HOSTS": "prevent.example",
        "EMAIL_URL": "smtp://mail.example:25",
        "DATABASE_URL": f"postgres://app@{where}",
        "OWNER_DATABASE_URL": f"postgres://owner@{where}",
    }
    server = psycopg2.connect(
        host=found["HOST"], port=found["PORT"], user=found["USER"], dbname="prevent"
    )
    with closing(server), server.cursor() as cursor:
        server.autocommit = True
        cursor.execute("CREATE ROLE owner LOGIN CREATEROLE; CREATE ROLE app LOGIN")
        cursor.execute("ALTER DATABASE prevent OWNER TO owner")
        migrated = manage(environment, "migrate", "--verbosity", "0")
        assert migrated.returncode == 0, migrated.stderr
        cursor.execute("SELECT tableowner FROM pg_tables WHERE tablename = 'prevent_cms_event'")
        assert cursor.fetchone() == ("owner",)
        app = {"host": found["HOST"], "port": found["PORT"], "user": "app", "dbname": "prevent"}
        yield SimpleNamespace(environment=environment, cursor=cursor, app=app)


def manage(environment, *arguments):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def who_am_i(environment):
    return manage(
        environment, *("shell", "--verbosity", "0", "--no-imports", "--command", WHO_AM_I)
    )


def test_the_login_needs_membership_of_the_run_time_role(installation):
    installation.cursor.execute("REVOKE prevent_runtime FROM app")
    refused = who_am_i(installation.environment)
    assert 'permission denied to set role "prevent_runtime"' in refused.stderr


@pytest.mark.parametrize("login", ["app", "owner"])
def test_whoever_connects_works_as_the_run_time_role(installation, login):
    installation.cursor.execute("GRANT prevent_runtime TO app")
    url = installation.environment["DATABASE_URL"].replace("app@", f"{login}@")
    shown = who_am_i({**installation.environment, "DATABASE_URL": url})
    assert shown.stdout.strip() == "prevent_runtime", shown.stderr


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE prevent_cms_event SET type = ''",
        "DELETE FROM accounts_historicaluser",
        "TRUNCATE prevent_cms_event",
        "ALTER TABLE prevent_cms_event DISABLE TRIGGER ALL",
        "DROP TABLE prevent_cms_event",
        "CREATE TABLE mine (id int)",
    ],
)
def test_the_run_time_role_can_lift_no_guard(installation, sql):
    installation.cursor.execute("GRANT prevent_runtime TO app")
    with closing(psycopg2.connect(**installation.app)) as login, login.cursor() as cursor:
        cursor.execute("SET ROLE prevent_runtime")
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute(sql)


def test_migrating_again_changes_nothing(installation):
    again = manage(installation.environment, "migrate")
    assert again.returncode == 0, again.stderr
    assert "No migrations to apply" in again.stdout
