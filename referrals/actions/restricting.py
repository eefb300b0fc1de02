"""Restricting a case to named people, and keeping one person out of it (design section 5)."""

import datetime
from collections.abc import Collection
from typing import Any

from django.db import transaction

from accounts import grants
from accounts.models import User
from accounts.permissions import Perm
from accounts.roles import ShareKind
from prevent_cms import clock
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.marking import Mark
from referrals import access
from referrals.actions import notices
from referrals.models import Bar, Case, Restriction


@transaction.atomic
def restrict_case(case: Case, *, people: Collection[User], reason: str, by: User) -> Case:
    """Leave a case open to named people only, each in the kinds that their agency holds.

    Restricting again names anew. The owner and `by` stay in. Shares with agencies are kept and
    open nothing until the restriction is lifted. Raises ActionDenied without the permission,
    ActionInvalid for somebody who could not open the case before.
    """
    case = Case.objects.locked(case.pk)
    access.require(by, Perm.CASE_RESTRICT, case)
    named = {one.pk: one for one in [*people, by, *([case.owner] if case.owner else [])]}
    offers = [offer for one in named.values() for offer in _offers(case, one)]
    _end_restriction(case, by=by, why="Restricted again.")
    grants.share(case, offers, by=by)
    Restriction.objects.create(case=case, reason=reason, by=by)
    case.is_restricted = True
    case.version += 1
    case.save(update_fields=["is_restricted", "version"])
    _tell_restricted(case, named.values(), by)
    return case


def _tell_restricted(case: Case, people: Collection[User], by: User) -> None:
    names = ", ".join(sorted(one.name for one in people))
    record(EventType.CASE_RESTRICTED, by=by, case=case, mark=_mark(case), people=names)


def follow_owner(case: Case, user: User, *, by: User) -> None:
    """Name who takes over a restricted case, as part of that; ActionInvalid for who is kept out."""
    if is_barred(user, case):
        raise ActionInvalid(f"{user.name} has a conflict of interest in this case.")
    if case.is_restricted:
        grants.share(case, _offers(case, user), by=by)


def follow_agencies(case: Case, *, by: User) -> None:
    """Let those named in a restriction have what their agencies have now, as part of sharing."""
    if not case.is_restricted:
        return
    named = grants.shares_of(case).filter(reason=grants.NAMED)
    offers = []
    for user in User.objects.filter(group__in=named.values("group")):
        offers += (theirs := _reach(case, user))
        for row in named.filter(group=user.group).exclude(kind__in=[one.kind for one in theirs]):
            row.delete()
    has = {(row.group_id, row.kind, row.until, row.waits) for row in named}
    new = [one for one in offers if (one.to.group_id, one.kind, one.until, one.waits) not in has]
    grants.share(case, new, by=by)


def _offers(case: Case, user: User) -> list[grants.Offer]:
    """What naming this person opens; ActionInvalid when the case would not be open to them."""
    offers = [] if is_barred(user, case) else _reach(case, user)
    if not offers:
        raise ActionInvalid(f"{user.name} cannot be named: the case is not open to that person.")
    return offers


def _reach(case: Case, user: User) -> list[grants.Offer]:
    """The shares this person could use through an agency, were the case not restricted."""
    shares = {(row.group_id, row.kind): row for row in grants.shares_of(case)}
    usable: dict[ShareKind, list[Any]] = {}
    for seat in user.seats:
        for kind in seat.kinds:
            if (seat.agency.group_id, kind) in shares:
                usable.setdefault(kind, []).append(shares[seat.agency.group_id, kind])
    return [
        grants.Offer(
            user,
            kind,
            grants.NAMED,
            until=_latest([row.until for row in rows]),
            waits=all(row.waits for row in rows),
        )
        for kind, rows in sorted(usable.items())
    ]


def _latest(dates: list[datetime.datetime | None]) -> datetime.datetime | None:
    """The last of several ends; None, which is no end, is later than any."""
    return None if None in dates else max(filter(None, dates))


def _end_restriction(case: Case, *, by: User, why: str) -> None:
    """End a restriction and its shares; an hour in an emergency runs on until its end."""
    for row in Restriction.objects.in_force().filter(case=case):
        row.lifted_at, row.lifted_by, row.lifted_why = clock.now(), by, why
        row.save(update_fields=["lifted_at", "lifted_by", "lifted_why"])
    for share in grants.shares_of(case).filter(reason=grants.NAMED):
        share.delete()


