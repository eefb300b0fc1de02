"""What police's checks and holds say now. They are written by actions/deconfliction and hold."""

from django.db.models import OuterRef, Subquery

from prevent_cms import wall
from referrals.models import Case, Deconfliction, HoldDecision, Referral

CLEAR = Deconfliction.Outcome.CLEAR


def newest_check(case: Case) -> Deconfliction | None:
    """The last check of this case."""
    return Deconfliction.objects.filter(case=case).order_by("-at", "-pk").first()


@wall.as_service()
def is_clear(case: Case) -> bool:
    """Whether every referral of the case is cleared and the newest check of each still says so."""
    checks = Deconfliction.objects.filter(referral=OuterRef("pk")).order_by("-at", "-pk")
    found = (
        Referral.objects.filter(case=case)
        .annotate(newest=Subquery(checks.values("outcome")[:1]))
        .values_list("cleared_at", "newest")
    )
    return bool(found) and all(cleared and newest == CLEAR for cleared, newest in found)


@wall.as_service()
def is_held_by_hand(case: Case) -> bool:
    """Whether the last hold without a check was never ended, by hand or by a newer check.

    It outlives the closing of the case, which a hold's status does not.
    """
    last = HoldDecision.objects.filter(case=case).order_by("-at", "-pk").first()
    if last is None or last.is_resume:
        return False
    return not Deconfliction.objects.filter(case=case, at__gt=last.at).exists()
