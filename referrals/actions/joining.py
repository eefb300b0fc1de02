"""Joining a repeat referral to the open case of the same person, and letting its content out."""

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from accounts.roles import ShareKind
from prevent_cms import wall
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.history.rows import add_all, change_all
from prevent_cms.marking import Mark
from prevent_cms.workflow import NOT_NOW
from referrals import access, joining, matching, routing
from referrals.actions import agreed, closing
from referrals.actions.leaving import Leaving
from referrals.actions.lifecycle import make_move
from referrals.actions.parallel import open_processes
from referrals.actions.sharing import Grounds, Share
from referrals.actions.threshold import open_tests
from referrals.clearance import is_clear
from referrals.models import (
    Case,
    Closure,
    Deconfliction,
    FurtherDetail,
    OvertInvestigation,
    ParallelProcess,
    PersonFact,
    Referral,
    Screening,
)
from referrals.workflow import Status

JOINED_TO = "The open case of the same person, which this referral has joined"
# What has to be said when somebody leaves is said of the open case.
NOBODY_LEAVES = Leaving(
    destination=JOINED_TO, safeguarding_concern=False, significant_harm=False, crime=False
)
WHAT = "A further referral, and what it says of the person"


@transaction.atomic
def join_referral(case: Case, *, into: Case, reason: str, by: User) -> Case:
    """Join a referral that is being screened to the open case of the same person (section 3).

    The referral, what it says of the person and what police recorded of it go over and are POLICE
    until released there; nothing that others see of the open case moves. The case it came with is
    closed as a duplicate: nobody turns the concern away, so no second person has to agree.

    Raises ActionDenied without the permission on both, ActionInvalid without a reason or for a case
    that is not open, of this area and linked as the same person.
    """
    locked = {pk: Case.objects.locked(pk) for pk in sorted((case.pk, into.pk))}
    case, into = locked[case.pk], locked[into.pk]
    for one in locked.values():
        access.require(by, Perm.PERSON_LINK, one)
    if not joining.targets(by, case).filter(pk=into.pk).exists():
        raise ActionInvalid(NOT_NOW)
    if not reason.strip():
        raise ActionInvalid("Enter why the referral joins the open case.")
    for referral in Referral.objects.filter(case=case):
        _carry_over(referral, into)
        for one in (case, into):
            record(EventType.REFERRAL_JOINED, by=by, case=one, target=referral)
    with wall.as_service():
        for person in (case.person, into.person):
            matching.rebuild_keys(person)
    stage = case.stage
    case = make_move(case, "close", by=by)
    closing.write_closure(
        case,
        outcome=Closure.Outcome.DUPLICATE,
        stage=stage,
        reason=reason,
        leaving=NOBODY_LEAVES,
        mark=Mark.POLICE,
        by=by,
    )
    return into


def _carry_over(referral: Referral, into: Case) -> None:
    """Hand over one referral with everything that hangs on it."""
    facts = PersonFact.objects.filter(referral=referral)
    change_all(facts, case=into, person=into.person, mark=Mark.POLICE)
    checks = Deconfliction.objects.filter(referral=referral)
    change_all(OvertInvestigation.objects.filter(check_made__in=checks), case=into)
    details = FurtherDetail.objects.filter(referral=referral)
    for rows in (checks, Screening.objects.filter(referral=referral), details):
        change_all(rows, case=into)
    beside = ParallelProcess.objects.filter(case=referral.case)
    change_all(beside, case=into, mark=Mark.POLICE)
    referral.case, referral.mark = into, Mark.POLICE
    referral.save(update_fields=["case", "mark"])


def require_releasable(case: Case, referral: Referral | None) -> Referral:
    """Raise ActionInvalid unless a further referral is clear and the case is not held."""
    is_held = case.status == Status.HELD
    if referral is None or referral.cleared_at is None or is_held or not is_clear(case):
        raise ActionInvalid(NOT_NOW)
    return referral


@transaction.atomic
def release_referral(case: Case, *, grounds: Grounds, by: User) -> Referral:
    """Let the coordinators read a further referral that is clear, and enter that it was disclosed.

    From then on it stands on the Referral tab, agencies that were asked see what it adds to the
    facts they search by, and the timeline has it. No date of the case moves. Raises ActionDenied
    without the permission, ActionInvalid when none is clear or the case is held, or without
    a reason where no agreement is in force.
    """
    case = Case.objects.locked(case.pk)
    access.require_lasting(by, Perm.CASE_RELEASE, case)
    referral = require_releasable(case, joining.waiting(by, case))
    referral.mark = Mark.COORDINATION
    referral.save(update_fields=["mark"])
    facts = PersonFact.objects.filter(referral=referral, added_by=None, mark=Mark.POLICE)
    change_all(facts, mark=Mark.COORDINATION)
    if joining.is_settled(by, case):  # what was written beside another that waits stays with police
        open_tests(case)
        open_processes(case)
    shares = [Share(one, ShareKind.COORDINATE, WHAT, grounds) for one in routing.coordinating(case)]
    entries = [share.entry(case, by) for share in shares]
    agreed.note(case, entries, by=by)
    add_all(entries)
    record(EventType.REFERRAL_RELEASED, by=by, case=case, target=referral)
    return referral
