"""Finding earlier referrals of a person whose name was written otherwise (domain 5.2).

Indexed keys propose, rapidfuzz puts in order, points are explained row by row, and a person decides.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Case as Choose
from django.db.models import IntegerField, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import JSONObject

from accounts import grants
from accounts.models import User
from prevent_cms.components.text import gov_date
from prevent_cms.marking import Mark
from referrals import comparison, names
from referrals.access import Reader
from referrals.comparison import Known, Point
from referrals.models import Case, Person, PersonFact, PersonKey, PersonLink

NAMES = (PersonFact.Kind.NAME, PersonFact.Kind.OTHER_NAME)
# How much one shared key counts when the database chooses whom to compare in full.
WEIGHTS = {"name": 3, "sound": 2, "born": 6, "born_swap": 4, "phone": 4}
DECIDED = Value(1_000, output_field=IntegerField())  # before whoever is only alike
LOOK_AT = 300  # of all areas; then only what this officer may see is compared
ENOUGH = 3  # one name that only sounds alike is not worth a look
COMPARE_MOST = 60
SHOW_MOST = 4
WORTH_SHOWING = 36


@dataclass(frozen=True)
class Candidate:
    """An earlier case that may be of the same person, and why it is thought so."""

    case: Case
    points: list[Point]
    verdict: str = ""  # what was decided about it, and by whom
    decided: str = ""

    @property
    def total(self) -> int:
        return total(self.points)

    @property
    def likelihood(self) -> str:
        """Words for the total; it puts likely ones first and decides nothing."""
        if self.total >= 80:
            return "very likely"
        return "possible" if self.total >= 55 else "less likely"


def total(points: Iterable[Point]) -> int:
    """What the rows of a comparison count together."""
    return sum(point.points for point in points)


def rebuild_keys(person: Person) -> None:
    """Write the look-up keys of a person anew, from all facts; call after facts were added."""
    facts = list(PersonFact.objects.filter(person=person))
    PersonKey.objects.replace(
        person,
        names.name_keys(fact.value for fact in facts if fact.kind in NAMES)
        | names.born_keys(fact.date for fact in facts if fact.date and fact.kind == "born")
        | names.phone_keys(fact.value for fact in facts if fact.kind in ("phone", "family")),
    )


def possible_earlier(reader: Reader) -> list[Candidate]:
    """Earlier cases that may be of the same person, likely ones first.

    For police: [] for everybody else. Only cases that police seats of this user may read are
    compared, and only by facts that the user may see. What was decided about stays in sight, and
    can be undone, when facts no longer suggest it.
    """
    case, user = reader.case, reader.user
    cases = police_cases(user)
    if cases is None:
        return []
    cases = cases.filter(received_at__lt=case.received_at).exclude(pk=case.pk)
    this = Known.of(reader.facts)
    found = visible(cases.annotate(link=_link_to(case)), proposed(this, beside=case.person_id))
    known = known_of(found, user)
    candidates = [_candidate(one, comparison.compare(this, known[one.pk])) for one in found]
    likely = [one for one in candidates if one.total >= WORTH_SHOWING]
    first = sorted(likely, key=lambda one: (-one.total, one.case.pk))[:SHOW_MOST]
    return first + [one for one in candidates if one.verdict and one not in first]


def _link_to(case: Case) -> Subquery:
    """What was decided about a row's person and the person of this case, as JSON."""
    either = Q(first=case.person_id, second=OuterRef("person_id"))
    either |= Q(second=case.person_id, first=OuterRef("person_id"))
    said = JSONObject(verdict="verdict", by="by__name", at="at")
    return Subquery(PersonLink.objects.filter(either).values(said=said)[:1])


def _candidate(case: Case, points: list[Point]) -> Candidate:
    link = case.link  # type: ignore[attr-defined]
    if not link:
        return Candidate(case, points)
    verdict, when = PersonLink.Verdict(link["verdict"]), datetime.datetime.fromisoformat(link["at"])
    return Candidate(case, points, verdict, f"{verdict.label}: {link['by']}, {gov_date(when)}")


def police_cases(user: User) -> QuerySet[Case] | None:
    """The cases whose police material this user may read, or None when there can be none."""
    shared = grants.is_shared(user, Case, grants.usable(user, mark=Mark.POLICE))
    return None if shared is None else Case.objects.filter(shared)


def known_of(cases: Collection[Case], user: User) -> dict[int, Known]:
    """What this user may see of the persons of these cases, in one query."""
    return _known(cases, PersonFact.objects.visible_to(user).filter(case__in=cases))


def facts_of(cases: Collection[Case]) -> dict[int, Known]:
    """All there is of the persons of these cases; for a rule of the service, and for nobody to read."""
    return _known(cases, PersonFact.objects.filter(case__in=cases))


def _known(cases: Collection[Case], facts: Iterable[PersonFact]) -> dict[int, Known]:
    by_case: defaultdict[int, list[PersonFact]] = defaultdict(list)
    for fact in facts:
        by_case[fact.case_id].append(fact)
    return {case.pk: Known.of(by_case[case.pk]) for case in cases}


def visible(cases: QuerySet[Case], proposed: list[int]) -> list[Case]:
    """The cases of the persons proposed, in that order."""
    order = {person_id: place for place, person_id in enumerate(proposed)}
    found = cases.filter(person_id__in=proposed).select_related("area")
    return sorted(found, key=lambda case: order[case.person_id])[:COMPARE_MOST]


def proposed(this: Known, beside: int = 0) -> list[int]:
    """The persons about whom something was decided `beside` this one, then those who share most
    keys with this one: index look-ups, ordered by weight."""
    keys = [
        *names.name_keys(this.names),
        *((kind, value) for kind, value in names.born_keys(this.born) if kind == "born"),
        *(("born_swap", born.isoformat()) for born in this.born),
        *names.phone_keys([*this.phones, *this.family]),
    ]
    values: defaultdict[str, list[str]] = defaultdict(list)
    for kind, value in keys:
        values[kind].append(value)
    wanted = Q(pk__in=[])
    for kind, ones in values.items():
        wanted |= Q(kind=kind, value__in=ones)
    weight = Choose(
        *(When(kind=kind, then=Value(points)) for kind, points in WEIGHTS.items()),
        default=Value(0),
        output_field=IntegerField(),
    )
    alike = (
        PersonKey.objects.filter(wanted)
        .values("person_id")
        .annotate(weight=Sum(weight))
        .filter(weight__gte=ENOUGH)
        .order_by("-weight", "-person_id")
    )[:LOOK_AT]
    first, second = (
        PersonLink.objects.filter(first=beside),
        PersonLink.objects.filter(second=beside),
    )
    rows = alike.values_list("weight", "person_id").union(
        first.values_list(DECIDED, "second_id"), second.values_list(DECIDED, "first_id"), all=True
    )
    return list(dict.fromkeys(person for _, person in sorted(rows, reverse=True)))
