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

from prevent_cms.drafts import page as drafts
from prevent_cms.fields.text import LongText
from prevent_cms.presentation import Who, who

CLASSES = (
    (widgets.Textarea, "govuk-textarea"),
    (widgets.Select, "govuk-select"),
    (widgets.CheckboxInput, "govuk-checkboxes__input"),
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


def who_id(form: Any) -> str:
    """The id of the line at the head of a form that says who will see all of it.

    A form that is a row of a page names that page's line in `who_line`.
    """
    if line := getattr(form, "who_line", ""):
        return str(line)
    return f"{form.auto_id % form.add_prefix('form')}_who" if form.auto_id else ""


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
    def reader(self) -> Who | None:
        """Who will read the answer, whether the field says so or the form for all of it."""
        of_form = getattr(self.form, "who_sees_all", None)
        return self.who or (who(of_form) if of_form else None)

    @property
    def draft(self) -> str:
        """At the first long answer of a form: under what its draft is kept (prevent_cms/drafts)."""
        return drafts.token(self.form) if isinstance(self.field, LongText) else ""

    def value(self) -> Any:
        """What was sent or is saved; or the draft, when its writer asked for it."""
        kept, widget = drafts.kept(self.form), self.field.widget
        if kept is None or widget.value_omitted_from_data(kept, {}, self.html_name):
            return super().value()
        return self.field.prepare_value(widget.value_from_datadict(kept, {}, self.html_name))

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
        """Hint, who-line, error and character count, in the order in which they stand.

        A box to write in without a who-line of its own is tied to that of the form.
        """
        if self.field.widget.attrs.get("aria-describedby") or not self.auto_id or self.is_hidden:
            return None
        tied = self.kind in ("input", "textarea") and not self.who
        of_form = who_id(self.form) if tied and getattr(self.form, "who_sees_all", None) else ""
        there = {
            "_helptext": self.help_text,
            "_who": self.who,
            "_error": self.errors,
            "-info": self.max_characters,  # the id that GOV.UK's character count looks for
        }
        own = [self.auto_id + end for end, is_there in there.items() if is_there]
        return " ".join(filter(None, [of_form, *own])) or None

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
