"""What was delivered of an item, session by session, and what its lead agency reports of them."""

from django.db import models
from django.db.models import F, Q

from accounts.models import Agency, User
from channel.support.models.plan import DELIVERING, PanelItem, PlanItem
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory


class Session(PanelItem):
    """One session of an item, delivered or missed (R157; domain 2.7: delivered against contracted).

    Like an update it belongs to the first version of its item. One that was told wrongly is
    withdrawn: it stays, with who said so and why, and no longer counts.
    """

    own_agency_kinds = DELIVERING

    item = models.ForeignKey(PlanItem, on_delete=models.PROTECT, related_name="sessions")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")  # the lead's
    on = models.DateField()
    is_delivered = models.BooleanField()
    missed_why = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_because = models.CharField(max_length=200, blank=True)
    history = RowHistory()

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "on"], condition=Q(withdrawn_at=None), name="one_session_a_day"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_because="")
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                & ~Q(withdrawn_because=""),
                name="withdrawn_session_says_who_and_why",
            ),
            models.CheckConstraint(
                condition=Q(is_delivered=True, missed_why="")
                | Q(is_delivered=False) & ~Q(missed_why=""),
                name="missed_session_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"Session {self.pk}"


class SessionReport(PanelItem):
    """What a lead agency reports of the sessions of a period (R157, R208)."""

    own_agency_kinds = DELIVERING

    item = models.ForeignKey(PlanItem, on_delete=models.PROTECT, related_name="reports")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")  # the lead's
    from_on = models.DateField()
    until_on = models.DateField()
    text = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["-until_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "until_on"], name="one_report_a_period"),
            models.CheckConstraint(
                condition=Q(until_on__gte=F("from_on")), name="report_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"Report {self.pk}"
