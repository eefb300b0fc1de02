"""Which council coordinates a case with police, and which of its leads."""

from django.db import models
from django.db.models import Q

from accounts.models import Agency, User
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory
from prevent_cms.marking import Mark
from referrals.models.marked import MarkedItem


class Routing(MarkedItem):
    """One decision on who coordinates, never changed; the newest counts (R80-R83)."""

    class Lead(models.TextChoices):
        ADULTS = "adults", "Adult lead"
        FAMILIES = "families", "Families lead"
        ALL = "all", "Prevent lead"

    council = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    lead = models.CharField(max_length=10, choices=Lead.choices)
    is_proposed = models.BooleanField()  # it is what the area's rules gave
    reason = models.TextField()  # of the rules, or of who decided otherwise
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["case", "-at", "-id"], name="routing_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(mark=Mark.COORDINATION), name="routing_is_for_coordinators"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} to {self.council_id}, {self.lead}"
