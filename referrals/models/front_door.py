"""What a desk outside police received and passed on, as the desk remembers it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import Agency, User
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory


class Forwarded(models.Model):
    """When a desk passed something on, and its own reference: no referral, no case, no name.

    It leads nowhere else; the referral on the police side says which desk it came through. The
    database shows it to that agency's people only.
    """

    for_agency = "agency_id"  # the column by which the database hides the rows (guards.py)

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    own_reference = models.CharField(max_length=60, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    kept_from = ArrayField(models.BigIntegerField(), default=list)  # nobody: it names no person
    history = RowHistory()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["agency", "-at", "-id"], name="forwarded_agency")]

    def __str__(self) -> str:
        return f"Forwarded {self.pk}"
