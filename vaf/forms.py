from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from prevent_cms import edits, fields
from prevent_cms.fields.base import sentence
from prevent_cms.history.versions import Answers, Record, standing
from prevent_cms.marking import Mark
from referrals.forms.source import SourceForm
from vaf.actions.assessments import Answer
from vaf.models import Assessment, Rating, Scale
from vaf.reading import Block, FactorLine

PRESENT = (Scale.PARTLY, Scale.STRONGLY)
PARTS = ("rating", "evidence", "source", "source_on")


class Evidence(fields.LongText):
    """Several lines without a running count of characters: thirteen of those make a heavy page."""

    MOST = 2000

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=self.MOST, rows=3, **kwargs)
        self.max_length = None

    def validate(self, value: str) -> None:
        if len(value) > self.MOST:
            raise forms.ValidationError(
                f"{sentence(self.what)} must be {self.MOST:,} characters or fewer. "
                f"You have entered {len(value):,}.",
                code="max_length",
            )


class StartForm(forms.Form):
    point = fields.RadioChoice(
        label="What is it for?", what="what it is for", choices=Assessment.Point.choices
    )


@dataclass(frozen=True)
class FactorRow:
    """One factor on the page: what was said last time, and the four questions."""

    line: FactorLine
    rating: BoundField
    evidence: BoundField
    source: BoundField
    source_on: BoundField


class DimensionRecord(Record):
    """A judgement with the ratings of its dimension, by the names of the form."""

    def began(self, version: int) -> Answers:
        judged = self.versions().filter(version__gt=version).last()
        found = dict(super().began(version))
        ratings = Rating.history.filter(assessment_id=self.row.assessment_id)
        if judged:
            ratings = ratings.filter(history_date__lt=judged.history_date)
        ratings = ratings.filter(factor__dimension=self.row.dimension_id)
        for rating in standing(ratings.select_related("factor")):
            found |= {f"{rating.factor.code}_{part}": getattr(rating, part) for part in PARTS}
        return found


class DimensionForm(edits.EditForm, SourceForm):
    """The factors of one dimension and its judgement; anything but s.38 may be left for later."""

    not_compared = ("sensitive",)  # asked of each writer anew, and not stored

    who_sees_all = Mark.COORDINATION
    level = fields.RadioChoice(
        label="Level you judge", what="a level, or take the reason away", required=False
    )
    rationale = fields.LongText(
        label="Why this level",
        what="why you judge this level",
        help_text="Name the factors that weigh most. Nothing here is worked out from the ratings.",
        max_length=4000,
        rows=4,
        required=False,
    )

    def __init__(self, *args: Any, block: Block, assessment: Assessment, **kwargs: Any) -> None:
        self.block = block
        framework, judgement = assessment.framework, block.judgement
        initial = {"level": judgement.level, "rationale": judgement.rationale}
        for line in block.lines:
            for part in PARTS if line.rating else ():
                initial[f"{line.factor.code}_{part}"] = getattr(line.rating, part)
        kwargs["auto_id"] = "%s"  # short ids: thirteen factors make a long page
        super().__init__(*args, initial=initial, record=DimensionRecord(judgement), **kwargs)
        self.fields["level"].choices = framework.choices("levels")  # type: ignore[attr-defined]
        self.fields["level"].inline = True  # type: ignore[attr-defined]
        self.fields["level"].small = True  # type: ignore[attr-defined]
        for line in block.lines:
            self._add(line.factor.code, str(line.factor), framework.choices("ratings"))
        self.order_fields([n for n in self.fields if n not in ("level", "rationale")])
        self.ask_source(True)  # police alone write it, and the coordinators read it

    def _add(self, code: str, title: str, choices: list[tuple[str, str]]) -> None:
        self.fields[f"{code}_rating"] = fields.RadioChoice(
            label=f"{title}: rating",
            what=f"how far {code} is present",
            choices=choices,
            required=False,
            legend="hidden",
            inline=True,
            small=True,
        )
        self.fields[f"{code}_evidence"] = Evidence(
            label="Seen or said",
            what=f"what was seen or said for {code}",
            required=False,
            legend="plain",
        )
        self.fields[f"{code}_source"] = fields.ShortText(
            label="Source", what=f"the source for {code}", required=False, legend="plain"
        )
        self.fields[f"{code}_source_on"] = fields.DateField(
            label="Date of source",
            what=f"the date of the source for {code}",
            past=True,
            or_today=True,
            required=False,
            legend="plain",
        )

    @property
    def rows(self) -> Iterator[FactorRow]:
        for line in self.block.lines:
            yield FactorRow(line, *(self[f"{line.factor.code}_{part}"] for part in PARTS))

    def clean(self) -> Any:
        cleaned = super().clean()
        for line in self.block.lines:
            self._check(line.factor.code)
        level, rationale = self.cleaned_data.get("level"), self.cleaned_data.get("rationale")
        if level and not rationale and "rationale" not in self.errors:
            self.add_error("rationale", "Enter why you judge this level")
        if rationale and not level and "level" not in self.errors:
            self.add_error("level", "Select a level, or take the reason away")
        return cleaned

    def _check(self, code: str) -> None:
        """Presence needs evidence, a source and its date; evidence needs a rating."""
        rating = self.cleaned_data.get(f"{code}_rating")
        given = [part for part in PARTS[1:] if self.cleaned_data.get(f"{code}_{part}")]
        if rating in PRESENT:
            for part in PARTS[1:]:
                name = f"{code}_{part}"
                if part not in given and name not in self.errors:
                    self.add_error(name, self.fields[name].error_messages["required"])
        elif given and not rating and f"{code}_rating" not in self.errors:
            self.add_error(f"{code}_rating", f"Select how far {code} is present")

    @property
    def given(self) -> dict[str, Any]:
        """What the action takes: the rated factors, the judgement, and the version it was seen in."""
        answers = {}
        for line in self.block.lines:
            code = line.factor.code
            if self.cleaned_data[f"{code}_rating"]:
                answers[code] = Answer(*(self.cleaned_data[f"{code}_{part}"] for part in PARTS))
        return {
            "dimension": self.block.dimension,
            "answers": answers,
            "level": self.cleaned_data["level"],
            "rationale": self.cleaned_data["rationale"],
            "version": self.version,
        }
