"""The threshold test: is there a vulnerability to radicalisation, and what is at risk (R65-R69)."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory
from prevent_cms.marking import Mark
from referrals.models.marked import MarkedItem


class ThresholdTest(MarkedItem):
    """One test, never changed; the newest counts, and earlier ones show how the view changed (R69).

    POLICE while anything about the person is not clear, COORDINATION after that.
    """

    class Level(models.TextChoices):
        """The four-level pyramid of need (R22)."""

        UNIVERSAL = "universal", "Level 1: universal services meet the need"
        EARLY_HELP = "early_help", "Level 2: early help is needed"
        TOWARDS = "towards", "Level 3: moving towards extremism"
        BREAKING_LAW = "breaking_law", "Level 4: breaking the law"

    circumstances = models.TextField()
    is_vulnerable = models.BooleanField()
    rationale = models.TextField()
    level = models.CharField(max_length=14, choices=Level.choices)
    # Codes of referrals.concerns; never mandatory.
    concern_referred = models.CharField(max_length=30, blank=True)
    concern_assessed = models.CharField(max_length=30, blank=True)
    terrorism_risk_owner = models.CharField(max_length=200)  # R79
    safeguarding_risk_owner = models.CharField(max_length=200)  # R79
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(mark__in=[Mark.POLICE, Mark.COORDINATION]),
                name="threshold_is_for_coordinators",
            )
        ]

    def __str__(self) -> str:
        return f"threshold of {self.case_id}"


class ThresholdRisk(MarkedItem):
    """One of the three risks of a test, for those who need that one (R77, R78)."""

    class Of(models.TextChoices):
        TO_PERSON = "to_person", "To the person: being drawn into terrorism"
        FROM_PERSON = "from_person", "From the person: to others"
        TO_PROVIDERS = "to_providers", "To those who give support"

    MARKS = {
        Of.TO_PERSON: Mark.COORDINATION,
        Of.FROM_PERSON: Mark.COORDINATION,
        Of.TO_PROVIDERS: Mark.PANEL,
    }

    test = models.ForeignKey(ThresholdTest, on_delete=models.PROTECT, related_name="risks")
    of = models.CharField(max_length=12, choices=Of.choices)
    words = models.TextField()
    history = RowHistory()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["test", "of"], name="one_risk_of_a_kind")]

    def __str__(self) -> str:
        return f"risk {self.of} of {self.case_id}"
