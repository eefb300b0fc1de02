"""Writing an assessment: start it, save one dimension at a time, sign it."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from prevent_cms import clock
from prevent_cms.errors import ActionInvalid, Stale
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from referrals.access import Reader
from referrals.models import Case
from vaf import access
from vaf.models import Assessment, Dimension, Factor, Framework, Judgement, Rating, Scale

Point = Assessment.Point
STALE = "Somebody else has saved this part since you opened it. Look at it again before you save."
SIGNED = "This assessment is signed. Start a new one to record what has changed."


@dataclass(frozen=True)
class Answer:
    """What was given for one factor."""

    rating: str
    evidence: str = ""
    source: str = ""
    source_on: datetime.date | None = None


@transaction.atomic
def start(case: Case, *, point: str, by: User, framework: Framework | None = None) -> Assessment:
    """Start an assessment with the newest framework, nothing rated (R70-R74).

    Raises ActionDenied for the wrong role, ActionInvalid when the case is held or closed, or one
    is already being written.
    """
    case = Case.objects.locked(case.pk)
    access.require_writable(Reader(by, case))
    if Assessment.objects.filter(case=case, status=Assessment.Status.DRAFT).exists():
        raise ActionInvalid("An assessment of this case is already being written.")
    framework = framework or Framework.objects.first()
    if framework is None:
        raise ActionInvalid("No assessment framework has been loaded yet.")
    assessment = Assessment.objects.create(
        case=case, framework=framework, point=Point(point), author=by
    )
    for dimension in framework.dimensions.all():
        Judgement.objects.create(case=case, assessment=assessment, dimension=dimension)
    record(EventType.VAF_STARTED, by=by, case=case, target=assessment, point=str(point))
    return assessment


@transaction.atomic
def save_dimension(
    assessment: Assessment,
    *,
    dimension: Dimension,
    answers: Mapping[str, Answer],
    level: str,
    rationale: str,
    by: User,
    version: int | None = None,
) -> Judgement:
    """Keep what is known of one dimension so far; factors left out of `answers` lose their answer.

    `answers` is by factor code. `version` is the one the writer saw. Raises ActionDenied for the
    wrong role, ActionInvalid when it is signed, stale, or the case is held or closed.
    """
    assessment = _locked_draft(assessment, by)
    judgement: Judgement = Judgement.objects.select_for_update().get(
        assessment=assessment, dimension=dimension
    )
    if version is not None and version != judgement.version:
        raise Stale(STALE)
    factors = list(dimension.factors.all())
    if unknown := answers.keys() - {factor.code for factor in factors}:
        raise ActionInvalid(
            f"These are not factors of this dimension: {', '.join(sorted(unknown))}."
        )
    judgement.level, judgement.rationale = level, rationale
    judgement.version += 1  # first, so that row history tells the ratings of each version apart
    judgement.save(update_fields=["level", "rationale", "version"])
    given = {rating.factor_id: rating for rating in assessment.ratings.filter(factor__in=factors)}
    for factor in factors:
        _keep(assessment, factor, given.get(factor.pk), answers.get(factor.code))
    return judgement


def _locked_draft(assessment: Assessment, by: User) -> Assessment:
    """The draft as it is now, its case and itself locked; raises as the acts above say."""
    case = Case.objects.locked(assessment.case_id)
    access.require_writable(Reader(by, case))
    assessment = Assessment.objects.select_for_update().get(pk=assessment.pk)
    if assessment.is_signed:
        raise ActionInvalid(SIGNED)
    assessment.case = case
    return assessment


def _keep(
    assessment: Assessment, factor: Factor, row: Rating | None, answer: Answer | None
) -> None:
    """Write, change or take away one rating; an unchanged one leaves no new version behind."""
    if answer is None:
        if row:
            row.delete()
        return
    if row and _answer_of(row) == answer:
        return
    present = answer.rating in (Scale.PARTLY, Scale.STRONGLY)
    if present and not (answer.evidence and answer.source and answer.source_on):
        raise ActionInvalid(f"{factor.code} needs evidence, its source and its date.")
    row = row or Rating(case_id=assessment.case_id, assessment=assessment, factor=factor)
    row.rating, row.evidence = Scale(answer.rating), answer.evidence
    row.source, row.source_on = answer.source, answer.source_on
    row.save()


def _answer_of(row: Rating) -> Answer:
    return Answer(row.rating, row.evidence, row.source, row.source_on)


@transaction.atomic
def sign(assessment: Assessment, *, by: User) -> Assessment:
    """Sign an assessment, after which it cannot change.

    Every factor needs an answer ("not known yet" is one) and every dimension a judgement
    ("cannot judge yet" is one). Raises ActionDenied, or ActionInvalid naming what is missing.
    """
    assessment = _locked_draft(assessment, by)
    if gaps := missing(assessment):
        raise ActionInvalid(f"Not answered yet: {', '.join(gaps)}.")
    assessment.status, assessment.signed_at = Assessment.Status.SIGNED, clock.now()
    assessment.signed_by = by
    assessment.save(update_fields=["status", "signed_at", "signed_by"])
    case, point = assessment.case, str(assessment.point)
    record(EventType.VAF_SIGNED, by=by, case=case, target=assessment, point=point)
    return assessment


def missing(assessment: Assessment) -> list[str]:
    """What still stands between a draft and a signature: factor codes, then dimensions to judge."""
    factors = Factor.objects.filter(dimension__framework=assessment.framework_id)
    codes = factors.exclude(pk__in=assessment.ratings.values("factor")).order_by(
        "dimension__order", "order"
    )
    unjudged = assessment.judgements.filter(level="").values_list("dimension__short", flat=True)
    return [*codes.values_list("code", flat=True), *(f"judgement of {d.lower()}" for d in unjudged)]
