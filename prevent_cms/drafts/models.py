from django.conf import settings
from django.db import models

from prevent_cms import clock


class Draft(models.Model):
    """One for each person and form of a page, outside row history; nobody else ever reads it.

    `page` is the address of the form, so the form of one case is another than that of the next.
    """

    # The second wall shows a row to this user and to nobody else (guards.py).
    only_for = "user_id"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=200)
    form = models.CharField(max_length=100)
    answers = models.JSONField(default=dict)  # name -> list of what was typed
    saved_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "page", "form"], name="one_draft")]

    def __str__(self) -> str:
        return f"Draft {self.pk}"
