"""Nobody's work is overwritten: what happens when a record changed while somebody wrote.

Every form that edits what others can edit too is one of `prevent_cms.edits`. It carries the version
that it was filled from. When another version is in force, nothing is saved and the page becomes
`templates/conflict.html` (409): per question what this person wrote, what the others saved and what
both began from. What only one of them changed is taken over; for the rest there is a choice.

    settle(parts, record)  ->  None when it can be saved, else the Conflict for the page
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from prevent_cms import merging
from prevent_cms.components.text import gov_date
from prevent_cms.history.versions import Answers, Change
from prevent_cms.typed import number_in, tidy

VERSION, BEGAN = "version", "began"
CHOICE, JOINED = "choose-", "joined-"
OURS = (VERSION, BEGAN, "csrfmiddlewaretoken", "draft")
THEIRS, BOTH = "theirs", "both"  # else one's own


class Versioned(Protocol):
    """What a form was filled from; see `prevent_cms.history.versions`."""

    @property
    def version(self) -> int: ...
    def now(self) -> Answers: ...
    def began(self, version: int) -> Answers: ...
    def last_change(self) -> Change: ...


@dataclass(frozen=True)
class Compared:
    """One question that somebody else answered anew meanwhile, as the page shows it."""

    bound: Any
    yours: list[merging.Piece]
    theirs: list[merging.Piece]
    base: str
    is_open: bool  # whether both changed it, so that this person has to choose
    joined: merging.Joined | None = None
    chosen: str = ""
    typed: str | None = None  # what stands in the box for both, when it was sent before
    is_missing: bool = False

    @property
    def choice_name(self) -> str:
        return CHOICE + str(self.bound.html_name)

    @property
    def joined_name(self) -> str:
        return JOINED + str(self.bound.html_name)

    @property
    def text(self) -> str:
        """What the box for both holds."""
        return self.typed if self.typed is not None else self.joined.text if self.joined else ""

    @property
    def preselected(self) -> str:
        """Both, when the changes do not touch; else nothing: it is for the writer to say."""
        return self.chosen or (BOTH if self.joined and not self.joined.touches else "")


@dataclass(frozen=True)
class Conflict:
    """Everything that the page needs."""

    change: Change
    compared: list[Compared]
    left_over: list[tuple[str, str]]
    hidden: list[tuple[str, str]]

    @property
    def open_ones(self) -> list[Compared]:
        return [one for one in self.compared if one.is_open]

    @property
    def has_missing(self) -> bool:
        return any(one.is_missing for one in self.compared)


def settle(parts: Sequence[Any], record: Versioned) -> Conflict | None:
    """Compare what was sent with what is in force, before anything is checked or saved.

    `parts` are the bound forms that are saved together. Afterwards their data hold the choices that
    were made, what the others changed alone, and otherwise what this person sent.
    """
    sent: QueryDict = parts[0].data
    seen = number_in(sent.get(VERSION))
    data = sent.copy()
    asked = sorted(name.removeprefix("asked-") for name in sent if name.startswith("asked-"))
    made = {name: sent.get(CHOICE + name, "") for name in asked}
    is_undecided = any(not choice for choice in made.values())
    start = number_in(sent.get(BEGAN)) if is_undecided else seen
    now, base = record.now(), record.began(start or 0)
    compared = []
    for bound in _bounds(parts):
        theirs = now.get(bound.html_name, bound.form.get_initial_for_field(bound.field, bound.name))
        triple = _Triple(bound, data, base.get(bound.html_name), theirs)
        if made.get(bound.html_name) and not is_undecided:
            triple.choose(made[bound.html_name], sent)
        if found := triple.compared(made, sent):
            compared.append(found)
    left_over = _left_over(parts, sent, base)
    for name in left_over:
        del data[name]
    for part in parts:
        part.data = data
    is_changed = seen != record.version and (compared or seen is None)
    if not is_changed and not is_undecided and not left_over:
        return None
    change = record.last_change()
    own = [(_row_words(name), text) for name, text in left_over.items()]
    return Conflict(change, compared, own, list(_hidden(data, record, start, compared)))


class _Triple:
    """Yours, theirs and what both began from, of one question; it writes the outcome into `data`."""

    def __init__(self, bound: Any, data: QueryDict, base: Any, theirs: Any) -> None:
        self.bound, self.data = bound, data
        self.widget: Any = bound.field.widget
        self.name: str = bound.html_name
        self.base, self.theirs = self._sent_as(base), self._sent_as(theirs)
        is_left_out = self.widget.value_omitted_from_data(data, {}, self.name)
        sent = self.widget.value_from_datadict(data, {}, self.name)
        self.mine = self.base if is_left_out else self._sent_as(sent)

    def choose(self, choice: str, sent: QueryDict) -> None:
        """Make what was chosen this person's own answer, to a page that showed theirs."""
        if choice == THEIRS:
            self.mine = self.base
        elif choice == BOTH:
            self.mine = tidy(sent.get(JOINED + self.name, ""))
        self._put(self.mine)

    def compared(self, made: Mapping[str, str], sent: QueryDict) -> Compared | None:
        """What the page shows of it: nothing, unless it is not as this person found it."""
        if self._same(self.theirs, self.base):
            return None
        is_open = not (self._same(self.mine, self.base) or self._same(self.mine, self.theirs))
        if not is_open:
            self._put(self.theirs)
        mine, theirs, base = (self._words(one) for one in (self.mine, self.theirs, self.base))
        chosen = made.get(self.name, "")
        return Compared(
            bound=self.bound,
            yours=self._pieces(base, mine),
            theirs=self._pieces(base, theirs),
            base=base,
            is_open=is_open,
            joined=merging.join(base, mine, theirs) if is_open and self._is_text else None,
            chosen=chosen,
            typed=sent.get(JOINED + self.name) if self.name in made else None,
            is_missing=is_open and self.name in made and not chosen,
        )

    def _pieces(self, base: str, text: str) -> list[merging.Piece]:
        if self._is_text:
            return merging.pieces(base, text)
        return [merging.Piece(text)] if text else []

    @property
    def _is_text(self) -> bool:
        return isinstance(self.bound.field, forms.CharField)

    def _sent_as(self, value: Any) -> Any:
        """A value as a browser would send it: text, or a list of texts."""
        value = self.bound.field.prepare_value(value)
        if isinstance(self.widget, forms.MultiWidget):
            split: Any = self.widget.decompress
            parts = value if isinstance(value, list) else split(value)
            return ["" if part is None else tidy(part).strip() for part in parts]
        if isinstance(value, list | tuple):
            return [str(one) for one in value]
        if isinstance(value, bool):
            return "on" if value else ""
        return "" if value is None else tidy(value)

    def _same(self, one: Any, other: Any) -> bool:
        return bool(one == other or self._meant(one) == self._meant(other))

    def _meant(self, value: Any) -> Any:
        """What an answer means to the form, so that 03 and 3 are the same month."""
        try:
            return self.bound.field.to_python(value) if self._is_text else self._cleaned(value)
        except ValidationError:
            return value

    def _cleaned(self, value: Any) -> Any:
        return self.bound.field.clean(value) if value and any(value) else None

    def _words(self, value: Any) -> str:
        """The same for people: the label of a choice, a date as it is written."""
        choices = getattr(self.bound.field, "choices", None)
        if choices is not None:
            labels: dict[Any, str] = {str(key): str(label) for key, label in choices}
            chosen = value if isinstance(value, list) else [value]
            return ", ".join(str(labels.get(one, one)) for one in chosen if one)
        if isinstance(value, list):
            date = self._meant(value)
            return gov_date(date) if isinstance(date, datetime.date) else " ".join(value).strip()
        if isinstance(self.bound.field, forms.BooleanField):
            return "Yes" if value else "No"
        return str(value)

    def _put(self, value: Any) -> None:
        if isinstance(self.widget, forms.MultiWidget):
            for name, part in zip(_names(self.bound), value, strict=True):
                self.data[name] = part
        elif isinstance(value, list):
            self.data.setlist(self.name, value)
        else:
            self.data[self.name] = value


