"""Exits that wait for a closing report or for endorsements (R169-R172), in my work of who may."""

import functools
import operator
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import Exact
from django.urls import reverse

from accounts.area_policy import PARTIES
from accounts.models import Seat, User
from accounts.permissions import Perm
from accounts.roles import ROLES
from channel.casework.listing import listed
from channel.casework.rows import Group, Row
from channel.meetings.models import Decision
from channel.support.models import ExitReport
from referrals.models import Case, SignOff
from referrals.workflow import Status

NAME = "exits"
Choice = Decision.Choice


def cases(user: User) -> QuerySet[Case] | None:
    """The cases whose exit this person can report on or endorse now; None when they never can."""
    reported = Exists(ExitReport.objects.filter(decision=OuterRef("exit_id")))
    wanted = [rule for seat in user.seats for rule in _wanted_of(user, seat, reported)]
    if not wanted:
        return None
    newest = Decision.objects.filter(case=OuterRef("pk"), at__gte=OuterRef("status_since"))
    newest = newest.exclude(choice__in=("", Choice.DEFER)).order_by("-at", "-pk")
    columns = {f"exit_{name}": Subquery(newest.values(name)[:1]) for name in ("choice", "at", "id")}
    stage = Q(status=Status.SUPPORT)
    if not user.is_police:  # outside police a hold changes nothing
        stage |= Q(status=Status.HELD, held_from=Status.SUPPORT)
    leaving = Case.objects.coordinated_by(user).alias(**columns).filter(stage)
    leaving = leaving.filter(~Exists(_signed(endorses=False)), Exact(F("exit_choice"), Choice.EXIT))
    found = leaving.filter(functools.reduce(operator.or_, wanted))
    return listed(found, NAME, "next_due_on", "pk", is_reported=reported)


def _signed(**rules: Any) -> Any:
    """What is signed since the panel decided on the exit of each case of a query."""
    rows = SignOff.objects.filter(case=OuterRef("pk"), what=SignOff.What.EXIT, replaced_at=None)
    return rows.filter(at__gte=OuterRef("exit_at"), agency__area=OuterRef("area"), **rules)


def _wanted_of(user: User, seat: Seat, reported: Exists) -> Iterable[Q]:
    """The cases on which this seat writes the report, or can sign for a party that is missing."""
    area, perms = seat.agency.area, {one for role in seat.roles for one in ROLES[role].permissions}
    if Perm.CASE_EXIT in perms:
        yield Q(~reported, area=area)
    if Perm.EXIT_SIGN in perms:
        for party in area.rules.exit_sign_offs:
            if PARTIES[party] & seat.roles:
                ours = Q(party=party) | Q(agency=seat.agency) | Q(by=user)
                is_open = ~Exists(_signed().filter(ours))
                yield Q(Exact(reported, True), is_open, area=area)


def groups(found: list[Any]) -> Iterable[Group]:
    """The list, only when there is something in it."""
    if found:
        title = "Exits to endorse, closing reports to write"
        yield NAME, title, "purple", "", [_row(one) for one in found]


def _row(case: Any) -> Row:
    return Row(
        case=case,
        what="Endorse the exit" if case.is_reported else "Write the closing report",
        url=reverse("case_exit", args=[case.reference]),
        waiting="You",
        due_on=case.next_due_on,
    )
