import copy
import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, Group, PermissionsMixin
from django.db import models, transaction
from django.db.models import Q

from accounts.agreements.models import Agreement  # noqa: F401 - where Django looks for models
from accounts.area_policy import AreaPolicy
from accounts.permissions import Perm
from accounts.roles import POLICE_ROLES, ROLES, Remit, Role, ShareKind
from prevent_cms import clock
from prevent_cms.history.rows import RowHistory


class Area(models.Model):
    """A partnership with its own policy."""

    code = models.CharField(max_length=3, unique=True)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    policy = models.JSONField(default=dict, blank=True)
    policy_version = models.PositiveIntegerField(default=1)
    history = RowHistory()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def rules(self) -> AreaPolicy:
        """The policy in force, typed; a value the area does not set has its default."""
        return AreaPolicy.read(self.policy)

    def late_words(self, due: datetime.date | None) -> str:
        """How late a date is by the working days of this area, in words; empty when it is not."""
        return self.rules.due_words(due) if due and due < clock.today() else ""


class Agency(models.Model):
    """The smallest body that is asked separately; `controller` is its legal body."""

    class Kind(models.TextChoices):
        POLICE = "police", "Police"
        LOCAL_AUTHORITY = "local_authority", "Local authority"
        PARTNER = "partner", "Partner agency"
        PROVIDER = "provider", "Intervention provider"
        NATIONAL = "national", "Service operator"

    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="agencies")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    key = models.SlugField(help_text="police, council, children, adults, health, education ...")
    name = models.CharField(max_length=120)
    controller = models.CharField(max_length=120)
    mailbox = models.EmailField(blank=True)
    power_to_share = models.CharField(max_length=200, blank=True)  # R95: the power it relies on
    is_core = models.BooleanField(default=False)  # a permanent member of the panel
    # In an area of several councils: the one whose part of it this agency serves, a council itself.
    council = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    # Of a council, in an area of several: the districts in which its people live (R180).
    districts = models.JSONField(default=list, blank=True)
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)
    history = RowHistory()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "agencies"
        constraints = [models.UniqueConstraint(fields=["area", "key"], name="agency_key")]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, name: str, password: str | None = None) -> "User":
        """Make an account; without a password it cannot sign in until one is set."""
        user = self.model(email=self.normalize_email(email).lower(), name=name)
        user.set_password(password)
        with transaction.atomic():
            user.group = Group.objects.create(name=f"Person: {user.email}")
            user.save()
            user.groups.add(user.group)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


