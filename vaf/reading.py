"""What a page shows of an assessment: one block per dimension, each beside the one signed before."""

from collections.abc import Iterable
from dataclasses import dataclass, field

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
    lines: list[FactorLine] = field(default_factory=list)

    @property
    def answered(self) -> int:
        return len([line for line in self.lines if line.rating])

    @property
    def left(self) -> list[FactorLine]:
        return [line for line in self.lines if line.rating is None]

    @property
    def moved(self) -> list[FactorLine]:
        """The factors that are not as before."""
        return [line for line in self.lines if line.change and line.change != CHANGE_WORDS["same"]]

    @property
    def progress(self) -> str:
        """ "12 of 13 answered, judged medium"; a count of answers, never of what they say."""
        judged = f"judged {self.level.lower()}" if self.level else "not judged yet"
        return f"{self.answered} of {len(self.lines)} answered, {judged}"


def previous_signed(user: User, assessment: Assessment) -> Assessment | None:
    """The last assessment signed before this one that this reader may see."""
    found = assessments_of(user, assessment.case).filter(status=Assessment.Status.SIGNED)
    if assessment.signed_at:
        found = found.filter(signed_at__lt=assessment.signed_at)
    last: Assessment | None = found.order_by("-signed_at", "-pk").first()
    return last


def blocks(assessment: Assessment, before: Assessment | None) -> list[Block]:
    """The dimensions of an assessment in their order, each with its own factors only."""
    both = [a.pk for a in (assessment, before) if a]
    ratings = Rating.objects.filter(assessment__in=both).select_related("factor__dimension")
    judged = Judgement.objects.filter(assessment__in=both).select_related("dimension")
    by_code = {(r.assessment_id, r.factor.dimension.key, r.factor.code): r for r in ratings}
    by_key = {(j.assessment_id, j.dimension.key): j for j in judged}
    factors = Factor.objects.filter(dimension__framework=assessment.framework_id)
    found: dict[str, Block] = {}
    for factor in factors.select_related("dimension").order_by("dimension__order", "order"):
        key = factor.dimension.key
        then = by_key.get((before.pk, key)) if before else None
        if key not in found:
            now = by_key[assessment.pk, key]
            level_before = before.framework.level_label(then.level) if before and then else ""
            level = assessment.framework.level_label(now.level)
            found[key] = Block(factor.dimension, now, level, level_before, then)
        earlier = by_code.get((before.pk, key, factor.code)) if before else None
        rating = by_code.get((assessment.pk, key, factor.code))
        found[key].lines.append(_line(assessment, factor, rating, earlier))
    return list(found.values())


def _line(
    assessment: Assessment, factor: Factor, now: Rating | None, before: Rating | None
) -> FactorLine:
    label = assessment.framework.label_of
    change = (
        profile.Change(factor.code, before.rating if before else "", now.rating) if now else None
    )
    return FactorLine(
        factor=factor,
        rating=now,
        words=label(now.rating) if now else "Not answered",
        before=before,
        before_words=label(before.rating) if before else "",
        change=CHANGE_WORDS[change.kind] if change else "",
    )


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
