"""Which assessments somebody may open. Drafts and signed ones alike start at `visible_to`."""

from django.http import Http404

from accounts.models import User
from accounts.permissions import Perm
from prevent_cms.errors import ActionInvalid
from prevent_cms.references import normalise
from prevent_cms.workflow import NOT_NOW
from referrals import access
from referrals.models import Case
from referrals.models.marked import MarkedQuerySet
from referrals.workflow import OPEN, Status
from vaf.models import Assessment


def get_coordinated_case(user: User, reference: str, *perms: Perm) -> Case:
    """A case for its coordinators; anybody else gets Http404, as for a tab they do not have.

    Raises ActionDenied when a coordinator's role lacks one of `perms`.
    """
    case = Case.objects.coordinated_by(user).filter(reference=normalise(reference)).first()
    if case is None or not user.holds(Perm.CASE_VIEW):
        raise Http404
    for perm in perms:
        access.require(user, perm, case)
    return case


def assessments_of(user: User, case: Case) -> MarkedQuerySet:
    """The assessments of a case that this user may read, newest first."""
    found = Assessment.objects.visible_to(user).filter(case=case)
    return found.select_related("case", "framework", "author", "signed_by")


def get_assessment(user: User, case: Case, pk: int) -> Assessment:
    """One assessment of a case; Http404 when this user may not know of it."""
    found: Assessment | None = assessments_of(user, case).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_draft(user: User, case: Case, pk: int) -> Assessment:
    """One to write in. Http404 outside the remit, ActionDenied for the wrong role, ActionInvalid
    when it is signed or the case is held or closed."""
    found = get_assessment(user, case, pk)
    require_writable(user, case)
    if found.is_signed:
        raise ActionInvalid(
            "This assessment is signed. Start a new one to record what has changed."
        )
    return found


def may_write(user: User, case: Case) -> bool:
    """Whether assessments may be written on the case now, by this user."""
    # The role first: a hold must not cost fewer questions, which others could time.
    return access.may(user, Perm.ASSESSMENT_WRITE, case) and case.status in OPEN


def require_writable(user: User, case: Case) -> None:
    """Raise ActionDenied for the wrong role, ActionInvalid when the case is held or closed."""
    access.require(user, Perm.ASSESSMENT_WRITE, case)
    if case.status not in OPEN:
        raise ActionInvalid(NOT_NOW)


def latest_signed(case: Case) -> Assessment | None:
    """The newest signed assessment of a case, for a guard; show nothing of it without access."""
    found: Assessment | None = (
        Assessment.objects.filter(case=case, status=Assessment.Status.SIGNED)
        .order_by("-signed_at", "-pk")
        .first()
    )
    return found


def usual_point(case: Case) -> str:
    """What an assessment started now is most likely for."""
    points = {Status.PANEL: Assessment.Point.PANEL, Status.SUPPORT: Assessment.Point.REVIEW}
    return points.get(case.stage, Assessment.Point.INITIAL)
