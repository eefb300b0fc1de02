"""Lists of my work that are mostly empty: one query asks for all of them, a second for their cases."""

from collections.abc import Iterable

from accounts.models import User
from channel.casework import consents, feedback
from channel.casework.rows import Group
from referrals.models import Case

LISTS = (consents, feedback)


def duties(user: User) -> Iterable[Group]:
    """The lists this person has, each only when there is something in it."""
    asked = [found for one in LISTS if (found := one.owed(user)) is not None]
    rows = list(asked[0].union(*asked[1:], all=True)) if asked else []
    cases = Case.objects.select_related("area").in_bulk({pk for _, pk, _ in rows}) if rows else {}
    for one in LISTS:
        if mine := [one.row(cases[pk], on) for name, pk, on in rows if name == one.NAME]:
            yield *one.GROUP, mine
