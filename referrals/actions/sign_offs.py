"""Endorsements: who signs, for which party of the area's policy, and what is still missing."""

import datetime
from collections.abc import Iterable

from django.db import transaction

from accounts.area_policy import PARTIES
from accounts.models import User
from accounts.permissions import Perm
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.marking import Mark
from prevent_cms.workflow import NOT_NOW
from referrals import access
from referrals.access import Reader
from referrals.models import Case, MarkedQuerySet, SignOff

What = SignOff.What
PERMISSION = {
    What.CONVENING: Perm.CONVENING_SIGN,
    What.EXIT: Perm.EXIT_SIGN,
    What.REPEAT_CLOSURE: Perm.REPEAT_CLOSURE_SIGN,
}


def asked_of(case: Case, what: str) -> tuple[str, ...]:
    """The parties whose sign-off the area's policy asks for; a repeat's closing always asks police."""
    rules = case.area.rules
    return {
        What.CONVENING: rules.convening_sign_offs,
        What.EXIT: rules.exit_sign_offs,
        What.REPEAT_CLOSURE: ("police",),
    }[What(what)]


def given(case: Case, what: str, since: datetime.datetime) -> MarkedQuerySet:
    """The sign-offs made since the matter arose, newest last; a page adds `visible_to`."""
    rows = SignOff.objects.filter(case=case, what=what, at__gte=since)
    return rows.select_related("by", "agency")


def missing(case: Case, what: str, since: datetime.datetime) -> list[str]:
    """The parties that have not endorsed yet; empty when all have. The panel's own decision
    ("panel") is not a signature and never missing here."""
    return _missing(case, what, given(case, what, since))


def _missing(case: Case, what: str, signed: Iterable[SignOff]) -> list[str]:
    endorsed = {s.party for s in signed if s.endorses}
    return [party for party in asked_of(case, what) if PARTIES[party] and party not in endorsed]


def parties_open_to(reader: Reader, what: str, since: datetime.datetime) -> list[str]:
    """The missing parties for which this person could sign now."""
    user, case = reader.user, reader.case
    signed = list(given(case, what, since))
    has_signed = any(one.by_id == user.pk for one in signed)
    if has_signed or not reader.may(PERMISSION[What(what)]):
        return []
    seats = [seat for seat in user.seats if seat.agency.area_id == case.area_id]
    roles = frozenset().union(*(seat.roles for seat in seats))
    return [party for party in _missing(case, what, signed) if PARTIES[party] & roles]


@transaction.atomic
def sign(
    case: Case, *, what: str, endorses: bool, reason: str, by: User, since: datetime.datetime
) -> SignOff:
    """Endorse or refuse, once, as the first missing party this person can speak for (R132, R171).

    Two signatures come from two people of two agencies. Raises ActionDenied when this person can
    sign for none of the missing parties, ActionInvalid when nothing is missing any more.
    """
    case = Case.objects.locked(case.pk)
    access.require(by, PERMISSION[What(what)], case)
    if not missing(case, what, since):
        raise ActionInvalid(NOT_NOW)
    parties = parties_open_to(Reader(by, case), what, since)
    if not parties:
        raise ActionDenied("Somebody else has to sign this. You may have signed it already.")
    party = parties[0]
    seat = next(
        s for s in by.seats if s.agency.area_id == case.area_id and s.roles & PARTIES[party]
    )
    if given(case, what, since).filter(endorses=True, agency=seat.agency).exists():
        raise ActionDenied("Somebody of your agency has signed. The second must be of another.")
    # That a case repeats an earlier one is known to police only.
    mark = Mark.POLICE if what == What.REPEAT_CLOSURE else Mark.COORDINATION
    sign_off = SignOff.objects.create(
        case=case,
        mark=mark,
        what=what,
        party=party,
        endorses=endorses,
        reason=reason,
        by=by,
        role=min(seat.roles & PARTIES[party]),
        agency=seat.agency,
    )
    kind = EventType.SIGNED_OFF if endorses else EventType.SIGN_OFF_REFUSED
    record(kind, by=by, case=case, target=sign_off, mark=mark, what=str(what), party=party)
    return sign_off
