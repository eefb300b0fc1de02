"""What an agenda holds besides its cases, and how its cases are ordered, timed and moved."""

from django.db import models
from django.db.models import F, Q

from accounts.models import Agency, User
from channel.meetings.models.meeting import Meeting
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory
from prevent_cms.marking import Mark
from referrals.models import MarkedItem


class OtherBusiness(models.Model):
    """A line under "Any other business". Everybody at the meeting reads it, so it names no case."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="other_business")
    what = models.CharField(max_length=200)
    raised_by = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "other business"

    def __str__(self) -> str:
        return f"Other business {self.pk}"


class Placing(MarkedItem):
    """Where a case stands on one agenda and for how long, or the later meeting it was moved to."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="placings")
    position = models.PositiveSmallIntegerField(null=True)  # inside its group; null keeps the order
    minutes = models.PositiveSmallIntegerField(null=True)  # null takes the usual time of its group
    moved_to = models.ForeignKey(
        Meeting, null=True, on_delete=models.PROTECT, related_name="moved_here"
    )
    reason = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)
    history = RowHistory()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "case"], name="one_placing_a_case"),
            models.CheckConstraint(condition=Q(mark=Mark.PANEL), name="placing_is_for_panel"),
            models.CheckConstraint(
                condition=Q(moved_to=None, reason="") | Q(moved_to__isnull=False) & ~Q(reason=""),
                name="move_says_why",
            ),
            models.CheckConstraint(
                condition=Q(moved_to=None) | ~Q(moved_to=F("meeting")),
                name="move_leads_to_another_meeting",
            ),
        ]

    def __str__(self) -> str:
        return f"Placing {self.pk}"
