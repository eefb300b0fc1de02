"""Checks of the whole log, off the request: one slice a message of the outbox, so that progress shows."""

import datetime

from django.db import models

from prevent_cms import clock, outbox
from prevent_cms.history import EventType, chain, heads
from prevent_cms.history.chain import Broken, Slice
from prevent_cms.history.record import record

TOPIC = "log_check"
GIVEN_UP = datetime.timedelta(hours=1)  # a check that has not ended by then never will
FRESH = datetime.timedelta(hours=25)  # each once a day: a check, and the heads; with some room


class LogCheck(models.Model):
    """One check: how far it is, and what it found."""

    asked_at = models.DateTimeField(default=clock.now)
    expected = models.PositiveIntegerField(default=0)
    checked = models.PositiveIntegerField(default=0)
    # The row behind which the next slice begins.
    chain = models.CharField(max_length=40, blank=True)
    seq = models.IntegerField(default=-1)
    hash = models.BinaryField(default=b"")
    ended_at = models.DateTimeField(null=True)
    # The first broken event: without an id one is missing, without a chain a head file is at fault.
    broken_event = models.BigIntegerField(null=True)
    broken_chain = models.CharField(max_length=40, blank=True)
    broken_seq = models.IntegerField(default=0)
    fault = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"Check of {self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def broken(self) -> Broken | None:
        """What it found, or None as far as all was whole."""
        if not self.fault:
            return None
        return Broken(self.broken_chain, self.broken_seq, self.fault, self.broken_event)

    @property
    def percent(self) -> int:
        return min(99, 100 * self.checked // max(self.expected, 1))

    @property
    def is_running(self) -> bool:
        return self.ended_at is None and self.asked_at > clock.now() - GIVEN_UP

    @property
    def is_fresh(self) -> bool:
        """Whether it ended recently enough to be relied on."""
        return self.ended_at is not None and self.ended_at > clock.now() - FRESH


def newest() -> tuple[LogCheck | None, LogCheck | None]:
    """The check that is under way, and the last one that ended; one query."""
    found = list(LogCheck.objects.order_by("-pk")[:10])
    running = next((one for one in found if one.is_running), None)
    return running, next((one for one in found if one.ended_at), None)


def begin() -> bool:
    """Ask for a check, in the caller's transaction; False when one is under way."""
    if newest()[0]:
        return False
    outbox.add(TOPIC, check_id=LogCheck.objects.create().pk)
    return True


def go_on(check_id: int) -> None:
    """Check the next slice, and ask for the one after it (outbox handler)."""
    check = LogCheck.objects.get(pk=check_id)
    if check.ended_at:
        return
    check.expected = check.expected or chain.count()
    done = chain.check(Slice(check.chain, check.seq, bytes(check.hash)))
    if done is None:
        _end(check)
    else:
        _keep(check, chain.older(check.broken, done.broken))
        check.chain, check.seq, check.hash = done.chain, done.seq, done.hash
        check.checked += done.checked
        outbox.add(TOPIC, check_id=check.pk)
    check.save()


def _end(check: LogCheck) -> None:
    """The chains are done; what was published tells whether the ends are still there."""
    _keep(check, check.broken or heads.first_disagreement())
    check.ended_at = clock.now()
    record(
        EventType.LOG_CHECKED,
        by="The service",
        target=check,
        whole=not check.fault,
        events=check.checked,
        first_broken=check.broken_event,
    )


def _keep(check: LogCheck, broken: Broken | None) -> None:
    if broken:
        check.broken_event, check.broken_chain = broken.event_id, broken.chain
        check.broken_seq, check.fault = broken.seq, broken.fault
