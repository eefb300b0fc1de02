"""Pointing the product's Celery application at another broker for the length of a test."""

from contextlib import contextmanager

from prevent_cms.celery import app


@contextmanager
def broker_at(url, settings, *, queue="celery"):
    """Let what a request leaves behind go to this broker and queue."""
    settings.CELERY_BROKER_URL = url
    kept = app.conf.broker_url, app.conf.task_default_queue
    _point(url, queue)
    try:
        yield
    finally:
        _point(*kept)


def _point(url, queue):
    app.conf.broker_url, app.conf.task_default_queue = url, queue
    app._after_fork()  # forgets the connections that are open, as a new process does
    app.amqp.__dict__.pop("queues", None)
