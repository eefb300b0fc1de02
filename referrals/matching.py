"""Finding earlier referrals of a person whose name was written otherwise (domain 5.2).

Indexed keys propose, rapidfuzz puts in order, points are explained row by row, and a person decides.
"""

from referrals import names
from referrals.models import Person, PersonFact, PersonKey

NAMES = (PersonFact.Kind.NAME, PersonFact.Kind.OTHER_NAME)


def rebuild_keys(person: Person) -> None:
    """Write the look-up keys of a person anew, from all facts; call after facts were added."""
    facts = list(PersonFact.objects.filter(person=person))
    PersonKey.objects.replace(
        person,
        names.name_keys(fact.value for fact in facts if fact.kind in NAMES)
        | names.born_keys(fact.date for fact in facts if fact.date and fact.kind == "born")
        | names.phone_keys(fact.value for fact in facts if fact.kind in ("phone", "family")),
    )
