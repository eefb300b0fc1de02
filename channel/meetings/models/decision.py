"""What a panel said and decided of one case, the side note of police, and what was taken away."""

from django.db import models
from django.db.models import Q

from accounts.models import Agency, User
from accounts.roles import ShareKind
from channel.meetings.models.meeting import AgendaItem
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory
from prevent_cms.marking import Mark
from referrals.models import LEAVING_RULES, LeavingAnswers, MarkedItem


class Decision(LeavingAnswers, MarkedItem):
    """What the panel said of one item and, once the chair has recorded it, what it decided."""

    class Risk(models.TextChoices):
        SAME = "same", "Same"
        HIGHER = "higher", "Higher"
        LOWER = "lower", "Lower"
        NOT_RAISED = "not_raised", "Not raised"

    class Choice(models.TextChoices):
        ADOPT = "adopt", "Adopt for Channel support"
        REMAIN = "remain", "Remain on the plan"
        NEW_PLAN = "new_plan", "New plan"
        EXIT = "exit", "Exit"
        OTHER_SUPPORT = "other_support", "Other support"
        NOT_APPROPRIATE = "not_appropriate", "Not appropriate for Channel"
        POLICE_LED = "police_led", "Police-led"
        TRANSFER = "transfer", "Transfer to another area"
        DEFER = "defer", "Defer"

    class Agreed(models.TextChoices):
        UNANIMOUS = "unanimous", "Unanimous"
        MAJORITY = "majority", "By majority"
        CHAIR = "chair", "Chair decided, no majority"

    class Specialist(models.TextChoices):
        CONTINUES = "continues", "Yes, continues"
        NEW = "new", "Yes, new"
        NO = "no", "No"
        NOT_DECIDED = "not_decided", "Not decided"

    NO_SUPPORT = (Choice.OTHER_SUPPORT, Choice.NOT_APPROPRIATE, Choice.POLICE_LED)

    item = models.OneToOneField(AgendaItem, on_delete=models.PROTECT, related_name="decision")
    discussion = models.TextField()
    risk_to_person = models.CharField(max_length=10, choices=Risk.choices, blank=True)
    risk_to_person_note = models.TextField(blank=True)
    risk_from_person = models.CharField(max_length=10, choices=Risk.choices, blank=True)
    risk_from_person_note = models.TextField(blank=True)
    risk_to_providers = models.CharField(max_length=10, choices=Risk.choices, blank=True)
    risk_to_providers_note = models.TextField(blank=True)
    choice = models.CharField(max_length=16, choices=Choice.choices, blank=True)
    rationale = models.TextField(blank=True)
    agreed = models.CharField(max_length=10, choices=Agreed.choices, blank=True)
    dissent = models.TextField(blank=True)
    specialist_needed = models.CharField(max_length=12, choices=Specialist.choices, blank=True)
    consent_how = models.CharField(max_length=300, blank=True)  # CTSA 2015 s.36(5)
    consent_on = models.DateField(null=True)
    consent_by = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)
    history = RowHistory()

    class Meta:
        ordering = ["item__position"]
        constraints = [
            *LEAVING_RULES,
            models.CheckConstraint(condition=Q(mark=Mark.PANEL), name="decision_is_for_panel"),
            models.CheckConstraint(
                condition=Q(choice="", by=None, at=None)
                | (
                    ~Q(choice="")
                    & ~Q(rationale="")
                    & ~Q(agreed="")
                    & Q(by__isnull=False, at__isnull=False)
                ),
                name="decision_says_why_how_and_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(agreed__in=["", "unanimous"]) | ~Q(dissent=""),
                name="disagreement_is_written_down",
            ),
            models.CheckConstraint(
                condition=~Q(choice__in=["other_support", "not_appropriate", "police_led"])
                | ~Q(health_and_care_considered=""),
                name="no_support_considers_health_and_care",
            ),
            models.CheckConstraint(
                condition=~Q(choice="adopt")
                | (~Q(consent_how="") & ~Q(consent_by="") & Q(consent_on__isnull=False)),
                name="adoption_says_how_consent_is_asked",
            ),
        ]

    def __str__(self) -> str:
        return f"Decision {self.pk}"

    @property
    def is_final(self) -> bool:
        """Whether the case has moved on the strength of it, so that the choice stands."""
        return self.choice in (self.Choice.ADOPT, self.Choice.EXIT, *self.NO_SUPPORT)


class PoliceNote(MarkedItem):
    """A side note of police to one item. It is never part of the minutes."""

    item = models.OneToOneField(AgendaItem, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)
    history = RowHistory()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(mark=Mark.POLICE), name="police_note_is_police_only")
        ]

    def __str__(self) -> str:
        return f"Police note {self.pk}"


class PanelAction(MarkedItem):
    """Something an agency took away from an item, with an owner and a date."""

    own_agency_kinds = frozenset(ShareKind)

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        IN_PROGRESS = "in_progress", "In progress"
        DONE = "done", "Done"
        NOT_DONE = "not_done", "Not done"
        NOT_POSSIBLE = "not_possible", "Not possible"

    UNFINISHED = (Status.OPEN, Status.IN_PROGRESS)
    NEEDS_REASON = (Status.NOT_DONE, Status.NOT_POSSIBLE)

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="actions")
    what = models.CharField(max_length=500)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    owner = models.CharField(max_length=120)
    due_on = models.DateField()
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.OPEN)
    note = models.TextField(blank=True)
    updated_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    history = RowHistory()

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["agency", "status", "due_on"], name="action_agency")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=["not_done", "not_possible"]) | ~Q(note=""),
                name="not_possible_says_why",
            ),
            models.CheckConstraint(condition=Q(mark=Mark.PANEL), name="action_is_for_panel"),
        ]

    def __str__(self) -> str:
        return f"Action {self.pk}"

    @property
    def owner_words(self) -> str:
        """Who at which agency."""
        return f"{self.owner}, {self.agency.name}"

    @property
    def is_overdue(self) -> bool:
        return self.status in self.UNFINISHED and self.due_on < clock.today()
