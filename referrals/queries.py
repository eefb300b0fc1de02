"""The case list, name search and the timeline: what each reader gets, in few queries."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import F, Min, Q, QuerySet

from accounts.models import Membership, User
from accounts.permissions import Perm
from accounts.roles import ROLES, Role
from prevent_cms import wall
from prevent_cms.references import normalise
from prevent_cms.typed import number_in
from referrals import names
from referrals.access import ASKED, request_note
from referrals.filters import Filters, by_due, by_owner, by_waiting
from referrals.lens import Lens
from referrals.models import Bar, Case, PersonFact, PersonKey, Referral
from referrals.timeline import Entry, groups_for, people_in, timeline, timeline_page
from referrals.workflow import Status

__all__ = [
    "Entry",
    "Filters",
    "Lens",
    "cases",
    "groups_for",
    "officers",
    "page",
    "people_in",
    "rows",
    "search",
    "timeline",
    "timeline_page",
]

PAGE = 25
# The colour of a stage's tag; the words say the same.
COLOURS = {
    Status.RECEIVED: "yellow",
    Status.SCREENING: "purple",
    Status.DECONFLICTION: "purple",
    Status.INFORMATION_GATHERING: "blue",
    Status.ASSESSMENT: "teal",
    Status.PANEL: "orange",
    Status.SUPPORT: "green",
    Status.HELD: "grey",
    Status.CLOSED: "grey",
}
COUNT_MOST = 1000
SEARCH_MOST = 50
NAMES = (PersonFact.Kind.NAME, PersonFact.Kind.OTHER_NAME)


@dataclass(frozen=True)
class Row:
    """One case of the list, in the words that this reader may read.

    Without a stage, all that the reader may know is whether their answer is waited for.
    """

    case: Case
    name: str
    stage: Status | None
    note: str
    due_on: datetime.date | None
    can_take: bool = False

    @property
    def stage_words(self) -> str:
        return self.stage.label if self.stage else ASKED

    @property
    def colour(self) -> str:
        return COLOURS[self.stage] if self.stage else "grey"

    @property
    def late(self) -> str:
        return self.case.area.late_words(self.due_on)


@dataclass(frozen=True)
class Page:
    rows: list[Row] = field(default_factory=list)
    total: int = 0
    previous: str = ""  # references: the page ends before, or begins after, this case
    next: str = ""

    @property
    def total_words(self) -> str:
        if self.total > COUNT_MOST:
            return f"more than {COUNT_MOST:,} cases"
        return f"{self.total:,} case{'' if self.total == 1 else 's'}"


def cases(user: User, filters: Filters) -> QuerySet[Case]:
    """The visible cases that the filters leave, in this reader's order."""
    lens = Lens(user)
    found = Case.objects.visible_to(user).filter(lens.by_stage(filters.stages))
    if lens.is_police:
        found = found.filter(by_owner(user, filters.whose))
    if filters.area in lens.areas:
        found = found.filter(area__code=filters.area)
    if lens.is_coordinator:
        narrowed = found.filter(by_due(filters.due), by_waiting(filters.waiting))
        return narrowed.order_by("next_due_on", "pk")
    return found.order_by("-pk")


def page(user: User, filters: Filters) -> Page:
    """One page of the list and how many cases there are in all, counted up to a cap."""
    found = cases(user, filters)
    total = found.order_by()[: COUNT_MOST + 1].count()
    backwards = bool(filters.before)
    cursor = filters.before or filters.after
    # An unknown or hidden reference begins at the beginning, the same for both.
    start = found.filter(reference=cursor).first() if cursor else None
    ahead = _ahead(found, start, backwards, Lens(user).is_coordinator) if start else found
    window = list(ahead[: PAGE + 1])
    shown, is_more = window[:PAGE], len(window) > PAGE
    if start and backwards:
        shown.reverse()
    has_previous, has_next = (is_more, True) if start and backwards else (bool(start), is_more)
    return Page(
        rows=rows(user, shown),
        total=total,
        previous=shown[0].reference if shown and has_previous else "",
        next=shown[-1].reference if shown and has_next else "",
    )


def _ahead(found: QuerySet[Case], start: Case, backwards: bool, by_due: bool) -> QuerySet[Case]:
    """What follows the case `start` in the list's order, or goes before it, nearest first."""
    if not by_due:
        beyond = Q(pk__gt=start.pk) if backwards else Q(pk__lt=start.pk)
        return found.filter(beyond).order_by("pk" if backwards else "-pk")
    due = start.next_due_on
    if backwards:
        beyond = Q(next_due_on=due, pk__lt=start.pk)
        beyond |= Q(next_due_on__lt=due) if due else Q(next_due_on__isnull=False)
        return found.filter(beyond).order_by(F("next_due_on").desc(nulls_first=True), "-pk")
    if due is None:
        return found.filter(next_due_on=None, pk__gt=start.pk)
    # The first condition lets the index begin where the page begins.
    later = Q(next_due_on__gte=due) & (Q(next_due_on__gt=due) | Q(pk__gt=start.pk))
    return found.filter(later | Q(next_due_on=None))


