"""Every form in the service comes out as GOV.UK markup, with nothing to remember per form.

A form may say more in class attributes, all optional:

- `conditional = {"source": {"other": "source_detail"}}`: choosing a value reveals a field
- `who_sees = {"notes": Mark.POLICE}`: who will read it, between label and box
- `who_sees_all = Mark.POLICE`: the same for the whole form, at its head
- `option_hints = {"source": {"other": "Say where below"}}`: a hint under a radio or checkbox

A field may carry `who`, `option_hints`, `legend` ("s", "m", "l", "xl", "plain", "hidden"),
`page_heading`, `width`, `inline`, `small`, `prefix` and `suffix`; those of `prevent_cms.fields`
take them as arguments.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.forms import widgets
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting

from prevent_cms.presentation import Who, who

CLASSES = (
    (widgets.Textarea, "govuk-textarea"),
    (widgets.Select, "govuk-select"),
    (widgets.CheckboxInput, "govuk-checkboxes__input"),
    (widgets.FileInput, "govuk-file-upload"),
    (widgets.Input, "govuk-input"),
)

KINDS = (
    (widgets.HiddenInput, "hidden"),
    (widgets.CheckboxSelectMultiple, "checkboxes"),  # before RadioSelect, which it subclasses
    (widgets.RadioSelect, "radios"),
    (widgets.CheckboxInput, "checkbox"),
    (widgets.MultiWidget, "parts"),
    (widgets.PasswordInput, "password"),
    (widgets.Textarea, "textarea"),
    (widgets.Select, "select"),
)


@dataclass(frozen=True)
class Option:
    """One radio or checkbox, with its hint and the fields it reveals."""

    id: str
    name: str
    value: str
    label: str
    checked: bool
    disabled: bool
    hint: str
    reveals: tuple[BoundField, ...]


class GovukBoundField(BoundField):
    @property
    def kind(self) -> str:
        """Which part of `govuk/field.html` draws this field."""
        return next((k for t, k in KINDS if isinstance(self.field.widget, t)), "input")

    @property
    def style(self) -> dict[str, Any]:
        """What the field says about its own look."""
        names = ("legend", "page_heading", "width", "inline", "small", "prefix", "suffix")
        return {name: getattr(self.field, name, "") for name in names}

    @property
    def who(self) -> Who | None:
        """Who will read the answer, from the form or from the field."""
        reader = getattr(self.form, "who_sees", {}).get(self.name)
        reader = reader or getattr(self.field, "who", None)
        return who(reader) if reader else None

    @property
    def max_characters(self) -> int | None:
        """The limit that the character count announces."""
        limit = getattr(self.field, "max_length", None)
        return limit if self.kind == "textarea" else None

    @property
    def is_revealed(self) -> bool:
        """Whether another answer reveals this field, which is then drawn inside that answer."""
        return any(self.name in names for _, names in self._reveals())

    @property
    def aria_describedby(self) -> str | None:
        """Hint, who-line, error and character count, in the order in which they stand."""
        if self.field.widget.attrs.get("aria-describedby") or not self.auto_id or self.is_hidden:
            return None
        there = {
            "_helptext": self.help_text,
            "_who": self.who,
            "_error": self.errors,
            "-info": self.max_characters,  # the id that GOV.UK's character count looks for
        }
        return " ".join(self.auto_id + end for end, is_there in there.items() if is_there) or None

    @property
    def bad_parts(self) -> list[str]:
        """Which parts of a date are wrong, so that only they are marked."""
        errors = self.form.errors.as_data().get(self.name, [])
        parts = [part for error in errors for part in (error.params or {}).get("parts", ())]
        return parts or (["day", "month", "year"] if errors else [])

    @property
    def first_id(self) -> str:
        """The id that a link of the error summary must point to."""
        if self.kind == "parts" and self.bad_parts:
            return f"{self.auto_id}_{['day', 'month', 'year'].index(self.bad_parts[0])}"
        return (
            f"{self.auto_id}_0" if self.kind in ("radios", "checkboxes", "parts") else self.auto_id
        )

    def options(self) -> Iterator[Option]:
        """The radios or checkboxes; a plain loop over the choices with what each one reveals."""
        hints = getattr(self.field, "option_hints", None) or {}
        hints = {**hints, **getattr(self.form, "option_hints", {}).get(self.name, {})}
        reveals = dict(self._reveals(self.name))
        for widget in self.subwidgets:
            value = str(widget.data["value"])
            yield Option(
                id=widget.data["attrs"].get("id", ""),
                name=widget.data["name"],
                value=value,
                label=widget.data["label"],
                checked=widget.data["selected"],
                disabled=bool(widget.data["attrs"].get("disabled")),
                hint=hints.get(value, ""),
                reveals=tuple(self.form[name] for name in reveals.get(value, ())),
            )

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: widgets.Widget | None = None
    ) -> dict[str, Any]:
        """GOV.UK classes; no browser validation, and no `maxlength`, which cuts pasted text.

        A placeholder goes as well: it vanishes when needed and is no label.
        """
        attrs = super().build_widget_attrs(attrs, widget)
        used = widget or self.field.widget
        for name in ("required", "aria-invalid"):
            attrs.pop(name, None)
        if used.is_hidden:
            return attrs
        for name in ("maxlength", "placeholder"):
            used.attrs.pop(name, None)
        if isinstance(used, widgets.MultiWidget):
            return {**attrs, "bad": self.bad_parts}
        attrs["class"] = " ".join([*self._classes(used), used.attrs.get("class", "")]).strip()
        return attrs

    def _classes(self, widget: widgets.Widget) -> Iterator[str]:
        base = next((name for kind, name in CLASSES if isinstance(widget, kind)), "")
        if not base:
            return
        yield base
        if self.errors and self.kind != "checkbox":
            yield f"{base}--error"
        if self.max_characters:
            yield "govuk-js-character-count"
        if self.kind == "password":
            yield "govuk-password-input__input govuk-js-password-input-input"
        width = str(self.style["width"])
        if width:
            yield f"govuk-input--width-{width}" if width.isdigit() else f"govuk-!-width-{width}"

    def _reveals(self, source: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
        """Pairs of value and names revealed, for one question or for all of the form."""
        table = getattr(self.form, "conditional", {})
        for name, targets in table.items():
            if source and name != source:
                continue
            for value, names in targets.items():
                yield str(value), (names,) if isinstance(names, str) else tuple(names)


class GovukRenderer(TemplatesSetting):
    form_template_name = "govuk/form.html"
    formset_template_name = "govuk/formset.html"
    field_template_name = "govuk/field.html"
    bound_field_class = GovukBoundField
