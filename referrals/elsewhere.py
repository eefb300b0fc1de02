"""Whether another force knows the person of a referral: whom to call, and nothing else (section 5)."""

from dataclasses import dataclass

from accounts.models import Agency
from prevent_cms import wall
from referrals import comparison, matching
from referrals.access import Reader
from referrals.comparison import Known
from referrals.models import Bar, Case, ElsewhereSearch
from referrals.workflow import Status

LIKELY = 55  # points of "possible" (matching.Candidate): less is not worth a call


@dataclass(frozen=True)
class Elsewhere:
    """The last answer, as the screening page shows it."""

    search: ElsewhereSearch | None
    forces: list[Agency]
    may_ask: bool


def elsewhere(reader: Reader) -> Elsewhere:
    """What was asked last, for police of the case."""
    rows = ElsewhereSearch.objects.visible_to(reader.user).filter(case=reader.case)
    last = rows.select_related("by").first()
    forces = list(Agency.objects.filter(pk__in=last.found)) if last and last.found else []
    return Elsewhere(last, forces, is_askable(reader.case))


def is_askable(case: Case) -> bool:
    """Whether the referral has been taken and the case is open."""
    return case.status not in (Status.RECEIVED, Status.CLOSED)


@wall.as_service()
def known_to(reader: Reader) -> list[Case]:
    """The cases of other areas that are likely of the same person.

    They are compared by facts that this reader may not see, so nothing of them may be shown but
    which force it is. A restricted case, and one that bars the reader, is not among them.
    """
    this, user = Known.of(reader.facts), reader.user
    own = {seat.agency.area_id for seat in user.seats}
    barred = Bar.objects.in_force().filter(user=user).values("case_id")
    cases = Case.objects.filter(is_restricted=False).exclude(
        area_id__in=own | {reader.case.area_id}
    )
    found = matching.visible(cases.exclude(pk__in=barred), matching.proposed(this))
    known = matching.facts_of(found)
    return [
        one for one in found if matching.total(comparison.compare(this, known[one.pk])) >= LIKELY
    ]
