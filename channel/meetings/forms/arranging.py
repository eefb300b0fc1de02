"""The order and times of an agenda, a case that is moved to another meeting, other business."""

from collections.abc import Iterable
from typing import Any

from django import forms

from accounts.models import Agency
from channel.meetings.forms.rows import FixedRows
from channel.meetings.models import Meeting
from channel.meetings.queries import Line
from prevent_cms import fields
from prevent_cms.components.text import gov_weekday
from prevent_cms.marking import Mark


class PlaceRow(forms.Form):
    """The minutes and the place of one case; both are numbers."""

    minutes = fields.WholeNumber(label="Minutes", minimum=0, maximum=240, width="3")
    position = fields.WholeNumber(label="Position", minimum=1, maximum=999, width="3")

    def __init__(self, *args: Any, row: Line, **kwargs: Any) -> None:
        kwargs["initial"] = {"minutes": row.minutes, "position": int(row.number)}
        super().__init__(*args, **kwargs)
        self.row = row
        for field in self.fields.values():
            field.label = f"Item {row.number}: {str(field.label).lower()}"
            field.legend = "hidden"  # type: ignore[attr-defined]


class PlaceRows(FixedRows):
    """All cases of a planned agenda, with what was pressed: save, or one case up or down."""

    form = PlaceRow
    seen = 0  # the version of the order that the page shows

    def add_prefix(self, index: Any) -> str:
        """Each row is named after its case, so that no number lands on another one."""
        return f"{self.prefix}-{self._case(self.rows[index])}"

    @staticmethod
    def _case(line: Line) -> int:
        return line.case.pk if line.case else 0

    @property
    def minutes(self) -> dict[int, int]:
        """How long each case gets, by its id."""
        return {self._case(form.row): form.cleaned_data["minutes"] for form in self.forms}

    @property
    def order(self) -> list[int]:
        """The cases in the order of the numbers typed; who was typed onto another goes before it
        when coming from below, and after it when coming from above."""

        def place(form: PlaceRow) -> tuple[int, int]:
            typed, was = form.cleaned_data["position"], int(form.row.number)
            return typed, (typed > was) - (typed < was)

        return [self._case(form.row) for form in sorted(self.forms, key=place)]


class MoveForm(forms.Form):
    """To which later meeting a case goes, and why."""

    who_sees_all = Mark.PANEL

    to = fields.RadioChoice(label="Which meeting?", what="which meeting", choices=())
    reason = fields.LongText(label="Why is it moved?", what="why", max_length=500, rows=3)

    def __init__(self, data: Any = None, *, meetings: Iterable[Meeting]) -> None:
        super().__init__(data)
        self.meetings = {str(one.pk): one for one in meetings}
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            (key, gov_weekday(one.starts_at)) for key, one in self.meetings.items()
        ]

    @property
    def answers(self) -> dict[str, Any]:
        """What the action takes; call when the form is valid."""
        given = self.cleaned_data
        return {"to": self.meetings[given["to"]], "reason": given["reason"]}


class OtherForm(forms.Form):
    """One line of other business."""

    who_sees_all = "everybody who may read the agenda of this meeting. Do not write about a case."

    what = fields.ShortText(
        label="What is it about?",
        what="what it is about",
        help_text="For example, dates of the next year",
        max_length=200,
    )
    raised_by = fields.SelectModelChoice(
        Agency.objects.none(), label="Who raises it?", what="who raises it"
    )

    def __init__(self, data: Any = None, *, agencies: Any) -> None:
        super().__init__(data)
        self.fields["raised_by"].queryset = agencies  # type: ignore[attr-defined]
