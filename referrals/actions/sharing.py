"""Letting an agency in to a case, and out again: grant, register entry and event in one act."""

import datetime

from django.db import transaction

from accounts import grants
from accounts.models import Agency, User
from accounts.permissions import Perm
from accounts.roles import ShareKind
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.workflow import NOT_NOW
from referrals import access
from referrals.models import Case, Disclosure, Referral


@transaction.atomic
def share_case(
    case: Case,
    *,
    agency: Agency,
    kind: ShareKind,
    purpose: str,
    power: str,
    necessity: str,
    proportionality: str,
    what: str,
    by: User,
    until: datetime.datetime | None = None,
    perm: Perm = Perm.CASE_SHARE,
) -> Disclosure:
    """Share a case with an agency of its area and enter the disclosure (R95-R102).

    `perm` is the permission of the act that shares (releasing, issuing an agenda, naming a lead).
    Raises ActionDenied without it, ActionInvalid for another area or before any clear result.
    """
    access.require(by, perm, case)
    _require_shareable(case, agency)
    grants.share(case, agency, kind, reason=purpose[:300], by=by, until=until)
    disclosure = Disclosure(case=case, agency=agency, kind=kind, purpose=purpose, by=by)
    disclosure.power, disclosure.what_was_shared = power[:300], what[:300]
    disclosure.necessity, disclosure.proportionality = necessity, proportionality
    disclosure.save()
    _tell(disclosure, until)
    return disclosure


def _tell(disclosure: Disclosure, until: datetime.datetime | None) -> None:
    """The event; the agency that was let in may read that it was."""
    record(
        EventType.CASE_SHARED,
        by=disclosure.by,
        case=disclosure.case,
        target=disclosure,
        agency_id=disclosure.agency_id,
        agency=disclosure.agency.name,
        kind=str(disclosure.kind),
        until=until.isoformat() if until else None,
    )


def _require_shareable(case: Case, agency: Agency) -> None:
    if agency.area_id != case.area_id or not agency.is_active:
        raise ActionInvalid("Choose an agency of this area.")
    if not Referral.objects.filter(case=case, cleared_at__isnull=False).exists():
        raise ActionInvalid(NOT_NOW)


@transaction.atomic
def unshare_case(
    case: Case, *, agency: Agency, kind: ShareKind, by: User, perm: Perm = Perm.CASE_SHARE
) -> None:
    """End a share; it bites on the agency's next request. ActionInvalid when there is none."""
    access.require(by, perm, case)
    if not grants.unshare(case, agency, kind):
        raise ActionInvalid("This case is not shared with that agency.")
    record(EventType.CASE_UNSHARED, by=by, case=case, agency=agency.name, kind=str(kind))
