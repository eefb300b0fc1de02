"""Who may open a case, read an item, do an act. Views fetch through here and nowhere else.

404 outside the remit (existence is itself sensitive), 403 for the wrong role, 409 for the wrong
moment. Every rule that raises has a boolean twin, so that a button and its action cannot disagree.
"""

import datetime
from dataclasses import dataclass, field
from functools import cached_property

from django.http import Http404

from accounts import grants
from accounts.models import User
from accounts.permissions import Perm
from accounts.roles import KINDS_FOR_MARK, ROLES, ShareKind
from prevent_cms.errors import ActionDenied
from prevent_cms.marking import Mark
from prevent_cms.references import normalise
from referrals.models import Case, Consent, PersonFact
from referrals.workflow import CASE_WORKFLOW, Status

NOT_YOURS = "Your role does not include this. Ask the owner of the case."


def get_case(user: User, reference: str, *perms: Perm) -> Case:
    """The case with this reference, if this user may know of it and, with `perms`, act on it.

    Raises Http404 outside the remit, ActionDenied when a role lacks one of `perms`.
    """
    return get_reader(user, reference, *perms).case


def may(user: User, perm: Perm, case: Case) -> bool:
    """Whether a role of this user includes `perm` and the case is shared in a way that covers it.

    Acts of coordination (all but answering and delivering) need a coordinating share.
    """
    return _covers(user, perm, grants.ways_in(user, case))


def get_reader(user: User, reference: str, *perms: Perm) -> "Reader":
    """What `get_case` fetches, as the reader of a page: case and shares in one query.

    Raises Http404 outside the remit, ActionDenied when a role lacks one of `perms`.
    """
    case, ways = grants.find(user, Case, "owner", "owner_agency", reference=normalise(reference))
    if case is None or not user.holds(Perm.CASE_VIEW):
        raise Http404
    reader = Reader(user, case, ways)
    reader.require(*perms)
    return reader


def get_coordinated(user: User, reference: str, *perms: Perm) -> "Reader":
    """The same for coordinators of the case; anybody else gets 404, as for a tab they do not have."""
    reader = get_reader(user, reference)
    if not reader.is_coordinator or not reader.may(Perm.CASE_VIEW):
        raise Http404
    reader.require(*perms)
    return reader


def _covers(user: User, perm: Perm, ways: list[grants.Way], *, lasting: bool = False) -> bool:
    """One and the same role must include `perm` and be able to use a share of its own agency."""
    wanted = NARROW.get(perm, frozenset({ShareKind.COORDINATE}))
    lasting = lasting or perm in LASTING
    held = grants.kinds_by_agency(way for way in ways if not (way.is_emergency and lasting))
    return user.is_active and any(
        perm in ROLES[role].permissions and ROLES[role].kinds & wanted & held[seat.agency.pk]
        for seat in user.seats
        if seat.agency.pk in held
        for role in seat.roles
    )


# What can be done through less than a coordinating share.
NARROW: dict[Perm, frozenset[ShareKind]] = {
    Perm.CASE_VIEW: frozenset(ShareKind),
    Perm.INFORMATION_RETURN: frozenset({ShareKind.RESPOND}),
    Perm.INFORMATION_WRITE: frozenset({ShareKind.RESPOND}),
    Perm.SUPPORT_DELIVER: frozenset({ShareKind.DELIVER, ShareKind.PANEL}),
    Perm.MEETING_VIEW: frozenset({ShareKind.COORDINATE, ShareKind.PANEL}),
    Perm.MINUTES_EXPORT: frozenset({ShareKind.COORDINATE, ShareKind.PANEL}),
}
# Who has a case outlasts an emergency, so an hour in one is not enough to change it.
LASTING = frozenset(
    {
        Perm.CASE_SHARE,
        Perm.CASE_TRANSFER,
        Perm.TRANSFER_AGREE,
        Perm.CASE_RESTRICT,
        Perm.BAR_SET,
        Perm.CASE_ASSIGN,
        Perm.CASE_TAKE,
        Perm.CASE_RELEASE,
        Perm.CASE_ROUTE,
        Perm.INFORMATION_REQUEST,
        Perm.PLAN_WRITE,
    }
)


