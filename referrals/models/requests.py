"""What becomes of a request after it was sent: its time, and what was said instead of written."""

from django.db import models
from django.db.models import Q

from accounts.models import Agency, User
from accounts.roles import ShareKind
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory
from referrals.models.information import InformationRequest
from referrals.models.marked import MarkedItem


class RequestChange(MarkedItem):
    """One change of the time for an answer, with its reason, which the agency may read (R90)."""

    own_agency_kinds = frozenset({ShareKind.RESPOND})

    class What(models.TextChoices):
        PAUSED = "paused", "Paused"
        RESUMED = "resumed", "Goes on"
        EXTENDED = "extended", "More time given"
        ASKED_AGAIN = "asked_again", "Asked again"

    request = models.ForeignKey(
        InformationRequest, on_delete=models.PROTECT, related_name="changes"
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=12, choices=What.choices)
    due_on = models.DateField(null=True)  # the date that holds from then on; none during a pause
    reason = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(what="paused", due_on=None)
                | ~Q(what="paused") & Q(due_on__isnull=False),
                name="changed_request_has_a_date",
            )
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.request_id}"


class Conversation(MarkedItem):
    """What was said and not written: on the telephone (R38), or only at a meeting (R92, R209)."""

    class How(models.TextChoices):
        PHONE = "phone", "On the telephone"
        MEETING = "meeting", "At a meeting"

    how = models.CharField(max_length=8, choices=How.choices)
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    who = models.CharField(max_length=200)  # name and role, as the one who records gives them
    on = models.DateField()
    time = models.TimeField(null=True)
    said = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["-on", "-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.how} {self.pk}"
