"""What a page shows of an assessment: one block per dimension, each beside the one signed before."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count
from django.http import Http404

from accounts.models import User
from vaf import profile
from vaf.access import assessments_of
from vaf.models import Assessment, Dimension, Factor, Judgement, Rating

CHANGE_WORDS = {
    "first": "",
    "same": "As before",
    "known": "Now known",
    "unknown": "No longer known",
    "stronger": "Stronger",
    "weaker": "Weaker",
}


@dataclass(frozen=True)
class FactorLine:
    """One factor: its rating in words, what it rests on, and how it stands beside last time."""

    factor: Factor
    rating: Rating | None
    words: str
    before: Rating | None
    before_words: str
    change: str


@dataclass
class Block:
    """One dimension on its own; there is no block for all of them."""

    dimension: Dimension
    judgement: Judgement
    level: str
    level_before: str
    judgement_before: Judgement | None
    lines: list[FactorLine]

    @property
    def answered(self) -> int:
        return profile.answered(*self._ratings)

    @property
    def left(self) -> list[FactorLine]:
        """The factors without an answer."""
        left = profile.left(*self._ratings)
        return [line for line in self.lines if line.factor.code in left]

    @property
    def moved(self) -> list[FactorLine]:
        """The factors that are not as before."""
        return [line for line in self.lines if line.change and line.change != CHANGE_WORDS["same"]]

    @property
    def progress(self) -> str:
        """ "12 of 13 answered, judged medium"; a count of answers, never of what they say."""
        judged = f"judged {self.level.lower()}" if self.level else "not judged yet"
        return f"{self.answered} of {len(self.lines)} answered, {judged}"

    @property
    def _ratings(self) -> tuple[list[str], profile.Ratings]:
        codes = [line.factor.code for line in self.lines]
        given = {line.factor.code: line.rating.rating for line in self.lines if line.rating}
        return codes, given


def previous_signed(user: User, assessment: Assessment) -> Assessment | None:
    """The last assessment signed before this one that this reader may see."""
    found = assessments_of(user, assessment.case).filter(status=Assessment.Status.SIGNED)
    if assessment.signed_at:
        found = found.filter(signed_at__lt=assessment.signed_at)
    last: Assessment | None = found.order_by("-signed_at", "-pk").first()
    return last


Answers = dict[str, Rating]  # factor code -> answer, of one dimension of one assessment


def blocks(assessment: Assessment, before: Assessment | None) -> list[Block]:
    """The dimensions of an assessment in their order, each with its own factors only."""
    both = [one for one in (assessment, before) if one]
    # Judgements carry the version, so they are read before what belongs to it (history/versions).
    judged = Judgement.objects.filter(assessment__in=both).select_related("dimension")
    judgements = {(one.assessment_id, one.dimension.key): one for one in judged}
    answers: defaultdict[tuple[int, str], Answers] = defaultdict(dict)
    ratings = Rating.objects.filter(assessment__in=both).select_related("factor__dimension")
    for rating in ratings:
        place = (rating.assessment_id, rating.factor.dimension.key)
        answers[place][rating.factor.code] = rating
    earlier = before.pk if before else 0
    found = []
    for dimension, factors in _factors(assessment).items():
        judgement = judgements[assessment.pk, dimension.key]
        judgement_before = judgements.get((earlier, dimension.key))
        now, then = answers[assessment.pk, dimension.key], answers[earlier, dimension.key]
        block = Block(
            dimension=dimension,
            judgement=judgement,
            level=assessment.framework.level_label(judgement.level),
            level_before=before.framework.level_label(judgement_before.level)
            if before and judgement_before
            else "",
            judgement_before=judgement_before,
            lines=_lines(assessment, factors, now, then),
        )
        found.append(block)
    return found


def _factors(assessment: Assessment) -> dict[Dimension, list[Factor]]:
    """The factors of the assessment's framework by dimension, in one query."""
    rows = Factor.objects.filter(dimension__framework=assessment.framework_id)
    found: dict[Dimension, list[Factor]] = {}
    for factor in rows.select_related("dimension").order_by("dimension__order", "order"):
        found.setdefault(factor.dimension, []).append(factor)
    return found


def _lines(
    assessment: Assessment, factors: list[Factor], now: Answers, then: Answers
) -> list[FactorLine]:
    """The factors of one dimension, each beside its answer of last time."""
    label = assessment.framework.label_of
    codes = [factor.code for factor in factors]
    found = profile.changes(codes, _words(then), _words(now))
    changed = {change.factor: CHANGE_WORDS[change.kind] for change in found}
    lines = []
    for code, factor in zip(codes, factors, strict=True):
        rating, before = now.get(code), then.get(code)
        line = FactorLine(
            factor=factor,
            rating=rating,
            words=label(rating.rating) if rating else "Not answered",
            before=before,
            before_words=label(before.rating) if before else "",
            change=changed.get(code, ""),
        )
        lines.append(line)
    return lines


def _words(answers: Answers) -> profile.Ratings:
    return {code: rating.rating for code, rating in answers.items()}


@dataclass(frozen=True)
class Sheet:
    """An assessment as one reader sees it, beside the one signed before it."""

    assessment: Assessment
    before: Assessment | None
    blocks: list[Block]

    def block(self, key: str) -> Block:
        """The part for one dimension; Http404 for a key nobody knows."""
        for block in self.blocks:
            if block.dimension.key == key:
                return block
        raise Http404

    def after(self, block: Block) -> Block | None:
        """The dimension that follows, None after the last."""
        place = self.blocks.index(block) + 1
        return self.blocks[place] if place < len(self.blocks) else None

    @property
    def answered(self) -> int:
        """How many factors have an answer, over all dimensions: a count of work done."""
        return len([line for block in self.blocks for line in block.lines if line.rating])

    @property
    def factors(self) -> int:
        return len([line for block in self.blocks for line in block.lines])

    @property
    def unjudged(self) -> list[Block]:
        return [block for block in self.blocks if not block.level]

    @property
    def is_complete(self) -> bool:
        return self.answered == self.factors and not self.unjudged


def read(user: User, assessment: Assessment) -> Sheet:
    """Everything a page shows of one assessment."""
    before = previous_signed(user, assessment)
    return Sheet(assessment, before, blocks(assessment, before))


@dataclass(frozen=True)
class Row:
    """One assessment in the list, with how far each dimension is."""

    assessment: Assessment
    progress: list[tuple[str, str]]


def rows(found: Iterable[Assessment]) -> list[Row]:
    """The list of assessments with their progress, in three queries however many there are."""
    found = list(found)
    answers = Rating.objects.filter(assessment__in=found).values("assessment", "factor__dimension")
    answered = {
        (row["assessment"], row["factor__dimension"]): row["answers"]
        for row in answers.annotate(answers=Count("pk")).order_by()
    }
    judged = Judgement.objects.filter(assessment__in=found).select_related("dimension")
    judged = judged.annotate(factors=Count("dimension__factors"))
    by_assessment: dict[int, list[tuple[str, str]]] = {one.pk: [] for one in found}
    labels = {one.pk: one.framework.level_label for one in found}
    for row in judged.order_by("dimension__order"):
        level = labels[row.assessment_id](row.level)
        count = answered.get((row.assessment_id, row.dimension_id), 0)
        words = f"{count} of {row.factors} answered, "
        words += f"judged {level.lower()}" if level else "not judged yet"
        by_assessment[row.assessment_id].append((row.dimension.short, words))
    return [Row(one, by_assessment[one.pk]) for one in found]
