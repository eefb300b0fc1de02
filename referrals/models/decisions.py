"""Consent, sign-offs and closure: decisions about a case that outlive its stages."""

from django.db import models
from django.db.models import Q

from accounts.models import Agency, User
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory
from referrals.models.marked import MarkedItem
from referrals.workflow import Status


class Consent(MarkedItem):
    """One entry in the log of consent: what was decided, asked, given or withdrawn (R109-R123)."""

    class About(models.TextChoices):
        SHARING = "sharing", "Sharing information"
        SUPPORT = "support", "Channel support"

    class Position(models.TextChoices):
        TO_SEEK = "to_seek", "To be asked"
        NOT_TO_SEEK = "not_to_seek", "Not to be asked for now"
        GIVEN = "given", "Given"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class GivenBy(models.TextChoices):
        SELF = "self", "The person"
        PARENT = "parent", "A parent"
        GUARDIAN = "guardian", "A guardian or carer with parental responsibility"

    about = models.CharField(max_length=10, choices=About.choices)
    position = models.CharField(max_length=12, choices=Position.choices)
    asked_by = models.CharField(max_length=200, blank=True)
    given_by = models.CharField(max_length=10, choices=GivenBy.choices, blank=True)
    capacity_considered = models.BooleanField(default=False)  # R115
    decided_on = models.DateField()
    note = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(position="given") | ~Q(given_by=""), name="given_consent_says_by_whom"
            )
        ]

    def __str__(self) -> str:
        return f"{self.about} {self.position}"


class SignOff(MarkedItem):
    """One person's endorsement, in a role, for an agency: convening, exit, closing a repeat."""

    class What(models.TextChoices):
        CONVENING = "convening", "Convening the panel"
        EXIT = "exit", "Leaving Channel"
        REPEAT_CLOSURE = "repeat_closure", "Closing a repeat referral"

    what = models.CharField(max_length=16, choices=What.choices)
    party = models.CharField(max_length=20)  # accounts.area_policy.PARTIES
    endorses = models.BooleanField()
    reason = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=30)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.what} {self.party}"


class Closure(MarkedItem):
    """Why and how a case left, at which stage, and where the person was helped next (R213, R214)."""

    class Outcome(models.TextChoices):
        MALICIOUS = "malicious", "Malicious"
        MISGUIDED = "misguided", "Misguided"
        MISINFORMED = "misinformed", "Misinformed"
        NOT_SUSCEPTIBLE = "not_susceptible", "Not vulnerable to radicalisation"
        OTHER_NEEDS = "other_needs", "Other needs, met elsewhere"
        INVESTIGATION = "investigation", "Subject of an investigation"
        POLICE_LED = "police_led", "Police-led management"
        OTHER_MECHANISM = "other_mechanism", "Owned by MAPPA, MARAC or child protection"
        ALREADY_SUPPORTED = "already_supported", "Already supported"
        CONSENT_REFUSED = "consent_refused", "Consent refused"
        CONSENT_WITHDRAWN = "consent_withdrawn", "Consent withdrawn"
        NOT_DRAWN_IN = "not_drawn_in", "Not being drawn in"
        RISK_REDUCED = "risk_reduced", "Risk reduced"
        RISK_MANAGED = "risk_managed", "Risk managed"
        LEFT_EARLY = "left_early", "Left early"
        NO_OUTCOME = "no_outcome", "No meaningful outcome"
        LEFT_AREA = "left_area", "Left the area or died"
        DUPLICATE = "duplicate", "Duplicate"

    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    stage = models.CharField(max_length=24, choices=Status.choices)  # R214
    reason = models.TextField()
    destination = models.CharField(max_length=300, blank=True)  # R213
    safeguarding_person = models.CharField(max_length=200, blank=True)  # R31, R218
    health_and_care_considered = models.TextField(blank=True)  # CTSA 2015 s.36(6)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.outcome} {self.case_id}"


class Reopening(MarkedItem):
    """Why a closed case came back to the panel."""

    reason = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"reopening of {self.case_id}"
