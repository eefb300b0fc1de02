import datetime
from collections.abc import Iterable

from django.contrib.auth.models import Group
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from guardian.models import GroupObjectPermissionBase

from accounts import grants
from accounts.models import Agency, Area, User
from accounts.roles import ShareKind
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory
from prevent_cms.marking import Mark
from referrals.models.person import Person
from referrals.workflow import BEFORE_RELEASE, OPEN, Status

# The condition that anyone outside police may know of a case; `Case.is_released` says the same.
IS_RELEASED = (
    Q(released_at__isnull=False)
    & ~Q(status__in=BEFORE_RELEASE)
    & ~Q(status=Status.HELD, held_from__in=BEFORE_RELEASE)
)


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User) -> "CaseQuerySet":
        """The cases this user may know of at all: shared with an agency where a role can use it."""
        shared = grants.is_shared(user, Case, grants.usable(user))
        found = self.filter(shared) if shared is not None else self.none()
        return found.select_related("area", "owner", "owner_agency")

    def open_to_panel(self, user: User) -> "CaseQuerySet":
        """The visible cases of which this user reads what the panel reads."""
        shared = grants.is_shared(user, Case, grants.usable(user, mark=Mark.PANEL))
        return self.filter(shared) if shared is not None else self.none()

    def coordinated_by(self, user: User, *, lasting: bool = False) -> "CaseQuerySet":
        """The visible cases of which this user is a coordinator, `lasting` for beyond an hour."""
        held = grants.usable(user, mark=Mark.COORDINATION)
        shared = grants.is_shared(user, Case, held, lasting=lasting)
        found = self.filter(shared) if shared is not None else self.none()
        return found.select_related("area", "owner", "owner_agency")

    def open(self) -> "CaseQuerySet":
        return self.exclude(status=Status.CLOSED)

    def locked(self, pk: int) -> "Case":
        """Fetch and lock one case for a move; inside a transaction only."""
        return (
            self.select_for_update(of=("self",)).select_related("area", "owner_agency").get(pk=pk)
        )

    def lock_all(self, pks: Iterable[int]) -> None:
        """Lock several in the one order in which everybody does, so that no two wait for each other;
        inside a transaction only."""
        rows = self.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk")
        list(rows.values_list("pk"))


class Case(models.Model):
    """The work on one person: a status, a named owner and a next due date at every moment."""

    reference = models.CharField(max_length=20, unique=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="case")
    status = models.CharField(max_length=24, choices=Status.choices, default=Status.RECEIVED)
    status_since = models.DateTimeField(default=clock.now)
    held_from = models.CharField(max_length=24, choices=Status.choices, blank=True)
    owner_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    next_due_on = models.DateField(null=True)
    next_due_what = models.CharField(max_length=80, blank=True)
    received_at = models.DateTimeField(default=clock.now)  # R204: when police received it
    released_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)  # here, from another area (R178)
    is_restricted = models.BooleanField(default=False)  # to people who are named in its shares
    version = models.PositiveIntegerField(default=1)

    objects = CaseQuerySet.as_manager()
    history = RowHistory()

    class Meta:
        default_permissions = ("view",)
        ordering = ["next_due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="case_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(status=Status.CLOSED) | Q(next_due_on__isnull=False),
                name="open_case_has_a_due_date",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.HELD, held_from__in=[s.value for s in OPEN])
                | (~Q(status=Status.HELD) & Q(held_from="")),
                name="held_case_knows_where_it_was",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.RECEIVED, Status.HELD, Status.CLOSED])
                | Q(owner__isnull=False),
                name="case_in_work_has_an_officer",
            ),
        ]
        indexes = [
            models.Index(F("next_due_on").asc(), F("id").asc(), name="case_due"),
            models.Index(fields=["area", "status"], name="case_area_status"),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("case_overview", args=[self.reference])

    @property
    def area_code(self) -> str:
        return self.area.code

    @property
    def stage(self) -> Status:
        """Where the case stands as everybody outside police sees it: a hold changes nothing."""
        return Status(self.held_from or self.status)

    @property
    def is_open(self) -> bool:
        return self.status != Status.CLOSED

    @property
    def is_released(self) -> bool:
        """Whether anyone outside police may know of it."""
        return self.released_at is not None and self.stage not in BEFORE_RELEASE

    def is_late(self, on: datetime.date | None = None) -> bool:
        return bool(self.next_due_on and self.next_due_on < (on or clock.today()))


class CaseGroupObjectPermission(GroupObjectPermissionBase):
    """A share of a case with an agency: guardian's row with its kind, reason and end (section 5)."""

    content_object = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="shares")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=ShareKind.choices)
    reason = models.CharField(max_length=300)
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True)
    waits = models.BooleanField(default=False)  # made during a hold, opens nothing before its end
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    history = RowHistory()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["content_object", "group", "kind"], name="one_share_a_kind"
            )
        ]
        indexes = [models.Index(fields=["group", "kind", "content_object"], name="share_group")]

    def __str__(self) -> str:
        return f"{self.content_object_id} {self.kind} {self.group_id}"