def rows(user: User, found: Iterable[Case]) -> list[Row]:
    """The rows of these cases: a query for names, one for own due dates, one for who only answers."""
    found, lens = list(found), Lens(user)
    ids = [case.pk for case in found]
    facts = PersonFact.objects.visible_to(user).filter(case_id__in=ids, kind=PersonFact.Kind.NAME)
    known = {fact.case_id: fact.value for fact in reversed(list(facts))}  # the first name of each
    own = {} if lens.is_coordinator else _own_due(lens, ids)
    asked = _only_asked(lens, ids)
    takes = lens.is_police and user.holds(Perm.CASE_TAKE)
    return [
        Row(
            case=case,
            name=known.get(case.pk, "Name not known")
            if case.stage != Status.RECEIVED
            else "Not opened yet",
            stage=None if case.pk in asked else lens.stage_of(case),
            note=request_note(case.pk in own) if case.pk in asked else lens.note_of(case),
            due_on=case.next_due_on if lens.is_coordinator else own.get(case.pk),
            can_take=takes and case.status == Status.RECEIVED and case.owner_id in (None, user.pk),
        )
        for case in found
    ]


def _only_asked(lens: Lens, ids: list[int]) -> set[int]:
    """Those of these cases of which this person may know no more than the request."""
    if not lens.may_be_asked:
        return set()
    more = Case.objects.filter(lens.knows_more, pk__in=ids)
    return set(ids) - set(more.values_list("pk", flat=True))


def _own_due(lens: Lens, ids: list[int]) -> dict[int, datetime.date]:
    """When the reader's own agencies have to answer, by case."""
    asked = lens.unanswered().visible_to(lens.user).filter(case_id__in=ids)
    return dict(asked.values_list("case_id").annotate(Min("due_on")))


def received_count(user: User) -> int:
    """How many referrals wait to be taken, for police; counted up to the cap."""
    areas = [seat.agency.area_id for seat in user.seats]
    waiting = Case.objects.visible_to(user).filter(area_id__in=areas, status=Status.RECEIVED)
    return waiting.order_by()[: COUNT_MOST + 1].count()


def by_reference(user: User, text: str) -> list[Case]:
    """The visible case with this reference, or with a referral of this reference that is visible.

    A referrer was given the second, and says it on the telephone.
    """
    given = normalise(text) or "-"
    told = Referral.objects.visible_to(user).filter(reference=given).values("case_id")
    return list(Case.objects.visible_to(user).filter(Q(reference=given) | Q(pk__in=told)))


def search(user: User, text: str) -> list[Case]:
    """Visible cases whose visible names hold every word that was typed, or one that sounds like it.

    The keys only propose; what is found is checked against facts that this reader may see.
    """
    words = names.tokens(text)
    if not words:
        return []
    candidates = _proposed(user, words)
    # Asked also when there is none, so that time tells nothing of names that are not visible.
    ids = [*candidates, 0]
    facts = PersonFact.objects.visible_to(user).filter(case_id__in=ids, kind__in=NAMES)
    matching = {
        fact.case_id
        for fact in facts
        if all(_is_in(word, names.tokens(fact.value)) for word in words)
    }
    return [case for pk, case in candidates.items() if pk in matching]


@wall.as_service()
def _proposed(user: User, words: list[str]) -> dict[int, Case]:
    """The visible cases of persons with a key for every word, whether or not its fact is visible."""
    found = Case.objects.visible_to(user)
    for word in words:
        key = Q(kind="name", value__startswith=word) | Q(kind="sound", value=names.sound(word))
        found = found.filter(person_id__in=PersonKey.objects.filter(key).values("person_id"))
    return {case.pk: case for case in found.order_by("-pk")[:SEARCH_MOST]}


def _is_in(word: str, parts: list[str]) -> bool:
    heard = names.sound(word)
    return any(part.startswith(word) or names.sound(part) == heard for part in parts)


def officer_of(lens: Lens, whose: str) -> User | None:
    """The officer whom a filter names by number, if they work where this reader does."""
    number = number_in(whose) if lens.is_police else None
    if number is None:
        return None
    team = Membership.objects.filter(agency_id__in=lens.user.agency_ids)
    return User.objects.filter(pk=number, pk__in=team.values("user_id")).first()


def officers(case: Case) -> QuerySet[User]:
    """The people of the area's police who can hold a case."""
    roles = [role for role in Role if Perm.CASE_TAKE in ROLES[role].permissions]
    seats = Membership.objects.current().filter(agency__area_id=case.area_id, role__in=roles)
    kept_out = Bar.objects.in_force().filter(case=case).values("user_id")
    people = User.objects.filter(is_active=True, pk__in=seats.values("user_id"))
    return people.exclude(pk__in=kept_out).order_by("name")
