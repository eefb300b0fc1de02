"""What runs beside Channel, as one reader may know of it (R160-R165)."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404

from accounts.models import Agency, User
from accounts.permissions import Perm
from prevent_cms.marking import Mark
from prevent_cms.presentation import Who
from referrals import joining
from referrals.access import Reader
from referrals.models import Case, ParallelProcess
from referrals.workflow import Status

Kind = ParallelProcess.Kind
EARLY = Who(
    "police of this area only, until everything is clear. After that the coordinators of the case. "
    "Policing always stays with police.",
    police=True,
)
LATE = Who("police and the coordinators of this case. Policing is read by police only.")


@dataclass(frozen=True)
class Shown:
    """One process as its page shows it."""

    row: ParallelProcess
    agencies: list[str]


def of_case(reader: Reader) -> list[Shown]:
    """What runs beside this case and then what has ended, as far as this reader may know."""
    rows = ParallelProcess.objects.visible_to(reader.user).filter(case=reader.case)
    names = dict(partners(reader.case).values_list("pk", "name"))
    found = sorted(
        rows.select_related("by", "ended_by"),
        key=lambda one: (one.ended_on is not None, one.review_on, one.pk),
    )
    return [Shown(one, [names[pk] for pk in one.agencies if pk in names]) for one in found]


def running(user: User) -> QuerySet[ParallelProcess]:
    """The processes of any case that have not ended and that this user may read."""
    rows: QuerySet[ParallelProcess] = ParallelProcess.objects.visible_to(user)
    return rows.filter(ended_on=None)


def beside(reader: Reader) -> list[ParallelProcess]:
    """What runs beside this case, the next to be looked at first."""
    found = running(reader.user).filter(case=reader.case)
    return list(found.order_by("review_on", "pk"))


def get_running(reader: Reader, pk: int) -> ParallelProcess:
    """One that runs; Http404 when there is none, or the reader may not know of it."""
    found = running(reader.user).filter(case=reader.case, pk=pk).first()
    if found is None:
        raise Http404
    return found


def is_recordable(reader: Reader) -> bool:
    """Whether this reader can record what runs beside the case: from when it is taken to its end."""
    status = reader.case.status
    return status not in (Status.RECEIVED, Status.CLOSED) and reader.may(Perm.PARALLEL_RECORD)


def kinds_for(reader: Reader) -> list[tuple[str, str]]:
    """The kinds that this reader can record; policing is for police."""
    return [pair for pair in Kind.choices if pair[0] != Kind.POLICING or reader.is_police]


def mark_for(reader: Reader, kind: str) -> Mark:
    """Who may read it besides police: nobody of policing, and nobody before all is clear."""
    if kind == Kind.POLICING:
        return Mark.POLICE
    is_kept = reader.is_police and not joining.is_settled(reader.user, reader.case)
    return Mark.POLICE if is_kept else Mark.COORDINATION


def who_reads(reader: Reader) -> Who:
    """The same in words, for the form."""
    if not reader.is_police:
        return Who("police and the coordinators of this case.")
    return LATE if joining.is_settled(reader.user, reader.case) else EARLY


def partners(case: Case) -> QuerySet[Agency]:
    """The agencies of the area that can take part."""
    return Agency.objects.filter(area=case.area_id, is_active=True).order_by("name")
