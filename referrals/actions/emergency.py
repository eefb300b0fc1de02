"""Opening a case in an emergency without a share, and the review that follows (break-glass)."""

import datetime

from django.db import transaction

from accounts import grants
from accounts.models import User
from accounts.permissions import Perm
from accounts.roles import ShareKind
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.marking import Mark
from prevent_cms.references import normalise
from referrals import access, emergencies
from referrals.models import EmergencyAccess

LASTS = datetime.timedelta(minutes=60)
# One sentence for every reference that opens nothing, so that trying tells nobody anything.
NOTHING_OPENED = (
    "No case was opened. Check the reference. If it is right, ask the case officer: "
    "the case may be open to you already, or may not be opened in this way."
)
KINDS = (ShareKind.COORDINATE, ShareKind.PANEL)  # the widest first


@transaction.atomic
def break_glass(*, reference: str, reason: str, by: User) -> EmergencyAccess:
    """Open a case to one person for an hour in place of a missing share.

    It replaces a share and nothing else: role, handling marks, bars and clearance stay as they are.
    Raises ActionDenied without the permission; ActionInvalid, with one sentence for all, when the
    reference is unknown, of another area, not released (outside police), barred, or open already.
    """
    if not by.holds(Perm.GLASS_BREAK):
        raise ActionDenied(access.NOT_YOURS)
    found = emergencies.openable(by).filter(reference=normalise(reference))
    case = found.select_for_update(of=("self",)).select_related("area").first()
    if case is None:
        raise ActionInvalid(NOTHING_OPENED)
    seat = emergencies.seats(by, Perm.GLASS_BREAK, case.area_id)[0]
    at = clock.now()
    until = at + LASTS
    kind = next(kind for kind in KINDS if kind in seat.kinds_with(Perm.GLASS_BREAK))
    grants.share(case, [grants.Offer(by, kind, grants.OPENED, until)], by=by)
    opened: EmergencyAccess = EmergencyAccess.objects.create(
        case=case,
        user=by,
        agency=seat.agency,
        reason=reason,
        at=at,
        until=until,
        was_released=case.is_released,
    )
    mark = Mark.COORDINATION if case.is_released else Mark.POLICE
    record(
        EventType.GLASS_BROKEN, by=by, case=case, target=opened, mark=mark, until=until.isoformat()
    )
    outbox.add("glass_broken", emergency_id=opened.pk)
    return opened


@transaction.atomic
def review_emergency(
    emergency: EmergencyAccess, *, outcome: str, note: str, by: User
) -> EmergencyAccess:
    """Say whether opening a case in an emergency was justified.

    Raises ActionDenied for anybody but its reviewers (never the one who opened it), ActionInvalid
    when it has been reviewed.
    """
    emergency = (
        EmergencyAccess.objects.select_for_update(of=("self",))
        .select_related("case__area")
        .get(pk=emergency.pk)
    )
    if not emergencies.reviewable(by).filter(pk=emergency.pk).exists():
        raise ActionDenied(access.NOT_YOURS)
    if emergency.reviewed_at:
        raise ActionInvalid("Somebody has reviewed this already.")
    emergency.outcome, emergency.note = EmergencyAccess.Outcome(outcome), note
    emergency.reviewed_by, emergency.reviewed_at = by, clock.now()
    emergency.save(update_fields=["outcome", "note", "reviewed_by", "reviewed_at"])
    case = emergency.case
    mark = Mark.COORDINATION if case.is_released else Mark.POLICE
    record(
        EventType.EMERGENCY_REVIEWED, by=by, case=case, target=emergency, mark=mark, outcome=outcome
    )
    return emergency
