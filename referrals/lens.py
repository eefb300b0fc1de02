"""How much the case list may say to one person, and of which case.

A person who works in several agencies with different kinds of share gets the narrowest list of
them, so that the order of rows and the words in them never tell more than one share allows. Of a
case that reached them only because an agency of theirs was asked, it says whether the answer is
still waited for, and nothing of the stage: not by a filter, a count or an order either.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import BooleanField, ExpressionWrapper, Q, When
from django.db.models import Case as Choose

from accounts import grants
from accounts.models import Seat, User
from accounts.roles import ShareKind
from referrals.access import police_note
from referrals.models import Case, InformationRequest, MarkedQuerySet
from referrals.workflow import Status

# Through these a case is followed from stage to stage.
FOLLOWS = frozenset({ShareKind.COORDINATE, ShareKind.PANEL})
MORE_THAN_ASKED = frozenset(ShareKind) - {ShareKind.RESPOND}
POLICE_STAGES = frozenset({Status.RECEIVED, Status.SCREENING, Status.DECONFLICTION, Status.HELD})
NEVER = Q(pk=0)  # a condition that a CASE of the database can hold


@dataclass(frozen=True)
class Lens:
    """How much the list may say to one person."""

    user: User

    @cached_property
    def _seats(self) -> list[Seat]:
        return [seat for seat in self.user.seats if seat.kinds]

    @property
    def is_police(self) -> bool:
        return bool(self._seats) and all(seat.is_police for seat in self._seats)

    @property
    def is_coordinator(self) -> bool:
        only = {ShareKind.COORDINATE}
        return bool(self._seats) and all(seat.kinds == only for seat in self._seats)

    @property
    def may_be_asked(self) -> bool:
        return any(ShareKind.RESPOND in seat.kinds for seat in self._seats)

    @property
    def follows(self) -> bool:
        """Whether this person can filter by stage at all."""
        return any(seat.kinds & FOLLOWS for seat in self._seats)

    @property
    def stages(self) -> list[Status]:
        """The stages this person can filter by; outside police a hold and what it precedes are none."""
        if not self.follows:
            return [Status.CLOSED]
        return [stage for stage in Status if self.is_police or stage not in POLICE_STAGES]

    @property
    def areas(self) -> dict[str, str]:
        """Code -> name of the areas to choose from; none for who works in one."""
        found = {seat.agency.area.code: seat.agency.area.name for seat in self._seats}
        return dict(sorted(found.items(), key=lambda one: one[1])) if len(found) > 1 else {}

    def stage_of(self, case: Case) -> Status:
        return Status(case.status) if self.is_police else case.stage

    def note_of(self, case: Case) -> str:
        return "" if self.is_police else police_note(case)

    @property
    def knows_more(self) -> Q:
        """The condition on a visible case that it reached them by more than a request."""
        return Q(pk__in=grants.reached(self.user, Case, MORE_THAN_ASKED))

    def by_stage(self, chosen: Iterable[str]) -> Q | Choose:
        """The condition that a case stands at one of these stages, or is open when none is chosen."""
        wanted = [stage for stage in self.stages if stage in set(chosen)]
        rule = Q(status__in=wanted) if wanted else ~Q(status=Status.CLOSED)
        if wanted and not self.is_police:  # a held case is found where it was held
            rule |= Q(status=Status.HELD, held_from__in=wanted)
        if not self.may_be_asked:
            return rule
        known = When(self.knows_more, then=_yes_or_no(rule))
        return Choose(known, default=_yes_or_no(self._by_request(wanted)))

    def _by_request(self, wanted: list[Status]) -> Q:
        """Of a case behind a request, open is what waits for the answer and closed is the rest."""
        waiting = Q(pk__in=self.unanswered().values("case"))
        if not wanted:
            return waiting
        return ~waiting if Status.CLOSED in wanted else NEVER

    def unanswered(self) -> MarkedQuerySet:
        """The requests to this person's own agencies that wait for an answer."""
        asked: MarkedQuerySet = InformationRequest.objects.filter(
            agency_id__in=self.user.agency_ids, answered_at=None
        )
        return asked.exclude(case__status=Status.CLOSED).order_by()


def _yes_or_no(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition, BooleanField())
