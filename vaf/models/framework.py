"""The instrument as versioned data: a framework has dimensions, a dimension has factors.

An assessment keeps the framework it was written with, so a successor or a corrected list is
another row with another code, and nothing old changes (domain 1.3, 1.5).
"""

from django.db import models

from prevent_cms import clock
from prevent_cms.history.rows import RowHistory


class Framework(models.Model):
    """One version of the instrument, with the words of its answers."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    published = models.CharField(max_length=120)
    data = models.JSONField()  # the fixture as loaded, with the source of each part
    loaded_at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["-loaded_at", "-pk"]

    def __str__(self) -> str:
        return self.code

    def label_of(self, rating: str) -> str:
        """The framework's words for a rating."""
        return self._label("ratings", rating)

    def level_label(self, level: str) -> str:
        """The framework's words for a level."""
        return self._label("levels", level)

    def choices(self, table: str) -> list[tuple[str, str]]:
        """Codes and words of "ratings" or "levels", in the order of the framework."""
        return [(row["code"], row["label"]) for row in self.data[table]]

    def _label(self, table: str, code: str) -> str:
        return dict(self.choices(table)).get(code, "")


class Dimension(models.Model):
    """One of the things that are judged apart and never combined (R70)."""

    framework = models.ForeignKey(Framework, on_delete=models.PROTECT, related_name="dimensions")
    key = models.SlugField()
    letter = models.CharField(max_length=2)
    short = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    indicators = models.JSONField(default=list)  # example indicators, as prompts (seed 001, 2.3)
    order = models.PositiveSmallIntegerField()
    history = RowHistory()

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["framework", "key"], name="dimension_key"),
            models.UniqueConstraint(fields=["framework", "order"], name="dimension_order"),
        ]

    def __str__(self) -> str:
        return self.short


class Factor(models.Model):
    """One thing to look for."""

    dimension = models.ForeignKey(Dimension, on_delete=models.PROTECT, related_name="factors")
    code = models.CharField(max_length=6)
    label = models.CharField(max_length=120)
    source = models.CharField(max_length=10)  # where the wording comes from
    order = models.PositiveSmallIntegerField()
    history = RowHistory()

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["dimension", "code"], name="factor_code")]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"
