from typing import Any, Never

from django.conf import settings
from django.db import models
from django.db.models.fields.json import KT

from prevent_cms import clock
from prevent_cms.history.types import EventType
from prevent_cms.marking import Mark

REFUSED = models.Q(type=EventType.REFUSED)
CONCERNS_AGENCY = models.Q(agency_id__isnull=False)
HAS_TARGET = ~models.Q(target="")


class EventQuerySet(models.QuerySet["Event"]):
    def update(self, **kwargs: Any) -> Never:
        raise TypeError("events are append-only")

    def delete(self) -> Never:
        raise TypeError("events are append-only")


class Event(models.Model):
    """One thing a person or the service did. Rows are only ever added; the database refuses more.

    `chain`, `seq`, `previous` and `hash` make the row provable: a trigger numbers the rows of a
    chain and hashes each with the one before it (prevent_cms/guards.py).
    """

    chain = models.CharField(max_length=40)
    seq = models.PositiveIntegerField(default=0, editable=False)
    at = models.DateTimeField(default=clock.now)
    type = models.CharField(max_length=40)  # a value of EventType
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    actor_label = models.CharField(max_length=200)
    actor_agency_id = models.BigIntegerField(null=True)  # where the actor works
    area_code = models.CharField(max_length=8, blank=True)
    case_reference = models.CharField(max_length=20, blank=True)
    agency_id = models.BigIntegerField(null=True)  # the agency that it concerns
    mark = models.CharField(max_length=12, choices=Mark.choices)
    target = models.CharField(max_length=60, blank=True)
    details = models.JSONField(default=dict)
    previous = models.BinaryField(default=b"", editable=False)
    hash = models.BinaryField(default=b"", editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="event_chain_seq")]
        indexes = [
            models.Index(fields=["case_reference", "-at"], name="event_case"),
            models.Index(fields=["actor", "-at"], name="event_actor"),
            models.Index(fields=["actor_agency_id", "-at", "-id"], name="event_actor_agency"),
            models.Index(fields=["area_code", "-at", "-id"], name="event_area"),
            models.Index(fields=["type", "-at", "-id"], name="event_type"),
            models.Index(fields=["-at", "-id"], name="event_when"),
            models.Index(KT("details__asked_for"), name="event_asked_for", condition=REFUSED),
            models.Index(fields=["agency_id"], name="event_agency", condition=CONCERNS_AGENCY),
            models.Index(fields=["target"], name="event_target", condition=HAS_TARGET),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.chain}/{self.seq}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("events are append-only")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        raise TypeError("events are append-only")

    @property
    def sentence(self) -> str:
        """The words of the timeline; an unknown type raises ValueError."""
        return str(EventType(self.type).label)
