"""What happens around the table: who comes and goes, who steps out of an item, when each is heard."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from channel.meetings.models.meeting import AgendaItem, Attendance, Meeting
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory
from prevent_cms.marking import Mark
from referrals.models import MarkedItem


class Movement(models.Model):
    """Somebody came into a meeting that had begun, or left it before its end."""

    class Kind(models.TextChoices):
        JOINED = "joined", "Joined"
        LEFT = "left", "Left"

    attendance = models.ForeignKey(Attendance, on_delete=models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    history = RowHistory()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Withdrawal(MarkedItem):
    """Somebody stepped out of one item because of a conflict of interest.

    Whoever reads the item reads the name. Why stands in the bar of who has an account, and is for
    those who record conflicts.
    """

    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="withdrawals")
    attendance = models.ForeignKey(
        Attendance, null=True, on_delete=models.PROTECT, related_name="+"
    )
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    history = RowHistory()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "attendance"], name="one_withdrawal_a_seat"),
            models.UniqueConstraint(fields=["item", "user"], name="one_withdrawal_a_person"),
            models.CheckConstraint(condition=Q(mark=Mark.PANEL), name="withdrawal_is_for_panel"),
        ]

    def __str__(self) -> str:
        return f"Withdrawal {self.pk}"


class HomeForce(MarkedItem):
    """Another force polices where the person lives, so it must be there (CTSA 2015, s.37)."""

    item = models.OneToOneField(AgendaItem, on_delete=models.PROTECT, related_name="home_force")
    force = models.CharField(max_length=120)
    spoken_for_by = models.ForeignKey(
        Attendance, null=True, on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)
    history = RowHistory()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(mark=Mark.PANEL), name="home_force_is_for_panel")
        ]

    def __str__(self) -> str:
        return f"Home force {self.pk}"


class Spell(models.Model):
    """A stretch of a meeting: an item that is heard, or, without an item, a break."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="spells")
    item = models.ForeignKey(AgendaItem, null=True, on_delete=models.PROTECT, related_name="spells")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    history = RowHistory()

    class Meta:
        ordering = ["began_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting"], condition=Q(ended_at=None), name="one_thing_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"Spell {self.pk}"


class ConfidentialityAgreed(models.Model):
    """Somebody agreed to the confidentiality statement of a meeting, signed in or aloud."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    attendance = models.ForeignKey(
        Attendance, null=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.CharField(max_length=64)  # the SHA-256 of the text
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    history = RowHistory()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "user"], name="agreed_once_signed_in"),
            models.UniqueConstraint(fields=["attendance"], name="agreed_once_aloud"),
            models.CheckConstraint(
                condition=Q(user=None, attendance__isnull=False)
                | Q(user__isnull=False, attendance=None),
                name="agreed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"Confidentiality agreed {self.pk}"
