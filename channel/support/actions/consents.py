"""The log of consent as support sees it: what stops, and what becomes of the case, without consent."""

import datetime

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from channel.support import access as support
from channel.support.actions import items
from prevent_cms import clock
from prevent_cms.errors import ActionInvalid
from prevent_cms.workflow import NOT_NOW
from referrals import access
from referrals.actions import lifecycle
from referrals.actions.closing import close_case
from referrals.actions.consent import Entry, record_consent
from referrals.actions.leaving import Leaving
from referrals.consent import Standing
from referrals.models import Case, Closure, Consent
from referrals.workflow import Status

# The closing outcome of each answer that ends support (R119, R121).
OUTCOMES = {
    Consent.Position.REFUSED: Closure.Outcome.CONSENT_REFUSED,
    Consent.Position.WITHDRAWN: Closure.Outcome.CONSENT_WITHDRAWN,
}
ASSESSMENT = "Assessment without consent"
STOPPED = "Stopped: there is no consent to support."


@transaction.atomic
def log_consent(case: Case, entry: Entry, *, by: User) -> Consent:
    """Add an entry to the log of consent; a refusal or withdrawal stops all support at once.

    What becomes of the case is decided next (`return_to_panel`, `close_without_consent`); its plan
    stays open to the agencies until then. Raises what `record_consent` raises.
    """
    consent = record_consent(case, entry, by=by)
    if support.is_supported(consent.case) and Standing.of(consent.case).ended:
        items.stop_all(consent.case, why=STOPPED, by=by)
    return consent


@transaction.atomic
def return_to_panel(case: Case, *, reassess_on: datetime.date, by: User) -> Case:
    """Stop all support and bring the case back to the panel, to be assessed again by a date.

    CTSA 2015, s.36(4): further assessments where consent is refused or withdrawn. Raises
    ActionDenied without the permission, ActionInvalid unless consent is refused or withdrawn.
    """
    case = Case.objects.locked(case.pk)
    access.require(by, Perm.CONSENT_RECORD, case)
    _require_ended(case)
    if reassess_on < clock.today():
        raise ActionInvalid("The date of the assessment cannot be in the past.")
    items.stop_all(case, why=STOPPED, by=by)
    case = lifecycle.make_move(case, "return_to_panel", by=by)
    return lifecycle.set_due(case, on=reassess_on, what=ASSESSMENT)


@transaction.atomic
def close_without_consent(case: Case, *, reason: str, leaving: Leaving, by: User) -> Closure:
    """Stop all support and close the case as refused or withdrawn, with what is offered instead.

    R119, R121; CTSA 2015, s.36(6). Raises ActionDenied without the permission, ActionInvalid unless
    consent is refused or withdrawn, or with something missing.
    """
    case = Case.objects.locked(case.pk)
    access.require(by, Perm.CASE_CLOSE, case)
    outcome = OUTCOMES[Consent.Position(_require_ended(case).position)]
    items.stop_all(case, why=STOPPED, by=by)
    return close_case(case, outcome=outcome, reason=reason, leaving=leaving, by=by)


def _require_ended(case: Case) -> Consent:
    position = Standing.of(case).ended
    if case.status != Status.SUPPORT or position is None:
        raise ActionInvalid(NOT_NOW)
    return position
