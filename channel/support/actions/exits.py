"""Leaving Channel: the closing report, the endorsements of policy, and what follows at once."""

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from channel.meetings.models import Decision
from channel.support import queries
from channel.support.actions import items
from channel.support.models import ExitReport, PostExitReview
from prevent_cms import clock
from prevent_cms.errors import ActionInvalid
from prevent_cms.marking import Mark
from prevent_cms.workflow import NOT_NOW
from referrals import access
from referrals.actions import lifecycle, sign_offs
from referrals.actions.closing import write_closure
from referrals.actions.leaving import Leaving, require_leaving
from referrals.models import Case, SignOff
from referrals.workflow import Status

EXIT = SignOff.What.EXIT


@transaction.atomic
def write_report(
    case: Case,
    *,
    outcome: str,
    evidence: str,
    told: str,
    leaving: Leaving,
    by: User,
) -> ExitReport:
    """Write the closing report on the panel's decision to exit (R170, R172, R176; s.36(6)).

    Where policy asks for no signature beyond the panel's own decision, the case leaves at once.
    Raises ActionDenied without the permission, ActionInvalid without such a decision, with a report
    written already, with something left unsaid, or for an outcome that is no exit.
    """
    case = Case.objects.locked(case.pk)
    access.require(by, Perm.CASE_EXIT, case)
    decision = _require_decision(case)
    written = ExitReport.objects.filter(decision=decision).exists()
    if written or outcome not in ExitReport.OUTCOMES:
        raise ActionInvalid(NOT_NOW)
    require_leaving(outcome, evidence, leaving)
    report: ExitReport = ExitReport.objects.create(
        case=case,
        decision=decision,
        outcome=outcome,
        evidence=evidence,
        told=told,
        by=by,
        **leaving.answers,
    )
    if not sign_offs.missing(case, EXIT, queries.decided_at(decision)):
        _complete(case, report, by)
    return report


@transaction.atomic
def sign_exit(case: Case, *, endorses: bool, reason: str, by: User) -> Case:
    """Endorse the exit or not, with a reason; the last endorsement lets the case leave (R171).

    An answer stands: after "not endorsed" the case is for the next panel, which decides anew.
    Raises ActionDenied when this person cannot sign for a missing party, ActionInvalid without a
    decision and report, or after a refusal.
    """
    case = Case.objects.locked(case.pk)
    access.require(by, Perm.EXIT_SIGN, case)
    decision = _require_decision(case)
    report = ExitReport.objects.filter(decision=decision).first()
    since = queries.decided_at(decision)
    if report is None or queries.is_refused(case, decision):
        raise ActionInvalid(NOT_NOW)
    sign_offs.sign(case, what=EXIT, endorses=endorses, reason=reason, by=by, since=since)
    if not endorses or sign_offs.missing(case, EXIT, since):
        return case
    return _complete(case, report, by)


def _require_decision(case: Case) -> Decision:
    decision = queries.exit_decision(case)
    if decision is None or case.status != Status.SUPPORT:
        raise ActionInvalid(NOT_NOW)
    return decision


def _complete(case: Case, report: ExitReport, by: User) -> Case:
    """The case leaves: support stops, with its shares, and the looks after exit are set."""
    items.stop_all(case, why="Ended when the case left Channel.", by=by)
    case = lifecycle.make_move(case, "exit", by=by)
    write_closure(
        case,
        outcome=report.outcome,
        stage=Status.SUPPORT,
        reason=report.evidence,
        leaving=Leaving.of(report),
        by=by,
        mark=Mark.PANEL,
    )
    report.completed_at = clock.now()
    report.save(update_fields=["completed_at"])
    _set_post_exit(case, report)
    return case


def _set_post_exit(case: Case, report: ExitReport) -> None:
    """The looks that policy asks for (R173). Those left from an earlier exit are not needed."""
    for old in PostExitReview.objects.filter(case=case, done_at=None):
        old.done_at, old.outcome = clock.now(), PostExitReview.Outcome.NOT_NEEDED
        old.save(update_fields=["done_at", "outcome"])
    months = sorted(case.area.rules.post_exit_months)
    for month in months:
        PostExitReview.objects.create(
            case=case,
            exit_report=report,
            months=month,
            due_on=clock.add_months(clock.today(), month),
        )
    if months:
        first = clock.add_months(clock.today(), months[0])
        lifecycle.set_due(case, on=first, what=f"{months[0]}-month review")
