"""Who is kept out of a case though their agency has it, and who came in though it has not."""

from typing import Any

from django.db import models
from django.db.models import Q

from accounts.models import Agency, User
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory
from referrals.models.case import Case


class InForceQuerySet(models.QuerySet[Any]):
    def in_force(self) -> "InForceQuerySet":
        return self.filter(lifted_at=None)


class Restriction(models.Model):
    """Why a case is open to named people only; who they are stands in its shares (section 5)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(default=clock.now)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    lifted_why = models.TextField(blank=True)
    objects = InForceQuerySet.as_manager()
    history = RowHistory()

    class Meta:
        ordering = ["since"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(lifted_at=None), name="one_restriction_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"restriction of {self.case_id}"


class Bar(models.Model):
    """A conflict of interest: this person cannot learn that the case exists (design section 5)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="bars")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(default=clock.now)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    lifted_why = models.TextField(blank=True)
    objects = InForceQuerySet.as_manager()
    history = RowHistory()

    class Meta:
        ordering = ["since"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "user"], condition=Q(lifted_at=None), name="one_bar_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} from {self.case_id}"


class EmergencyAccess(models.Model):
    """A case opened without a share, for an hour, with a reason; somebody reviews it afterwards."""

    class Outcome(models.TextChoices):
        JUSTIFIED = "justified", "Justified"
        NOT_JUSTIFIED = "not_justified", "Not justified"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField(default=clock.now)
    until = models.DateTimeField()
    was_released = models.BooleanField()  # before, only police review it
    outcome = models.CharField(max_length=14, choices=Outcome.choices, blank=True)
    note = models.TextField(blank=True)
    reviewed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True)
    history = RowHistory()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewed_at=None, outcome="") | Q(reviewed_at__isnull=False),
                name="reviewed_emergency_has_an_outcome",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} to {self.case_id}"
