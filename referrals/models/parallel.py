"""What runs beside Channel for the same person: MAPPA, MARAC, plans, policing (R160-R165)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import User
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory
from prevent_cms.marking import Mark
from referrals.models.marked import MarkedItem


class ParallelProcess(MarkedItem):
    """One process beside Channel, from the day it began until it has ended.

    Policing is for police, always. What police record while anything about the person is not clear
    is POLICE until it is, as with a threshold test.
    """

    class Kind(models.TextChoices):
        MAPPA = "mappa", "MAPPA"
        MARAC = "marac", "MARAC"
        CHILD_PROTECTION = "child_protection", "Child protection plan"
        CARE_PLAN = "care_plan", "Care plan of several agencies"
        POLICING = "policing", "Prevent-related policing"
        OTHER = "other", "Another process"

    class Ownership(models.TextChoices):
        """Who owns the case (R161)."""

        CHANNEL = "channel", "Channel owns the case, and this runs beside it"
        PROCESS = "process", "This process owns the case, and Channel runs alongside"

    # Whose agencies are told of the panel and come to it (R128-R130).
    PLANS = (Kind.CARE_PLAN, Kind.CHILD_PROTECTION)

    kind = models.CharField(max_length=16, choices=Kind.choices)
    name = models.CharField(max_length=120, blank=True)  # of another process
    since = models.DateField()
    lead = models.CharField(max_length=200)
    contact = models.CharField(max_length=300)
    agencies = ArrayField(models.BigIntegerField(), default=list)  # of the area, that take part
    ownership = models.CharField(max_length=8, choices=Ownership.choices)
    note = models.TextField(blank=True)
    review_on = models.DateField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    ended_on = models.DateField(null=True)
    ended_why = models.TextField(blank=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    history = RowHistory()

    class Meta:
        ordering = ["ended_on", "review_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(mark=Mark.POLICE) | (Q(mark=Mark.COORDINATION) & ~Q(kind="policing")),
                name="policing_is_police_only",
            ),
            models.CheckConstraint(
                condition=~Q(kind="other") | ~Q(name=""), name="another_process_has_a_name"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None, ended_why="", ended_by=None)
                | (Q(ended_on__isnull=False, ended_by__isnull=False) & ~Q(ended_why="")),
                name="ended_process_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} beside {self.case_id}"

    @property
    def title(self) -> str:
        return self.name if self.kind == self.Kind.OTHER else str(self.Kind(self.kind).label)

    @property
    def is_due(self) -> bool:
        """Whether the day has come to look at it again."""
        return self.ended_on is None and self.review_on <= clock.today()
