"""A question to a body that has no account, answered once through a link (design section 5)."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory
from referrals.models.information import Disclosure, InformationReturn
from referrals.models.marked import MarkedItem

TRIES = 5


class OneTimeRequest(MarkedItem):
    """What a school or a practice is asked, and what it answered (R85).

    Why that is lawful stands in the register, as of every share (R95-R102).

    The key of the link and the code that is given by telephone are kept as hashes only.
    """

    disclosure = models.OneToOneField(Disclosure, on_delete=models.PROTECT, related_name="+")
    body = models.CharField(max_length=120)
    person = models.CharField(max_length=200)  # who is asked there: name and role
    phone = models.CharField(max_length=30)  # on which the code was given
    question = models.TextField()
    due_on = models.DateField()
    expires_at = models.DateTimeField()
    key_hash = models.CharField(max_length=64, unique=True)
    code_hash = models.CharField(max_length=128)
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField(null=True)
    known = models.CharField(max_length=10, choices=InformationReturn.Known.choices, blank=True)
    answer = models.TextField(blank=True)
    answered_by = models.CharField(max_length=200, blank=True)  # as they name themselves
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, known="", answered_by="")
                | Q(answered_at__isnull=False) & ~Q(known="") & ~Q(answered_by=""),
                name="answered_link_says_by_whom",
            )
        ]

    def __str__(self) -> str:
        return f"One-time link {self.pk}"

    @property
    def state(self) -> tuple[str, str]:
        """How it stands, in words and their colour, for the coordinators of the case."""
        if self.answered_at:
            return "Answered", "green"
        if self.ended_at:
            return "Ended", "grey"
        if self.wrong_tries >= TRIES:
            return "Closed after wrong codes", "red"
        if self.expires_at <= clock.now():
            return "Expired", "grey"
        return ("Opened", "light-blue") if self.opened_at else ("Waiting", "blue")

    @property
    def is_usable(self) -> bool:
        """Whether its link still opens with the code; the case must be open as well."""
        return self.state[0] in ("Waiting", "Opened")
