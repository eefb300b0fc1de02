"""What the person who referred was told of the outcome, how and when (R140, R216)."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory
from referrals.models.marked import MarkedItem
from referrals.models.referral import Referral


class Feedback(MarkedItem):
    """One officer told one referrer something, in words that betray nothing."""

    class Said(models.TextChoices):
        LOOKED_AT = (
            "looked_at",
            "Thank you. Your referral was looked at and acted on. No more can be said.",
        )
        ELSEWHERE = (
            "elsewhere",
            "Thank you. Your referral was looked at, and a service that can help knows of it.",
        )
        TOGETHER = (
            "together",
            "Thank you. Your referral was looked at with other agencies, and help is offered.",
        )
        NOTHING = "nothing", "Nothing: the referrer could not be told"

    class How(models.TextChoices):
        PHONE = "phone", "By telephone"
        IN_PERSON = "in_person", "In person"
        SECURE_MAIL = "secure_mail", "By secure e-mail"
        LETTER = "letter", "By letter"

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="feedback")
    said = models.CharField(max_length=10, choices=Said.choices)
    how = models.CharField(max_length=12, choices=How.choices, blank=True)
    on = models.DateField()
    note = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(said="nothing", how="") & ~Q(note="") | ~Q(said="nothing") & ~Q(how=""),
                name="feedback_says_how_or_why_not",
            )
        ]

    def __str__(self) -> str:
        return f"feedback on {self.referral_id}"
