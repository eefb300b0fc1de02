"""Who may open the plan and write in it. The lead agency of an item reads and moves that item."""

from django.http import Http404
from django.urls import reverse

from accounts import grants
from accounts.models import User
from accounts.permissions import Perm
from accounts.roles import ROLES
from channel.support import delivery
from channel.support.models import DELIVERING, PlanItem, PostExitReview, Session, SupportPlan
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.marking import Mark
from prevent_cms.workflow import NOT_NOW
from referrals import access
from referrals.access import Reader
from referrals.models import Case
from referrals.workflow import Status

CORRECTED = "This session was corrected or withdrawn already."
Current = SupportPlan.Status.CURRENT


def get_plan_reader(user: User, reference: str, *perms: Perm) -> Reader:
    """The reader of a case, for those who may read any of its plan.

    Raises Http404 for an agency that is only asked, ActionDenied when a role lacks one of `perms`.
    """
    reader = access.get_reader(user, reference)
    if reader.is_only_asked:
        raise Http404
    reader.require(*perms)
    return reader


def get_panel_reader(user: User, reference: str, *perms: Perm) -> Reader:
    """The reader of a case, for those who read what the panel reads; Http404 for everybody else.

    Raises ActionDenied when a role lacks one of `perms`.
    """
    reader = access.get_reader(user, reference)
    if Mark.PANEL not in reader.marks:
        raise Http404
    reader.require(*perms)
    return reader


def get_item(reader: Reader, pk: int) -> PlanItem:
    """One item of the plan; Http404 when it is another agency's and this reader sees only own."""
    rows = PlanItem.objects.visible_to(reader.user).filter(case=reader.case, pk=pk)
    items = rows.select_related("case__area", "plan", "agency")
    found = delivery.with_sessions(reader.user, items).first()
    if found is None:
        raise Http404
    return found


def get_session(reader: Reader, item: PlanItem, pk: int) -> Session:
    """One session of an item; Http404 outside the remit, ActionInvalid once it was withdrawn."""
    found = delivery.sessions_of(reader.user, item).filter(pk=pk).first()
    if found is None:
        raise Http404
    if found.withdrawn_at:
        raise ActionInvalid(CORRECTED)
    return found


def get_post_exit(reader: Reader, pk: int) -> PostExitReview:
    """One look after exit; Http404 outside the remit."""
    found: PostExitReview | None = (
        PostExitReview.objects.visible_to(reader.user)
        .select_related("by")
        .filter(case=reader.case, pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found


def is_supported(case: Case) -> bool:
    """Whether the case is in support. A hold is known to police only and changes nothing here."""
    return case.stage == Status.SUPPORT


def require_supported(case: Case) -> None:
    """Raise ActionInvalid outside support."""
    if not is_supported(case):
        raise ActionInvalid(NOT_NOW)


def may_write(reader: Reader) -> bool:
    """Whether this person writes plan and items now."""
    return is_supported(reader.case) and reader.may(Perm.PLAN_WRITE)


def may_deliver(reader: Reader, item: PlanItem) -> bool:
    """Whether this person starts the item and records its progress: its lead, or a coordinator."""
    return _is_going(item) and _delivers(reader, item)


def require_deliver(reader: Reader, item: PlanItem) -> None:
    """Raise ActionDenied for anybody else, ActionInvalid for an item that is over."""
    if not _delivers(reader, item):
        raise ActionDenied(access.NOT_YOURS)
    if not _is_going(item):
        raise ActionInvalid(NOT_NOW)


def require_running(reader: Reader, item: PlanItem) -> None:
    """Raise what `require_deliver` raises, and ActionInvalid for an item that has not started."""
    require_deliver(reader, item)
    if item.status != PlanItem.Status.STARTED:
        raise ActionInvalid(NOT_NOW)


def require_reporting(reader: Reader, item: PlanItem) -> None:
    """Raise ActionDenied as `require_deliver` does, ActionInvalid for an item not reported on now."""
    if not _delivers(reader, item):
        raise ActionDenied(access.NOT_YOURS)
    if not _is_reported(item) or delivery.due_now(item) is None:
        raise ActionInvalid(NOT_NOW)


def may_report(reader: Reader, item: PlanItem) -> bool:
    """Whether this person reports on the sessions of the item, if a report is due at some time."""
    return _is_reported(item) and _delivers(reader, item)


def _is_reported(item: PlanItem) -> bool:
    """An item that is done stays in its version of the plan, and its last report is still due."""
    done = item.status == PlanItem.Status.DONE and is_supported(item.case)
    return done or (_is_going(item) and item.status == PlanItem.Status.STARTED)


def _is_going(item: PlanItem) -> bool:
    return is_supported(item.case) and item.plan.status == Current and item.is_open


def _delivers(reader: Reader, item: PlanItem) -> bool:
    leads = any(
        seat.agency.pk == item.agency_id
        and any(Perm.SUPPORT_DELIVER in ROLES[role].permissions for role in seat.roles)
        for seat in reader.user.seats
    )
    return reader.may(Perm.PLAN_WRITE) or (leads and reader.may(Perm.SUPPORT_DELIVER))


def may_be_told(item: PlanItem) -> bool:
    """Whether the lead agency of an open item has been let in to read it."""
    return item.is_open and is_let_in(item)


def is_let_in(item: PlanItem) -> bool:
    """Whether the lead agency of an item has been let in to read it."""
    return item.agency.group_id in grants.let_in(item.case, DELIVERING)


def page_after_progress(user: User, item: PlanItem) -> str:
    """Where somebody goes after a note: the item, or their work when its end took their share."""
    if Reader(user, item.case).kinds & DELIVERING:
        return reverse("case_plan_item", args=[item.case.reference, item.pk])
    return reverse("work")


def may_record_post_exit(reader: Reader, review: PostExitReview) -> bool:
    """Whether this person records this look now: it is the next one of a closed case."""
    return reader.may(Perm.REVIEW_RECORD) and _is_next(review)


def require_post_exit(reader: Reader, review: PostExitReview) -> None:
    """Raise ActionDenied for the wrong role, ActionInvalid when it is not this look's turn."""
    reader.require(Perm.REVIEW_RECORD)
    if not _is_next(review):
        raise ActionInvalid(NOT_NOW)


def _is_next(review: PostExitReview) -> bool:
    pending = PostExitReview.objects.pending().filter(case=review.case_id).order_by("due_on")
    following = pending.first()
    return following is not None and following.pk == review.pk
