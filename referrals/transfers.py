"""Transfers to another area: what waits, for whom, and what may be known before the case has moved.

Whoever is to receive a case reads a proposal without a word of case material; the officer who
checks it there reads whom to check (design section 5; R178, R179; docs/adr/0019).
"""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from accounts import grants
from accounts.models import Agency, Area, Membership, User
from accounts.permissions import Perm
from accounts.roles import Role
from prevent_cms import clock, wall
from prevent_cms.errors import ActionDenied, ActionInvalid
from referrals import information
from referrals.access import NOT_YOURS, Reader
from referrals.handovers import HOLDING
from referrals.models import Bar, Case, Transfer, TransferCheck
from referrals.workflow import Status

OPEN = Transfer.Result.OPEN
CHECKING = (Perm.DECONFLICTION_RECORD, Perm.CASE_TAKE)


def may_propose(reader: Reader) -> bool:
    """Whether this reader may propose that the case moves now: it is released, open, and stays put.

    A hold changes nothing here: outside police it does not exist.
    """
    case = reader.case
    is_movable = case.is_released and case.is_open
    return is_movable and reader.may(Perm.CASE_TRANSFER)


def areas_to(case: Case) -> QuerySet[Area]:
    """The areas to which a case can move: every other that has police and a local authority."""
    there = Agency.objects.filter(area=OuterRef("pk"), is_active=True)
    police, councils = (there.filter(kind=kind) for kind in ("police", "local_authority"))
    return Area.objects.exclude(pk=case.area_id).filter(Exists(police), Exists(councils))


def of_case(reader: Reader) -> QuerySet[Transfer]:
    """The transfers of this case that this reader may know of, the newest first."""
    rows: QuerySet[Transfer] = Transfer.objects.visible_to(reader.user).filter(case=reader.case)
    return rows.select_related(
        "case__area", "from_area", "to_area", "by", "agreed_by", "accepted_by", "lead", "ended_by"
    )


def open_of(reader: Reader) -> Transfer | None:
    """The transfer of this case that waits; None when there is none."""
    return of_case(reader).filter(result=OPEN).first()


def get_open(reader: Reader) -> Transfer:
    """The transfer of this case that waits; ActionInvalid when there is none any more."""
    found = open_of(reader)
    if found is None:
        raise ActionInvalid("No transfer of this case waits any more. Nothing has been changed.")
    return found


def _areas_with(user: User, *perms: Perm) -> list[int]:
    """Where this person works in roles that include each of these permissions."""
    areas = [{seat.agency.area_id for seat in user.seats_with(perm)} for perm in perms]
    return sorted(set.intersection(*areas)) if user.is_active else []


def put_to(user: User) -> QuerySet[Transfer]:
    """The transfers that this person's area is asked to receive, the first to take effect first.

    Chairs are asked once the chair whom the case leaves has agreed; police once both have. Nobody is
    who has a conflict of interest in the case.
    """
    chairs = Q(to_area__in=_areas_with(user, Perm.TRANSFER_AGREE), agreed_at__isnull=False)
    police = Q(to_area__in=_areas_with(user, *CHECKING), accepted_at__isnull=False)
    barred = Bar.objects.in_force().filter(case=OuterRef("case"), user=user)
    rows: QuerySet[Transfer] = Transfer.objects.filter(
        chairs | police, ~Exists(barred), ~Q(case__status=Status.CLOSED), result=OPEN
    )
    return rows.select_related("case__area", "from_area", "to_area", "by", "lead").order_by(
        "effective_on", "pk"
    )


