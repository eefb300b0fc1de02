"""Joining and leaving: the only writers of accounts and memberships."""

from django.db import transaction

from accounts.models import Agency, Membership, User
from accounts.permissions import Perm
from accounts.roles import Role
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record


def _require(by: User | None) -> None:
    """Only people's administrators; None is the set-up of the service itself."""
    if by is not None and not by.holds(Perm.PEOPLE_MANAGE):
        raise ActionDenied("Only a system administrator can do this.")


@transaction.atomic
def add(*, email: str, name: str, password: str | None = None, by: User | None) -> User:
    """Make an account without any role; ActionInvalid when the address has one already."""
    _require(by)
    if User.objects.filter(email__iexact=email).exists():
        raise ActionInvalid("There is already an account with this e-mail address.")
    return User.objects.create_user(email, name, password)


@transaction.atomic
def join(user: User, *, agency: Agency, role: Role, by: User | None) -> Membership:
    """Give a person a role in an agency, and guardian the group that goes with it."""
    _require(by)
    membership = Membership.objects.create(user=user, agency=agency, role=role)
    user.groups.add(agency.group)
    record(
        EventType.PERSON_JOINED,
        by=by or "Set-up",
        area_code=agency.area.code,
        target=user,
        agency_id=agency.pk,
        role=str(role),
    )
    user.__dict__.pop("seats", None)
    return membership


@transaction.atomic
def leave(membership: Membership, *, by: User | None) -> None:
    """End a role today; the last one in an agency takes the group away too."""
    _require(by)
    if membership.ended_on:
        raise ActionInvalid("This role has already ended.")
    membership.ended_on = clock.today()
    membership.save(update_fields=["ended_on"])
    user, agency = membership.user, membership.agency
    if not user.memberships.current().filter(agency=agency).exists():
        user.groups.remove(agency.group)
    record(
        EventType.PERSON_LEFT,
        by=by or "Set-up",
        area_code=agency.area.code,
        target=user,
        agency_id=agency.pk,
        role=membership.role,
    )
    user.__dict__.pop("seats", None)
