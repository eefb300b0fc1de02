"""What the law asks of a panel, as its chair confirms it year by year."""

from django.db import models

from accounts.models import User
from channel.meetings.models.meeting import Panel
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory


class DutyConfirmed(models.Model):
    """The chair has confirmed that the panel meets one of its duties (R143)."""

    class Duty(models.TextChoices):
        PANEL = "panel", "There is a panel for the area"
        CHAIR = "chair", "The local authority chairs it, and police are there"
        PLANS = "plans", "Each person who is adopted has a support plan"
        SIGNPOSTING = "signposting", "Whoever is not adopted is considered for other help"
        CONSENT = "consent", "Support starts only with consent"
        CO_OPERATION = "co_operation", "Partners co-operate and give information"

    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="+")
    duty = models.CharField(max_length=12, choices=Duty.choices)
    note = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["panel", "duty", "-at"], name="duty_of_panel")]

    def __str__(self) -> str:
        return f"{self.duty} {self.pk}"
