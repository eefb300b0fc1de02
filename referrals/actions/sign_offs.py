"""Endorsements: who signs, for which party of the area's policy, and what is still missing."""

import datetime
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.db import transaction

from accounts.area_policy import PARTIES
from accounts.models import Seat, User
from accounts.permissions import Perm
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.marking import Mark
from prevent_cms.workflow import NOT_NOW
from referrals import access, next_steps
from referrals.access import Reader
from referrals.models import Case, MarkedQuerySet, SignOff

What = SignOff.What
PERMISSION = {
    What.CONVENING: Perm.CONVENING_SIGN,
    What.EXIT: Perm.EXIT_SIGN,
    What.REPEAT_CLOSURE: Perm.REPEAT_CLOSURE_SIGN,
}


@dataclass(frozen=True)
class NextStep:
    """What a sign-off of convening endorses, and who raises a safeguarding concern with it."""

    result: str = ""
    safeguarding_person: str = ""
    safeguarding_raised_on: datetime.date | None = None


def asked_of(case: Case, what: str) -> tuple[str, ...]:
    """The parties whose sign-off the area's policy asks for; a repeat's closing always asks police."""
    rules = case.area.rules
    return {
        What.CONVENING: rules.convening_sign_offs,
        What.EXIT: rules.exit_sign_offs,
        What.REPEAT_CLOSURE: ("police",),
    }[What(what)]


def given(case: Case, what: str, since: datetime.datetime) -> MarkedQuerySet:
    """The sign-offs that stand since the matter arose, newest last; a page adds `visible_to`.

    Those of an area that the case has left count no more.
    """
    rows = SignOff.objects.filter(case=case, what=what, at__gte=since, replaced_at=None)
    rows = rows.filter(agency__area=case.area_id)
    return rows.select_related("by", "agency")


def missing(case: Case, what: str, since: datetime.datetime) -> list[str]:
    """The parties that have not endorsed yet; empty when all have. The panel's own decision
    ("panel") is not a signature and never missing here."""
    return _missing(case, what, given(case, what, since))


def _missing(case: Case, what: str, signed: Iterable[SignOff]) -> list[str]:
    endorsed = {s.party for s in signed if s.endorses}
    return [party for party in asked_of(case, what) if PARTIES[party] and party not in endorsed]


def parties_open_to(reader: Reader, what: str, since: datetime.datetime) -> list[str]:
    """The parties for which this person could sign now: those missing, and of convening, until the
    case is on its way to the panel, those that can still change their mind."""
    user, case = reader.user, reader.case
    if not reader.may(PERMISSION[What(what)]):
        return []
    signed = list(given(case, what, since))
    seats = [seat for seat in user.seats if seat.agency.area_id == case.area_id]
    roles = frozenset().union(*(seat.roles for seat in seats))
    mine = {one.party for one in signed if one.by_id == user.pk}
    missing = _missing(case, what, signed)
    found = [] if mine else [party for party in missing if PARTIES[party] & roles]
    if what != What.CONVENING or _is_settled(case, what, signed):
        return found
    can_change = {one.party for one in signed} if next_steps.differ(signed) else mine
    return found + [p for p in next_steps.parties(case) if p in can_change and PARTIES[p] & roles]


@transaction.atomic
def sign(
    case: Case,
    *,
    what: str,
    endorses: bool,
    reason: str,
    by: User,
    since: datetime.datetime,
    step: NextStep = NextStep(),
) -> SignOff:
    """Endorse or refuse, once, as the first party this person can speak for (R132, R171).

    Signatures of two parties come from two people of two agencies. For convening a party can sign
    for another next step, which replaces what it signed. Raises ActionDenied when this person can
    sign for no party or would repeat what it signed, ActionInvalid when nothing is missing any more.
    """
    case = Case.objects.locked(case.pk)
    access.require(by, PERMISSION[What(what)], case)
    if _is_settled(case, what, list(given(case, what, since))):
        raise ActionInvalid(NOT_NOW)
    parties = parties_open_to(Reader(by, case), what, since)
    if not parties:
        raise ActionDenied("Somebody else has to sign this. You may have signed it already.")
    party = parties[0]
    seat = next(
        s for s in by.seats if s.agency.area_id == case.area_id and s.roles & PARTIES[party]
    )
    standing = given(case, what, since)
    if standing.filter(endorses=True, agency=seat.agency).exclude(party=party).exists():
        raise ActionDenied("Somebody of your agency has signed. The second must be of another.")
    if step.result:
        _replace(standing.filter(party=party).first(), step, reason)
    return _write(case, what, party, seat, endorses=endorses, reason=reason, by=by, step=step)


def _is_settled(case: Case, what: str, signed: list[SignOff]) -> bool:
    """Whether nothing is to be signed any more: nobody is missing, or the panel is agreed on."""
    if what == What.CONVENING:
        return next_steps.agreed(case, signed) in SignOff.TO_PANEL
    return not _missing(case, what, signed)


def _replace(before: SignOff | None, step: NextStep, reason: str) -> None:
    """What the party signed before stands no more; ActionInvalid when it was the very same."""
    if before is None:
        return
    was = NextStep(before.result, before.safeguarding_person, before.safeguarding_raised_on)
    if (was, before.reason) == (step, reason):
        raise ActionInvalid("This has been signed already. Nothing has been changed.")
    before.replaced_at = clock.now()
    before.save(update_fields=["replaced_at"])


def _write(
    case: Case,
    what: str,
    party: str,
    seat: Seat,
    *,
    endorses: bool,
    reason: str,
    by: User,
    step: NextStep,
) -> SignOff:
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
        **asdict(step),
    )
    kind = EventType.SIGNED_OFF if endorses else EventType.SIGN_OFF_REFUSED
    record(kind, by=by, case=case, target=sign_off, mark=mark, what=str(what), party=party)
    return sign_off
