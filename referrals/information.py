"""Who may ask whom, whose request is whose, and what an agency is told to search with."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import Http404

from accounts.models import Agency, Area, Membership, User
from accounts.permissions import Perm
from accounts.roles import ROLES, Role
from prevent_cms.components.text import gov_date
from prevent_cms.errors import ActionDenied
from prevent_cms.marking import Mark
from referrals import access
from referrals.access import Reader
from referrals.models import (
    Bar,
    Case,
    InformationRequest,
    InformationReturn,
    MarkedQuerySet,
    OneTimeRequest,
    PersonFact,
    ReturnDraft,
)

Kind = PersonFact.Kind
TO_ASK = "Ask the agencies"  # what is due after a release by those who do not ask
ASK = (TO_ASK, "case_request_more", "nobody has been asked yet")
SOMEBODY_ELSE = "In this area somebody else asks the agencies."


def may_ask(reader: Reader) -> bool:
    """Whether this person may ask agencies: role, share, and the area's own requester (R85-R88)."""
    is_asker = asks_in(reader.user, reader.case.area)
    return is_asker and reader.may(Perm.INFORMATION_REQUEST)


def asks_in(user: User, area: Area) -> bool:
    """Whether this person is one of those whom the area lets ask agencies."""
    seats = user.seats_with(Perm.INFORMATION_REQUEST, area)
    return any(area.rules.allows("request_information", seat.roles) for seat in seats)


def require_asker(reader: Reader) -> None:
    """Raise ActionDenied unless `may_ask`."""
    if not reader.may(Perm.INFORMATION_REQUEST):
        raise ActionDenied(access.NOT_YOURS)
    if not may_ask(reader):
        raise ActionDenied(SOMEBODY_ELSE)


def agencies_to_ask(case: Case) -> Any:
    """The partner agencies of the area that are not being asked already."""
    waiting = InformationRequest.objects.filter(case=case, answered_at=None)
    return partners_of(case).exclude(pk__in=waiting.values("agency_id"))


def partners_of(case: Case) -> Any:
    """The partner agencies of the area of a case."""
    return Agency.objects.filter(area=case.area, kind=Agency.Kind.PARTNER, is_active=True)


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
    if found is None or not user.holds(Perm.CASE_VIEW):
        raise Http404
    access.require(user, Perm.INFORMATION_RETURN, found.case)
    if found.agency_id not in answering_agencies(user):
        raise Http404
    return found  # type: ignore[no-any-return]


def get_request_to_write(user: User, pk: int) -> InformationRequest:
    """A request whose answer this person may write: its contact, and whom the contact passed it to.

    Raises Http404 and ActionDenied as `get_request`.
    """
    rows = InformationRequest.objects.visible_to(user).select_related("case__area", "agency", "by")
    found: InformationRequest | None = rows.filter(pk=pk).first()
    if (
        found
        and user.pk in passed_to(found)
        and access.may(user, Perm.INFORMATION_WRITE, found.case)
    ):
        return found
    return get_request(user, pk)


def passed_to(request: InformationRequest) -> list[int]:
    """Whom the answer to a request is passed to, to be written."""
    rows = ReturnDraft.objects.filter(request=request, passed_to__isnull=False)
    return list(rows.values_list("passed_to_id", flat=True))


def colleagues(user: User, request: InformationRequest) -> Any:
    """The people of the asked agency to whom this person can pass an answer."""
    roles = [role for role in Role if Perm.INFORMATION_WRITE in ROLES[role].permissions]
    seats = Membership.objects.current().filter(agency=request.agency_id, role__in=roles)
    barred = Bar.objects.in_force().filter(case=request.case_id).values("user_id")
    found = User.objects.filter(is_active=True, pk__in=seats.values("user_id"))
    return found.exclude(pk=user.pk).exclude(pk__in=barred).order_by("name", "pk")


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


def get_link(reader: Reader, number: int) -> OneTimeRequest:
    """A one-time link of this case; Http404 when the reader may not know of it."""
    rows = OneTimeRequest.objects.visible_to(reader.user).filter(case=reader.case, pk=number)
    found: OneTimeRequest | None = rows.select_related("by", "ended_by", "disclosure").first()
    if found is None:
        raise Http404
    return found


def behind_link(pk: int, key_hash: str) -> OneTimeRequest | None:
    """The request of a one-time link whose code was given in this session, while it is usable.

    The one reading of case material that goes by a token and not by a user (design section 5).
    """
    rows = OneTimeRequest.objects.select_related("case__area", "disclosure")
    found: OneTimeRequest | None = rows.filter(pk=pk, key_hash=key_hash).first()
    return found if found and found.is_usable and found.case.is_open else None


def identity_behind(link: OneTimeRequest) -> list[Detail]:
    """What whoever answers by a one-time link searches with: identity facts only."""
    return identity_of(link.case)


def identity_of(case: Case) -> list[Detail]:
    """What somebody searches with whom no share lets in: identity facts that were released."""
    return _details(PersonFact.objects.filter(case=case, mark=Mark.COORDINATION))


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
