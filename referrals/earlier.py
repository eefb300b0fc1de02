"""Earlier referrals of possibly the same person, laid out beside the new one for comparison."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from accounts.models import User
from prevent_cms.components.text import gov_date
from referrals import comparison, matching
from referrals.access import Reader
from referrals.matching import Candidate
from referrals.models import Closure, PersonLink, Referral

CSS = {"same": "is-same", "close": "is-near"}


@dataclass(frozen=True)
class Cell:
    text: str
    why: str = ""
    css: str = ""


@dataclass(frozen=True)
class Line:
    label: str
    ours: str
    cells: list[Cell]
    references: list[str] = field(default_factory=list)

    @property
    def named(self) -> list[tuple[str, Cell]]:
        """The cells, each with the reference of its column for narrow screens."""
        return list(zip(self.references, self.cells, strict=True))


@dataclass(frozen=True)
class Column:
    """One earlier case: its head, and what was decided about it."""

    candidate: Candidate

    verdicts = tuple(PersonLink.Verdict.choices)

    @property
    def reference(self) -> str:
        return self.candidate.case.reference

    @property
    def area_id(self) -> int:
        return self.candidate.case.area_id

    @property
    def is_joinable(self) -> bool:
        """Whether it is open and said to be the same person, so that the referral can join it."""
        return self.candidate.verdict == PersonLink.Verdict.SAME and self.candidate.case.is_open

    @property
    def points(self) -> str:
        return f"{self.candidate.total} of 100, {self.candidate.likelihood}"


@dataclass(frozen=True)
class Comparison:
    columns: list[Column] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    area_id: int = 0

    @property
    def is_joinable(self) -> bool:
        return any(one.is_joinable and one.area_id == self.area_id for one in self.columns)


def comparison_for(reader: Reader) -> Comparison:
    """The table for police: likely candidates and whoever was decided about already.

    Empty for everybody else.
    """
    case, user = reader.case, reader.user
    candidates = matching.possible_earlier(reader)
    if not candidates:
        return Comparison()
    columns = [Column(one) for one in candidates]
    lines = [
        Line(point.label, point.first, [_cell(one.points[n]) for one in candidates])
        for n, point in enumerate(candidates[0].points)
    ]
    references = [column.reference for column in columns]
    whole = [replace(line, references=references) for line in (*lines, *_story(candidates, user))]
    return Comparison(columns, whole, case.area_id)


def linked_references(reader: Reader, links: Collection[int]) -> dict[int, str]:
    """Link id -> the reference of the other case, where this reader has its police material too.

    One query; in two areas the same person has two cases, and each is its own area's to know of.
    """
    cases = matching.police_cases(reader.user)
    if cases is None or not links:
        return {}
    either = Q(person_id=OuterRef("first_id")) | Q(person_id=OuterRef("second_id"))
    other = cases.filter(either).exclude(pk=reader.case.pk).values("reference")[:1]
    rows = PersonLink.objects.filter(pk__in=links).annotate(other=Subquery(other))
    return dict(rows.exclude(other=None).values_list("pk", "other"))


def _cell(point: comparison.Point) -> Cell:
    """The earlier value, with how near it is in words, and what that counts."""
    css = CSS.get(point.verdict, "")
    word = {"is-same": "Same", "is-near": "Close"}.get(css, "")
    why = point.why if point.why.startswith(word) else f"{word}. {point.why}"
    if css and point.ours != point.first:
        why = f"{why} as {point.ours}"
    return Cell(point.theirs, f"{why}: {point.points:+d}" if point.points else f"{why}: 0", css)


def _story(candidates: list[Candidate], user: User) -> list[Line]:
    """What the concern was then, and how it ended."""
    ids = [one.case.pk for one in candidates]
    last = Closure.objects.visible_to(user).filter(case=OuterRef("case")).order_by("-at")
    end = JSONObject(at="at", outcome="outcome", by="by__name")
    rows = list(
        Referral.objects.visible_to(user)
        .filter(case_id__in=ids)
        .annotate(end=Subquery(last.values(end=end)[:1]))
    )
    concerns = {row.case_id: _short(str(row.answers.get("what", ""))) for row in rows}
    ends = {row.case_id: _ended(**row.end) for row in rows if row.end}
    return [
        Line("Received", "", [Cell(gov_date(one.case.received_at)) for one in candidates]),
        Line("Concern then", "", [Cell(concerns.get(pk, "Not given")) for pk in ids]),
        Line(
            "How it ended",
            "",
            [
                Cell(ends.get(one.case.pk, f"Still open: {one.case.stage.label.lower()}"))
                for one in candidates
            ],
        ),
    ]


def _ended(at: str, outcome: str, by: str) -> str:
    when = gov_date(datetime.datetime.fromisoformat(at))
    return f"{when}, {Closure.Outcome(outcome).label.lower()}, by {by}"


def _short(text: str, most: int = 200) -> str:
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} ..."
