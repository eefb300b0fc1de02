"""The register of approved providers, and the checks made of each; no case material."""

import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import Agency, User
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory


class Provider(models.Model):
    """An agency that is on the approved list, with what it does and where (R152, R156)."""

    agency = models.OneToOneField(Agency, on_delete=models.PROTECT, related_name="+")
    approved_from = models.DateField()
    approved_until = models.DateField()
    specialisms = models.CharField(max_length=300)
    areas = ArrayField(models.PositiveBigIntegerField())  # where it may work
    version = models.PositiveIntegerField(default=1)
    history = RowHistory()

    class Meta:
        ordering = ["agency__name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_until__gte=F("approved_from")),
                name="approval_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return f"Provider {self.pk}"

    def is_approved(self, on: datetime.date) -> bool:
        """Whether the approval holds on a day."""
        return self.approved_from <= on <= self.approved_until


class ProviderCheck(models.Model):
    """One check of a provider, or of a mentor who works for it. A new one is a new row; none is ever changed (R153, R154).

    Of a DBS certificate it says that somebody saw it, of which level and until when it counts; what
    stands in it is written nowhere.
    """

    class Kind(models.TextChoices):
        DBS = "dbs", "DBS check"
        SUITABILITY = "suitability", "Suitability check"
        INTERVIEW = "interview", "Interview"

    class Level(models.TextChoices):
        STANDARD = "standard", "Standard"
        ENHANCED = "enhanced", "Enhanced"
        BARRED_LISTS = "barred", "Enhanced with barred lists"

    # What a suitability check asks (R153), each yes or no.
    QUESTIONS = ("reliable", "suitable", "credible", "shares_values", "knows_area")

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="checks")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    mentor = models.CharField(max_length=120, blank=True)  # whose it is; nothing: the provider's
    on = models.DateField()
    until = models.DateField(null=True)
    seen_by = models.CharField(max_length=120)
    level = models.CharField(max_length=10, choices=Level.choices, blank=True)
    reliable = models.BooleanField(null=True)
    suitable = models.BooleanField(null=True)
    credible = models.BooleanField(null=True)
    shares_values = models.BooleanField(null=True)
    knows_area = models.BooleanField(null=True)
    note = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="dbs") | Q(until__isnull=False, note="") & ~Q(level=""),
                name="dbs_says_level_and_end_and_no_more",
            ),
            models.CheckConstraint(
                condition=~Q(kind="suitability")
                | Q(
                    until__isnull=False,
                    reliable__isnull=False,
                    suitable__isnull=False,
                    credible__isnull=False,
                    shares_values__isnull=False,
                    knows_area__isnull=False,
                ),
                name="suitability_answers_all",
            ),
        ]

    def __str__(self) -> str:
        return f"Check {self.pk}"

    @property
    def is_passed(self) -> bool:
        """Whether nothing that was asked was answered with no."""
        return all(getattr(self, name) is not False for name in self.QUESTIONS)

    def holds(self, on: datetime.date) -> bool:
        """Whether it was passed and is in force on a day."""
        return self.is_passed and (self.until is None or self.on <= on <= self.until)
