"""Joining, moving and leaving: the only writers of accounts and memberships.

Accounts are switched off and never deleted. Nobody sets another person's password or sees a code: a
link goes to the person's own mailbox.
"""

import datetime

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.actions import sessions
from accounts.models import Agency, Membership, User
from accounts.permissions import Perm
from accounts.roles import HELD_IN, Role
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionDenied, ActionInvalid, Stale
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.history.versions import Rows

OWN_ACCOUNT = "Nobody changes their own account here. Ask another system administrator."
ONE_ROLE = "A system administrator holds no other role: they look after people, never cases."


def _require(by: User | None, user: User | None = None) -> None:
    """Only people's administrators, and not on themselves; None is the set-up of the service."""
    if by is None:
        return
    if not by.holds(Perm.PEOPLE_MANAGE):
        raise ActionDenied("Only a system administrator can do this.")
    if by == user:
        raise ActionDenied(OWN_ACCOUNT)


@transaction.atomic
def add(*, email: str, name: str, password: str | None = None, by: User | None) -> User:
    """Make an account without any role; ActionInvalid when the address has one already."""
    _require(by)
    if User.objects.filter(email__iexact=email).exists():
        raise ActionInvalid("There is already an account with this e-mail address.")
    return User.objects.create_user(email, name, password)


@transaction.atomic
def invite(
    *,
    email: str,
    name: str,
    agency: Agency,
    role: Role,
    remit: str = "",
    starts_on: datetime.date | None = None,
    by: User | None,
) -> User:
    """Make an account with its first role and mail its owner a link that is good for seven days.

    Raises what `add` and `join` raise.
    """
    user = add(email=email, name=name, by=by)
    join(user, agency=agency, role=role, remit=remit, starts_on=starts_on, by=by)
    _send_link(user, EventType.PERSON_INVITED, by=by)
    return user


@transaction.atomic
def invite_again(user: User, *, by: User) -> None:
    """Mail a new link to somebody who has not used the first; the earlier ones die."""
    _require(by, user)
    if user.has_usable_password() or not user.is_active:
        raise ActionInvalid("Only somebody who has not chosen a password yet is invited again.")
    user.set_unusable_password()
    user.save(update_fields=["password"])
    _send_link(user, EventType.PERSON_INVITED, by=by)


@transaction.atomic
def reset_sign_in(user: User, *, by: User) -> None:
    """Begin again for somebody who lost phone and codes, or whose account is not safe.

    Password and second factors are forgotten, all sessions end, and a link goes to the mailbox.
    """
    _require(by, user)
    if not user.is_active:
        raise ActionInvalid("This account is switched off.")
    Authenticator.objects.filter(user=user).delete()
    user.set_unusable_password()
    user.save(update_fields=["password"])
    sessions.end_all(user)
    _send_link(user, EventType.PERSON_SIGN_IN_RESET, by=by)


def _send_link(user: User, event: EventType, *, by: User | None) -> None:
    outbox.add("invitation", user_id=user.pk)
    _record(event, user, by=by)


def _require_version(row: User | Membership, version: int | None) -> None:
    """Raise Stale when the row, locked from now on, is not as it was seen."""
    type(row).objects.select_for_update(of=("self",)).get(pk=row.pk)
    if version not in (None, Rows(type(row), id=row.pk).version):
        raise Stale("Somebody else has changed this since you opened the page.")


@transaction.atomic
def rename(user: User, *, name: str, by: User, version: int | None = None) -> None:
    """Correct a name; the address stays, for it is the account. Stale for another `version`."""
    _require(by, user)
    _require_version(user, version)
    user.name = name
    user.save(update_fields=["name"])
    _record(EventType.PERSON_RENAMED, user, by=by)


@transaction.atomic
def join(
    user: User,
    *,
    agency: Agency,
    role: Role,
    remit: str = "",
    starts_on: datetime.date | None = None,
    by: User | None,
) -> Membership:
    """Give a person a role in an agency from a day on, and guardian the group that goes with it.

    `remit` is for whom a Prevent lead leads, where the council has two (R80).

    Raises ActionDenied for an administrator's own account, ActionInvalid for a role that this kind
    of agency or person cannot hold, that is held already, or that would begin in the past.
    """
    _require(by, user)
    role, starts_on = Role(role), starts_on or clock.today()
    if by is not None:
        _require_fit(user, agency, role)
    if starts_on < clock.today():
        raise ActionInvalid("A role begins today or later.")
    if remit and role != Role.PREVENT_LEAD:
        raise ActionInvalid("Only a Prevent lead leads for adults or for families alone.")
    if user.memberships.until(starts_on).filter(agency=agency, role=role).exists():
        raise ActionInvalid("This person holds this role there already.")
    membership = Membership.objects.create(
        user=user, agency=agency, role=role, remit=remit, started_on=starts_on
    )
    _record_role(EventType.PERSON_JOINED, membership, on=starts_on, by=by)
    _settle_on(membership, starts_on)
    return membership


