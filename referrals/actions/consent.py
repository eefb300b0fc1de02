"""Keeping the log of consent: every decision to ask or not to ask, and every answer."""

import datetime

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from prevent_cms import clock
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.workflow import NOT_NOW
from referrals import access
from referrals.consent import in_force
from referrals.models import Case, Consent

# Positions that somebody took, so that the log must say who.
SOMEBODYS = frozenset(
    {Consent.Position.GIVEN, Consent.Position.REFUSED, Consent.Position.WITHDRAWN}
)


@transaction.atomic
def record_consent(
    case: Case,
    *,
    about: str,
    position: str,
    decided_on: datetime.date,
    note: str,
    by: User,
    asked_by: str = "",
    given_by: str = "",
    capacity_considered: bool = False,
) -> Consent:
    """Add an entry to the log of consent (R109-R123); the same entry twice in a row is one.

    Raises ActionDenied without the permission, ActionInvalid for a closed case, a date in the
    future, or an answer that does not say whose it is.
    """
    case = Case.objects.locked(case.pk)
    access.require(by, Perm.CONSENT_RECORD, case)
    if not case.is_open:
        raise ActionInvalid(NOT_NOW)
    if decided_on > clock.today():
        raise ActionInvalid("The date of a consent decision cannot be in the future.")
    if position in SOMEBODYS and not given_by:
        raise ActionInvalid("Say who gave, refused or withdrew consent.")
    entry = {
        "position": position,
        "decided_on": decided_on,
        "note": note,
        "asked_by": asked_by,
        "given_by": given_by if position in SOMEBODYS else "",
        "capacity_considered": capacity_considered,
    }
    latest = in_force(case, about)
    if latest and all(getattr(latest, name) == value for name, value in entry.items()):
        return latest
    consent = Consent.objects.create(case=case, about=about, by=by, **entry)
    record(EventType.CONSENT_RECORDED, by=by, case=case, target=consent, about=about)
    return consent
