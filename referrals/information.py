"""Who may ask whom, whose request is whose, and what an agency is told to search with."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import Http404

from accounts.models import Agency, User
from accounts.permissions import Perm
from accounts.roles import ROLES
from prevent_cms.components.text import gov_date
from prevent_cms.errors import ActionDenied
from prevent_cms.marking import Mark
from prevent_cms.references import normalise
from referrals import access
from referrals.access import Reader
from referrals.models import (
    Case,
    InformationRequest,
    InformationReturn,
    MarkedQuerySet,
    PersonFact,
)

Kind = PersonFact.Kind


def get_coordinated(user: User, reference: str, *perms: Perm) -> Reader:
    """The case as its coordinator reads it; anybody else gets 404, as for a tab they do not have.

    Raises Http404, and ActionDenied when a coordinator's role lacks one of `perms`.
    """
    found = Case.objects.visible_to(user).filter(reference=normalise(reference)).first()
    if found is None:
        raise Http404
    reader = Reader(user, found)
    if not reader.is_coordinator or not reader.may(Perm.CASE_VIEW):
        raise Http404
    if not all(map(reader.may, perms)):
        raise ActionDenied("Your role does not include this. Ask the owner of the case.")
    return reader


def may_ask(reader: Reader) -> bool:
    """Whether this person may ask agencies: role, share, and the area's own requester (R85-R88)."""
    area = reader.case.area
    seat = reader.user.seat_with(Perm.INFORMATION_REQUEST, area)
    allowed = seat is not None and area.rules.allows("request_information", seat.roles)
    return allowed and reader.may(Perm.INFORMATION_REQUEST)


def agencies_to_ask(case: Case) -> Any:
    """The partner agencies of the area that are not being asked already."""
    waiting = InformationRequest.objects.filter(case=case, answered_at=None)
    partners = Agency.objects.filter(area=case.area, kind=Agency.Kind.PARTNER, is_active=True)
    return partners.exclude(pk__in=waiting.values("agency_id"))


def answering_agencies(user: User) -> list[int]:
    """The agencies for which this person answers requests."""
    return [
        seat.agency.pk
        for seat in user.seats
        if any(Perm.INFORMATION_RETURN in ROLES[role].permissions for role in seat.roles)
    ]


def get_request(user: User, pk: int) -> InformationRequest:
    """A request to an agency for which this person answers.

    Raises Http404 when they may not know of it, ActionDenied when it is not theirs to answer.
    """
    found = (
        InformationRequest.objects.visible_to(user)
        .select_related("case__area", "agency", "by")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    access.require(user, Perm.INFORMATION_RETURN, found.case)
    if found.agency_id not in answering_agencies(user):
        raise Http404
    return found  # type: ignore[no-any-return]


# Who is asked about


@dataclass(frozen=True)
class Detail:
    """One line of what an agency searches with: "Addresses" and each address."""

    kind: str
    label: str
    values: list[str]


LABELS = {
    Kind.NAME: ("Name", "Names"),
    Kind.OTHER_NAME: ("Other name", "Other names"),
    Kind.BORN: ("Date of birth", "Dates of birth"),
    Kind.AGE: ("Approximate age", "Approximate ages"),
    Kind.GENDER: ("Gender", "Gender"),
    Kind.ADDRESS: ("Address", "Addresses"),
}


def identity(user: User, case: Case) -> list[Detail]:
    """What this reader may search with: identity facts only, in the order of a search screen."""
    facts = PersonFact.objects.visible_to(user).filter(case=case, mark=Mark.COORDINATION)
    return _details(facts)


def _details(facts: MarkedQuerySet) -> list[Detail]:
    found: dict[str, list[str]] = {}
    for fact in facts.filter(kind__in=PersonFact.IDENTITY):
        value = gov_date(fact.date) if fact.kind == Kind.BORN and fact.date else fact.value
        values = found.setdefault(fact.kind, [])
        if value not in values:
            values.append(value)
    return [
        Detail(kind, LABELS[kind][len(found[kind]) > 1], found[kind])
        for kind in PersonFact.IDENTITY
        if kind in found
    ]


def nil_sentence(details: Iterable[Detail]) -> str:
    """The sentence a nil return ticks: exactly what was searched for (R94)."""
    counts = {detail.kind: len(detail.values) for detail in details}
    names = counts.get(Kind.NAME, 0) + counts.get(Kind.OTHER_NAME, 0)
    parts = [
        _each(names, "name"),
        _each(counts.get(Kind.BORN, 0), "date of birth", "dates of birth"),
        _each(counts.get(Kind.ADDRESS, 0), "address", "addresses"),
    ]
    searched = [part for part in parts if part] or ["this person"]
    head = ", ".join(searched[:-1])
    words = f"{head} and {searched[-1]}" if head else searched[-1]
    return f"I searched for {words}, and we hold nothing"


def _each(count: int, one: str, many: str = "") -> str:
    many = many or f"{one}s"
    return {0: "", 1: f"the {one}", 2: f"both {many}"}.get(count, f"all {count} {many}")


def last_systems(user: User, agency_id: int) -> str:
    """The systems this agency searched for its last return, to start from."""
    rows = InformationReturn.objects.visible_to(user).filter(agency_id=agency_id)
    latest = rows.order_by("-at").values_list("systems_searched", flat=True).first()
    return latest or ""
