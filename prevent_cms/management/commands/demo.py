"""Prepare the database, load invented people and cases, and serve them on this machine."""

import signal
import subprocess
import sys
from typing import Any

import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections

HOST = "127.0.0.1"
OLDEST_POSTGRESQL = 15


class Command(BaseCommand):
    help = "Serve the demonstration: invented people and cases, on this machine only."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        from prevent_cms import serving

        # Leaving in an orderly way lets the embedded PostgreSQL stop as well.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        if not settings.DEMO:
            raise CommandError("The demonstration only runs with DEMO=1.")
        if not serving.port_is_free(HOST, settings.PORT):
            raise CommandError(
                f"Port {settings.PORT} is taken by another program. "
                f"Choose another one: make demo PORT={settings.PORT + 1}"
            )
        self.require_database()
        self.migrate()
        call_command("load_demo")
        connections.close_all()
        serving.Server(HOST, settings.PORT, when_ready=self.announce).run()

    def require_database(self) -> None:
        """Raises CommandError with one plain sentence when the database cannot be used."""
        parameters = connection.get_connection_params()
        try:
            server = psycopg2.connect(**parameters, connect_timeout=10)
        except psycopg2.OperationalError as error:
            reason = str(error).strip().splitlines()[-1]
            raise CommandError(
                f"The database in DATABASE_URL does not answer: {reason} "
                "Correct DATABASE_URL, or leave it empty to use the embedded PostgreSQL."
            ) from None
        version = server.server_version // 10000
        server.close()
        if version < OLDEST_POSTGRESQL:
            raise CommandError(
                f"PostgreSQL {version} is too old; version {OLDEST_POSTGRESQL} or newer is needed."
            )

    def migrate(self) -> None:
        """Bring the tables up to date in a process that connects as their owner."""
        self.stdout.write("Preparing the database ...")
        done = subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--skip-checks"],
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["no reason was given"])[-1]
            raise CommandError(f"The database could not be prepared: {reason}")

    def announce(self) -> None:
        if settings.EMAIL_FILE_PATH:
            self.stdout.write(f"\nMail is not sent but written to {settings.EMAIL_FILE_PATH}")
        self.stdout.write(
            f"\nPrevent case management answers at http://{HOST}:{settings.PORT}/ (Ctrl+C stops it)"
        )
        self.stdout.flush()
