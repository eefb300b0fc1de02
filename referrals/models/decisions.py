"""Consent, sign-offs and closure: decisions about a case that outlive its stages."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Agency, User
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory
from referrals.models.leaving import LEAVING_RULES, LeavingAnswers
from referrals.models.marked import MarkedItem
from referrals.workflow import Status


class Consent(MarkedItem):
    """One entry in the log of consent: what was decided, asked, given or withdrawn (R109-R123).

    Entries are added and never changed; `referrals/consent.py` says what they come to.
    """

    class About(models.TextChoices):
        SHARING = "sharing", "Sharing information"
        SUPPORT = "support", "Channel support"

    class Position(models.TextChoices):
        TO_SEEK = "to_seek", "To be asked"
        NOT_TO_SEEK = "not_to_seek", "Not to be asked for now"
        ASKED = "asked", "Asked, no answer yet"
        GIVEN = "given", "Given"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class GivenBy(models.TextChoices):
        SELF = "self", "The person"
        PARENT = "parent", "A parent"
        GUARDIAN = "guardian", "A guardian or carer with parental responsibility"
        OTHER = "other", "Somebody else who may decide for them"

    # Positions that somebody took, so that the log must say who; only an answer undoes an answer.
    ANSWERS = (Position.GIVEN, Position.REFUSED, Position.WITHDRAWN)

    about = models.CharField(max_length=10, choices=About.choices)
    position = models.CharField(max_length=12, choices=Position.choices)
    stage = models.CharField(
        max_length=24, choices=Status.choices
    )  # outside police's eyes: no hold
    asked_by = models.CharField(max_length=200, blank=True)
    asked_of = ArrayField(models.CharField(max_length=10, choices=GivenBy.choices), default=list)
    given_by = models.CharField(max_length=10, choices=GivenBy.choices, blank=True)
    given_by_who = models.CharField(max_length=200, blank=True)  # when it is somebody else
    capacity_considered = models.BooleanField(default=False)  # R115
    scope = models.CharField(max_length=300, blank=True)  # what it covers, when not everything
    evidence = models.CharField(max_length=300, blank=True)  # where it is kept
    recheck_on = models.DateField(null=True)
    decided_on = models.DateField()
    note = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(position__in=["given", "refused", "withdrawn"]) | ~Q(given_by=""),
                name="answer_on_consent_says_whose",
            ),
            models.CheckConstraint(
                condition=~Q(given_by="other") | ~Q(given_by_who=""),
                name="consent_by_another_says_who",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.about} {self.position}"

    @property
    def is_answer(self) -> bool:
        return self.position in self.ANSWERS

    @property
    def answered_by(self) -> str:
        """Whose answer it is, in words that follow "by"."""
        if self.given_by == self.GivenBy.OTHER:
            return self.given_by_who
        words = self.GivenBy(self.given_by).label if self.given_by else ""
        return words[:1].lower() + words[1:]

    @property
    def was_asked(self) -> str:
        """Who was asked, by name of their part."""
        return ", ".join(self.GivenBy(one).label.lower() for one in self.asked_of)


class SignOff(MarkedItem):
    """One person's endorsement, in a role, for an agency: convening, exit, closing a repeat.

    A sign-off of convening says which next step it endorses (R132). Until the parties agree, each
    can sign anew: the newest of a party stands, the one before it is replaced and kept.
    """

    class What(models.TextChoices):
        CONVENING = "convening", "Convening the panel"
        EXIT = "exit", "Leaving Channel"
        REPEAT_CLOSURE = "repeat_closure", "Closing a repeat referral"

    class Result(models.TextChoices):
        """The next step of an assessed case (R132)."""

        PANEL = "panel", "To the panel"
        BESIDE = "beside", "To the panel, with a safeguarding concern or assessment beside it"
        NO_ACTION = "no_action", "No further action"
        SAFEGUARDING = "safeguarding", "A safeguarding concern or assessment instead of the panel"

    TO_PANEL = (Result.PANEL, Result.BESIDE)
    RAISES = (Result.BESIDE, Result.SAFEGUARDING)  # a named person raises a concern

    what = models.CharField(max_length=16, choices=What.choices)
    party = models.CharField(max_length=20)  # accounts.area_policy.PARTIES
    endorses = models.BooleanField()
    result = models.CharField(max_length=12, choices=Result.choices, blank=True)
    safeguarding_person = models.CharField(max_length=200, blank=True)  # R31
    safeguarding_raised_on = models.DateField(null=True)
    replaced_at = models.DateTimeField(null=True)
    reason = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=30)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(what="convening", endorses=True) & ~Q(result=""))
                | (~Q(what="convening") & Q(result="", replaced_at=None)),
                name="convening_endorses_a_result",
            ),
            models.CheckConstraint(
                condition=~Q(result__in=["beside", "safeguarding"]) | ~Q(safeguarding_person=""),
                name="signed_concern_has_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(result="beside") | Q(safeguarding_raised_on__isnull=False),
                name="concern_beside_the_panel_is_raised",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.party}"

    @property
    def stands(self) -> bool:
        """Whether it was not replaced, and is of the area that the case is in."""
        return self.replaced_at is None and self.agency.area_id == self.case.area_id

    @property
    def basis(self) -> str:
        """What the next step rests on, under the Counter-Terrorism and Security Act 2015."""
        if self.result in self.TO_PANEL:
            return "Reasonable grounds to refer to a panel: section 36(3)"
        return "Not referred to a panel: section 36(3)"


class Closure(LeavingAnswers, MarkedItem):
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
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["-at"]
        constraints = [
            *LEAVING_RULES,
            models.CheckConstraint(
                condition=Q(
                    safeguarding_concern__isnull=False,
                    significant_harm__isnull=False,
                    crime__isnull=False,
                ),
                name="closure_leaves_nothing_unsaid",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.case_id}"

    @property
    def basis(self) -> str:
        """What the case left on, under section 36 of the Counter-Terrorism and Security Act 2015."""
        return {
            Status.PANEL: "Support not given, health and social care considered: section 36(6)",
            Status.SUPPORT: "Support withdrawn, health and social care considered: section "
            "36(4)(d) and (6)",
        }.get(Status(self.stage), "Not referred to a panel: section 36(3)")


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
