"""A repeat referral beside the open case of the same person: what can be joined, and what waits."""

from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from prevent_cms.marking import Mark
from referrals import matching
from referrals.clearance import is_clear
from referrals.models import Case, PersonLink, Referral
from referrals.workflow import Status

IS_CLEARED = ExpressionWrapper(Q(cleared_at__isnull=False), BooleanField())
JOINABLE = frozenset({Status.SCREENING, Status.DECONFLICTION})


def targets(user: User, case: Case) -> QuerySet[Case]:
    """The open cases of the same person in this area which police of it may join the referral to."""
    cases = matching.police_cases(user)
    if cases is None or case.status not in JOINABLE:
        return Case.objects.none()
    same = PersonLink.objects.filter(verdict=PersonLink.Verdict.SAME)
    either = Q(first=case.person_id, second=OuterRef("person_id"))
    either |= Q(second=case.person_id, first=OuterRef("person_id"))
    linked = Subquery(same.filter(either).values("pk")[:1])
    open_ones = cases.filter(area_id=case.area_id).exclude(pk=case.pk).exclude(status=Status.CLOSED)
    return open_ones.annotate(link=linked).exclude(link=None).order_by("pk")


def waiting(user: User, case: Case) -> Referral | None:
    """The further referral of a released case that the coordinators do not know of yet."""
    if not case.is_released:
        return None
    return kept_back(user, case).first()


def kept_back(user: User, case: Case) -> QuerySet[Referral]:
    """The referrals of a case that only police know of, the oldest first."""
    rows: QuerySet[Referral] = Referral.objects.visible_to(user).filter(case=case, mark=Mark.POLICE)
    return rows.order_by("received_at", "pk")


def is_settled(user: User, case: Case) -> bool:
    """Whether nothing of the case is kept back: all of it is clear, and no referral waits."""
    return is_clear(case) and waiting(user, case) is None
