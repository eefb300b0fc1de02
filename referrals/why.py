"""Why one person can open one case: the three questions, answered by what opened it."""

import datetime
from dataclasses import dataclass

from accounts import grants
from accounts.explained import Part
from accounts.roles import Role
from prevent_cms.marking import WHO_SEES, Mark
from referrals.access import Reader
from referrals.holders import KIND_WORDS


@dataclass(frozen=True)
class Open:
    """One share through which the case is open to them."""

    words: str
    agency: str
    by: str
    since: datetime.datetime
    until: datetime.datetime | None
    is_personal: bool


@dataclass(frozen=True)
class Why:
    roles: list[str]
    shares: list[Open]
    parts: list[Part]
    others: list[str]


IDENTITY = Part(
    "Who the case is about", True, "Name, date of birth and addresses come with every share"
)
NOT_SHARED = "Not part of your share. If you need more to keep somebody safe, ask for it"


def why(reader: Reader) -> Why:
    """What the page says; the shares and marks are those by which everything else is decided."""
    names = {seat.agency.pk: seat.agency.name for seat in reader.user.seats}
    seats = [seat for seat in reader.user.seats if seat.agency.pk in reader.held]
    return Why(
        roles=[f"{_roles(seat.roles)}, {seat.agency.name}" for seat in seats],
        shares=[
            Open(
                words="In an emergency" if way.is_emergency else KIND_WORDS[way.kind],
                agency=names[way.agency_id],
                by=way.by,
                since=way.since,
                until=way.until,
                is_personal=way.is_emergency or reader.case.is_restricted,
            )
            for way in reader.ways
        ],
        parts=[IDENTITY, *(_part(reader, mark) for mark in Mark)],
        others=_others(reader),
    )


def _roles(roles: frozenset[Role]) -> str:
    return " and ".join(role.label for role in Role if role in roles)


def _part(reader: Reader, mark: Mark) -> Part:
    is_open = mark == Mark.AGENCY or mark in reader.marks
    return Part(mark.label, is_open, f"Read by {WHO_SEES[mark]}" if is_open else NOT_SHARED)


def _others(reader: Reader) -> list[str]:
    """Who else of the same agencies can open it, each with their roles."""
    found: dict[str, list[str]] = {}
    for one in grants.people_with(reader.case):
        if one.agency_id in reader.held and one.user_id != reader.user.pk:
            found.setdefault(one.user.name, []).append(one.get_role_display())
    return [f"{name}, {' and '.join(roles)}" for name, roles in found.items()]