def _bounds(parts: Iterable[Any]) -> Iterable[Any]:
    """Every question of the forms but our own, and but those that they keep out."""
    for part in parts:
        for name in part.fields:
            if name not in (*OURS, *getattr(part, "not_compared", ())):
                yield part[name]


def _left_over(parts: Sequence[Any], sent: QueryDict, base: Answers) -> dict[str, str]:
    """What was written in rows that have gone since, so that its writer can copy it."""
    rows = {part.prefix.rsplit("-", 1)[0] for part in parts if part.prefix}
    known = {name for bound in _bounds(parts) for name in _names(bound)}
    found = {}
    for name in sent:
        text = tidy(sent.get(name, "")).strip()
        is_row = name.count("-") > 1 and name.rsplit("-", 2)[0] in rows
        is_text = not text.isdigit() and text != str(base.get(name) or "")
        if is_row and name not in known and text and is_text:
            found[name] = text
    return found


def _row_words(name: str) -> str:
    """What the last part of a name says: action-12-due_on is "due on"."""
    return name.rsplit("-", 1)[1].replace("_", " ")


def _names(bound: Any) -> list[str]:
    suffixes: Any = getattr(bound.field.widget, "widgets_names", [""])
    return [f"{bound.html_name}{suffix}" for suffix in suffixes]


def _hidden(
    data: QueryDict, record: Versioned, start: int | None, compared: Iterable[Compared]
) -> Iterable[tuple[str, str]]:
    """Everything that the page sends back beside the choices that it asks for."""
    yield VERSION, str(record.version)
    yield BEGAN, str(start or 0)
    for name, values in data.lists():
        if not name.startswith((CHOICE, JOINED, "asked-")) and name not in OURS[:3]:
            yield from ((name, str(value)) for value in values)
    for one in compared:
        if one.is_open:
            yield f"asked-{one.bound.html_name}", "yes"


def of(context: Mapping[str, Any]) -> Conflict | None:
    """The conflict of a page's forms, if one of them has any."""
    found = (getattr(value, "conflict", None) for value in context.values())
    return next((one for one in found if one), None)


def page(template: str, context: Mapping[str, Any]) -> tuple[str, Mapping[str, Any], int]:
    """Which page to draw, and its status: the one that was meant, or that of a form's conflict."""
    if conflict := of(context):
        return "conflict.html", {**context, "conflict": conflict}, 409
    return template, context, 200


def draw(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """As `render`, for pages that have no head of a case or of a meeting."""
    template, context, status = page(template, context)
    return render(request, template, dict(context), status=status)
