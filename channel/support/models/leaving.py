"""Leaving Channel, and looking again some months later."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import User
from channel.support.models.plan import PanelItem
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory
from referrals.models import LEAVING_RULES, Closure, LeavingAnswers, MarkedItem, MarkedQuerySet


class ExitReport(LeavingAnswers, PanelItem):
    """The closing report on which an exit is endorsed (R169-R176): one for a panel's decision."""

    OUTCOMES = (
        Closure.Outcome.RISK_REDUCED,
        Closure.Outcome.RISK_MANAGED,
        Closure.Outcome.NOT_DRAWN_IN,
        Closure.Outcome.ALREADY_SUPPORTED,  # R174: support in place
        Closure.Outcome.OTHER_MECHANISM,
        Closure.Outcome.LEFT_EARLY,
        Closure.Outcome.NO_OUTCOME,
    )

    decision = models.OneToOneField("channel.Decision", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=20, choices=Closure.Outcome.choices)
    evidence = models.TextField()
    told = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    completed_at = models.DateTimeField(null=True)
    history = RowHistory()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = list(LEAVING_RULES)

    def __str__(self) -> str:
        return f"Exit report {self.pk}"


class PostExitReviewQuerySet(MarkedQuerySet):
    def pending(self) -> "PostExitReviewQuerySet":
        """Those still to be done of cases that are still closed."""
        return self.filter(done_at=None, case__status="CLOSED")


class PostExitReview(MarkedItem):
    """One look at a case some months after it left (R173)."""

    class Outcome(models.TextChoices):
        NO_CONCERN = "no_concern", "No concern"
        NEW_REFERRAL = "new_referral", "A new referral is needed"
        REOPEN = "reopen", "Reopen the case to the panel"
        NOT_NEEDED = "not_needed", "No longer needed, the case was reopened"

    exit_report = models.ForeignKey(ExitReport, on_delete=models.PROTECT, related_name="reviews")
    months = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True)
    findings = models.TextField(blank=True)
    outcome = models.CharField(max_length=14, choices=Outcome.choices, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[Any] = PostExitReviewQuerySet.as_manager()
    history = RowHistory()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["exit_report", "months"], name="one_review_a_month"),
            models.CheckConstraint(
                condition=Q(done_at=None, outcome="") | (Q(done_at__isnull=False) & ~Q(outcome="")),
                name="done_review_says_what_came_of_it",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(done_at=None), name="post_exit_due")]

    def __str__(self) -> str:
        return f"{self.months}-month review {self.pk}"