@dataclass(frozen=True)
class Seat:
    """One agency in which a user works now: with which roles, and through which share kinds."""

    agency: Agency
    roles: frozenset[Role]
    remit: str = ""  # for whom they lead, where they do nothing else and do not lead for all (R80)

    @property
    def kinds(self) -> frozenset[ShareKind]:
        return frozenset().union(*(ROLES[role].kinds for role in self.roles))

    def kinds_with(self, perm: Perm) -> frozenset[ShareKind]:
        """The kinds that the roles which include `perm` can use; none when no role does."""
        roles = [ROLES[role] for role in self.roles]
        return frozenset().union(*(rule.kinds for rule in roles if perm in rule.permissions))

    @property
    def is_police(self) -> bool:
        return self.agency.kind == Agency.Kind.POLICE and bool(self.roles & POLICE_ROLES)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. Users are deactivated, never deleted; a superuser sees nothing more."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=clock.now)
    # Shares with this one person: a restricted case, an emergency (accounts/grants.py).
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="+")

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()
    history = RowHistory()

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Sign-in and password change save without a transaction; row and history need one."""
        self.email = self.email.lower()
        with transaction.atomic():
            super().save(*args, **kwargs)

    @cached_property
    def seats(self) -> list[Seat]:
        """Where this person works now, in one query; a request fetches it with the person."""
        return _seats(self.memberships.current().select_related("agency__area"))

    def sit(self, memberships: Iterable["Membership"]) -> None:
        """Take the current memberships from a query that has been made."""
        self.seats = _seats(memberships)

    @classmethod
    def seat(cls, people: Iterable["User"]) -> None:
        """Fetch where several people work now in one query."""
        people, held = list(people), defaultdict(list)
        rows = Membership.objects.current().filter(user__in=people)
        for row in rows.select_related("agency__area"):
            held[row.user_id].append(row)
        for one in people:
            one.sit(held[one.pk])

    def in_area(self, code: str) -> "User":
        """The same person, as if they worked in this area alone: to narrow what is asked (R180)."""
        narrowed = copy.copy(self)
        narrowed.seats = [seat for seat in self.seats if seat.agency.area.code == code]
        return narrowed

    @property
    def area_names(self) -> dict[str, str]:
        """Code -> name of the areas to choose between, by name; none for who works in one."""
        found = {area.code: area.name for area in self.areas()}
        return dict(sorted(found.items(), key=lambda one: one[1])) if len(found) > 1 else {}

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset().union(*(seat.roles for seat in self.seats))

    @property
    def remits(self) -> frozenset[str]:
        """For whom this person leads, where that is all they do; empty for whoever does more."""
        found = frozenset(seat.remit for seat in self.seats)
        return frozenset() if "" in found else found

    @property
    def agency_ids(self) -> frozenset[int]:
        return frozenset(seat.agency.pk for seat in self.seats)

    @property
    def is_police(self) -> bool:
        return any(seat.is_police for seat in self.seats)

    @property
    def label(self) -> str:
        """How events and pages name this person: name and agency."""
        return f"{self.name}, {self.seats[0].agency.name}" if self.seats else self.name

    def agency_in(self, area_code: str) -> Agency | None:
        """Where they work in this area, else where they work first; None for nowhere now."""
        agencies = [seat.agency for seat in self.seats]
        there = [one for one in agencies if one.area.code == area_code]
        return next(iter(there or agencies), None)

    def holds(self, *perms: Perm) -> bool:
        """Whether a role of this active person includes every one of these permissions."""
        held = frozenset().union(*(ROLES[role].permissions for role in self.roles))
        return self.is_active and held.issuperset(perms)

    def seat_with(self, perm: Perm, area: Area) -> Seat | None:
        """The first seat in `area` whose roles include `perm`, or None."""
        return next(iter(self.seats_with(perm, area)), None)

    def seats_with(self, perm: Perm, area: Area | None = None) -> list[Seat]:
        """The seats, in `area` or anywhere, whose roles include `perm`."""
        return [
            seat
            for seat in self.seats
            if (area is None or seat.agency.area_id == area.pk)
            and any(perm in ROLES[role].permissions for role in seat.roles)
        ]

    def areas(self) -> Iterable[Area]:
        return {seat.agency.area for seat in self.seats}


def _seats(memberships: Iterable["Membership"]) -> list[Seat]:
    found: dict[int, dict[Role, Membership]] = {}
    for one in memberships:
        found.setdefault(one.agency_id, {})[Role(one.role)] = one
    return [_seat(held) for held in found.values()]


def _seat(held: dict[Role, "Membership"]) -> Seat:
    """The seat of somebody with these roles in one agency."""
    first = next(iter(held.values()))
    return Seat(first.agency, frozenset(held), first.remit if len(held) == 1 else "")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def current(self) -> "MembershipQuerySet":
        """Memberships that have begun and not ended, in agencies that are still with us."""
        today = clock.today()
        return self.filter(
            Q(ended_on=None) | Q(ended_on__gt=today),
            started_on__lte=today,
            agency__is_active=True,
        )

    def until(self, day: datetime.date) -> "MembershipQuerySet":
        """Memberships that hold on this day or begin after it."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=day))


class Membership(models.Model):
    """A role that a person holds in an agency, from a day, until a day."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=30, choices=Role.choices)
    remit = models.CharField(max_length=10, choices=Remit.choices, blank=True)
    started_on = models.DateField(default=clock.today)
    ended_on = models.DateField(null=True, blank=True)
    objects = MembershipQuerySet.as_manager()
    history = RowHistory()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "agency", "role"],
                condition=Q(ended_on=None),
                name="one_open_membership_a_role",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=models.F("started_on")),
                name="membership_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.agency}"
