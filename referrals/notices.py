"""Safeguarding notices as the two sides read them: the coordinators of a case, and one agency.

The agency's side never looks at a case; the coordinators' side never looks at the agency's row.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from accounts.models import Agency, User
from accounts.permissions import Perm
from accounts.roles import ROLES
from prevent_cms.components.text import age
from prevent_cms.errors import ActionDenied
from prevent_cms.marking import Mark
from prevent_cms.presentation import Who
from referrals import clearance
from referrals.access import Reader
from referrals.models import Case, PersonFact, ReceivedNotice, SafeguardingNotice
from referrals.workflow import Status

About = SafeguardingNotice.About
PAGE = 25

# The side of the case


def notices_of(reader: Reader) -> list[SafeguardingNotice]:
    """The notices of a case that this reader may know of, newest first."""
    rows = SafeguardingNotice.objects.visible_to(reader.user).filter(case=reader.case)
    return list(rows.select_related("agency", "by", "read_by"))


def get_notice(reader: Reader, number: int) -> SafeguardingNotice:
    """A notice of this case; Http404 when the reader may not know of it."""
    rows = SafeguardingNotice.objects.visible_to(reader.user).filter(case=reader.case)
    found = rows.select_related("agency").filter(pk=number).first()
    if found is None:
        raise Http404
    return found  # type: ignore[no-any-return]


def receivers(case: Case) -> Any:
    """The agencies of the area to which a notice can go."""
    return Agency.objects.filter(area=case.area_id, kind=Agency.Kind.PARTNER, is_active=True)


def mark_for(case: Case, *, is_police: bool) -> Mark:
    """Who reads a notice and its outcome besides the agency.

    What police send while anything of the case is not clear stays with police; the others know of
    no such moment, and their notices are for the coordinators as ever.
    """
    settled = case.is_released and case.status != Status.HELD and clearance.is_clear(case)
    return Mark.COORDINATION if settled or not is_police else Mark.POLICE


def who_reads(case: Case, *, is_police: bool) -> Who:
    """The same in words, for the form."""
    agency = "The agency reads the text, and nothing else."
    if mark_for(case, is_police=is_police) == Mark.COORDINATION:
        return Who(f"police and the coordinators of this case. {agency}")
    later = "" if case.is_released else " Its coordinators too, once the case is released."
    return Who(f"police working on this case. {agency}{later}", police=True)


def about_for(reader: Reader) -> str:
    """Whether the person is a child, by the age boundary of the area (R28); "" when not known."""
    facts = {fact.kind: fact for fact in reader.facts}
    born, told = facts.get(PersonFact.Kind.BORN), facts.get(PersonFact.Kind.AGE)
    years = age(born.date).split(" ")[0] if born and born.date else told.value if told else ""
    if not years.isdigit():
        return ""
    is_child = int(years) < reader.case.area.rules.age_boundary
    return About.CHILD if is_child else About.ADULT


def agency_for(case: Case, about: str) -> Agency | None:
    """The agency that policy names for a child or an adult; None when there is none."""
    rules = case.area.rules
    key = {About.CHILD: rules.child_notice_to, About.ADULT: rules.adult_notice_to}.get(about, "")  # type: ignore[call-overload]
    found: Agency | None = receivers(case).filter(key=key).first()
    return found


# The side of the agency


def answering(user: User) -> list[int]:
    """The agencies for which this person answers notices."""
    return [
        seat.agency.pk
        for seat in user.seats
        if any(Perm.NOTICE_ANSWER in ROLES[role].permissions for role in seat.roles)
    ]


def addressed_to(user: User) -> QuerySet[ReceivedNotice]:
    """The notices that this person may open: sent to their agency, and nothing keeps them out."""
    agencies = answering(user) if user.is_active else []
    rows = ReceivedNotice.objects.filter(agency_id__in=agencies).select_related("agency__area")
    return rows.exclude(kept_from__contains=[user.pk])


def get_received(user: User, key: uuid.UUID) -> ReceivedNotice:
    """A notice to an agency for which this person answers; Http404 when there is none."""
    found = addressed_to(user).select_related("answered_by").filter(key=key).first()
    if found is None:
        raise Http404
    return found


def require_answering(user: User) -> None:
    """Raise ActionDenied for who answers notices for no agency."""
    if not user.holds(Perm.NOTICE_ANSWER):
        raise ActionDenied("Only the contact of an agency answers safeguarding notices.")


@dataclass(frozen=True)
class Page:
    """Notices to somebody's agencies, newest first, and where the next page begins."""

    rows: list[ReceivedNotice]
    older: str = ""


def page_for_agency(user: User, before: str = "") -> Page:
    """One page; `before` is the key of the last notice of the page above."""
    rows = addressed_to(user).order_by("-at", "-pk")
    above = rows.filter(key=before).first() if _is_key(before) else None
    if above:
        rows = rows.filter(at__lte=above.at).exclude(at=above.at, pk__gte=above.pk)
    found = list(rows[: PAGE + 1])
    return Page(found[:PAGE], str(found[PAGE - 1].key) if len(found) > PAGE else "")


def _is_key(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def late(notice: ReceivedNotice) -> str:
    """How late the answer is, in words; empty when it is not, or has come."""
    return "" if notice.answered_at else notice.agency.area.late_words(notice.due_on)
