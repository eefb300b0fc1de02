"""A panel, its meetings, what is on the agenda and who was there."""

import datetime

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Agency, Area, User
from prevent_cms.components.text import duration, gov_date, gov_time, gov_weekday
from prevent_cms.history.rows import RowHistory
from prevent_cms.marking import Mark
from referrals.models import MarkedItem


class Panel(models.Model):
    """A Channel panel (CTSA 2015, s.36): one for the area, or one for each of its councils (R124)."""

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    council = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    chair_label = models.CharField(max_length=80, default="Chair")
    place = models.CharField(max_length=200, blank=True)
    history = RowHistory()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "council"], nulls_distinct=False, name="one_panel_a_council"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def agencies(self, *, is_core: bool) -> models.QuerySet[Agency]:
        """Those that take part, by name: its permanent members (R127), or who can be invited."""
        found = Agency.objects.filter(area=self.area_id, is_core=is_core, is_active=True)
        if self.council_id:
            found = found.filter(Q(council=None) | Q(council=self.council_id))
        return found.order_by("name")

    def has_seat_for(self, agency: Agency) -> bool:
        """Whether an agency takes part: not one that serves another council's part of the area."""
        serves = self.council_id is None or agency.council_id in (None, self.council_id)
        return serves and agency.area_id == self.area_id


class Meeting(models.Model):
    """One sitting of a panel, from the first plan to the sealed minutes."""

    class Status(models.TextChoices):
        PLANNED = "PLANNED", "Planned"
        ISSUED = "ISSUED", "Agenda issued"
        IN_SESSION = "IN_SESSION", "In session"
        CLOSED = "CLOSED", "Closed"
        SEALED = "SEALED", "Minutes sealed"
        CANCELLED = "CANCELLED", "Cancelled"

    USUAL_LENGTH = 180

    panel = models.ForeignKey(Panel, on_delete=models.PROTECT, related_name="meetings")
    starts_at = models.DateTimeField()
    length = models.PositiveSmallIntegerField(default=USUAL_LENGTH)  # in minutes
    place = models.CharField(max_length=200)
    extraordinary_because = models.TextField(blank=True)  # nothing: an ordinary meeting
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PLANNED)
    planned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_because = models.TextField(blank=True)
    # How calendars know the meeting; the database makes it, also for meetings that were there before.
    uid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    version = models.PositiveIntegerField(default=1)  # of when, where and whether it is held
    history = RowHistory()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["panel", "starts_at"],
                condition=~Q(status="CANCELLED"),
                name="one_meeting_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["PLANNED", "CANCELLED"]) | Q(issued_at__isnull=False),
                name="meeting_after_planning_was_issued",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["PLANNED", "ISSUED", "CANCELLED"])
                | Q(opened_at__isnull=False),
                name="meeting_in_session_was_opened",
            ),
            models.CheckConstraint(
                condition=Q(status="CANCELLED", cancelled_at__isnull=False)
                & ~Q(cancelled_because="")
                | ~Q(status="CANCELLED") & Q(cancelled_at=None, cancelled_because=""),
                name="cancelled_meeting_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["CLOSED", "SEALED"]) | Q(closed_at__isnull=False),
                name="meeting_with_minutes_was_closed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.panel}, {self.starts_at:%Y-%m-%d}"

    @property
    def day_words(self) -> str:
        """Tuesday 6 October 2026, 1pm"""
        return f"{gov_weekday(timezone.localtime(self.starts_at))}, {gov_time(self.starts_at)}"

    @property
    def panel_and_day(self) -> str:
        """Norfolk Channel panel, 6 October 2026"""
        return f"{self.panel.name}, {gov_date(self.starts_at)}"

    @property
    def colour(self) -> str:
        """The colour of the tag that says where the meeting stands."""
        return COLOURS[self.Status(self.status)]

    @property
    def ends_at(self) -> datetime.datetime:
        """When it should be over."""
        return self.starts_at + datetime.timedelta(minutes=self.length)

    @property
    def length_words(self) -> str:
        return duration(self.length)

    @property
    def is_cancelled(self) -> bool:
        return self.status == self.Status.CANCELLED

    @property
    def papers_close_on(self) -> datetime.date:
        """The last day for its papers: so many working days of the area before it (policy)."""
        return self.panel.area.rules.papers_close(timezone.localdate(self.starts_at))

    @property
    def is_recorded(self) -> bool:
        """Whether what is said can still be written down: from opening until the seal."""
        return self.status in (self.Status.IN_SESSION, self.Status.CLOSED)


class AgendaItem(MarkedItem):
    """One case on an issued agenda. Its number never changes; a late one is 12a (R167)."""

    class Group(models.TextChoices):
        NEW = "new", "New cases"
        OPEN = "open", "Open cases in review"
        EXIT = "exit", "Exits awaiting endorsement"
        POST_EXIT = "post_exit", "Reviews after exit"
        TRANSFER = "transfer", "Transfers"

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="items")
    number = models.CharField(max_length=8)
    position = models.PositiveIntegerField()
    group = models.CharField(max_length=10, choices=Group.choices)
    why = models.CharField(max_length=200)
    minutes = models.PositiveSmallIntegerField(default=0)  # how long it was given at the issue
    moved_to = models.ForeignKey(Meeting, null=True, on_delete=models.PROTECT, related_name="+")
    history = RowHistory()

    # The condition that it is heard here: the opposite of `is_moved`.
    STAYS = Q(moved_to=None) | Q(moved_to__cancelled_at__isnull=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="agenda_number"),
            models.UniqueConstraint(fields=["meeting", "case"], name="one_item_a_case"),
            models.CheckConstraint(condition=Q(mark=Mark.PANEL), name="agenda_item_is_for_panel"),
        ]

    def __str__(self) -> str:
        return f"Item {self.number}"

    @property
    def words(self) -> str:
        """Item 8, NFK-26-483920-X; for who may read the item."""
        return f"Item {self.number}, {self.case.reference}"

    @property
    def why_here(self) -> str:
        """Why it is on the agenda, and where it went when it is not heard here."""
        to = self.moved_to if self.is_moved else None
        return f"{self.why} Moved to {gov_date(to.starts_at)}." if to else self.why

    @property
    def is_moved(self) -> bool:
        """Whether it went to a later meeting that still stands; else it is heard here."""
        return self.moved_to is not None and not self.moved_to.is_cancelled


