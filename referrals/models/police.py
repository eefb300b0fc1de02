"""What police record before anyone else may know: screening and deconfliction. Always POLICE."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import User
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory
from prevent_cms.marking import Mark
from referrals.models.marked import MarkedItem
from referrals.models.referral import Referral


class System(models.TextChoices):
    """Systems police may search (domain 2.3); a tick is a statement that it was searched."""

    PNC = "pnc", "Police National Computer"
    PND = "pnd", "Police National Database"
    LOCAL = "local", "Local crime and intelligence"
    HOLMES = "holmes", "CT HOLMES"
    NATIONAL_CT = "national_ct", "National CT intelligence"
    OPEN_SOURCE = "open_source", "Open source"


class Screening(MarkedItem):
    """Whether a referral goes on, with the reasons the seeds name (R54-R57, R63)."""

    class Outcome(models.TextChoices):
        GO_ON = "go_on", "Go on"
        MALICIOUS = "malicious", "Malicious"
        MISGUIDED = "misguided", "Misguided"
        MISINFORMED = "misinformed", "Misinformed"
        NOT_SUSCEPTIBLE = "not_susceptible", "Not vulnerable to being drawn into terrorism"
        OTHER_NEEDS = "other_needs", "Other needs, not radicalisation"
        INVESTIGATION = "investigation", "Would compromise a live investigation"

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="screenings")
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    reason = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(condition=Q(mark=Mark.POLICE), name="screening_is_police_only")
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.referral_id}"


class Deconfliction(MarkedItem):
    """One check against live investigations; repeatable at any time (R58, R60-R62)."""

    class Outcome(models.TextChoices):
        CLEAR = "clear", "Clear"
        CONFLICT = "conflict", "Conflict"
        MAJOR_RISK = "major_risk", "Major risk or conflict"
        INVESTIGATION = "investigation", "Refer to investigation"

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="deconflictions")
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    systems = ArrayField(models.CharField(max_length=20, choices=System.choices))
    reason = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(mark=Mark.POLICE), name="deconfliction_is_police_only"
            )
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.referral_id}"

    @property
    def system_names(self) -> list[str]:
        return [System(code).label for code in self.systems]


class HoldDecision(MarkedItem):
    """Why police held a case or took the hold away; outside police a hold does not exist."""

    is_resume = models.BooleanField(default=False)
    reason = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(condition=Q(mark=Mark.POLICE), name="hold_is_police_only")
        ]

    def __str__(self) -> str:
        return f"{'resume' if self.is_resume else 'hold'} {self.case_id}"
