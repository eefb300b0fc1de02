"""The plan in its versions, its items, and how they go."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Agency, User
from accounts.roles import ShareKind
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory
from prevent_cms.marking import Mark
from referrals.models import MarkedItem

# With any of these an agency reads what it does itself; to have been asked is not enough.
DELIVERING = frozenset(ShareKind) - {ShareKind.RESPOND}


class PanelItem(MarkedItem):
    """Case material that is for the panel unless somebody says otherwise."""

    mark = models.CharField(max_length=12, choices=Mark.choices, default=Mark.PANEL)

    class Meta:
        abstract = True


class SupportPlan(PanelItem):
    """One agreed version of the plan. A change is a new version; an agreed one is not edited.

    Says how, when and by whom consent will be requested (CTSA 2015, s.36(5)(a)).
    """

    class Status(models.TextChoices):
        CURRENT = "current", "Current"
        SUPERSEDED = "superseded", "Superseded"

    version = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.CURRENT)
    needs = models.TextField()
    consent_how = models.CharField(max_length=300)
    consent_on = models.DateField()
    consent_by = models.CharField(max_length=200)
    no_item = models.JSONField(default=dict)  # code of a factor: why no item addresses it
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["case", "version"], name="plan_version"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(status="current"), name="one_current_plan_a_case"
            ),
        ]

    def __str__(self) -> str:
        return f"Plan {self.pk}"


class PlanItem(PanelItem):
    """One piece of support, led by one agency (CTSA 2015, s.36(5)(b)-(d); R145-R147, R155, R157).

    The lead agency reads its own items with a share to deliver them; others need a panel share.
    """

    own_agency_kinds = DELIVERING

    class Type(models.TextChoices):
        """Seed 001 names the first eleven (R148), seeds 000 and 002 the others (R149-R152)."""

        LIFE_SKILLS = "life_skills", "Life skills"
        MENTORING = "mentoring", "Mentoring"
        ANGER = "anger", "Anger management"
        COGNITIVE = "cognitive", "Cognitive or behavioural work"
        PURSUITS = "pursuits", "Constructive pursuits"
        EDUCATION = "education", "Education skills"
        CAREERS = "careers", "Careers"
        FAMILY = "family", "Family support"
        HEALTH = "health", "Health awareness"
        HOUSING = "housing", "Housing support"
        SUBSTANCES = "substances", "Drugs and alcohol awareness"
        PROVIDER = "provider", "Intervention provider: work on ideology"  # 000, 002
        DIVERSION = "diversion", "Diversionary activity, such as sport"  # 000
        SIGNPOSTING = "signposting", "Signposting to education, work or housing"  # 000
        CURRICULUM = "curriculum", "Curriculum, tutoring or extra activities"  # 002
        LIVING_WELL = "living_well", "Living Well support"  # 002

    class Intensity(models.TextChoices):
        """From the lowest up; the lowest that can work is right, and early (R150)."""

        LIGHT = "light", "Light: now and then, or advice"
        REGULAR = "regular", "Regular: every week or two"
        INTENSIVE = "intensive", "Intensive: several times a week, or specialist work"

    class Status(models.TextChoices):
        PLANNED = "planned", "Not started"
        STARTED = "started", "Started"
        DONE = "done", "Done"
        STOPPED = "stopped", "Stopped"

    OPEN = (Status.PLANNED, Status.STARTED)

    plan = models.ForeignKey(SupportPlan, on_delete=models.PROTECT, related_name="items")
    # The same item in an earlier version of the plan: its updates hang there.
    origin = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    type = models.CharField(max_length=12, choices=Type.choices)
    need = models.CharField(max_length=200)
    addresses = models.TextField()
    factors = ArrayField(models.CharField(max_length=6), default=list, blank=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    lead_person = models.CharField(max_length=120)
    starts_on = models.DateField()
    due_on = models.DateField()
    measure = models.TextField()
    intensity = models.CharField(max_length=10, choices=Intensity.choices, blank=True)
    whole_family = models.BooleanField(default=False)  # R151
    supervision = models.TextField(blank=True)  # who supervises those who deliver it (R194)
    sessions_agreed = models.PositiveSmallIntegerField(null=True)  # as contracted
    report_months = models.PositiveSmallIntegerField(default=1)  # between two reports on sessions
    provider_risk = models.TextField()
    provider_controls = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLANNED)
    started_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    history = RowHistory()

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["agency", "status", "due_on"], name="plan_item_agency")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=["started", "done"]) | Q(started_at__isnull=False),
                name="running_item_says_since_when",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=models.F("starts_on")), name="item_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"Plan item {self.pk}"

    @property
    def root_id(self) -> int:
        """The first version of this item, which all its updates belong to."""
        return int(self.origin_id or self.pk)

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    def may_lead(self, agency: Agency) -> bool:
        """Whether an agency can lead it: work on ideology is an intervention provider's (R152)."""
        return self.type != self.Type.PROVIDER or agency.kind == Agency.Kind.PROVIDER

    @property
    def needs_checks(self) -> bool:
        """Whether it is a provider's, to whom nobody goes before the checks (R152-R154)."""
        return self.type == self.Type.PROVIDER or self.agency.kind == Agency.Kind.PROVIDER

    @property
    def late(self) -> str:
        """How late it is, in words: to start, or to finish; empty when it is not."""
        if self.status == self.Status.PLANNED and self.starts_on < clock.today():
            return f"start {clock.due_words(self.starts_on)}"
        if self.is_open and self.due_on < clock.today():
            return clock.due_words(self.due_on)
        return ""


class ItemUpdate(PanelItem):
    """What happened with an item, said by its lead agency or a coordinator (R157)."""

    own_agency_kinds = DELIVERING

    item = models.ForeignKey(PlanItem, on_delete=models.PROTECT, related_name="updates")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")  # the lead's
    text = models.TextField()
    status = models.CharField(max_length=10, choices=PlanItem.Status.choices)  # after this update
    on = models.DateField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    history = RowHistory()

    class Meta:
        ordering = ["-on", "-pk"]

    def __str__(self) -> str:
        return f"Update {self.pk}"
