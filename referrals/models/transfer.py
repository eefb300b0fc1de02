"""A case that moves with the person to another area: what was proposed, and who agreed (R178, R179)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import Agency, Area, User
from accounts.roles import ShareKind
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory
from prevent_cms.marking import Mark
from referrals.models.marked import MarkedItem


class Transfer(MarkedItem):
    """The proposal that a case moves; `why`, `stay` and the dates are all that the other area reads."""

    class Result(models.TextChoices):
        OPEN = "open", "Waits"
        DONE = "done", "The case has moved"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Why(models.TextChoices):
        HOME = "home", "Their home or family moves"
        CARE = "care", "A care placement"
        STUDY = "study", "School, university or work"
        CUSTODY = "custody", "Custody, or release from it"
        OTHER = "other", "Something else"

    class Stay(models.TextChoices):
        """How long the person is expected to live there (R179)."""

        SHORT = "short", "Less than 3 months"
        SOME = "some", "3 to 12 months"
        LONG = "long", "More than a year"
        FOR_GOOD = "for_good", "For good, as far as is known"
        UNKNOWN = "unknown", "Not known yet"

    class Sight(models.TextChoices):
        """Who sees a restricted case once it has moved."""

        NAMED = "named", "Only the chair who agrees, the lead and the officer who take it"
        ALL = "all", "Everybody who coordinates cases there"

    from_area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    to_area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=10, choices=Why.choices)
    stay = models.CharField(max_length=10, choices=Stay.choices)
    considered = models.TextField()  # how that length bears on where the case sits
    effective_on = models.DateField()
    sight = models.CharField(max_length=6, choices=Sight.choices, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    agreed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True)  # by the chair whom the case leaves
    accepted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(null=True)  # by the chair to whom it goes
    lead = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    result = models.CharField(max_length=10, choices=Result.choices, default=Result.OPEN)
    answer = models.TextField(blank=True)  # why it was declined or withdrawn
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    history = RowHistory()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(result="open"), name="one_open_transfer_a_case"
            ),
            models.CheckConstraint(
                condition=Q(result="open", ended_at=None) | ~Q(result="open") & ~Q(ended_at=None),
                name="ended_transfer_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(from_area=F("to_area")), name="transfer_leads_to_another_area"
            ),
            models.CheckConstraint(
                condition=Q(accepted_by=None, accepted_at=None, lead=None)
                | Q(
                    accepted_by__isnull=False,
                    accepted_at__isnull=False,
                    lead__isnull=False,
                    agreed_by__isnull=False,
                ),
                name="accepted_transfer_has_a_lead",
            ),
            models.CheckConstraint(
                condition=~Q(result="done") | Q(accepted_by__isnull=False),
                name="case_moves_once_both_chairs_agree",
            ),
        ]
        indexes = [
            models.Index(fields=["to_area"], condition=Q(result="open"), name="transfer_to"),
        ]

    def __str__(self) -> str:
        return f"Transfer {self.pk}"

    @property
    def step(self) -> str:
        """Whose turn it is, in words that tell nothing of what police do."""
        if self.result != self.Result.OPEN:
            return str(self.get_result_display())
        if not self.agreed_at:
            return "Waits for the chair here"
        if not self.accepted_at:
            return f"Waits for the chair in {self.to_area.name}"
        return "Agreed by both chairs, with police of both areas"


class TransferCheck(MarkedItem):
    """The receiving force's own check before its partners see the case, which is its own alone.

    No other mark would do: the case is of another area until it has moved.
    """

    own_agency_kinds = frozenset({ShareKind.COORDINATE})

    mark = models.CharField(max_length=12, choices=Mark.choices, default=Mark.AGENCY)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="checks")
    is_clear = models.BooleanField()
    systems = ArrayField(models.CharField(max_length=80))
    reason = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(mark=Mark.AGENCY), name="transfer_check_is_the_forces_own"
            ),
            models.CheckConstraint(
                condition=Q(is_clear=True) | ~Q(reason=""), name="unclear_transfer_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"Check of transfer {self.transfer_id}"
