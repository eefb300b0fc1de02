"""Questions with a set of answers: radios, checkboxes, select, yes or no, one tick."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from prevent_cms.answers import YesNo, YesNoUnknown
from prevent_cms.fields.base import Worded

LONGEST_KEY = 18  # digits that always fit a database key


class Chosen(Worded):
    verb = "Select"

    def own_messages(self, options: dict[str, Any]) -> dict[str, str]:
        wrong = "Select one of the answers shown"
        return dict.fromkeys(("invalid_choice", "invalid_list", "invalid_pk_value"), wrong)


class RadioChoice(Chosen, forms.ChoiceField):
    """One answer of a few. `option_hints={"value": "text"}` puts a hint under an answer."""

    widget = forms.RadioSelect


class SelectChoice(Chosen, forms.ChoiceField):
    """One answer of many; `empty` is the first line, which is no answer."""

    def __init__(self, *, choices: Any, empty: str = "Choose one", **kwargs: Any) -> None:
        super().__init__(choices=[("", empty), *getattr(choices, "choices", choices)], **kwargs)


class CheckboxChoices(Chosen, forms.MultipleChoiceField):
    """Any number of answers."""

    widget = forms.CheckboxSelectMultiple


class AnswerField(RadioChoice):
    """Yes, no, not known; give `choices` for another set of `prevent_cms.answers`."""

    def __init__(self, *, choices: Any = YesNoUnknown.choices, **kwargs: Any) -> None:
        super().__init__(choices=choices, **kwargs)


class YesNoField(Chosen, forms.TypedChoiceField):
    """Yes or no, as True or False; None when it is optional and was left out."""

    widget = forms.RadioSelect

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("inline", True)
        super().__init__(
            choices=YesNo.choices,
            coerce=lambda value: value == YesNo.YES,
            empty_value=None,
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


class Tick(Worded, forms.BooleanField):
    """One box to tick; when it is required, `what` says what the tick confirms."""

    verb = "Confirm"


class ModelChosen(Chosen):
    def own_messages(self, options: dict[str, Any]) -> dict[str, str]:
        return super().own_messages(options) | {"list": "Select from the answers shown"}

    def clean(self, value: Any) -> Any:
        """A key that no row can have is refused before the database is asked."""
        for key in value if isinstance(value, list | tuple) else [value]:
            if "\x00" in str(key) or len(str(key)) > LONGEST_KEY:
                message = self.error_messages["invalid_choice"]
                raise ValidationError(message, code="invalid_choice")
        return super().clean(value)


class RadioModelChoice(ModelChosen, forms.ModelChoiceField):
    """One row of a queryset, as radios."""

    widget = forms.RadioSelect

    def __init__(self, queryset: Any, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", None)
        super().__init__(queryset, **kwargs)


class SelectModelChoice(ModelChosen, forms.ModelChoiceField):
    """One row of a queryset, as a select."""

    def __init__(self, queryset: Any, *, empty: str = "Choose one", **kwargs: Any) -> None:
        super().__init__(queryset, empty_label=empty, **kwargs)


class CheckboxModelChoices(ModelChosen, forms.ModelMultipleChoiceField):
    """Rows of a queryset, as checkboxes."""

    widget = forms.CheckboxSelectMultiple
