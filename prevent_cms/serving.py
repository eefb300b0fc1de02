"""One small process group that answers requests and does the work of the outbox as well.

It is what `manage.py demo` starts. A real installation runs gunicorn, a worker and beat apart
from each other (docker-compose.yml).
"""

import logging
import socket
import threading
from collections.abc import Callable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, close_old_connections
from gunicorn.app.base import BaseApplication

from prevent_cms import outbox

log = logging.getLogger(__name__)

THREADS = 8
SECONDS_BETWEEN_DRAINS = 3


def port_is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((host, port))
        except OSError:
            return False
    return True


def keep_draining(stopped: threading.Event) -> None:
    """Drain the outbox until `stopped`; a database that is away is waited for."""
    while not stopped.wait(SECONDS_BETWEEN_DRAINS):
        close_old_connections()
        try:
            outbox.drain()
        except DatabaseError:
            log.exception("The outbox could not be drained; trying again")


class Server(BaseApplication):
    """Gunicorn with one worker of several threads, one of which drains the outbox."""

    def __init__(self, host: str, port: int, *, when_ready: Callable[[], None]) -> None:
        self.address = f"{host}:{port}"
        self.when_ready = when_ready
        super().__init__()

    def load_config(self) -> None:
        settings: dict[str, Any] = {
            "bind": self.address,
            "worker_class": "gthread",
            "workers": 1,
            "threads": THREADS,
            "graceful_timeout": 5,
            "loglevel": "warning",
            "control_socket_disable": True,
            "when_ready": lambda server: self.when_ready(),
            "post_worker_init": lambda worker: self.start_draining(),
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return get_wsgi_application()

    def start_draining(self) -> None:
        thread = threading.Thread(
            target=keep_draining, args=[threading.Event()], name="outbox", daemon=True
        )
        thread.start()