class Attendance(models.Model):
    """Who was there, for whom; apologies and representation too (R131)."""

    class Role(models.TextChoices):
        CHAIR = "chair", "Chair"
        MEMBER = "member", "Member"
        GUEST = "guest", "Invited"

    class Status(models.TextChoices):
        PRESENT = "present", "Present"
        REPRESENTED = "represented", "Represented"
        APOLOGIES = "apologies", "Apologies"

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendance")
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=8, choices=Role.choices)
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    speaks_for = models.CharField(max_length=120)
    status = models.CharField(max_length=12, choices=Status.choices)
    note = models.CharField(max_length=200, blank=True)
    # The one item an invited person comes for; only its readers know of them. Null: for all of it.
    item = models.ForeignKey(AgendaItem, null=True, on_delete=models.PROTECT, related_name="+")
    history = RowHistory()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "agency"], condition=Q(role="member"), name="one_row_an_agency"
            ),
            models.UniqueConstraint(
                fields=["meeting"], condition=Q(role="chair"), name="one_chair_a_meeting"
            ),
            models.CheckConstraint(
                condition=Q(role="guest") | Q(agency__isnull=False), name="member_has_an_agency"
            ),
            models.CheckConstraint(
                condition=Q(role="guest") | Q(item=None), name="only_a_guest_comes_for_one_item"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.status}"


COLOURS = {
    Meeting.Status.PLANNED: "yellow",
    Meeting.Status.ISSUED: "blue",
    Meeting.Status.IN_SESSION: "purple",
    Meeting.Status.CLOSED: "orange",
    Meeting.Status.SEALED: "green",
    Meeting.Status.CANCELLED: "red",
}
