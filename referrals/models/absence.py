"""When an officer is away, and who looks after their cases meanwhile."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory


class AbsenceQuerySet(models.QuerySet[Any]):
    def in_force(self) -> "AbsenceQuerySet":
        """Those that have not ended, also when they begin later."""
        return self.filter(ended_at=None, ends_on__gte=clock.today())

    def current(self) -> "AbsenceQuerySet":
        return self.in_force().filter(starts_on__lte=clock.today())


class Absence(models.Model):
    """One officer's leave; what is due of their cases stands on the cover's my work as well."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    covered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()  # the last day away
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)  # before its last day
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    objects = AbsenceQuerySet.as_manager()
    history = RowHistory()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="absence_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=~Q(covered_by=F("user")), name="absence_is_covered_by_another"
            ),
        ]
        indexes = [models.Index(fields=["covered_by", "ends_on"], name="absence_cover")]

    def __str__(self) -> str:
        return f"{self.user_id} from {self.starts_on} to {self.ends_on}"
