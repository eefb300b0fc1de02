"""What police's checks and holds say now. They are written by actions/deconfliction and hold."""

from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from prevent_cms import wall
from referrals.models import Case, Deconfliction, HoldDecision, OvertInvestigation, Referral


def newest_check(case: Case) -> Deconfliction | None:
    """The last check of this case."""
    return Deconfliction.objects.filter(case=case).order_by("-at", "-pk").first()


@wall.as_service()
def lacks_agreement(case: Case) -> bool:
    """As `awaits_agreement`, asked for somebody who may not know."""
    return awaits_agreement(case)


def awaits_agreement(case: Case) -> bool:
    """Whether an overt investigation runs and the panel's agreement is not recorded (domain 2.8)."""
    return without_agreement(case).exists()


def without_agreement(case: Case) -> QuerySet[OvertInvestigation]:
    """What the newest check found to run in the open, until the panel's agreement is recorded."""
    return in_force(OvertInvestigation.objects.filter(case=case, agreed_on=None))


def in_force(rows: QuerySet[OvertInvestigation]) -> QuerySet[OvertInvestigation]:
    """Those of these that no newer check has overtaken.

    The first clear check of a further referral says nothing of an earlier one; a later check does.
    """
    newer = Q(referral=OuterRef("check_made__referral")) | Q(at__gt=F("referral__cleared_at"))
    checks = Deconfliction.objects.filter(newer, case=OuterRef("case")).order_by("-at", "-pk")
    return rows.filter(check_made=Subquery(checks.values("pk")[:1]))


@dataclass(frozen=True)
class Standing:
    """Whether every referral of a case is cleared and the newest check of each lets it go on, and
    whether one of them is urgent."""

    is_clear: bool
    is_urgent: bool


def is_clear(case: Case) -> bool:
    """Whether every referral of the case is cleared and the newest check of each lets it go on."""
    return standing(case).is_clear


@wall.as_service()
def standing(case: Case) -> Standing:
    """How the referrals of a case stand, in one query."""
    checks = Deconfliction.objects.filter(referral=OuterRef("pk")).order_by("-at", "-pk")
    found = (
        Referral.objects.filter(case=case)
        .annotate(newest=Subquery(checks.values("outcome")[:1]))
        .values_list("cleared_at", "newest", "is_urgent")
    )
    passing = Deconfliction.PASSING
    clear = bool(found) and all(cleared and newest in passing for cleared, newest, _ in found)
    return Standing(clear, any(urgent for _, _, urgent in found))


@wall.as_service()
def is_held_by_hand(case: Case) -> bool:
    """Whether the last hold without a check was never ended, by hand or by a newer check.

    It outlives the closing of the case, which a hold's status does not.
    """
    last = HoldDecision.objects.filter(case=case).order_by("-at", "-pk").first()
    if last is None or last.is_resume:
        return False
    return not Deconfliction.objects.filter(case=case, at__gt=last.at).exists()
