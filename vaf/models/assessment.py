"""One person's assessment at one moment: ratings of factors, and a judgement per dimension.

There is no number anywhere in it, and nothing here adds anything up (domain 1.3).
"""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory
from prevent_cms.marking import Mark
from referrals.models import MarkedItem
from vaf.models.framework import Dimension, Factor, Framework


class Scale(models.TextChoices):
    """The answers to one factor; the framework gives their words."""

    NOT_KNOWN = "not_known", "Not known yet"
    NOT_PRESENT = "not_present", "Not present"
    PARTLY = "partly", "Partly present"
    STRONGLY = "strongly", "Strongly present"


class Level(models.TextChoices):
    """What the assessor judges of one dimension; never worked out from ratings."""

    LOW = "low", "Low"
    MEDIUM = "medium", "Medium"
    HIGH = "high", "High"
    CANNOT_JUDGE = "cannot_judge", "Cannot judge yet"


class Assessment(MarkedItem):
    """A draft until it is signed; a signed one never changes (vaf/migrations/0002)."""

    class Point(models.TextChoices):
        INITIAL = "initial", "Initial assessment"
        PANEL = "panel", "Assessment for the panel"
        REVIEW = "review", "Assessment for review"
        EXIT = "exit", "Assessment at exit"

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        SIGNED = "signed", "Signed"

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="+")
    point = models.CharField(max_length=10, choices=Point.choices)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=clock.now)
    signed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True)
    history = RowHistory()

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="draft", signed_at=None, signed_by=None)
                | Q(status="signed", signed_at__isnull=False, signed_by__isnull=False),
                name="signed_assessment_says_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(status="draft") | Q(mark=Mark.COORDINATION),
                name="draft_assessment_is_for_coordinators",
            ),
            models.CheckConstraint(
                condition=Q(point__in=["initial", "panel", "review", "exit"]),
                name="assessment_point_is_known",
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(status="draft"), name="one_draft_assessment_a_case"
            ),
        ]

    def __str__(self) -> str:
        return f"Assessment {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("case_assessment", args=[self.case.reference, self.pk])

    @property
    def is_signed(self) -> bool:
        return self.status == self.Status.SIGNED


class Rating(MarkedItem):
    """The answer to one factor, with what was seen or said, where that comes from, and when."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="ratings")
    factor = models.ForeignKey(Factor, on_delete=models.PROTECT, related_name="+")
    rating = models.CharField(max_length=12, choices=Scale.choices)
    evidence = models.TextField(blank=True)
    source = models.CharField(max_length=200, blank=True)
    source_on = models.DateField(null=True)
    history = RowHistory()

    class Meta:
        ordering = ["factor__order"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "factor"], name="one_rating_a_factor"),
            models.CheckConstraint(condition=Q(rating__in=Scale.values), name="rating_is_known"),
            models.CheckConstraint(
                condition=Q(rating__in=["not_known", "not_present"])
                | (~Q(evidence="") & ~Q(source="") & Q(source_on__isnull=False)),
                name="presence_has_evidence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.factor_id}: {self.rating}"


class Judgement(MarkedItem):
    """The level somebody judges one dimension to be at, and why; empty until it is judged.

    `version` counts every saving of the dimension, ratings included, to catch stale pages.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="judgements")
    dimension = models.ForeignKey(Dimension, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=14, choices=Level.choices, blank=True)
    rationale = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    history = RowHistory()

    class Meta:
        ordering = ["dimension__order"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "dimension"], name="one_judgement_a_dimension"
            ),
            models.CheckConstraint(
                condition=Q(level="", rationale="")
                | (Q(level__in=Level.values) & ~Q(rationale="")),
                name="judged_level_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dimension_id}: {self.level}"
