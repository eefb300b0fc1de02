"""A set of rows whose number is ours to say, not the browser's."""

from typing import Any

from django import forms
from django.forms.formsets import INITIAL_FORM_COUNT, TOTAL_FORM_COUNT, ManagementForm
from django.utils.functional import cached_property


class FixedRows(forms.BaseFormSet):
    """One form for each of `rows`; what a row stands for comes from the server at every request."""

    max_num = absolute_max = 200
    min_num = extra = 0
    can_delete = can_order = False
    can_delete_extra = False
    validate_max = validate_min = False
    renderer: Any = None

    def __init__(self, data: Any = None, *, rows: list[Any], **kwargs: Any) -> None:
        self.rows = rows
        self.renderer = forms.renderers.get_default_renderer()
        super().__init__(data, **kwargs)

    @cached_property
    def management_form(self) -> ManagementForm:
        counts = {TOTAL_FORM_COUNT: len(self.rows), INITIAL_FORM_COUNT: len(self.rows)}
        data = {f"{self.prefix}-{name}": count for name, count in counts.items()}
        form = ManagementForm(data, auto_id=self.auto_id, prefix=self.prefix)
        form.full_clean()
        return form

    def total_form_count(self) -> int:
        return len(self.rows)

    def initial_form_count(self) -> int:
        return len(self.rows)

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "row": self.rows[index or 0]}
