"""The monthly review, item by item."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from channel.support.models.plan import PanelItem, PlanItem, SupportPlan
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory


class Review(PanelItem):
    """The monthly review of support, risks and needs (R158, R166); the panel decides."""

    class Recommendation(models.TextChoices):
        REMAIN = "remain", "Remain on the plan"
        NEW_PLAN = "new_plan", "New plan"
        ESCALATE = "escalate", "Escalate to police"
        EXIT = "exit", "Exit"

    plan = models.ForeignKey(SupportPlan, null=True, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    delivered = models.TextField(blank=True)
    risks = models.TextField()
    needs_open = models.TextField()
    recommendation = models.CharField(max_length=10, choices=Recommendation.choices)
    reason = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"Review {self.pk}"


class ItemReview(PanelItem):
    """Whether one item helps, and what shows it, at one review (R147, R158)."""

    class Helps(models.TextChoices):
        HELPS = "helps", "Helps"
        TOO_SOON = "too_soon", "Too soon"
        DOES_NOT = "does_not", "Does not"

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="items")
    item = models.ForeignKey(PlanItem, on_delete=models.PROTECT, related_name="+")
    helps = models.CharField(max_length=10, choices=Helps.choices)
    shows = models.TextField(blank=True)
    history = RowHistory()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["review", "item"], name="one_answer_an_item"),
            models.CheckConstraint(
                condition=Q(helps="too_soon") | ~Q(shows=""), name="effect_has_evidence"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.helps}"


class ReviewDelay(PanelItem):
    """That the monthly review is put off, why, and until when (R166)."""

    until = models.DateField()
    reason = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"Delay {self.pk}"
