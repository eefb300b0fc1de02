"""The part of a brief about the assessment: each dimension alone, now and beside the one before."""

from channel.meetings.pack.parts import BUDGET, Part, Source, cut, mark_of
from channel.meetings.pack.sources import Rows
from prevent_cms.components.text import gov_date
from vaf import profile
from vaf.models import Assessment, Factor, Judgement, Scale
from vaf.reading import CHANGE_WORDS


def assessment(source: Source) -> Part | None:
    """Each dimension on its own, now and beside the assessment before; nothing is added up."""
    now, before = (*source.rows.assessments, None, None)[:2]
    if now is None:
        return None
    judged = [one for one in source.rows.judgements if one.assessment_id == now.pk]
    rows = [_dimension(source.rows, one, now, before) for one in judged]
    title = f"Assessment of {gov_date(now.signed_at)}"
    since = f"Since {gov_date(before.signed_at)}" if before else "Change"
    columns = ["Dimension", "Judged", "Strong now", since]
    read = [one for one in (now, before) if one]
    return Part("assessment", title, mark_of(*read, *judged), columns, rows) if rows else None


def _dimension(
    rows: Rows, judgement: Judgement, now: Assessment, before: Assessment | None
) -> list[str]:
    """One dimension: its level and its factors, each in words."""
    rated = [one for one in rows.ratings if one.factor.dimension_id == judgement.dimension_id]
    current = {one.factor.code: one for one in rated if one.assessment_id == now.pk}
    earlier = {one.factor.code: one for one in rated if before and one.assessment_id == before.pk}
    strong = [str(one.factor) for one in current.values() if one.rating == Scale.STRONGLY]
    return [
        judgement.dimension.short,
        _level(rows, judgement, now, before),
        cut(", ".join(strong) or "None", BUDGET["strong"]),
        cut(
            _change(
                {code: one.factor for code, one in current.items()},
                {code: one.rating for code, one in earlier.items()},
                {code: one.rating for code, one in current.items()},
            )
            if before
            else "First assessment",
            BUDGET["change"],
        ),
    ]


def _level(rows: Rows, judgement: Judgement, now: Assessment, before: Assessment | None) -> str:
    """ "Low, was medium": as it was judged, and as it was judged before."""
    words = now.framework.level_label(judgement.level)
    for one in rows.judgements:
        is_earlier = before is not None and one.assessment_id == before.pk
        if before and is_earlier and one.dimension.key == judgement.dimension.key:
            then = before.framework.level_label(one.level)
            return f"{words}, as before" if then == words else f"{words}, was {then.lower()}"
    return words


def _change(factors: dict[str, Factor], before: profile.Ratings, now: profile.Ratings) -> str:
    """ "Weaker: I02 Grievance. Now known: ...", by factor; "As before" when none moved."""
    moved: dict[str, list[str]] = {}
    for one in profile.changes(factors, before, now):
        if one.kind not in ("same", "first"):
            moved.setdefault(CHANGE_WORDS[one.kind], []).append(str(factors[one.factor]))
    return ". ".join(f"{word}: {', '.join(codes)}" for word, codes in moved.items()) or "As before"
