"""Which assessments somebody may open. Drafts and signed ones alike start at `visible_to`."""

from django.http import Http404

from accounts.models import User
from accounts.permissions import Perm
from prevent_cms.errors import ActionInvalid
from prevent_cms.workflow import NOT_NOW
from referrals.access import Reader
from referrals.models import Case
from referrals.models.marked import MarkedQuerySet
from referrals.workflow import OPEN, Status
from vaf.models import Assessment


def assessments_of(user: User, case: Case) -> MarkedQuerySet:
    """The assessments of a case that this user may read, newest first."""
    found = Assessment.objects.visible_to(user).filter(case=case)
    return found.select_related("case", "framework", "author", "signed_by")


def get_assessment(reader: Reader, pk: int) -> Assessment:
    """One assessment of a case; Http404 when this user may not know of it."""
    rows = assessments_of(reader.user, reader.case)
    found: Assessment | None = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_draft(reader: Reader, pk: int) -> Assessment:
    """One to write in. Http404 outside the remit, ActionDenied for the wrong role, ActionInvalid
    when it is signed or the case is held or closed."""
    found = get_assessment(reader, pk)
    require_writable(reader)
    if found.is_signed:
        raise ActionInvalid(
            "This assessment is signed. Start a new one to record what has changed."
        )
    return found


def may_write(reader: Reader) -> bool:
    """Whether assessments may be written on the case now, by this reader."""
    return reader.may(Perm.ASSESSMENT_WRITE) and reader.case.status in OPEN


def require_writable(reader: Reader) -> None:
    """Raise ActionDenied for the wrong role, ActionInvalid when the case is held or closed."""
    reader.require(Perm.ASSESSMENT_WRITE)
    if reader.case.status not in OPEN:
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
