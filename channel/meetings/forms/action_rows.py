"""Actions from an item: rows to fill in, and how one stands."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import Agency
from channel.meetings.entry import Task
from channel.meetings.forms.rows import FixedRows
from channel.meetings.models import PanelAction
from prevent_cms import edits, fields
from prevent_cms.marking import Mark

ROWS = 5
SPARE_ROWS = 2
PREFIX = "action"


class ActionRow(forms.Form):
    """One action: what, which agency, who there, and by when."""

    who_sees_all = Mark.PANEL
    who_line = "id_form_who"  # of the form of the item, in which the rows stand
    what = fields.ShortText(
        label="what",
        max_length=500,
        required=False,
        legend="hidden",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    agency = fields.SelectModelChoice(
        Agency.objects.none(), label="agency", required=False, legend="hidden"
    )
    owner = fields.ShortText(label="owner", max_length=120, required=False, legend="hidden")
    due_on = fields.DateField(label="due date", required=False, legend="hidden")

    def __init__(
        self, *args: Any, row: PanelAction | None, agencies: QuerySet[Agency], **kwargs: Any
    ) -> None:
        if row:
            names = ("what", "agency", "owner", "due_on")
            kwargs["initial"] = {name: getattr(row, name) for name in names}
        super().__init__(*args, **kwargs)
        self.row = row
        field: Any = self.fields["agency"]
        field.queryset = agencies
        # Fetched once for all rows, where each would ask for itself.
        field.choices = [("", field.empty_label), *((one.pk, str(one)) for one in agencies)]

    def call(self, title: str) -> None:
        """Name the row in its labels and errors: "Action 2: due date"."""
        for field in self.fields.values():
            field.what = f"{title} {field.label}"  # type: ignore[attr-defined]
            field.label = f"{title}: {field.label}"
        self.title = title

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("what"):
            if not self.row and any(cleaned.values()) and "what" not in self.errors:
                self.add_error("what", f"{self.title}: enter what is to be done")
            return cleaned
        for name, words in (
            ("agency", "select the agency"),
            ("owner", "enter the name of the owner"),
            ("due_on", "enter the due date"),
        ):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, f"{self.title}: {words}")
        return cleaned

    @property
    def task(self) -> Task | None:
        given = self.cleaned_data
        if not self.row and not given["what"]:
            return None
        return Task(**given, pk=self.row.pk if self.row else None)


class ActionRows(FixedRows):
    form = ActionRow

    def add_prefix(self, index: Any) -> str:
        """Rows of earlier actions are named after them, so that no answer lands in another row."""
        row = self.rows[index]
        new = index - sum(row is not None for row in self.rows)
        return f"{self.prefix}-{row.pk}" if row else f"{self.prefix}-new{new}"

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc]
        form.call(f"Action {i + 1}")
        return form


def rows_for(earlier: list[PanelAction], sent: Any = None) -> list[PanelAction | None]:
    """The open actions, and empty rows up to five or at least two, or as many as were sent."""
    spare = max(ROWS - len(earlier), SPARE_ROWS)
    while sent and spare < ROWS and f"{PREFIX}-new{spare}-what" in sent:
        spare += 1
    return [*earlier, *([None] * spare)]


class ActionUpdateForm(edits.EditForm, forms.Form):
    """How an action stands."""

    who_sees_all = Mark.PANEL
    status = fields.RadioChoice(
        label="How does this action stand?",
        what="how the action stands",
        choices=PanelAction.Status.choices,
    )
    note = fields.LongText(
        label="What came of it",
        what="what came of it",
        help_text="If it is not done, or not possible, say why.",
        max_length=1000,
        rows=4,
        required=False,
    )

    def clean(self) -> Any:
        cleaned = super().clean()
        if cleaned.get("status") in PanelAction.NEEDS_REASON and not cleaned.get("note"):
            self.add_error("note", "Enter why it is not done or not possible")
        return cleaned