def move_restriction(case: Case, *, people: Collection[User], why: str, by: User) -> None:
    """Name those who take over a restricted case, or, with nobody named, end the restriction.

    Part of carrying a transfer out, which has ended the shares of whoever was named before.
    """
    if not people:
        _lift(case, why=why, by=by)
        return
    free = [one for one in people if not is_barred(one, case)]
    grants.share(case, [offer for one in free for offer in _reach(case, one)], by=by)
    _tell_restricted(case, free, by)


@transaction.atomic
def lift_restriction(case: Case, *, reason: str, by: User) -> Case:
    """Open a restricted case again to the agencies that have it.

    Raises ActionDenied without the permission, ActionInvalid when it is not restricted.
    """
    case = Case.objects.locked(case.pk)
    access.require(by, Perm.CASE_RESTRICT, case)
    require_restricted(case)
    _lift(case, why=reason, by=by)
    return case


def _lift(case: Case, *, why: str, by: User) -> None:
    _end_restriction(case, by=by, why=why)
    case.is_restricted = False
    case.version += 1
    case.save(update_fields=["is_restricted", "version"])
    record(EventType.CASE_UNRESTRICTED, by=by, case=case, mark=_mark(case))


def require_restricted(case: Case) -> None:
    """Raise ActionInvalid unless the case is restricted."""
    if not case.is_restricted:
        raise ActionInvalid("This case is not restricted.")


def is_barred(user: User, case: Case) -> bool:
    """Whether a conflict of interest keeps this person out."""
    return Bar.objects.in_force().filter(case=case, user=user).exists()


@transaction.atomic
def set_bar(case: Case, *, user: User, reason: str, by: User) -> Bar:
    """Keep one person out of a case because of a conflict of interest; it bites at once.

    Raises ActionDenied without the permission, ActionInvalid for the owner of the case (who hands
    it over first), for oneself, or for somebody who is kept out already.
    """
    case = Case.objects.locked(case.pk)
    access.require(by, Perm.BAR_SET, case)
    if user == by:
        raise ActionInvalid("Ask somebody else to record your own conflict of interest.")
    return keep_out(case, user=user, reason=reason, by=by)


def keep_out(case: Case, *, user: User, reason: str, by: User) -> Bar:
    """The same as part of an act with a rule of its own: the panel hears it said at the table.

    Takes a locked case. Raises ActionInvalid for its owner, or for who is kept out already.
    """
    if user == case.owner:
        raise ActionInvalid("Give the case to another officer first.")
    if is_barred(user, case):
        raise ActionInvalid("This person is kept out of the case already.")
    bar: Bar = Bar.objects.create(case=case, user=user, reason=reason, by=by)
    notices.follow_bars(case)
    _record(EventType.BAR_SET, bar, by)
    return bar


@transaction.atomic
def lift_bar(bar: Bar, *, reason: str, by: User) -> Bar:
    """Let somebody in again. Raises ActionDenied without the permission, ActionInvalid if lifted."""
    bar = (
        Bar.objects.select_for_update(of=("self",))
        .select_related("case__area", "user")
        .get(pk=bar.pk)
    )
    access.require(by, Perm.BAR_SET, bar.case)
    if bar.lifted_at:
        raise ActionInvalid("This conflict of interest has ended already.")
    bar.lifted_at, bar.lifted_by, bar.lifted_why = clock.now(), by, reason
    bar.save(update_fields=["lifted_at", "lifted_by", "lifted_why"])
    notices.follow_bars(bar.case)
    _record(EventType.BAR_LIFTED, bar, by)
    return bar


def _record(event: EventType, bar: Bar, by: User) -> None:
    """The log needs the id to keep the case from this person there too (accounts/audit/access.py)."""
    record(
        event,
        by=by,
        case=bar.case,
        target=bar,
        mark=_mark(bar.case),
        person=bar.user.label,
        user_id=bar.user.pk,
    )


def _mark(case: Case) -> Mark:
    return Mark.COORDINATION if case.is_released else Mark.POLICE
