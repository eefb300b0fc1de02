"""Forms that change what others can change too: they know the version that they were filled from.

Give `record=`, one of `prevent_cms.history.versions`. The action takes `form.version` and raises
`Stale` when another one is in force once it holds the lock; the middleware then asks the view again,
which finds the conflict. Pages draw it through `prevent_cms.conflict.page`.
"""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString

from prevent_cms.conflict import VERSION, Conflict, Versioned, settle


class Edits:
    """Mixin of a form, a set of forms, or several that are saved together (`parts`)."""

    record: Versioned
    conflict: Conflict | None = None
    is_bound: bool
    _is_settled = False

    @property
    def parts(self) -> Sequence[Any]:
        raise NotImplementedError

    @property
    def version(self) -> int:
        """The version that is saved over, for the action."""
        return self.record.version

    def is_valid(self) -> bool:
        """Whether it can be saved; with a conflict nothing is checked, for nothing is saved yet."""
        if self.is_bound and not self._is_settled:
            self._is_settled = True
            self.conflict = settle(self.parts, self.record)
        return self.conflict is None and super().is_valid()  # type: ignore[misc]


class EditForm(Edits, forms.BaseForm):
    """Mixin of one form."""

    def __init__(self, *args: Any, record: Versioned, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.record = record
        self.fields[VERSION] = forms.CharField(
            required=False, widget=forms.HiddenInput, initial=record.version
        )

    @property
    def parts(self) -> Sequence[Any]:
        return [self]

    def clean(self) -> Any:
        cleaned = super().clean()
        self.cleaned_data.pop(VERSION, None)
        return cleaned


class EditRows(Edits, forms.BaseFormSet):
    """Mixin of a set of rows; its template draws `version_field`."""

    def __init__(self, *args: Any, record: Versioned, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.record = record

    @property
    def parts(self) -> Sequence[Any]:
        return self.forms

    @property
    def version_field(self) -> SafeString:
        sent = self.data.get(VERSION, "") if self.is_bound else self.version
        return format_html('<input type="hidden" name="{}" value="{}">', VERSION, sent)
