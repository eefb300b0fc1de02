from django.db import models
from django.db.models import Q

from accounts.models import Agency, User
from accounts.roles import ShareKind
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory
from referrals.models.marked import MarkedItem


class Disclosure(MarkedItem):
    """One share of a case with an agency, and the test that was applied (R95-R102)."""

    own_agency_kinds = frozenset(ShareKind)  # its pages show the power relied on, and no more

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    purpose = models.TextField()
    power = models.CharField(max_length=300)
    necessity = models.TextField()
    proportionality = models.TextField()
    what_was_shared = models.CharField(max_length=300)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True)  # as agreed; the share itself may be changed later
    ended_at = models.DateTimeField(null=True)  # stopped before that
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ended_why = models.TextField(blank=True)
    history = RowHistory()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, ended_why="")
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="ended_disclosure_says_by_whom",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.case_id} {self.agency_id}"


class InformationRequest(MarkedItem):
    """What one agency is asked, by a date (R86-R90)."""

    own_agency_kinds = frozenset(ShareKind)

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    question = models.TextField(blank=True)
    due_on = models.DateField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    reminded_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    history = RowHistory()

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["agency", "answered_at"], name="request_agency")]

    def __str__(self) -> str:
        return f"Request {self.pk}"

    @property
    def is_overdue(self) -> bool:
        return self.answered_at is None and self.due_on < clock.today()


class InformationReturn(MarkedItem):
    """An agency's answer; a second one to the same request is an addition (R89, R92, R94)."""

    own_agency_kinds = frozenset(ShareKind)

    class Known(models.TextChoices):
        YES = "yes", "Yes, known to us"
        BEFORE = "before", "Known to us in the past"
        NO = "no", "Not known to us"

    request = models.ForeignKey(
        InformationRequest, on_delete=models.PROTECT, related_name="returns"
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    is_nil = models.BooleanField(default=False)
    known = models.CharField(max_length=10, choices=Known.choices)
    systems_searched = models.CharField(max_length=300)
    statement = models.CharField(max_length=600, blank=True)  # the ticked sentence, as shown
    involvement = models.TextField(blank=True)
    support_in_place = models.TextField(blank=True)
    vulnerability = models.TextField(blank=True)
    protective = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"Return {self.pk}"
