"""What a referrer said when police asked for more than the form has. Always POLICE."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory
from prevent_cms.marking import Mark
from referrals.models.feedback import Feedback
from referrals.models.marked import MarkedItem
from referrals.models.referral import Referral


class FurtherDetail(MarkedItem):
    """Police went back to the referrer once (R64); `said` is empty where they did not answer."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="details")
    asked = models.TextField()
    said = models.TextField(blank=True)
    how = models.CharField(max_length=12, choices=Feedback.How.choices)
    on = models.DateField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["on", "at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(mark=Mark.POLICE), name="detail_is_police_only")
        ]

    def __str__(self) -> str:
        return f"further detail on {self.referral_id}"
