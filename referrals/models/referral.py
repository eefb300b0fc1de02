from collections.abc import Iterator
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from accounts import grants
from accounts.models import Agency, Area, User
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory
from prevent_cms.marking import Mark
from referrals.models.information import InformationReturn
from referrals.models.marked import MarkedItem, MarkedQuerySet
from referrals.models.person import Person


class Referral(MarkedItem):
    """One submission of the form. The answers are never edited after it is sent.

    POLICE until its own clear deconfliction result, COORDINATION after it (design section 3).
    """

    reference = models.CharField(max_length=20, unique=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    form_key = models.UUIDField(unique=True)  # the same form sent twice gives one referral
    form_version = models.CharField(max_length=20)
    answers = models.JSONField()
    sector = models.CharField(max_length=30)
    is_urgent = models.BooleanField(default=False)
    wants_anonymity = models.BooleanField(default=False)
    # The desk outside police through which it came (R84), with that desk's own reference.
    came_through = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    desk_reference = models.CharField(max_length=60, blank=True)
    received_at = models.DateTimeField(default=clock.now)
    cleared_at = models.DateTimeField(null=True)
    history = RowHistory()

    class Meta:
        ordering = ["-received_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(cleared_at__isnull=False) | Q(mark=Mark.POLICE),
                name="uncleared_referral_is_police_only",
            )
        ]

    def __str__(self) -> str:
        return self.reference


class PersonFactQuerySet(MarkedQuerySet):
    def shown(self, user: User) -> Iterator[tuple[grants.Usable, Q]]:
        """As for all case material; what is needed to search is open to every share (section 5)."""
        yield from super().shown(user)
        identity = Q(mark=Mark.COORDINATION, kind__in=PersonFact.IDENTITY)
        yield grants.usable(user), identity


class PersonFact(MarkedItem):
    """Something known of a person, with its source and that source's handling mark."""

    class Kind(models.TextChoices):
        NAME = "name", "Name"
        OTHER_NAME = "other_name", "Other name or spelling"
        BORN = "born", "Date of birth"
        AGE = "age", "Approximate age"
        GENDER = "gender", "Gender"
        ADDRESS = "address", "Address"
        DISTRICT = "district", "District"
        PHONE = "phone", "Telephone"
        EMAIL = "email", "E-mail or online name"
        SCHOOL = "school", "School, college or work"
        FAMILY = "family", "Parent, carer or family"
        ETHNICITY = "ethnicity", "Ethnicity"
        LANGUAGE = "language", "First language"

    # What an agency needs in order to search its systems, and no more.
    IDENTITY = (Kind.NAME, Kind.OTHER_NAME, Kind.BORN, Kind.AGE, Kind.GENDER, Kind.ADDRESS)

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="facts")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    value = models.CharField(max_length=500)
    date = models.DateField(null=True)
    referral = models.ForeignKey(Referral, null=True, on_delete=models.PROTECT, related_name="+")
    information_return = models.ForeignKey(
        InformationReturn, null=True, on_delete=models.PROTECT, related_name="+"
    )
    added_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)

    objects: ClassVar[Any] = PersonFactQuerySet.as_manager()
    history = RowHistory()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["case", "kind"], name="fact_case_kind")]
        constraints = [
            models.CheckConstraint(
                condition=Q(referral__isnull=False)
                | Q(information_return__isnull=False)
                | Q(added_by__isnull=False),
                name="fact_has_a_source",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of case {self.case_id}"
