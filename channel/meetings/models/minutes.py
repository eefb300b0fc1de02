"""The record of a meeting: what is said of its draft, and what is sealed."""

import hashlib
from typing import Any

from django.db import models
from django.db.models import Q

from accounts.models import User
from channel.meetings.models.meeting import AgendaItem, Meeting
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory
from prevent_cms.marking import Mark
from referrals.models import MarkedItem


class Minutes(models.Model):
    """A sealed record of a meeting: written once, and refused any change by the database.

    A correction is a new version; those before it stay as they were sealed.
    """

    append_only = True  # prevent_cms.guards installs the triggers

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="minutes")
    version = models.PositiveIntegerField(default=1)
    record = models.TextField()  # canonical JSON (channel/meetings/canonical.py)
    sha256 = models.CharField(max_length=64)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(default=clock.now)
    # The meeting at which they were approved: their own, or a later one of the panel.
    approved_meeting = models.ForeignKey(
        Meeting, null=True, on_delete=models.PROTECT, related_name="+"
    )
    history = RowHistory()

    class Meta:
        verbose_name_plural = "minutes"
        ordering = ["meeting", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "version"], name="one_version_of_minutes")
        ]

    def __str__(self) -> str:
        return f"Minutes of meeting {self.meeting_id}, version {self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("sealed minutes cannot be changed")
        super().save(*args, **kwargs)

    @property
    def is_intact(self) -> bool:
        """Whether the record is still what was sealed."""
        return hashlib.sha256(self.record.encode()).hexdigest() == self.sha256


class Circulation(models.Model):
    """The draft is open to the panel until a day, to be read for accuracy."""

    meeting = models.OneToOneField(Meeting, on_delete=models.PROTECT, related_name="circulation")
    until = models.DateField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    def __str__(self) -> str:
        return f"Circulation of meeting {self.meeting_id}"

    @property
    def is_open(self) -> bool:
        return clock.today() <= self.until


class Accuracy(models.Model):
    """One reader's word that the draft is accurate."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="found_accurate")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["meeting", "by"], name="one_word_a_reader")]

    def __str__(self) -> str:
        return f"Accuracy {self.pk}"


class Remark(models.Model):
    """What somebody says of the draft, and what the record keeper made of it."""

    class State(models.TextChoices):
        OPEN = "open", "Not answered"
        TAKEN_OVER = "taken_over", "Taken over"
        ANSWERED = "answered", "Answered, not taken over"

    text = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="answered") | ~Q(answer=""), name="%(class)s_answer_says_why"
            ),
            models.CheckConstraint(
                condition=Q(state="open", answered_by=None, answered_at=None)
                | (~Q(state="open") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="%(class)s_answer_says_who",
            ),
        ]

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class MeetingRemark(Remark):
    """On the meeting as a whole: who was there, when, how. It says nothing of a case."""

    place = "The record as a whole"
    route = "minutes_remark"
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="remarks")
    history = RowHistory()


class ItemRemark(Remark, MarkedItem):
    """On one item."""

    route = "minutes_item_remark"
    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="remarks")
    history = RowHistory()

    class Meta(Remark.Meta):
        constraints = [
            *Remark.Meta.constraints,
            models.CheckConstraint(condition=Q(mark=Mark.PANEL), name="remark_is_for_panel"),
        ]

    @property
    def place(self) -> str:
        """What it is about, for the list of comments."""
        return str(self.item)
