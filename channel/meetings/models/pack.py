"""The pack of a meeting: what was issued, what was recalled, and every copy that was handed out."""

import hashlib
from typing import Self

from django.db import models

from accounts.models import User
from channel.meetings.models.meeting import Meeting
from prevent_cms import clock
from prevent_cms.components.text import gov_date
from prevent_cms.history.rows import RowHistory


class Pack(models.Model):
    """One version of a meeting's pack, as it was issued: the first is 1.0, then 1.1, 1.2.

    The record is whole. Nobody reads it but through pack/copies.py, which takes out what is not for
    the reader at the moment of reading.
    """

    append_only = True

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="packs")
    minor = models.PositiveSmallIntegerField()
    record = models.TextField()  # canonical JSON (channel/meetings/pack/frozen.py)
    sha256 = models.CharField(max_length=64)
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["-minor"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "minor"], name="one_pack_a_version")
        ]

    def __str__(self) -> str:
        return f"Pack {self.pk}"

    @property
    def version(self) -> str:
        return f"1.{self.minor}"

    @property
    def is_intact(self) -> bool:
        """Whether the record is still what was issued."""
        return hashlib.sha256(self.record.encode()).hexdigest() == self.sha256

    @property
    def recalled(self) -> "PackRecall | None":
        found: PackRecall | None = getattr(self, "recall", None)
        return found

    @classmethod
    def newest(cls, meeting: Meeting) -> Self | None:
        """The last version issued for a meeting, recalled or not, its record fetched when it is
        read; None before the first."""
        rows = cls.objects.filter(meeting=meeting).select_related("recall", "issued_by")
        return rows.defer("record").first()


class PackRecall(models.Model):
    """A version that opens for nobody any more, and why."""

    append_only = True

    pack = models.OneToOneField(Pack, on_delete=models.PROTECT, related_name="recall")
    reason = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    def __str__(self) -> str:
        return f"Recall {self.pk}"

    @property
    def sentence(self) -> str:
        """What stands in the place of a pack that was recalled."""
        return f"This pack was recalled on {gov_date(self.at)}. Ask the panel administrator."


class PackCopy(models.Model):
    """One copy that left the service: who took it, when, and the hash of its bytes."""

    append_only = True

    pack = models.ForeignKey(Pack, on_delete=models.PROTECT, related_name="copies")
    to = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    sha256 = models.CharField(max_length=64)
    history = RowHistory()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "pack copies"

    def __str__(self) -> str:
        return f"Copy {self.pk}"
