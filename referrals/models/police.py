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

    @classmethod
    def words(cls, code: str) -> str:
        """The name of a system; an area's own systems are listed in its policy by their names."""
        return str(cls(code).label) if code in cls.values else code


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
        OVERT = "overt", "Overt investigation, on the three conditions"

    # With these results, and no others, a case goes on.
    PASSING = frozenset({Outcome.CLEAR, Outcome.OVERT})

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="deconflictions")
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    systems = ArrayField(models.CharField(max_length=80))  # codes of System, names of policy
    other_systems = models.CharField(max_length=300, blank=True)
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
        other = [self.other_systems] if self.other_systems else []
        return [*(System.words(code) for code in self.systems), *other]

    @property
    def is_passing(self) -> bool:
        return self.outcome in self.PASSING


class OvertInvestigation(MarkedItem):
    """How the three conditions are met on which a case goes on under an overt investigation.

    It is overt and the person was told; after executive action; the panel, with the senior
    investigating officer, agrees that the risk is manageable there (domain 2.8). The last is
    recorded once the panel has said so.
    """

    check_made = models.OneToOneField(Deconfliction, on_delete=models.PROTECT, related_name="overt")
    told = models.TextField()
    action_taken = models.TextField()
    action_on = models.DateField()
    officer = models.CharField(max_length=200)  # senior investigating officer
    manageable = models.TextField()
    review_on = models.DateField()
    agreed_on = models.DateField(null=True)
    agreed_words = models.TextField(blank=True)
    agreed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(mark=Mark.POLICE), name="overt_investigation_is_police_only"
            ),
            models.CheckConstraint(
                condition=Q(agreed_on=None) | (~Q(agreed_words="") & Q(agreed_by__isnull=False)),
                name="agreement_of_the_panel_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"overt investigation of {self.case_id}"


class ElsewhereSearch(MarkedItem):
    """One question whether another force knows the person, and which police agencies do."""

    found = ArrayField(models.PositiveBigIntegerField())
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(condition=Q(mark=Mark.POLICE), name="elsewhere_is_police_only")
        ]

    def __str__(self) -> str:
        return f"elsewhere {self.case_id}"


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
