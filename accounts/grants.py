"""Who has been let in to which record: the only module that imports guardian (design section 5).

A share is a row of guardian's direct table with a kind, a reason and an end. Only `view_case` is
ever granted, so the table is one book; a share whose `until` has passed opens nothing any more,
and one that waits for the end of a hold opens nothing yet (docs/adr/0006).
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from guardian.utils import get_group_obj_perms_model

from accounts.models import Agency, Membership, Seat, User
from accounts.roles import KINDS_FOR_MARK, ROLES, Role, ShareKind
from prevent_cms import clock
from prevent_cms.history.rows import add_all
from prevent_cms.marking import Mark

# The reasons of shares with one person; every other share is with an agency.
NAMED = "Named while the case is restricted"
OPENED = "Opened in an emergency"
# From narrow to wide: a share of one kind shows whatever a share of an earlier kind shows.
WIDTH = (ShareKind.RESPOND, ShareKind.DELIVER, ShareKind.PANEL, ShareKind.COORDINATE)


def not_ended() -> Q:
    """The condition on a share row that it has not ended; it may still wait."""
    return Q(until=None) | Q(until__gt=clock.now())


def in_force() -> Q:
    """The condition on a share row that it opens the record: it has not ended and does not wait."""
    return not_ended() & Q(waits=False)


# The kinds of share that somebody can use, with the agencies in which they can use them.
Usable = frozenset[tuple[frozenset[ShareKind], frozenset[Agency]]]


def usable(
    user: User,
    kinds: frozenset[ShareKind] = frozenset(ShareKind),
    *,
    mark: Mark | None = None,
) -> Usable:
    """Which of these kinds of share this user can use, and where; or which show them a `mark`."""
    kinds = KINDS_FOR_MARK[mark] if mark else kinds
    groups: defaultdict[frozenset[ShareKind], set[Agency]] = defaultdict(set)
    for seat in user.seats if user.is_active else []:
        held = seat.kinds & kinds
        if held and (seat.is_police or mark != Mark.POLICE):
            groups[held].add(seat.agency)
    return frozenset((held, frozenset(agencies)) for held, agencies in groups.items())


def _through(
    user: User, model: type[Model] | Model, held: Usable, *, lasting: bool = False
) -> Q | None:
    """The share rows that open a record to this user, or None when there can be none.

    While a record is restricted, a share with an agency opens it to those of its people who are
    named in the same kind. An emergency opens what lies in an area where the user works, unless
    what is asked for is `lasting`.
    """
    if not held:
        return None
    agencies, opened = Q(), Q()
    for kinds, found in held:
        kind = Q(kind__in=sorted(kinds))
        agencies |= kind & Q(group_id__in=[agency.group_id for agency in found])
        opened |= kind & Q(content_object__area__in=[agency.area_id for agency in found])
    named = _book(model).objects.filter(
        in_force(), group_id=user.group_id, reason=NAMED, kind=OuterRef("kind")
    )
    is_named = Exists(named.filter(content_object=OuterRef("content_object")))
    through = agencies & (Q(content_object__is_restricted=False) | Q(is_named))
    return through if lasting else through | opened & Q(group_id=user.group_id, reason=OPENED)


def _free_of_bars(user: User, model: type[Model] | Model) -> Q:
    """The condition on a share row that this user is not barred from its record."""
    bars = cast(Any, model).bars.rel.related_model.objects.in_force()
    return Q(~Exists(bars.filter(case=OuterRef("content_object"), user_id=user.pk)))


def _book(model: type[Model] | Model) -> Any:
    """The table in which guardian keeps the shares of this kind of record."""
    return get_group_obj_perms_model(cast(Model, model))


def is_shared(
    user: User,
    model: type[Model],
    held: Usable,
    *,
    case: str = "pk",
    lasting: bool = False,
) -> Exists | None:
    """An `Exists` over the shares of the row's case that this user can use.

    `model` is the case model, `held` what `usable` found, `case` the path from the filtered row to
    the case id; `lasting` leaves emergencies out. None means that nothing can be shared with them.
    """
    through = _through(user, model, held, lasting=lasting)
    if through is None:
        return None
    shares = _book(model).objects.filter(through, in_force(), _free_of_bars(user, model))
    return Exists(shares.filter(content_object=OuterRef(case)))


@dataclass(frozen=True)
class Offer:
    """Letting one agency or person in: in which kind, why, until when (None: until it is ended).

    One that waits opens nothing before `open_waiting`, unless they see as much already.
    """

    to: Agency | User
    kind: ShareKind
    reason: str
    until: datetime.datetime | None = None
    waits: bool = False

    def shows_no_more(self, rows: Iterable[Any]) -> bool:
        """Whether one of these shares opens as much to the same agency or person now."""
        wider = WIDTH[WIDTH.index(self.kind) :]
        return any(
            row.group_id == self.to.group_id
            and row.kind in wider
            and not row.waits
            and (row.until is None or row.until > clock.now())
            for row in rows
        )


def share(record: Model, offers: Iterable[Offer], *, by: User | None) -> None:
    """Let agencies and people in to a record; sharing again in the same kind changes reason and end."""
    table = _book(record)
    rows = {(row.group_id, row.kind): row for row in table.objects.filter(content_object=record)}
    view = _permission_to_view(record)
    new = []
    for offer in offers:
        key = (offer.to.group_id, offer.kind)
        row = rows.get(key) or table(
            content_object=record, group_id=key[0], kind=offer.kind, permission=view
        )
        row.waits = offer.waits and not offer.shows_no_more(rows.values())
        row.reason, row.until, row.by, row.since = offer.reason, offer.until, by, clock.now()
        if key in rows:
            row.save()
        else:
            new.append(row)
    add_all(new)


def _permission_to_view(record: Model) -> Permission:
    """Django's permission that stands in every share; remembered as long as its kind of record is."""
    kind: Any = ContentType.objects.get_for_model(record)
    if not hasattr(kind, "permission_to_view"):
        kind.permission_to_view = Permission.objects.get(content_type=kind, codename="view_case")
    found: Permission = kind.permission_to_view
    return found


