"""Finding earlier referrals of a person whose name was written otherwise (domain 5.2).

Indexed keys propose, rapidfuzz puts in order, points are explained row by row, and a person decides.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Case as Choose
from django.db.models import IntegerField, Q, QuerySet, Sum, Value, When

from accounts import grants
from accounts.models import User
from prevent_cms.marking import Mark
from referrals import comparison, names
from referrals.access import Reader
from referrals.comparison import Known, Point
from referrals.models import Case, Person, PersonFact, PersonKey

NAMES = (PersonFact.Kind.NAME, PersonFact.Kind.OTHER_NAME)
# How much one shared key counts when the database chooses whom to compare in full.
WEIGHTS = {"name": 3, "sound": 2, "born": 6, "born_swap": 4, "phone": 4}
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
    compared, and only by facts that the user may see.
    """
    case, user = reader.case, reader.user
    cases = police_cases(user)
    if cases is None:
        return []
    cases = cases.filter(received_at__lt=case.received_at).exclude(pk=case.pk)
    this = Known.of(reader.facts)
    found = visible(cases, proposed(this))
    known = known_of(found, user)
    candidates = [Candidate(one, comparison.compare(this, known[one.pk])) for one in found]
    likely = [one for one in candidates if one.total >= WORTH_SHOWING]
    return sorted(likely, key=lambda one: (-one.total, one.case.pk))[:SHOW_MOST]


def police_cases(user: User) -> QuerySet[Case] | None:
    """The cases whose police material this user may read, or None when there can be none."""
    shared = grants.is_shared(user, Case, mark=Mark.POLICE)
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
    """The cases of the persons proposed, those that share most keys first."""
    order = {person_id: place for place, person_id in enumerate(proposed)}
    found = cases.filter(person_id__in=proposed).select_related("area")
    return sorted(found, key=lambda case: order[case.person_id])[:COMPARE_MOST]


def proposed(this: Known) -> list[int]:
    """The persons who share most keys with this one: an index look-up, ordered by weight."""
    keys = [
        *names.name_keys(this.names),
        *((kind, value) for kind, value in names.born_keys(this.born) if kind == "born"),
        *(("born_swap", born.isoformat()) for born in this.born),
        *names.phone_keys([*this.phones, *this.family]),
    ]
    values: defaultdict[str, list[str]] = defaultdict(list)
    for kind, value in keys:
        values[kind].append(value)
    if not values:
        return []
    wanted = Q()
    for kind, ones in values.items():
        wanted |= Q(kind=kind, value__in=ones)
    weight = Choose(
        *(When(kind=kind, then=Value(points)) for kind, points in WEIGHTS.items()),
        default=Value(0),
        output_field=IntegerField(),
    )
    rows = (
        PersonKey.objects.filter(wanted)
        .values("person_id")
        .annotate(weight=Sum(weight))
        .filter(weight__gte=ENOUGH)
        .order_by("-weight", "-person_id")
    )
    return [row["person_id"] for row in rows[:LOOK_AT]]