def _require_fit(user: User, agency: Agency, role: Role) -> None:
    if agency.kind not in HELD_IN[role]:
        raise ActionInvalid(f"{role.label} is no role at {agency.name}.")
    admin = Role.SYSTEM_ADMINISTRATOR
    others = {Role(row.role) for row in user.memberships.until(clock.today())} - {role}
    if others and (role == admin or admin in others):
        raise ActionInvalid(ONE_ROLE)


def hindrances(membership: Membership) -> list[str]:
    """What must be done before this role can end, in sentences; asked of the floors above."""
    found = [import_string(path)(membership) for path in settings.BEFORE_LEAVING]
    return [sentence for sentence in found if sentence]


@transaction.atomic
def leave(
    membership: Membership,
    *,
    on: datetime.date | None = None,
    by: User | None,
    version: int | None = None,
) -> None:
    """End a role today or on a later day; the last one in an agency takes the group away too.

    With somebody's last role all their sessions end. Raises ActionInvalid when it has ended, when
    the day is past, or while something hinders it.
    """
    _require(by, membership.user)
    _require_version(membership, version)
    on = on or clock.today()
    if membership.ended_on and membership.ended_on <= clock.today():
        raise ActionInvalid("This role has already ended.")
    if on < max(clock.today(), membership.started_on):
        raise ActionInvalid("A role ends today or later, and not before it begins.")
    if sentences := hindrances(membership):
        raise ActionInvalid(" ".join(sentences))
    membership.ended_on = on
    membership.save(update_fields=["ended_on"])
    _record_role(EventType.PERSON_LEFT, membership, on=on, by=by)
    _settle_on(membership, on)


def _settle_on(membership: Membership, day: datetime.date) -> None:
    """Settle now, or leave it to the morning of that day."""
    if day <= clock.today():
        settle(membership)
        return
    morning = timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
    outbox.add("membership_due", not_before=morning, membership_id=membership.pk)


@transaction.atomic
def settle(membership: Membership) -> None:
    """Bring groups and sessions in line with a role that has begun or ended; safe to repeat."""
    user, agency = membership.user, membership.agency
    current = user.memberships.current()
    if current.filter(agency=agency).exists():
        user.groups.add(agency.group)
    else:
        user.groups.remove(agency.group)
    if not current.exists():
        sessions.end_all(user)
    user.__dict__.pop("seats", None)


@transaction.atomic
def deactivate(user: User, *, by: User) -> None:
    """Switch an account off: every session ends at once, and nobody signs in to it."""
    _require(by, user)
    if not user.is_active:
        raise ActionInvalid("This account is already switched off.")
    _switch(user, EventType.PERSON_DEACTIVATED, on=False, by=by)
    sessions.end_all(user)


@transaction.atomic
def reactivate(user: User, *, by: User) -> None:
    """Switch an account on again, as it was."""
    _require(by, user)
    if user.is_active:
        raise ActionInvalid("This account is already switched on.")
    _switch(user, EventType.PERSON_REACTIVATED, on=True, by=by)


def _switch(user: User, event: EventType, *, on: bool, by: User) -> None:
    user.is_active = on
    user.save(update_fields=["is_active"])
    _record(event, user, by=by)


@transaction.atomic
def sign_out(user: User, *, by: User) -> None:
    """End every session of a person, who can sign in again."""
    _require(by, user)
    sessions.end_all(user)
    _record(EventType.PERSON_SIGNED_OUT, user, by=by)


def _record(event: EventType, user: User, *, by: User | None) -> None:
    area_code = user.seats[0].agency.area.code if user.seats else ""
    record(event, by=by or "Set-up", area_code=area_code, target=user)


def _record_role(
    event: EventType, membership: Membership, *, on: datetime.date, by: User | None
) -> None:
    agency = membership.agency
    record(
        event,
        by=by or "Set-up",
        area_code=agency.area.code,
        target=membership.user,
        agency_id=agency.pk,
        role=membership.role,
        on=on.isoformat(),
    )