def get_put(user: User, pk: int) -> Transfer:
    """A transfer that this person's area is asked to receive; Http404 for any other."""
    found = put_to(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def answers(user: User, transfer: Transfer) -> bool:
    """Whether this person answers for the receiving area, as its chair."""
    return transfer.to_area_id in _areas_with(user, Perm.TRANSFER_AGREE)


def checks(user: User, transfer: Transfer) -> bool:
    """Whether this person checks and takes the case for the receiving force."""
    asked = _areas_with(user, *CHECKING)
    return transfer.accepted_at is not None and transfer.to_area_id in asked


def require(allowed: bool) -> None:
    """Raise ActionDenied unless it is theirs to do."""
    if not allowed:
        raise ActionDenied(NOT_YOURS)


def leads(transfer: Transfer) -> QuerySet[User]:
    """Who can be named to lead the case there for the local authority, by name."""
    seats = Membership.objects.current().filter(
        role=Role.PREVENT_LEAD, agency__area=transfer.to_area
    )
    people = User.objects.filter(is_active=True, pk__in=seats.values("user"))
    return people.exclude(pk__in=_barred(transfer)).order_by("name", "pk")


def chairs_asked(transfer: Transfer) -> QuerySet[User]:
    """The chairs whose turn it is to agree: those here that can open the case, then those there."""
    roles = (Role.PANEL_CHAIR, Role.DEPUTY_CHAIR)
    area = transfer.to_area if transfer.agreed_at else transfer.from_area
    seats = Membership.objects.current().filter(role__in=roles, agency__area=area)
    people = User.objects.filter(is_active=True, pk__in=seats.values("user"))
    if not transfer.agreed_at:
        let_in = {seat.user_id for seat in grants.people_with(transfer.case)}
        people = people.filter(pk__in=let_in)
    return people.exclude(pk__in=_barred(transfer)).order_by("pk")


def _barred(transfer: Transfer) -> QuerySet[Bar]:
    """Who has a conflict of interest in the case."""
    rows: QuerySet[Bar] = Bar.objects.in_force().filter(case=transfer.case)
    return rows.values("user")  # type: ignore[return-value]


def stage_words(transfer: Transfer) -> str:
    """At which stage the case is, as everybody outside police knows it."""
    return str(transfer.case.stage.label)


@wall.as_service()
def checked(transfer: Transfer) -> TransferCheck | None:
    """The newest check of the receiving force, which nobody outside both forces may know of."""
    rows = TransferCheck.objects.filter(transfer=transfer).select_related("by")
    found: TransferCheck | None = rows.order_by("-at", "-pk").first()
    return found


def identity(transfer: Transfer) -> list[information.Detail]:
    """Whom the receiving force checks: identity facts and nothing else."""
    return information.identity_of(transfer.case)


def to_answer(user: User) -> QuerySet[Transfer]:
    """Those that wait for this person as receiving chair: nobody leads them there, or not any more."""
    seats = _seats_there({Role.PREVENT_LEAD})
    unled = Q(accepted_at=None) | ~Exists(seats.filter(user=OuterRef("lead")))
    return put_to(user).filter(unled, to_area__in=_areas_with(user, Perm.TRANSFER_AGREE))


def to_check(user: User) -> QuerySet[Transfer]:
    """Those that wait for this person's force: nobody has found them clear who can hold a case."""
    newest = TransferCheck.objects.filter(transfer=OuterRef("pk")).order_by("-at", "-pk")
    takers = _seats_there(HOLDING).filter(user=OuterRef("last_by"))
    rows = put_to(user).filter(to_area__in=_areas_with(user, *CHECKING), accepted_at__isnull=False)
    rows = rows.alias(
        last_clear=Subquery(newest.values("is_clear")[:1]),
        last_by=Subquery(newest.values("by")[:1]),
    )
    return rows.filter(Q(last_clear=None) | Q(last_clear=False) | ~Exists(takers))


def _seats_there(roles: Collection[Role]) -> QuerySet[Membership]:
    """Who holds such a role now in the area to which the transfer of the outer query leads."""
    seats: QuerySet[Membership] = Membership.objects.current().filter(
        role__in=roles, agency__area=OuterRef("to_area"), user__is_active=True
    )
    return seats


def who_takes(transfer: Transfer) -> User | None:
    """The officer who takes the case: who found it clear there, and can hold it still."""
    check = checked(transfer)
    officer = check.by if check and check.is_clear else None
    if officer is None or not officer.is_active:
        return None
    return officer if officer.seat_with(Perm.CASE_TAKE, transfer.to_area) else None


@wall.as_service()
def is_ready(transfer: Transfer) -> bool:
    """Whether the case can move now: agreed, its day has come, and neither force stands in the way."""
    case, lead = transfer.case, transfer.lead
    if transfer.result != OPEN or lead is None or transfer.effective_on > clock.today():
        return False
    officer = who_takes(transfer)
    if officer is None or not leads(transfer).filter(pk=lead.pk).exists():
        return False
    kept_out = Bar.objects.in_force().filter(case=case, user=officer)
    is_free = case.status != Status.HELD and case.is_released and case.is_open
    return is_free and not kept_out.exists()


def waiting() -> QuerySet[Transfer]:
    """Every transfer whose day has come, or whose case was closed meanwhile."""
    rows: QuerySet[Transfer] = Transfer.objects.filter(result=OPEN)
    closed = Q(case__status=Status.CLOSED)
    return rows.filter(Q(effective_on__lte=clock.today()) | closed).order_by("pk")
