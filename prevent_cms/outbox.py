"""Work that outlives a request: written in the same transaction, done later, at least once.

The database is the truth and the broker a hint. `drain()` is called by Celery, by
`manage.py run_jobs`, or by a thread of the demonstration server, and any of them may do any row.
"""

import datetime
import logging
from collections.abc import Iterable

from django.conf import settings
from django.db import models, transaction
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError

from prevent_cms import clock, wall

log = logging.getLogger(__name__)
MOST_TRIES = 8
LEASE = datetime.timedelta(minutes=15)  # how long one process may work at a long message


class OutboxMessage(models.Model):
    topic = models.CharField(max_length=50)
    payload = models.JSONField(default=dict)  # ids only
    not_before = models.DateTimeField(default=clock.now)
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["not_before"], condition=models.Q(done_at=None), name="outbox_due")
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.pk}"


def add(topic: str, *, not_before: datetime.datetime | None = None, **ids: int | str) -> None:
    """Ask for later work of a kind named in settings.OUTBOX_HANDLERS, in the caller's transaction.

    `ids` are primary keys and codes, never content. Raises KeyError for an unknown topic.
    """
    add_all([message(topic, not_before=not_before, **ids)])


def message(
    topic: str, *, not_before: datetime.datetime | None = None, **ids: int | str
) -> OutboxMessage:
    """One message for `add_all`, not written yet; what goes in is described at `add`."""
    settings.OUTBOX_HANDLERS[topic]
    return OutboxMessage(topic=topic, payload=ids, not_before=not_before or clock.now())


def add_all(messages: Iterable[OutboxMessage]) -> None:
    """Write several messages with one statement, in the caller's transaction."""
    written = OutboxMessage.objects.bulk_create(messages)
    now = clock.now()
    if settings.CELERY_BROKER_URL and any(one.not_before <= now for one in written):
        transaction.on_commit(_nudge)


def _nudge() -> None:
    """Tell the worker there is something to do; beat drains anyway if the broker is away."""
    from prevent_cms.celery import drain_outbox

    try:
        drain_outbox.apply_async(retry=False)
    except OperationalError:  # the row is safe, so the request goes on
        log.warning("The broker did not answer; the outbox will be drained at the next beat.")


@wall.as_service()
def drain(batch: int = 20) -> int:
    """Do everything that is due and return how many messages were handled.

    Safe to run in several processes at once: rows are locked and skipped, a failure is kept with
    its error and tried again later, at growing intervals, `MOST_TRIES` times.
    """
    _plan_regular_work()
    handled = 0
    while done := _drain_batch(batch) + _do_one_long():
        handled += done
    return handled


def _plan_regular_work() -> None:
    """See to it that everything in settings.OUTBOX_REGULAR has a message that waits for its time."""
    waiting = OutboxMessage.objects.filter(
        done_at=None, tries__lt=MOST_TRIES, topic__in=settings.OUTBOX_REGULAR
    )
    missing = set(settings.OUTBOX_REGULAR) - set(waiting.values_list("topic", flat=True))
    for topic in missing:
        add(topic, not_before=clock.now() + settings.OUTBOX_REGULAR[topic])


def _drain_batch(batch: int) -> int:
    with transaction.atomic():
        messages = list(_due().exclude(topic__in=settings.OUTBOX_LONG)[:batch])
        for message in messages:
            _handle(message)
        return len(messages)


def _due() -> models.QuerySet[OutboxMessage]:
    """What is due and no other process has in hand, oldest first; locked."""
    due = OutboxMessage.objects.filter(
        done_at=None, not_before__lte=clock.now(), tries__lt=MOST_TRIES
    )
    return due.order_by("pk").select_for_update(skip_locked=True)


def _do_one_long() -> int:
    """Claim one message of a long kind, then do it in the short transactions of its handler.

    Its progress can be seen while it goes on. When its process dies, another claims it once the
    lease is over, so the handler must be able to begin again.
    """
    with transaction.atomic():
        message = _due().filter(topic__in=settings.OUTBOX_LONG).first()
        if message is None:
            return 0
        message.tries += 1
        message.not_before = clock.now() + LEASE
        message.save(update_fields=["tries", "not_before"])
    try:
        import_string(settings.OUTBOX_HANDLERS[message.topic])(**message.payload)
        message.done_at = clock.now()
    except Exception as error:  # any failure is kept and tried again
        message.error = type(error).__name__
        log.exception("Outbox message %s failed", message.pk)
    message.save(update_fields=["done_at", "error"])
    return 1


def _handle(message: OutboxMessage) -> None:
    try:
        with transaction.atomic():
            import_string(settings.OUTBOX_HANDLERS[message.topic])(**message.payload)
        message.done_at = clock.now()
    except Exception as error:  # any failure is kept and tried again
        message.tries += 1
        message.error = type(error).__name__
        message.not_before = clock.now() + datetime.timedelta(seconds=4**message.tries)
        log.exception("Outbox message %s failed", message.pk)
    message.save(update_fields=["done_at", "tries", "error", "not_before"])
