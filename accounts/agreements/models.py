"""Information sharing agreements of an area: between whom, who keeps them, until when (R103)."""

import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from prevent_cms import clock
from prevent_cms.history.rows import RowHistory

DUE_WITHIN = datetime.timedelta(days=60)


class State(models.TextChoices):
    """How an agreement stands today."""

    IN_FORCE = "in_force", "In force"
    DUE = "due", "Due for renewal"
    LAPSED = "lapsed", "Lapsed"
    ENDED = "ended", "Ended"


COLOURS = {State.IN_FORCE: "green", State.DUE: "yellow", State.LAPSED: "red", State.ENDED: "grey"}


class Agreement(models.Model):
    """One agreement; it says which agencies may share, never anything of a case.

    It is in force up to and with the day by which it is to be renewed. Its holder, a person in a
    post, keeps the signed paper and is reminded.
    """

    area = models.ForeignKey("accounts.Area", on_delete=models.PROTECT, related_name="agreements")
    name = models.CharField(max_length=150)
    parties = ArrayField(models.PositiveBigIntegerField())  # agencies of the area
    holder = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=150)
    kept_at = models.CharField(max_length=200, blank=True)  # where the signed paper lies
    signed_on = models.DateField()
    renews_on = models.DateField()
    reminded_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    ended_why = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    history = RowHistory()

    class Meta:
        ordering = ["renews_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(renews_on__gt=F("signed_on")), name="agreement_renews_after_signing"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None, ended_why="")
                | Q(ended_on__isnull=False) & ~Q(ended_why=""),
                name="ended_agreement_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"Agreement {self.pk}"

    @property
    def state(self) -> State:
        """How it stands today."""
        if self.ended_on:
            return State.ENDED
        today = clock.today()
        if self.renews_on < today:
            return State.LAPSED
        return State.DUE if self.renews_on <= today + DUE_WITHIN else State.IN_FORCE

    @property
    def colour(self) -> str:
        return COLOURS[self.state]
