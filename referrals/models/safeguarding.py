"""Safeguarding notices: what one agency is told, and how the case remembers it (R27-R30)."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Agency, User
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory
from referrals.models.marked import MarkedItem


class NoticeOutcome(models.TextChoices):
    """What comes back (R29)."""

    NO_ACTION = "no_action", "No further action"
    ACTIONED = "actioned", "Actioned"
    PREVENT = "prevent", "We found something that bears on Prevent"


class ReceivedNotice(models.Model):
    """What one agency was sent and what it answered: no case, no referral, no sender's reasons.

    It is no share and leads nowhere else, so the case is not among its columns; the row on the
    case's side points here. The database shows it to that agency's people only (ADR 10).
    """

    for_agency = "agency_id"  # the column by which the database hides the rows (guards.py)

    key = models.UUIDField(default=uuid.uuid4, unique=True)  # its address, which counts nothing
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    due_on = models.DateField()
    at = models.DateTimeField(default=clock.now)
    # Whoever has a conflict of interest with the person; they cannot open it.
    kept_from = ArrayField(models.BigIntegerField(), default=list)
    outcome = models.CharField(max_length=10, choices=NoticeOutcome.choices, blank=True)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    history = RowHistory()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["agency", "answered_at"], name="notice_agency")]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, outcome="", answer="", answered_by=None)
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(outcome="")),
                name="answered_notice_has_an_outcome",
            )
        ]

    def __str__(self) -> str:
        return f"Notice {self.key}"

    @property
    def is_overdue(self) -> bool:
        return self.answered_at is None and self.due_on < clock.today()


class SafeguardingNotice(MarkedItem):
    """A notice as the case remembers it: to whom, in which words, and what came back (R27-R30)."""

    class About(models.TextChoices):
        CHILD = "child", "A child"
        ADULT = "adult", "An adult"

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    about = models.CharField(max_length=6, choices=About.choices)
    text = models.TextField()
    told_by_phone = models.CharField(max_length=300, blank=True)  # R38: who was called, and when
    due_on = models.DateField()
    # Nobody, when the area's front door sent it as the referral came in.
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    received = models.OneToOneField(ReceivedNotice, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=NoticeOutcome.choices, blank=True)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    read_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(null=True)
    history = RowHistory()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(read_at=None, read_by=None)
                | Q(read_at__isnull=False, read_by__isnull=False, answered_at__isnull=False),
                name="read_notice_was_answered",
            )
        ]

    def __str__(self) -> str:
        return f"Notice {self.pk} of case {self.case_id}"

    @property
    def is_overdue(self) -> bool:
        return self.answered_at is None and self.due_on < clock.today()

    @property
    def is_to_read(self) -> bool:
        """Whether an answer has come that nobody has read yet."""
        return self.answered_at is not None and self.read_at is None
