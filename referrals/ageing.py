"""Coming of age in the middle of a case: when, what it changes, and whether somebody decided (R80-R83).

Nothing happens by itself. From the day on which the person reaches the age boundary of the area, the
case says what is different until somebody decides who leads from now on.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case as Choose
from django.db.models import (
    DateField,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import TruncDate
from django.utils import timezone

from accounts.models import Agency, Area
from prevent_cms import clock
from prevent_cms.components.text import gov_date
from prevent_cms.marking import Mark
from referrals import consent
from referrals.access import Reader
from referrals.models import IS_RELEASED, Case, Consent, MarkedQuerySet, PersonFact, Routing
from referrals.models.case import CaseQuerySet

AHEAD = datetime.timedelta(days=28)  # how long before the day the case says so
FAMILY = frozenset({Consent.GivenBy.PARENT, Consent.GivenBy.GUARDIAN})


def day_of_age(case: Case, facts: Iterable[PersonFact]) -> datetime.date | None:
    """The day on which the person reaches the boundary, when that lies within the case."""
    for fact in facts:
        if fact.kind == PersonFact.Kind.BORN and fact.date and fact.mark == Mark.COORDINATION:
            on = clock.add_months(fact.date, case.area.rules.age_boundary * 12)
            return on if on > timezone.localdate(case.received_at) else None
    return None


def is_near(case: Case, facts: Iterable[PersonFact]) -> bool:
    """Whether the day has come, or comes within four weeks."""
    on = day_of_age(case, facts)
    return on is not None and on <= clock.today() + AHEAD


def is_to_decide(
    case: Case, facts: Iterable[PersonFact], decided: datetime.datetime | None
) -> bool:
    """Whether the day has come and nobody has decided since who leads."""
    on = day_of_age(case, facts)
    return bool(on and on <= clock.today() and not _is_since(decided, on))


def _is_since(decided: datetime.datetime | None, on: datetime.date) -> bool:
    return decided is not None and timezone.localdate(decided) >= on


def words(reader: Reader, decided: datetime.datetime | None) -> str:
    """What the head of the case says to its coordinators, "" when there is nothing to say."""
    case = reader.case
    if not (reader.is_coordinator and case.is_released and case.is_open):
        return ""
    on = day_of_age(case, reader.facts)
    if on is None or on > clock.today() + AHEAD or _is_since(decided, on):
        return ""
    boundary = case.area.rules.age_boundary
    if on > clock.today():
        return f"{boundary} on {gov_date(on)}"
    return f"{boundary} since {gov_date(on)}, to be decided who leads"


@dataclass(frozen=True)
class Changes:
    """What is different from that day on, in sentences, and whether this reader may decide."""

    title: str
    sentences: list[str]
    is_due: bool  # the day has come


def changes(reader: Reader, decided: Routing | None) -> Changes | None:
    """For a coordinator of a released, open case; None when there is nothing to decide or expect."""
    case = reader.case
    if not words(reader, decided.at if decided else None):
        return None
    on = day_of_age(case, reader.facts)
    boundary = case.area.rules.age_boundary
    is_due = on is not None and on <= clock.today()
    verb = "Turned" if is_due else "Turns"
    said = [*_of_lead(case), *_of_consent(reader), *_of_agencies(case)]
    return Changes(f"{verb} {boundary} on {gov_date(on)}", said, is_due)


def _of_lead(case: Case) -> list[str]:
    if case.area.rules.leads == "one":
        return ["Lead: the Prevent lead goes on, or names who takes over."]
    return ["Lead: the adult lead takes over from the families lead, once somebody decides so."]


def _of_consent(reader: Reader) -> list[str]:
    """Who consents: from 16 they decide themselves, and from 18 nobody decides as their parent."""
    found = consent.standing(reader).support
    said = "Consent: nobody decides for them as a parent or guardian any more."
    if found and found.given_by in FAMILY:
        return [f"{said} The answer on support was a parent's or guardian's: ask them."]
    return [said]


def _of_agencies(case: Case) -> list[str]:
    rules = case.area.rules
    keys = (rules.child_notice_to, rules.adult_notice_to)
    rows = Agency.objects.filter(area=case.area_id, key__in=keys, is_active=True)
    names = {agency.key: agency.name for agency in rows}
    if len(names) < len(set(keys)) or keys[0] == keys[1]:
        return ["Agencies: adult social care, no longer children's services."]
    return [f"Agencies: {names[keys[1]]}, no longer {names[keys[0]]}."]


# All cases at once


class _Years(Func):
    template = "(%(expressions)s))::date"
    arg_joiner = " + make_interval(years => "
    output_field = DateField()


def came_of_age(
    cases: CaseQuerySet, facts: MarkedQuerySet, areas: Iterable[Area]
) -> tuple[QuerySet[Case], F]:
    """Those of the cases in which the day has come and nobody has decided, and the day as a value.

    `facts` are what the reader may see of persons, `areas` those in which the cases lie.
    """
    born = facts.filter(
        case=OuterRef("pk"),
        kind=PersonFact.Kind.BORN,
        mark=Mark.COORDINATION,
        date__isnull=False,
    )
    boundaries = [When(area=area, then=Value(area.rules.age_boundary)) for area in areas]
    boundary = Choose(*boundaries, default=Value(None), output_field=IntegerField())
    first = Subquery(born.order_by("pk").values("date")[:1])
    found = cases.open().filter(IS_RELEASED).alias(born=first, boundary=boundary)
    came = found.alias(came=_Years(F("born"), F("boundary")))
    within = came.filter(came__lte=clock.today(), came__gt=TruncDate("received_at"))
    since = Routing.objects.filter(case=OuterRef("pk"), at__date__gte=OuterRef("came"))
    return within.exclude(Exists(since.order_by())), F("came")
