"""What the log of consent comes to (R109-R123). The log itself is written by actions/consent.py.

An answer stands until another answer: to decide on asking again, or to ask, undoes none.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.area_policy import CONSENT_POINTS
from accounts.models import User
from prevent_cms import clock
from referrals.access import Reader
from referrals.models import Case, Consent, PersonFact
from referrals.workflow import Status

MENTAL_CAPACITY_ACT_FROM = 16
ORDER = list(Status)
AFTER_MOVE = "again, since the case has moved here"
# The stage in which each point of an area's policy is reached.
REACHED_IN = {
    "referral": Status.INFORMATION_GATHERING,
    "assessment": Status.ASSESSMENT,
    "panel": Status.PANEL,
    "acceptance": Status.SUPPORT,
}


@dataclass(frozen=True)
class Standing:
    """The position on consent in one case, derived from its log, newest first."""

    case: Case
    log: list[Consent]

    @classmethod
    def of(cls, case: Case, rows: Iterable[Consent] | None = None) -> Self:
        """From the whole log, for a guard, or from `rows` that a reader may see, for a page."""
        found = Consent.objects.filter(case=case) if rows is None else rows
        return cls(case, sorted(found, key=lambda one: (one.at, one.pk), reverse=True))

    def on(self, about: str) -> Consent | None:
        """The entry that counts: the newest answer, else the newest decision; None without any."""
        entries = [one for one in self.log if one.about == about]
        answers = [one for one in entries if one.is_answer]
        return next(iter(answers or entries), None)

    @property
    def support(self) -> Consent | None:
        return self.on(Consent.About.SUPPORT)

    @property
    def allows_support(self) -> bool:
        """Whether support may begin and go on: consent to it is given and stands (R122)."""
        return self.support is not None and self.support.position == Consent.Position.GIVEN

    @property
    def ended(self) -> Consent | None:
        """The refusal or withdrawal of consent to support that stands (CTSA 2015, s.36(4))."""
        found = self.support
        return found if found and found.is_answer and not self.allows_support else None

    @property
    def to_consider(self) -> str:
        """At which point of the area's policy consent is still to be considered, in words."""
        return to_consider(self.case, (Status(one.stage) for one in self.log if self._is_ours(one)))

    def _is_ours(self, entry: Consent) -> bool:
        """Whether it was written since the case came to its area."""
        arrived = self.case.arrived_at
        return arrived is None or entry.at >= arrived


def standing(reader: Reader) -> Standing:
    """The position as this reader may know it; outside coordination from an empty log."""
    return Standing.of(reader.case, reader.consents)


def to_check_again() -> QuerySet[Consent]:
    """The consents that stand and whose day to be checked again has come, on every case."""
    answers = Consent.objects.filter(position__in=Consent.ANSWERS)
    later = answers.filter(case=OuterRef("case"), about=OuterRef("about"))
    newer = later.filter(Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk")))
    due = Consent.objects.filter(position=Consent.Position.GIVEN, recheck_on__lte=clock.today())
    found: QuerySet[Consent] = due.filter(~Exists(newer.order_by())).order_by()
    return found


def not_checked_since_move() -> QuerySet[Case]:
    """The open cases that came from another area, and whose consent nobody has looked at since."""
    since = Consent.objects.filter(case=OuterRef("pk"), at__gte=OuterRef("arrived_at"))
    return Case.objects.filter(~Exists(since.order_by()), arrived_at__isnull=False).open()


def to_consider(case: Case, considered: Iterable[Status]) -> str:
    """At which point of the area's policy consent is still to be considered, in words.

    `considered` are the stages of the log's entries, of a case that has moved those made since. The
    last point that the case has reached counts; what was considered later covers it. A case that
    has moved is considered again at whatever stage.
    """
    considered = list(considered)
    if case.arrived_at and case.is_open and not considered:
        return AFTER_MOVE
    now = ORDER.index(case.stage) if case.is_open else -1
    points = {REACHED_IN[point]: point for point in case.area.rules.consent_points}
    reached = [stage for stage in points if ORDER.index(stage) <= now]
    last = max(reached, key=ORDER.index, default=None)
    if last is None or any(ORDER.index(stage) >= ORDER.index(last) for stage in considered):
        return ""
    return CONSENT_POINTS[points[last]]


def decides_alone(user: User, case: Case) -> bool:
    """Whether, by the facts this reader may see, the person is 16 or over (MCA 2005, s.2(5))."""
    facts = PersonFact.objects.visible_to(user).filter(case=case)
    born = facts.filter(kind=PersonFact.Kind.BORN, date__isnull=False).first()
    if born:
        return bool(clock.add_months(born.date, MENTAL_CAPACITY_ACT_FROM * 12) <= clock.today())
    age = facts.filter(kind=PersonFact.Kind.AGE).first()
    return bool(age and age.value.isdecimal() and int(age.value) >= MENTAL_CAPACITY_ACT_FROM)
