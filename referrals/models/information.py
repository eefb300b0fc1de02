from django.db import models
from django.db.models import Q

from accounts.models import Agency, User
from accounts.roles import ShareKind
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory
from referrals.models.marked import MarkedItem


class Gateway(models.TextChoices):
    """What lets something be shared: consent, or what stands in its place (R99, R100)."""

    CONSENT = "consent", "With consent"
    DUTY = "duty", "Without consent: a duty or power of the body needs it"
    PUBLIC_INTEREST = "public_interest", "Without consent: the public interest overrides"
    SERIOUS_HARM = "serious_harm", "Without consent: to protect somebody from serious harm"


ONE_TIME = "one_time"  # the kind of a disclosure to a body that has no account


class Disclosure(MarkedItem):
    """One share of a case, what it rests on and the test that was applied (R95-R102).

    It is with an agency or, by a one-time link, with a body that has no account. What it says is
    never edited: a correction is added to it, and so is the end of the share.
    """

    own_agency_kinds = frozenset(ShareKind)  # its pages show the power relied on, and no more

    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    body = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=12)
    purpose = models.TextField()
    power = models.CharField(max_length=300)
    law = models.CharField(max_length=300)  # R96
    gateway = models.CharField(max_length=16, choices=Gateway.choices)
    gateway_reason = models.TextField(blank=True)
    necessity = models.TextField()
    relevance = models.TextField(blank=True)
    proportionality = models.TextField()
    fairness = models.TextField(blank=True)  # R101: how it is known not to be discriminatory
    # R103: how it stood where no agreement was in force, and why it was shared all the same.
    agreement = models.CharField(max_length=100, blank=True)
    without_agreement = models.TextField(blank=True)
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
            ),
            models.CheckConstraint(
                condition=Q(gateway="consent") | ~Q(gateway_reason=""),
                name="disclosure_without_consent_says_why",
            ),
            models.CheckConstraint(
                condition=Q(agreement="", without_agreement="")
                | ~Q(agreement="") & ~Q(without_agreement=""),
                name="disclosure_without_agreement_says_why",
            ),
            models.CheckConstraint(
                condition=Q(agency__isnull=False, body="")
                | Q(agency=None, kind=ONE_TIME) & ~Q(body=""),
                name="disclosure_says_with_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.case_id} {self.agency_id}"

    @property
    def recipient(self) -> str:
        """With whom it was shared: needs the agency."""
        return self.agency.name if self.agency else self.body


class Correction(MarkedItem):
    """What is added to an entry of the register of disclosures that turned out wrong."""

    disclosure = models.ForeignKey(Disclosure, on_delete=models.PROTECT, related_name="corrections")
    text = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"Correction {self.pk}"


class InformationRequest(MarkedItem):
    """What one agency is asked, by a date (R86-R90)."""

    own_agency_kinds = frozenset(ShareKind)

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    question = models.TextField(blank=True)
    due_on = models.DateField()  # as it stands now; RequestChange tells how it came about
    counted_from = models.DateField(default=clock.today)  # day 0: asked, or asked again
    paused_on = models.DateField(null=True)  # since then the time stands still
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    reminded_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)  # since then no answer is waited for
    ended_why = models.CharField(max_length=200, blank=True)  # when it ended without one
    history = RowHistory()

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["agency", "answered_at"], name="request_agency")]
        constraints = [
            models.CheckConstraint(
                condition=Q(paused_on=None) | Q(answered_at=None),
                name="answered_request_is_not_paused",
            ),
            models.CheckConstraint(
                condition=Q(ended_why="") | ~Q(answered_at=None),
                name="ended_request_waits_for_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"Request {self.pk}"

    @property
    def is_overdue(self) -> bool:
        waits = self.answered_at is None and self.paused_on is None
        return waits and self.due_on < clock.today()


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
    trust = models.TextField(blank=True)  # who holds it, and what to avoid
    power = models.CharField(max_length=300, blank=True)  # the agency's own, to share this
    is_change = models.BooleanField(default=False)  # reported after the answer (R93)
    read_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(null=True)  # when a coordinator had read the change
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["at"]
        indexes = [
            models.Index(
                fields=["request"], condition=Q(is_change=True, read_at=None), name="unread_change"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(read_at=None, read_by=None)
                | Q(read_at__isnull=False, read_by__isnull=False, is_change=True),
                name="read_return_was_a_change",
            )
        ]

    def __str__(self) -> str:
        return f"Return {self.pk}"
