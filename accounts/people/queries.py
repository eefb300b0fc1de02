"""People as a system administrator sees them: names, roles and how far they have got, no more."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.models import Area, Membership, User
from accounts.people.states import COLOURS, State
from prevent_cms import clock
from prevent_cms.components.text import counted
from prevent_cms.history import EventType
from prevent_cms.history.models import Event
from prevent_cms.typed import number_in

PAGE = 25
COUNT_MOST = 1000
SEARCH_MOST = 50
LINKED = (EventType.PERSON_INVITED, EventType.PERSON_SIGN_IN_RESET)


@dataclass(frozen=True)
class Person:
    """One account with its roles."""

    user: User

    @cached_property
    def _roles(self) -> list[Membership]:
        return sorted(self.user.memberships.all(), key=lambda row: (row.started_on, row.pk))

    @property
    def roles(self) -> list[Membership]:
        """Roles that hold now or will."""
        today = clock.today()
        return [one for one in self._roles if not one.ended_on or one.ended_on > today]

    @property
    def past(self) -> list[Membership]:
        return [one for one in self._roles if one not in self.roles]

    @property
    def state(self) -> State:
        """The first that fits: switched off, invited, without role, working."""
        if not self.user.is_active:
            return State.OFF
        if not self.user.has_usable_password():
            return State.INVITED
        return State.WORKING if self.roles else State.NO_ROLE

    @property
    def colour(self) -> str:
        return COLOURS[self.state]

    @cached_property
    def factors(self) -> str:
        """What they sign in with, in words; never a code or a key."""
        kinds = Authenticator.objects.filter(user=self.user).values_list("type", flat=True)
        found = list(kinds)
        passkeys = found.count(Authenticator.Type.WEBAUTHN)
        words = [counted(passkeys, "passkey")] if passkeys else []
        words += ["authenticator app"] if Authenticator.Type.TOTP in found else []
        return " and ".join(words).capitalize() or "Not set up yet"

    @cached_property
    def sessions(self) -> int:
        return len(UserSession.objects.filter(user=self.user))

    @cached_property
    def link_until(self) -> datetime.datetime | None:
        """Until when the last link that was mailed to them works."""
        target = f"{self.user._meta.label_lower}:{self.user.pk}"
        sent = Event.objects.filter(type__in=LINKED, target=target).order_by("-pk").first()
        lasts = datetime.timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
        return sent.at + lasts if sent else None


@dataclass(frozen=True)
class Page:
    """Some people, with the accounts before and after which the next pages begin."""

    people: list[Person] = field(default_factory=list)
    total: int = 0
    after: int | None = None
    is_first: bool = True

    @property
    def total_words(self) -> str:
        return f"more than {COUNT_MOST:,} people" if self.total > COUNT_MOST else self._counted

    @property
    def _counted(self) -> str:
        return counted(self.total, "person,people")


def page(*, area: str = "", state: str = "", after: str = "") -> Page:
    """People by name, from the account with the id `after` on; only codes stand in the address."""
    found = _with_roles(User.objects.filter(_in_area(area), *_in_state(state)))
    total = found.order_by()[: COUNT_MOST + 1].count()
    last = User.objects.filter(pk=number_in(after) or 0).first()
    if last:
        found = found.filter(Q(name__gt=last.name) | Q(name=last.name, pk__gt=last.pk))
    rows = list(found[: PAGE + 1])
    more = rows[PAGE - 1].pk if len(rows) > PAGE else None
    return Page([Person(row) for row in rows[:PAGE]], total, more, is_first=last is None)


def search(typed: str) -> list[Person]:
    """People whose name or address holds what was typed."""
    rule = Q(name__icontains=typed) | Q(email__icontains=typed)
    return [Person(row) for row in _with_roles(User.objects.filter(rule))[:SEARCH_MOST]]


def person(user: User) -> Person:
    """One account, ready for its page."""
    return Person(_with_roles(User.objects.filter(pk=user.pk)).get())


def _with_roles(users: QuerySet[User]) -> QuerySet[User]:
    roles = Membership.objects.select_related("agency__area")
    return users.prefetch_related(Prefetch("memberships", roles)).order_by("name", "pk")


def _in_area(code: str) -> Q:
    here = Membership.objects.filter(user=OuterRef("pk"), agency__area__code=code)
    return Q(Exists(here)) if code else Q()


def _in_state(state: str) -> Iterable[Q]:
    """The condition of a state, in the order in which `Person.state` asks."""
    begun = ~Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    holds = Exists(Membership.objects.until(clock.today()).filter(user=OuterRef("pk")))
    rules = {
        State.OFF: [Q(is_active=False)],
        State.INVITED: [Q(is_active=True), ~begun],
        State.NO_ROLE: [Q(is_active=True), begun, ~Q(holds)],
        State.WORKING: [Q(is_active=True), begun, Q(holds)],
    }
    return rules[State(state)] if state in State.values else []


def areas() -> list[tuple[str, str]]:
    """The choices of the filter."""
    return [("", "All areas"), *Area.objects.values_list("code", "name")]
