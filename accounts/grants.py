"""Who has been let in to which record: the only module that imports guardian (design section 5).

A share is a row of guardian's direct table with a kind, a reason and an end. Only `view_case` is
ever granted, so the table is one book; a share whose `until` has passed opens nothing any more.
"""

import datetime
from collections import defaultdict
from typing import Any, cast

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from guardian.shortcuts import get_objects_for_user
from guardian.utils import get_group_obj_perms_model

from accounts.models import Agency, User
from accounts.roles import KINDS_FOR_MARK, ShareKind
from prevent_cms import clock
from prevent_cms.marking import Mark


def in_force() -> Q:
    """The condition on a share row that it has not ended."""
    return Q(until=None) | Q(until__gt=clock.now())


def _through(user: User, kinds: frozenset[ShareKind], *, police: bool) -> Q | None:
    """The share rows this user can use, by agency group and kind; None when there can be none."""
    groups: defaultdict[frozenset[ShareKind], list[int]] = defaultdict(list)
    for seat in user.seats if user.is_active else []:
        usable = seat.kinds & kinds
        if usable and (seat.is_police or not police):
            groups[usable].append(seat.agency.group_id)
    condition = Q()
    for usable, ids in groups.items():
        condition |= Q(group_id__in=ids, kind__in=sorted(usable))
    return condition or None


def _book(model: type[Model] | Model) -> Any:
    """The table in which guardian keeps the shares of this kind of record."""
    return get_group_obj_perms_model(cast(Model, model))


def is_shared(
    user: User, model: type[Model], *, case: str = "pk", mark: Mark | None = None
) -> Exists | None:
    """An `Exists` over the shares of the row's case that this user can use.

    `model` is the case model, `case` the path from the filtered row to the case id, `mark` narrows
    to the kinds that cover that handling mark. None means that nothing can be shared with them.
    """
    kinds = KINDS_FOR_MARK[mark] if mark else frozenset(ShareKind)
    through = _through(user, kinds, police=mark == Mark.POLICE)
    if through is None:
        return None
    shares = _book(model)
    return Exists(shares.objects.filter(through, in_force(), content_object=OuterRef(case)))


def share(
    record: Model,
    agency: Agency,
    kind: ShareKind,
    *,
    reason: str,
    by: User | None,
    until: datetime.datetime | None = None,
) -> Model:
    """Let an agency in to a record; sharing again in the same kind changes reason and end."""
    table = _book(record)
    row = table.objects.filter(content_object=record, group_id=agency.group_id, kind=kind).first()
    if row is None:
        permission = Permission.objects.get(
            content_type=ContentType.objects.get_for_model(record), codename="view_case"
        )
        row = table(
            content_object=record, group_id=agency.group_id, kind=kind, permission=permission
        )
    row.reason, row.until, row.by, row.since = reason, until, by, clock.now()
    row.save()
    shared: Model = row
    return shared


def unshare(record: Model, agency: Agency, kind: ShareKind) -> bool:
    """End a share at once; False when there was none."""
    table = _book(record)
    row = table.objects.filter(content_object=record, group_id=agency.group_id, kind=kind).first()
    if row is None:
        return False
    row.delete()
    return True


def shares_of(record: Model) -> QuerySet[Model]:
    """The shares of a record that are in force."""
    rows: QuerySet[Model] = _book(record).objects.filter(in_force(), content_object=record)
    return rows


def kinds_held(user: User, record: Model) -> dict[int, frozenset[ShareKind]]:
    """Agency id -> the kinds of share through which this user's seat there reaches the record."""
    seats = {seat.agency.group_id: seat for seat in user.seats} if user.is_active else {}
    rows = shares_of(record).filter(group_id__in=seats.keys()).values_list("group_id", "kind")
    held: defaultdict[int, set[ShareKind]] = defaultdict(set)
    for group_id, kind in rows:
        seat = seats[group_id]
        if ShareKind(kind) in seat.kinds:
            held[seat.agency.pk].add(ShareKind(kind))
    return {agency_id: frozenset(kinds) for agency_id, kinds in held.items()}


def guardians_answer(user: User, records: QuerySet[Model]) -> QuerySet[Model]:
    """What guardian itself says is open to this user, to hold our own query against in tests."""
    found: QuerySet[Model] = get_objects_for_user(
        user, "view_case", klass=records, with_superuser=False, accept_global_perms=False
    )
    return found
