"""Keeping the log of consent: every decision to ask or not to ask, and every answer."""

import datetime
from dataclasses import asdict, dataclass, replace

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from prevent_cms import clock
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.workflow import NOT_NOW
from referrals import access
from referrals.consent import decides_alone
from referrals.models import Case, Consent

Position = Consent.Position
# Whoever is asked, or answers, must be able to decide; withdrawing is taken at its word.
NEEDS_CAPACITY = frozenset({Position.GIVEN, Position.REFUSED})
NEEDS_ASKED = frozenset({Position.ASKED, Position.GIVEN, Position.REFUSED})


@dataclass(frozen=True)
class Entry:
    """What one entry says; `about` and `position` are values of Consent."""

    about: str
    position: str
    decided_on: datetime.date
    note: str
    asked_by: str = ""
    asked_of: tuple[str, ...] = ()
    given_by: str = ""
    given_by_who: str = ""
    capacity_considered: bool = False
    scope: str = ""
    evidence: str = ""
    recheck_on: datetime.date | None = None

    def tidied(self) -> "Entry":
        """Without what its position cannot say."""
        found = self
        if self.position not in Consent.ANSWERS:
            found = replace(found, given_by="", given_by_who="")
        if found.given_by != Consent.GivenBy.OTHER:
            found = replace(found, given_by_who="")
        if self.position != Position.GIVEN:
            found = replace(found, scope="", recheck_on=None)
        return found


@transaction.atomic
def record_consent(case: Case, entry: Entry, *, by: User) -> Consent:
    """Add an entry to the log of consent (R109-R123); the same entry twice in a row is one,
    save where the case has moved between the two.

    Raises ActionDenied without the permission, ActionInvalid for a closed case, a date in the
    future, an answer that does not say whose it is, or one of somebody of 16 or over whose capacity
    was not considered (Mental Capacity Act 2005).
    """
    case = Case.objects.locked(case.pk)
    access.require(by, Perm.CONSENT_RECORD, case)
    if not case.is_open:
        raise ActionInvalid(NOT_NOW)
    entry = entry.tidied()
    _check(entry)
    _check_who_decides(entry, is_adult_in_law=decides_alone(by, case))
    values = asdict(entry) | {"asked_of": sorted(entry.asked_of), "stage": case.stage}
    latest: Consent | None = Consent.objects.filter(case=case).first()
    since = case.arrived_at
    if (
        latest
        and (since is None or latest.at >= since)
        and all(getattr(latest, name) == value for name, value in values.items())
    ):
        return latest
    consent: Consent = Consent.objects.create(case=case, by=by, **values)
    record(EventType.CONSENT_RECORDED, by=by, case=case, target=consent, about=entry.about)
    return consent


def _check(entry: Entry) -> None:
    if entry.decided_on > clock.today():
        raise ActionInvalid("The date of a consent decision cannot be in the future.")
    if entry.recheck_on and entry.recheck_on <= clock.today():
        raise ActionInvalid("The date of the next check must be in the future.")
    if entry.position in Consent.ANSWERS and not entry.given_by:
        raise ActionInvalid("Say who gave, refused or withdrew consent.")
    if entry.given_by == Consent.GivenBy.OTHER and not entry.given_by_who:
        raise ActionInvalid("Say who decides for them, and by what right.")


def _check_who_decides(entry: Entry, *, is_adult_in_law: bool) -> None:
    if is_adult_in_law and entry.position in NEEDS_CAPACITY and not entry.capacity_considered:
        raise ActionInvalid("Consider their capacity to decide, and say so (16 and over).")
    if not is_adult_in_law and entry.position in NEEDS_ASKED and not entry.asked_of:
        raise ActionInvalid("Say who was asked: under 16 that is part of the answer.")
