"""Which cases somebody may open in an emergency, and which of these openings they review."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from accounts import grants
from accounts.models import Agency, Membership, Seat, User
from accounts.permissions import Perm
from accounts.roles import CHAIR_ROLES, POLICE_ROLES, ROLES, Role
from prevent_cms.typed import number_in
from referrals.models import IS_RELEASED, Bar, Case, EmergencyAccess
from referrals.workflow import Status

REVIEW_DAYS = 3  # working days after which a review is late
PAGE = 25


def seats(user: User, perm: Perm, area_id: int | None = None) -> list[Seat]:
    """The seats with a role that includes `perm` and works on cases, police first."""
    found = [
        seat
        for seat in user.seats
        if seat.kinds_with(perm) and area_id in (None, seat.agency.area_id)
    ]
    return sorted(found, key=lambda seat: not seat.is_police)


def openable(user: User) -> QuerySet[Case]:
    """The cases that this person can open in an emergency now.

    One question with every condition in it, so that neither the answer nor the time it takes tells
    an unknown reference from one that may not be opened. A hold lets nobody in outside police.
    """
    clear = IS_RELEASED & ~Q(status=Status.HELD)
    found = Case.objects.filter(_within(user, Perm.GLASS_BREAK, "area", clear))
    shared = grants.is_shared(user, Case, grants.usable(user))
    return found.filter(_free(user, "pk"), *([~shared] if shared is not None else []))


def reviewable(user: User) -> QuerySet[Any]:
    """What this person reviews: police everything of the area, the chair what had been released.

    Never one's own, nor of a case in which one has a conflict of interest. What is left to nobody
    in this way is for the police auditor.
    """
    rule = _within(user, Perm.GLASS_REVIEW, "case__area", Q(was_released=True))
    audited = [
        seat.agency.area_id
        for seat in (user.seats if user.is_active else [])
        if Role.POLICE_AUDITOR in seat.roles and seat.agency.kind == Agency.Kind.POLICE
    ]
    if audited:
        left = ~_reviewed_by(POLICE_ROLES) & ~(Q(was_released=True) & _reviewed_by(CHAIR_ROLES))
        rule |= Q(left, case__area__in=audited)
    return EmergencyAccess.objects.filter(rule, _free(user, "case_id")).exclude(user=user)


def _reviewed_by(roles: frozenset[Role]) -> Q:
    """The condition on an opening that somebody with such a role of the area can review it."""
    roles = frozenset(role for role in roles if Perm.GLASS_REVIEW in ROLES[role].permissions)
    barred = Bar.objects.in_force().filter(case=OuterRef(OuterRef("case")), user=OuterRef("user"))
    seats = Membership.objects.current().filter(
        ~Exists(barred), role__in=roles, agency__area=OuterRef("case__area"), user__is_active=True
    )
    return Q(Exists(seats.exclude(user=OuterRef("user"))))


def _within(user: User, perm: Perm, path: str, released: Q) -> Q:
    """The condition on the area: police have all of it, others what `released` says."""
    held = seats(user, perm) if user.is_active else []
    police = [seat.agency.area_id for seat in held if seat.is_police]
    others = [seat.agency.area_id for seat in held]
    return Q(**{f"{path}__in": police}) | Q(released, **{f"{path}__in": others})


def _free(user: User, case: str) -> Q:
    """The condition that no conflict of interest keeps this person out."""
    return Q(~Exists(Bar.objects.in_force().filter(case=OuterRef(case), user=user)))


@dataclass(frozen=True)
class Review:
    """One opening, with the day by which it is to be reviewed."""

    opening: EmergencyAccess

    @property
    def due_on(self) -> datetime.date:
        opened_on = timezone.localdate(self.opening.at)
        return self.opening.case.area.rules.due(opened_on, REVIEW_DAYS)

    @property
    def late(self) -> str:
        """How late it is, in words; empty when it is not, or done."""
        area = self.opening.case.area
        return "" if self.opening.reviewed_at else area.late_words(self.due_on)


@dataclass(frozen=True)
class Queue:
    waiting: list[Review]
    done: list[Review]
    older: int | None = None  # the review before which the next page begins
    is_first: bool = True


def waiting(user: User) -> QuerySet[Any]:
    """What nobody has reviewed, the oldest first: all of it, for none may be lost."""
    return _told(reviewable(user)).filter(reviewed_at=None).order_by("at", "pk")


def get_review(user: User, pk: int) -> Review:
    """One opening that this person reviews, done or not; Http404 for any other."""
    found = _told(reviewable(user)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return Review(found)


def queue(user: User, before: str = "") -> Queue:
    """Everything that waits for this reviewer, and a page of what has been reviewed."""
    done = _told(reviewable(user)).exclude(reviewed_at=None).order_by("-reviewed_at", "-pk")
    start = done.filter(pk=number_in(before) or 0).first()
    if start:
        same = Q(reviewed_at=start.reviewed_at, pk__lt=start.pk)
        done = done.filter(Q(reviewed_at__lt=start.reviewed_at) | same)
    found = [Review(one) for one in done[: PAGE + 1]]
    older = found[PAGE - 1].opening.pk if len(found) > PAGE else None
    return Queue(list(map(Review, waiting(user))), found[:PAGE], older, start is None)


def _told(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.select_related("case__area", "user", "agency", "reviewed_by")
