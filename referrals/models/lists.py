"""Lists of cases that people keep: what the list is narrowed to, who sees it, when it tells them."""

from django.db import models
from django.db.models import Q

from accounts.models import Agency, User
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory


class SavedList(models.Model):
    """What the list of cases was narrowed to, under a name; one's own, or shared with an agency.

    It holds codes and no cases: whoever opens it sees those that they may see.
    """

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    filters = models.JSONField(default=dict)  # referrals.filters.Filters.stored
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class ListAlert(models.Model):
    """How one person wants to be told of a list; what is told is that there is something, no more."""

    class How(models.TextChoices):
        NONE = "none", "Never"
        AT_ONCE = "at_once", "When a case comes on the list"
        DAILY = "daily", "Once a day, when a case has come"
        WEEKLY = "weekly", "Once a week, when a case has come"
        THRESHOLD = "threshold", "When it grows to a number of cases"

    saved_list = models.ForeignKey(SavedList, on_delete=models.PROTECT, related_name="alerts")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=10, choices=How.choices)
    threshold = models.PositiveIntegerField(null=True)
    history = RowHistory()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["saved_list", "user"], name="one_alert_a_person"),
            models.CheckConstraint(
                condition=~Q(how="threshold") | Q(threshold__gt=0), name="threshold_has_a_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.how} {self.saved_list_id}"


class AlertState(models.Model):
    """What the last look at a list found, to tell what is new; the next look writes it anew."""

    alert = models.OneToOneField(ListAlert, on_delete=models.CASCADE, related_name="state")
    known = models.JSONField(default=list)  # ids of cases
    is_waiting = models.BooleanField(default=False)  # something new has not been told yet
    told_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"state of {self.alert_id}"
