"""Recording what runs beside Channel, looking at it again, and its end (R160-R165)."""

import datetime
from dataclasses import asdict, dataclass

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from prevent_cms import clock
from prevent_cms.errors import ActionInvalid, Stale
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.history.rows import change_all
from prevent_cms.marking import Mark
from prevent_cms.workflow import NOT_NOW
from referrals import access, parallel
from referrals.access import Reader
from referrals.models import Case, ParallelProcess

Kind = ParallelProcess.Kind


@dataclass(frozen=True)
class Terms:
    """What is agreed with those who run it, and can change."""

    lead: str
    contact: str
    ownership: str
    review_on: datetime.date
    agencies: tuple[int, ...] = ()
    note: str = ""


@transaction.atomic
def record_process(
    case: Case, terms: Terms, *, kind: str, since: datetime.date, by: User, name: str = ""
) -> ParallelProcess:
    """Record what runs beside a case (R160-R163), read by its coordinators; policing by police.

    Raises ActionDenied without the permission, ActionInvalid before the referral is taken, once the
    case is closed, for a kind that is not theirs to record, or with something left unsaid.
    """
    case = Case.objects.locked(case.pk)
    access.require(by, Perm.PARALLEL_RECORD, case)
    reader = Reader(by, case)
    if not parallel.is_recordable(reader) or kind not in dict(parallel.kinds_for(reader)):
        raise ActionInvalid(NOT_NOW)
    if kind == Kind.OTHER and not name.strip():
        raise ActionInvalid("Enter what the process is called.")
    if since > clock.today():
        raise ActionInvalid("Enter a day that is not in the future for since when it runs.")
    _require_whole(case, terms)
    mark = parallel.mark_for(reader, kind)
    process = ParallelProcess.objects.create(
        case=case,
        mark=mark,
        kind=kind,
        name=name if kind == Kind.OTHER else "",
        since=since,
        by=by,
        **_columns(terms),
    )
    record(EventType.PARALLEL_RECORDED, by=by, case=case, target=process, mark=mark)
    return process


@transaction.atomic
def change_process(
    process: ParallelProcess, terms: Terms, *, version: int, by: User
) -> ParallelProcess:
    """Look at a process again: who leads it, who owns the case, and the next review (R161, R165).

    Raises ActionDenied without the permission, ActionInvalid once it or the case has ended or with
    something left unsaid, Stale when somebody else has changed it since.
    """
    process = _locked(process, by)
    if process.version != version:
        raise Stale("Somebody else has changed this since you opened it.")
    _require_whole(process.case, terms)
    for name, value in _columns(terms).items():
        setattr(process, name, value)
    process.version += 1
    process.save()
    _record(EventType.PARALLEL_CHANGED, process, by)
    return process


@transaction.atomic
def end_process(
    process: ParallelProcess, *, ended_on: datetime.date, ended_why: str, by: User
) -> ParallelProcess:
    """Say that a process has ended, when and why.

    Raises ActionDenied without the permission, ActionInvalid once it or the case has ended, without
    a reason, or for a day before it began or after today.
    """
    process = _locked(process, by)
    if not ended_why.strip():
        raise ActionInvalid("Enter why it has ended.")
    if not process.since <= ended_on <= clock.today():
        raise ActionInvalid("Enter a day between the beginning of it and today.")
    process.ended_on, process.ended_why, process.ended_by = ended_on, ended_why, by
    process.version += 1
    process.save()
    _record(EventType.PARALLEL_ENDED, process, by)
    return process


def open_processes(case: Case) -> None:
    """Let the coordinators read what police kept back, as part of the act that makes it clear."""
    kept = ParallelProcess.objects.filter(case=case, mark=Mark.POLICE).exclude(kind=Kind.POLICING)
    change_all(kept, mark=Mark.COORDINATION)


def _locked(process: ParallelProcess, by: User) -> ParallelProcess:
    case = Case.objects.locked(process.case_id)
    access.require(by, Perm.PARALLEL_RECORD, case)
    found = parallel.running(by).filter(pk=process.pk, case=case).first()
    if found is None or not parallel.is_recordable(Reader(by, case)):
        raise ActionInvalid(NOT_NOW)
    found.case = case
    return found


def _require_whole(case: Case, terms: Terms) -> None:
    if not (terms.lead.strip() and terms.contact.strip()):
        raise ActionInvalid("Enter who leads it, and whom to contact.")
    if terms.ownership not in ParallelProcess.Ownership.values:
        raise ActionInvalid("Select who owns the case.")
    if terms.review_on < clock.today():
        raise ActionInvalid("Enter a day from today on for looking at it again.")
    ours = set(parallel.partners(case).values_list("pk", flat=True))
    if not ours.issuperset(terms.agencies):
        raise ActionInvalid("Choose agencies of this area.")


def _columns(terms: Terms) -> dict[str, object]:
    return asdict(terms) | {"agencies": sorted(terms.agencies)}


def _record(kind: EventType, process: ParallelProcess, by: User) -> None:
    record(kind, by=by, case=process.case, target=process, mark=Mark(process.mark))
