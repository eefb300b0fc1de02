"""The sealed record of a meeting."""

import hashlib
from typing import Any

from django.db import models

from accounts.models import User
from channel.meetings.models.meeting import Meeting
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory


class Minutes(models.Model):
    """The sealed record of a meeting: written once, and refused any change by the database."""

    append_only = True  # prevent_cms.guards installs the triggers

    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, related_name="minutes")
    version = models.PositiveIntegerField(default=1)
    record = models.TextField()  # canonical JSON (channel/meetings/canonical.py)
    sha256 = models.CharField(max_length=64)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        verbose_name_plural = "minutes"

    def __str__(self) -> str:
        return f"Minutes of meeting {self.meeting_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("sealed minutes cannot be changed")
        super().save(*args, **kwargs)

    @property
    def is_intact(self) -> bool:
        """Whether the record is still what was sealed."""
        return hashlib.sha256(self.record.encode()).hexdigest() == self.sha256
