"""Deciding whether two persons are one: reversible, by police only, and nothing is moved."""

from collections.abc import Mapping

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from prevent_cms import clock
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.workflow import NOT_NOW
from referrals import access
from referrals.models import Case, Person, PersonLink

Verdict = PersonLink.Verdict


@transaction.atomic
def compare_persons(case: Case, *, other: Case, verdict: str, by: User) -> PersonLink:
    """Say whether the persons of two cases are the same, different, or that it is not sure yet.

    Can be said anew at any time. Saying the same thing again changes nothing. Raises ActionDenied
    without the permission on both cases, ActionInvalid for one and the same case.
    """
    for one in (case, other):
        access.require(by, Perm.PERSON_LINK, one)
    if case.person_id == other.person_id or verdict not in Verdict.values:
        raise ActionInvalid(NOT_NOW)
    first, second = sorted((case.person_id, other.person_id))
    list(Person.objects.select_for_update().filter(pk__in=(first, second)).order_by("pk"))
    link = PersonLink.objects.filter(first_id=first, second_id=second).first()
    before = link.verdict if link else ""
    if link and before == verdict:
        return link
    link = link or PersonLink(first_id=first, second_id=second)
    link.verdict, link.by, link.at = verdict, by, clock.now()
    link.save()
    for one in (case, other):  # by the link's id: the other case may be of another area
        record(_event(before, verdict), by=by, case=one, target=link)
    return link


@transaction.atomic
def compare_all(case: Case, *, verdicts: Mapping[Case, str], by: User) -> list[PersonLink]:
    """Say it of several earlier cases at once, all or none."""
    return [
        compare_persons(case, other=other, verdict=verdict, by=by)
        for other, verdict in verdicts.items()
    ]


def _event(before: str, verdict: str) -> EventType:
    if verdict == Verdict.SAME:
        return EventType.PERSON_LINKED
    return EventType.PERSON_UNLINKED if before == Verdict.SAME else EventType.PERSON_COMPARED
