"""What a form can be besides a list of fields: revealing, and guarded against stale edits."""

import copy
from typing import Any

from django import forms
from django.db.models import QuerySet

from prevent_cms.typed import tidy


class RevealingForm(forms.BaseForm):
    """Mixin: a field that another answer reveals counts only when that answer was given.

    A revealed field that is declared `required` is required only then; when its answer was not
    chosen, its value is dropped and its errors do not count.
    """

    conditional: dict[str, dict[str, str | tuple[str, ...]]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._required_when_shown = {
            name for _, _, name in self._targets() if self.fields[name].required
        }
        for name in self._required_when_shown:
            self.fields[name].required = False

    def clean(self) -> Any:
        cleaned = super().clean()
        for source, value, name in self._targets():
            if self._is_chosen(source, value):
                self._require(name)
            else:
                self.errors.pop(name, None)
                self.cleaned_data[name] = _empty(self.fields[name])
        return cleaned

    def _targets(self) -> list[tuple[str, str, str]]:
        return [
            (source, str(value), name)
            for source, table in self.conditional.items()
            for value, names in table.items()
            for name in ((names,) if isinstance(names, str) else names)
        ]

    def _is_chosen(self, source: str, value: str) -> bool:
        given = self.cleaned_data.get(source)
        if isinstance(given, bool):
            return value == ("yes" if given else "no")
        if isinstance(given, list | tuple | QuerySet):
            return value in [str(getattr(one, "pk", one)) for one in given]
        return str(getattr(given, "pk", given)) == value

    def _require(self, name: str) -> None:
        field = self.fields[name]
        missing = self.cleaned_data.get(name) in field.empty_values
        if name in self._required_when_shown and name not in self.errors and missing:
            self.add_error(name, field.error_messages["required"])


class StaleEditForm(forms.BaseForm):
    """Mixin: refuses to save over a change made since the page was loaded.

    Give `version=` (a number or text that changes with the record). The page comes back with what
    was typed and with the new version, so that saving again is a decision.
    """

    stale_message = (
        "Somebody else changed this after you opened it, so nothing has been saved. What you wrote "
        "is still here. Look at the newest version in another tab, then save again to replace it."
    )

    def __init__(self, *args: Any, version: object, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = str(version)
        self.fields["version"] = forms.CharField(
            required=False, widget=forms.HiddenInput, initial=self.version
        )

    def clean(self) -> Any:
        cleaned = super().clean()
        if tidy(self.cleaned_data.pop("version", "")) != self.version:
            self.add_error(None, self.stale_message)
            data: Any = copy.copy(self.data)
            data[self.add_prefix("version")] = self.version
            self.data = data
        return cleaned


def _empty(field: forms.Field) -> Any:
    if isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField):
        return []
    return getattr(field, "empty_value", None)