def unshare(record: Model, whom: Agency | User, kind: ShareKind) -> bool:
    """End a share at once; False when there was none."""
    table = _book(record)
    row = table.objects.filter(content_object=record, group_id=whom.group_id, kind=kind).first()
    if row is None:
        return False
    row.delete()
    return True


def open_waiting(record: Model) -> list[Any]:
    """Let in whoever waits, and return their shares."""
    rows = list(shares_of(record).filter(waits=True).order_by("pk"))
    for row in rows:
        row.waits = False
        row.save()
    return rows


def shares_of(record: Model) -> QuerySet[Any]:
    """The shares of a record that have not ended, with those that wait."""
    rows: QuerySet[Any] = _book(record).objects.filter(not_ended(), content_object=record)
    return rows


def let_in(record: Model, kinds: Iterable[ShareKind]) -> set[int]:
    """The groups of the agencies to which such a share opens the record; none if it is restricted."""
    open_to_all = shares_of(record).filter(in_force(), content_object__is_restricted=False)
    return set(open_to_all.filter(kind__in=kinds).values_list("group_id", flat=True))


@dataclass(frozen=True)
class Way:
    """One share through which a person reaches a record now, by the seat that can use it."""

    agency_id: int
    kind: ShareKind
    reason: str
    since: datetime.datetime
    until: datetime.datetime | None
    by: str

    @property
    def is_emergency(self) -> bool:
        return self.reason == OPENED


def ways_in(user: User, record: Model) -> list[Way]:
    """Every way in which this user reaches the record now; none when it is not open to them."""
    return find(user, type(record), pk=record.pk)[1]


def find(user: User, model: type[Any], *related: str, **which: Any) -> tuple[Any, list[Way]]:
    """The one record with these values that is open to this user, with every way in to it and with
    what is `related`; (None, []) when none is open to them."""
    through = _through(user, model, usable(user))
    if through is None:
        return None, []
    wanted = {f"content_object__{name}": value for name, value in which.items()}
    rows = _book(model).objects.filter(in_force(), through, _free_of_bars(user, model), **wanted)
    rows = rows.select_related("by", *(f"content_object__{name}" for name in ("area", *related)))
    found = list(rows.order_by("pk"))
    ways = [_way(row, seat) for row in found for seat in user.seats if _is_used(row, user, seat)]
    return (found[0].content_object if found else None), ways


def _is_used(row: Any, user: User, seat: Seat) -> bool:
    """Whether this share, of a record that is open to this user, reaches them in this seat."""
    is_here = row.content_object.area_id == seat.agency.area_id
    groups = (seat.agency.group_id, user.group_id if is_here else None)
    return row.kind in seat.kinds and row.group_id in groups


def _way(row: Any, seat: Seat) -> Way:
    kind, by = ShareKind(row.kind), getattr(row.by, "name", "")
    return Way(seat.agency.pk, kind, row.reason, row.since, row.until, by)


def kinds_by_agency(ways: Iterable[Way]) -> dict[int, frozenset[ShareKind]]:
    """Agency id -> the kinds of share through which a seat there reaches the record."""
    held: defaultdict[int, set[ShareKind]] = defaultdict(set)
    for way in ways:
        held[way.agency_id].add(way.kind)
    return {agency_id: frozenset(kinds) for agency_id, kinds in held.items()}


def people_with(record: Any, *, as_if_open: bool = False) -> list[Membership]:
    """The roles through which people reach a record now, by name: `ways_in` for everybody at once.

    `as_if_open` leaves a restriction and a hold out: whom the shares with their agencies let in.
    """
    kinds: defaultdict[int, set[str]] = defaultdict(set)
    opened: defaultdict[int, set[str]] = defaultdict(set)
    shares = shares_of(record) if as_if_open else shares_of(record).filter(in_force())
    for group_id, kind, reason in shares.values_list("group_id", "kind", "reason"):
        kinds[group_id].add(kind)
        if reason == OPENED:
            opened[group_id].add(kind)
    barred = type(record).bars.rel.related_model.objects.in_force().filter(case=record)
    seats = Membership.objects.current().filter(
        Q(agency__group__in=kinds) | Q(user__group__in=opened, agency__area=record.area_id),
        user__is_active=True,
    )
    seats = seats.exclude(user__in=barred.values("user")).select_related("user", "agency")

    def reach(seat: Membership) -> set[str]:
        found = kinds[seat.agency.group_id]
        if record.is_restricted and not as_if_open:
            found = found & kinds[seat.user.group_id]
        is_here = seat.agency.area_id == record.area_id
        return found | (opened[seat.user.group_id] if is_here else set())

    return [
        seat
        for seat in seats.order_by("user__name", "pk")
        if ROLES[Role(seat.role)].kinds & reach(seat)
    ]


def reached(
    user: User, model: type[Model], kinds: frozenset[ShareKind] = frozenset(ShareKind), **which: Any
) -> QuerySet[Model]:
    """The ids of the records that reach this user through shares of these kinds and values."""
    through = _through(user, model, usable(user, kinds))
    shares: QuerySet[Model] = _book(model).objects.filter(in_force(), **which)
    found = shares.none() if through is None else shares.filter(through)
    return found.values("content_object")  # type: ignore[return-value]