def require(user: User, perm: Perm, case: Case) -> None:
    """Raise ActionDenied unless `may`."""
    if not may(user, perm, case):
        raise ActionDenied(NOT_YOURS)


def require_lasting(user: User, perm: Perm, case: Case) -> None:
    """Raise ActionDenied unless they `may`, whatever the act, without an emergency."""
    if not _covers(user, perm, grants.ways_in(user, case), lasting=True):
        raise ActionDenied(NOT_YOURS)


def may_move(user: User, name: str, case: Case) -> bool:
    """Whether a button for this move should be shown: role, share and stage all say yes."""
    move = CASE_WORKFLOW.moves[name]
    return case.status in move.sources and may(user, Perm(move.permission), case)


@dataclass(frozen=True)
class Reader:
    """What one user may read of one case, worked out once for a page."""

    user: User
    case: Case
    fetched: list[grants.Way] | None = field(default=None, repr=False, compare=False)

    @cached_property
    def ways(self) -> list[grants.Way]:
        """The shares through which this user reaches the case, fetched with it or in one query."""
        return grants.ways_in(self.user, self.case) if self.fetched is None else self.fetched

    @cached_property
    def held(self) -> dict[int, frozenset[ShareKind]]:
        return grants.kinds_by_agency(self.ways)

    @property
    def emergency_until(self) -> datetime.datetime | None:
        """Until when the case is open to them, when only an emergency opened it."""
        ends = [way.until for way in self.ways if way.is_emergency and way.until]
        return max(ends) if ends and len(ends) == len(self.ways) else None

    @cached_property
    def kinds(self) -> frozenset[ShareKind]:
        return frozenset().union(*self.held.values())

    def may(self, perm: Perm) -> bool:
        """The answer of `access.may`, from the shares already fetched for the page."""
        return _covers(self.user, perm, self.ways)

    def require(self, *perms: Perm) -> None:
        """Raise ActionDenied unless they `may` do all of it."""
        if not all(map(self.may, perms)):
            raise ActionDenied(NOT_YOURS)

    @cached_property
    def is_police(self) -> bool:
        """Whether POLICE material of this case is open to them."""
        return any(
            seat.is_police and ShareKind.COORDINATE in self.held.get(seat.agency.pk, ())
            for seat in self.user.seats
        )

    @property
    def is_coordinator(self) -> bool:
        return ShareKind.COORDINATE in self.kinds

    @property
    def is_only_asked(self) -> bool:
        """Whether they may do no more than answer a request."""
        return self.kinds == {ShareKind.RESPOND}

    @cached_property
    def marks(self) -> frozenset[Mark]:
        """The marks this user may read on this case; AGENCY items are theirs by agency."""
        marks = {
            mark for mark in (Mark.COORDINATION, Mark.PANEL) if KINDS_FOR_MARK[mark] & self.kinds
        }
        return frozenset(marks | ({Mark.POLICE} if self.is_police else set()))

    @cached_property
    def facts(self) -> list[PersonFact]:
        """What they may read of the person, in one query a page."""
        return list(PersonFact.objects.visible_to(self.user).filter(case=self.case))

    @cached_property
    def consents(self) -> list[Consent]:
        """What they may read of the log of consent, in one query a page."""
        rows = Consent.objects.visible_to(self.user).filter(case=self.case)
        return list(rows.select_related("by"))

    @property
    def stage(self) -> Status:
        """The stage this reader may know: outside police a hold does not exist."""
        return Status(self.case.status) if self.is_police else self.case.stage

    @property
    def stage_note(self) -> str:
        """The words beside the stage, outside police."""
        return "" if self.is_police else police_note(self.case)


ASKED = "Information request"  # what stands for the stage where the reader is only asked


def request_note(is_waited_for: bool) -> str:
    """The words beside it."""
    return "Open" if is_waited_for else "Closed"


# Stages in which police lead the work, so that the next step is mostly theirs.
WITH_POLICE = frozenset(
    {
        Status.RECEIVED,
        Status.SCREENING,
        Status.DECONFLICTION,
        Status.INFORMATION_GATHERING,
        Status.ASSESSMENT,
    }
)


def police_note(case: Case) -> str:
    """The words beside the stage outside police: by the stage alone, so a hold changes nothing."""
    return "With police" if case.stage in WITH_POLICE else ""
