"""Who may open the plan and write in it. The lead agency of an item reads and moves that item."""

from django.http import Http404

from accounts import grants
from accounts.models import Agency, User
from accounts.permissions import Perm
from accounts.roles import ROLES, ShareKind
from channel.support.models import PlanItem, PostExitReview, SupportPlan
from prevent_cms.errors import ActionInvalid
from prevent_cms.marking import Mark
from prevent_cms.workflow import NOT_NOW
from referrals import access
from referrals.access import Reader
from referrals.models import Case
from referrals.workflow import Status

Current = SupportPlan.Status.CURRENT


def get_plan_case(user: User, reference: str, *perms: Perm) -> Case:
    """The case, for those who may read any of its plan; Http404 for an agency that is only asked.

    Raises ActionDenied when a role lacks one of `perms`.
    """
    case = access.get_case(user, reference)
    if Reader(user, case).is_only_asked:
        raise Http404
    for perm in perms:
        access.require(user, perm, case)
    return case


def get_item(user: User, case: Case, pk: int) -> PlanItem:
    """One item of the plan; Http404 when it is another agency's and this reader sees only own."""
    found: PlanItem | None = (
        PlanItem.objects.visible_to(user)
        .filter(case=case, pk=pk)
        .select_related("case__area", "plan", "agency")
        .first()
    )
    if found is None:
        raise Http404
    return found


def get_post_exit(user: User, case: Case, pk: int) -> PostExitReview:
    """One look after exit; Http404 outside the remit."""
    found: PostExitReview | None = (
        PostExitReview.objects.visible_to(user)
        .select_related("case__area")
        .filter(case=case, pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found


def is_supported(case: Case) -> bool:
    """Whether the case is in support. A hold is known to police only and changes nothing here."""
    return case.stage == Status.SUPPORT


def may_write(user: User, case: Case) -> bool:
    """Whether this person writes plan and items now."""
    return is_supported(case) and access.may(user, Perm.PLAN_WRITE, case)


def require_write(user: User, case: Case) -> None:
    """Raise ActionDenied for the wrong role, ActionInvalid outside support."""
    access.require(user, Perm.PLAN_WRITE, case)
    if not is_supported(case):
        raise ActionInvalid(NOT_NOW)


def delivers(user: User, agency: Agency) -> bool:
    """Whether this person delivers support in that agency."""
    return any(
        seat.agency.pk == agency.pk
        and any(Perm.SUPPORT_DELIVER in ROLES[role].permissions for role in seat.roles)
        for seat in user.seats
    )


def may_deliver(user: User, item: PlanItem) -> bool:
    """Whether this person starts the item and records its progress: its lead, or a coordinator."""
    if not is_supported(item.case) or item.plan.status != Current or not item.is_open:
        return False
    return _is_lead(user, item) or access.may(user, Perm.PLAN_WRITE, item.case)


def require_deliver(user: User, item: PlanItem) -> None:
    """Raise ActionDenied for anybody else, ActionInvalid for an item that is over."""
    if not _is_lead(user, item):
        access.require(user, Perm.PLAN_WRITE, item.case)
    if not may_deliver(user, item):
        raise ActionInvalid(NOT_NOW)


def _is_lead(user: User, item: PlanItem) -> bool:
    return delivers(user, item.agency) and access.may(user, Perm.SUPPORT_DELIVER, item.case)


def require_review(user: User, case: Case) -> None:
    """Raise ActionDenied for the wrong role, ActionInvalid outside support."""
    access.require(user, Perm.REVIEW_RECORD, case)
    if not is_supported(case):
        raise ActionInvalid(NOT_NOW)


def delivering(case: Case) -> list[Agency]:
    """The agencies that this case is shared with to deliver support."""
    shares = grants.shares_of(case).filter(kind=ShareKind.DELIVER)
    return list(Agency.objects.filter(group_id__in=shares.values("group_id")))


def get_panel_case(user: User, reference: str) -> Case:
    """The case, for those who read what the panel reads; Http404 for everybody else."""
    case = access.get_case(user, reference)
    if Mark.PANEL not in Reader(user, case).marks:
        raise Http404
    return case


def require_exit_turn(user: User, case: Case, *, has_report: bool) -> None:
    """Raise ActionDenied for somebody who neither writes the report nor signs, as it stands."""
    access.require(user, Perm.EXIT_SIGN if has_report else Perm.CASE_EXIT, case)


def may_record_post_exit(user: User, review: PostExitReview) -> bool:
    """Whether this person records this look now: it is the next one of a closed case."""
    following = PostExitReview.objects.pending().filter(case=review.case).order_by("due_on").first()
    is_next = following is not None and following.pk == review.pk
    return is_next and access.may(user, Perm.REVIEW_RECORD, review.case)


def require_post_exit(user: User, review: PostExitReview) -> None:
    """Raise ActionDenied for the wrong role, ActionInvalid when it is not this look's turn."""
    access.require(user, Perm.REVIEW_RECORD, review.case)
    if not may_record_post_exit(user, review):
        raise ActionInvalid(NOT_NOW)
