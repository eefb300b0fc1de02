"""A large caseload of invented people, for demonstrations of speed and for measuring it."""

import datetime
import random
from itertools import islice

from django.contrib.auth.models import Permission
from django.db import transaction
from simple_history.utils import bulk_create_with_history

from accounts.models import Agency, Area, User
from accounts.roles import ShareKind
from prevent_cms import clock
from prevent_cms.references import next_reference
from referrals.matching import rebuild_keys
from referrals.models import Case, CaseGroupObjectPermission, Person, PersonFact
from referrals.workflow import BEFORE_RELEASE, Status

FIRST = [
    "Ada",
    "Ben",
    "Cara",
    "Dev",
    "Ella",
    "Finn",
    "Gita",
    "Hugo",
    "Isla",
    "Jai",
    "Kim",
    "Leo",
    "Mia",
    "Ned",
    "Ola",
    "Pia",
    "Raj",
    "Sam",
    "Tia",
    "Uma",
]
LAST = [
    "Invented",
    "Madeup",
    "Fictional",
    "Sample",
    "Pretend",
    "Example",
    "Placeholder",
    "Imagined",
    "Notreal",
    "Trial",
]
BATCH = 500


@transaction.atomic
def generate(*, area: Area, officer: User, cases: int, seed: int) -> int:
    """Make `cases` cases over every stage in one area, the same for the same seed; returns how many.

    Each has a person, a name, a birth date, an owner, and shares as its stage implies.
    """
    chance = random.Random(seed)
    police = area.agencies.get(kind="police")
    council = area.agencies.filter(kind="local_authority").first()
    permission = Permission.objects.get(codename="view_case", content_type__app_label="referrals")
    numbers = iter(range(cases))
    while batch := list(islice(numbers, BATCH)):
        people = bulk_create_with_history([Person() for _ in batch], Person)
        made = bulk_create_with_history(
            [_case(area, officer, police, person, chance) for person in people], Case
        )
        shares = [
            CaseGroupObjectPermission(
                content_object=case,
                group_id=agency.group_id,
                kind=ShareKind.COORDINATE,
                permission=permission,
                reason="Generated caseload",
            )
            for case in made
            for agency in (police, council)
            if agency and (agency == police or case.status not in BEFORE_RELEASE)
        ]
        bulk_create_with_history(shares, CaseGroupObjectPermission)
        facts = [fact for case in made for fact in _facts(case, officer, chance)]
        bulk_create_with_history(facts, PersonFact)
        for person in people:
            rebuild_keys(person)
    return cases


def _case(area: Area, officer: User, police: Agency, person: Person, chance: random.Random) -> Case:
    status = chance.choice([status for status in Status if status != Status.HELD])
    received = clock.now() - datetime.timedelta(days=chance.randrange(400))
    closed = status == Status.CLOSED
    return Case(
        reference=next_reference(Case, area.code, received.year),
        area=area,
        person=person,
        status=status,
        status_since=received,
        owner_agency=police,
        owner=None if status == Status.RECEIVED else officer,
        next_due_on=None if closed else clock.today() + datetime.timedelta(chance.randint(-5, 30)),
        next_due_what="" if closed else "Next step",
        received_at=received,
        released_at=None if status in BEFORE_RELEASE else received,
    )


def _facts(case: Case, officer: User, chance: random.Random) -> list[PersonFact]:
    born = datetime.date(1950, 1, 1) + datetime.timedelta(days=chance.randrange(60 * 365))
    name = f"{chance.choice(FIRST)} {chance.choice(FIRST)} {chance.choice(LAST)}"
    rows = [("name", name, None), ("born", born.isoformat(), born)]
    return [
        PersonFact(
            case=case, person=case.person, kind=kind, value=value, date=day, added_by=officer
        )
        for kind, value, day in rows
    ]
