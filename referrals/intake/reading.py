"""A referral read back in plain words: for the check page, and for police and coordinators."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from accounts.area_policy import AreaPolicy
from prevent_cms import fields
from prevent_cms.components.text import NOTHING, gov_date, gov_time
from referrals.intake import pages
from referrals.models import Referral

LONG = 100  # characters; a longer text gets the full width of its card
# For a reader who is not the referrer.
TITLES = {pages.BEFORE: "Before sharing", pages.ABOUT_YOU: "The referrer"}


@dataclass(frozen=True)
class Row:
    """One question with its answer; `slug` and `anchor` lead back to where it was asked."""

    key: str
    question: str
    lines: list[str]
    slug: str
    anchor: str
    hidden: str  # what the link to change it adds for screen readers

    @property
    def is_long(self) -> bool:
        return len(self.lines) > 3 or sum(map(len, self.lines)) > LONG


@dataclass(frozen=True)
class Card:
    title: str
    rows: list[Row]

    @property
    def blocks(self) -> list[list[Row]]:
        """The rows in runs: short ones together, each long one by itself."""
        runs = groupby(self.rows, key=lambda row: row.key if row.is_long else "")
        return [list(run) for _, run in runs]


def cards(
    answers: pages.Answers, rules: AreaPolicy, *, without_referrer: bool = False
) -> list[Card]:
    """The answers to the questions that were asked, under the headings of the form."""
    found = []
    for title, asked in pages.groups(pages.asked(answers)).items():
        if without_referrer and title == pages.ABOUT_YOU:
            continue
        rows = [row for page in asked for row in _rows(page, answers, rules)]
        if without_referrer:
            rows = [row for row in rows if row.key not in NAMES_THE_REFERRER]
        found.append(Card(title, rows))
    return found


# Asked outside "About you", and can still say who noticed or who referred: whoever was spoken to,
# told or called can be asked by whom, or knows it by the day, and free words can name anybody.
NAMES_THE_REFERRER = {
    "noticed_who",
    "called_on",
    "called_at",
    "called_reference",
    "checked_whom",
    "checked_on",
    "check_result",
    "not_checked_why",
    "lead_result",
    "shared_whom",
    "shared_on",
    "shared_result",
    "not_shared_why",
}


def answer_cards(
    referral: Referral, *, is_police: bool
) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    """The referral as (card title, [(question, lines of the answer)]), for a reader who may see it.

    A referrer who wished to stay anonymous, and who noticed first, are left out for everybody but
    police (design section 5).
    """
    hide = referral.wants_anonymity and not is_police
    found = cards(referral.answers, referral.area.rules, without_referrer=hide)
    read = [
        (TITLES.get(card.title, card.title), [(row.question, row.lines) for row in card.rows])
        for card in found
    ]
    words = str(referral.answers.get("declaration") or NOTHING)
    return [*read, ("Sent with these words", [("Declaration", [words])])]


def _rows(page: pages.Page, answers: pages.Answers, rules: AreaPolicy) -> Iterator[Row]:
    form = page.form(rules=rules, initial=answers)
    for name in form.shown_for(answers):
        bound = form[name]
        question = form.short.get(name, str(bound.label))
        yield Row(
            key=name,
            question=question,
            lines=_lines(bound.field, answers.get(name)),
            slug=page.slug,
            anchor=_anchor(bound),
            hidden=form.hidden.get(name) or question[:1].lower() + question[1:].rstrip("?"),
        )


def _anchor(bound: BoundField) -> str:
    return str(getattr(bound, "first_id", bound.auto_id))


def _lines(field: forms.Field, value: Any) -> list[str]:
    """One answer in words; what was left empty says so, and is not the same as "Not known"."""
    if value in (None, "", []):
        return [NOTHING]
    if isinstance(field, forms.ChoiceField):
        words = {str(code): str(label) for code, label in list(field.choices)}  # type: ignore[arg-type]
        values = value if isinstance(value, list) else [value]
        return [words.get(str(one), str(one)) for one in values]
    if isinstance(field, fields.DateField):
        return [gov_date(datetime.date.fromisoformat(value))]
    if isinstance(field, fields.TimeOfDay):
        return [gov_time(datetime.time.fromisoformat(value))]
    if isinstance(field, fields.WholeNumber):
        return [f"{value} {getattr(field, 'suffix', '')}".strip()]
    return str(value).splitlines()
