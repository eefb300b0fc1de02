"""Who was offered a case, why, and what they answered."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory
from referrals.models.marked import MarkedItem


class HandOver(MarkedItem):
    """One officer's offer of a case to another; until it is accepted the owner stays."""

    class Result(models.TextChoices):
        OPEN = "open", "Waits for an answer"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"
        AT_ONCE = "at_once", "Went over at once"  # nobody was there to wait for an answer

    to = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    result = models.CharField(max_length=10, choices=Result.choices, default=Result.OPEN)
    answer = models.TextField(blank=True)  # why it was declined
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    history = RowHistory()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(result="open"), name="one_open_offer_a_case"
            ),
            models.CheckConstraint(
                condition=Q(result="open", ended_at=None) | ~Q(result="open") & ~Q(ended_at=None),
                name="ended_offer_says_when",
            ),
        ]
        indexes = [models.Index(fields=["to"], condition=Q(result="open"), name="offer_to")]

    def __str__(self) -> str:
        return f"{self.case_id} to {self.to_id}: {self.result}"
