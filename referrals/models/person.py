from collections.abc import Iterable

from django.db import models
from django.db.models import Q

from accounts.models import User
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory


class Person(models.Model):
    """An id. What is known of somebody are facts, each with its source (PersonFact)."""

    created_at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    def __str__(self) -> str:
        return f"Person {self.pk}"


class PersonKeyQuerySet(models.QuerySet["PersonKey"]):
    def replace(self, person: Person, keys: Iterable[tuple[str, str]]) -> None:
        """Put these (kind, value) keys in the place of the ones a person has."""
        self.filter(person=person).delete()
        self.bulk_create(PersonKey(person=person, kind=k, value=v) for k, v in sorted(set(keys)))


class PersonKey(models.Model):
    """One way a person might be looked up: normalised, sounding, or a birth date's variants.

    Derived from facts of every mark and rebuilt at will, so it is not audited, and only police and the
    service read it (prevent_cms/guards.py). It only proposes: what a search shows is checked against
    the facts that the reader may see.
    """

    for_police = True

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="keys")
    kind = models.CharField(max_length=12)
    value = models.CharField(max_length=60)

    objects = PersonKeyQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["kind", "value"], name="person_key")]

    def __str__(self) -> str:
        return f"{self.kind} {self.person_id}"


class PersonLink(models.Model):
    """A decision whether two persons are one: reversible, offered to police only, moves nothing."""

    class Verdict(models.TextChoices):
        SAME = "same", "Same person"
        DIFFERENT = "different", "Different person"
        UNSURE = "unsure", "Not sure yet"

    first = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="one_verdict_a_pair"),
            models.CheckConstraint(
                condition=Q(first__lt=models.F("second")), name="link_is_ordered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id}-{self.second_id} {self.verdict}"
