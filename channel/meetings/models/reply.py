"""What an invited agency answers before a meeting, and what it writes when it cannot come."""

from django.db import models
from django.db.models import Q

from accounts.models import Agency, User
from channel.meetings.models.meeting import AgendaItem, Meeting
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory
from prevent_cms.marking import Mark
from referrals.models import MarkedItem


class Reply(models.Model):
    """The answer of one agency to the invitation: who comes for it, or its apologies (R131)."""

    class Answer(models.TextChoices):
        COMING = "coming", "Coming"
        INSTEAD = "instead", "Sending somebody else"
        APOLOGIES = "apologies", "Apologies"

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="replies")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=10, choices=Answer.choices)
    name = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)
    history = RowHistory()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "agency"], name="one_reply_an_agency"),
            models.CheckConstraint(
                condition=Q(answer="apologies", name="") | ~Q(answer="apologies") & ~Q(name=""),
                name="reply_names_who_comes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.answer}"

    @property
    def is_coming(self) -> bool:
        """Whether somebody comes for the agency."""
        return self.answer != self.Answer.APOLOGIES


class WrittenUpdate(MarkedItem):
    """What an agency that sent apologies tells the panel of one case (R131)."""

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="updates")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(mark=Mark.PANEL), name="update_is_for_panel")
        ]

    def __str__(self) -> str:
        return f"Written update {self.pk}"
