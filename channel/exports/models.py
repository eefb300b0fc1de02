"""A file that takes a while to make: who asked, how far it is, and for a day the file itself."""

import datetime

from django.db import models

from accounts.models import User
from prevent_cms import clock

KEPT = datetime.timedelta(hours=24)


class Export(models.Model):
    """One file for one person, outside row history: it can be made again at will."""

    # The second wall shows a row to this user and to nobody else (guards.py).
    only_for = "asked_by_id"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting to begin"
        RUNNING = "running", "Being made"
        READY = "ready", "Ready"
        FAILED = "failed", "Could not be made"
        EXPIRED = "expired", "Expired"

    kind = models.CharField(max_length=20)  # channel/exports/kinds.py
    ids = models.JSONField(default=dict)  # what was asked for: ids only
    asked_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    name = models.CharField(max_length=100, blank=True)  # neutral: a panel and a day
    media_type = models.CharField(max_length=50, blank=True)
    content = models.BinaryField(null=True)
    holds = models.JSONField(default=list)  # ids of the agenda items whose text is in the file

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["asked_by", "-id"], name="export_of_person")]

    def __str__(self) -> str:
        return f"Export {self.pk}"

    @property
    def state_now(self) -> State:
        """Where it stands at this moment: a file is gone when its time is over, swept or not."""
        if self.state == self.State.READY and self.expires_at and self.expires_at <= clock.now():
            return self.State.EXPIRED
        return self.State(self.state)

    @property
    def is_under_way(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def is_ready(self) -> bool:
        return self.state_now == self.State.READY

    @property
    def state_words(self) -> str:
        return str(self.state_now.label)

    @property
    def colour(self) -> str:
        """The colour of the tag that says where it stands."""
        return COLOURS[self.state_now]


COLOURS = {
    Export.State.WAITING: "grey",
    Export.State.RUNNING: "blue",
    Export.State.READY: "green",
    Export.State.FAILED: "red",
    Export.State.EXPIRED: "grey",
}
