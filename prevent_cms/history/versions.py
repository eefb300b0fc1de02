"""What a form was filled from, as row history tells it: which version, and what stood in it."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Model, QuerySet

Answers = Mapping[str, Any]  # what a form shows, by the names of its fields


@dataclass(frozen=True)
class Change:
    """Who made a change, and when; nobody when the service did."""

    by: str = ""
    at: datetime.datetime | None = None


class Record:
    """One row with a column `version`, or None while there is no such row yet.

    Two people who open the same version and both save it is what `prevent_cms.conflict` is about.
    A form that edits several rows at once has a class of its own, beside the form.
    """

    def __init__(self, row: Model | None, *, also: tuple[str, ...] = ()) -> None:
        self.row: Any = row
        self.also = also  # what the form edits without showing it filled in

    @property
    def version(self) -> int:
        """Which version is in force; 0 while there is none."""
        return self.row.version if self.row else 0

    def now(self) -> Answers:
        """What is in force of those answers that the form does not show filled in."""
        return {name: getattr(self.row, name) for name in self.also}

    def began(self, version: int) -> Answers:
        """What stood in an earlier version; nothing in one that never was."""
        past = self.versions().filter(version=version).first() if self.row else None
        return answers_of(past) if past else {}

    def last_change(self) -> Change:
        """Who left the record as it is now."""
        return change_of(self.versions().first()) if self.row else Change()

    def versions(self) -> "QuerySet[Any]":
        """The row's history, newest first."""
        found: QuerySet[Any] = self.row.history.all()
        return found


class Rows:
    """Rows of one model that are edited as one; the number of the newest change is the version.

    Make it before the rows are read. Values older than their version would pass as unchanged, and
    what somebody else saved between the two reads would be overwritten without a word.
    """

    def __init__(self, model: type[Model], **which: Any) -> None:
        self.history: QuerySet[Any] = model.history.filter(**which)  # type: ignore[attr-defined]
        # Which version is in force; 0 while there is none.
        self.version: int = self.history.aggregate(newest=Max("history_id"))["newest"] or 0

    def now(self) -> Answers:
        """What is in force of those answers that the form does not show filled in."""
        return {}

    def began(self, version: int) -> Answers:
        """The answers of an earlier version, by the names of the form."""
        return self.named(self.at(version))

    def named(self, rows: list[Any]) -> Answers:
        """What a form of one row shows; a form of several rows names them in its own way."""
        return answers_of(rows[0]) if rows else {}

    def last_change(self) -> Change:
        """Who left the rows as they are now."""
        return change_of(self.history.order_by("-history_id").first())

    def at(self, version: int) -> list[Any]:
        """The rows as they stood in an earlier version."""
        return standing(self.history.filter(history_id__lte=version))


def standing(history: "QuerySet[Any]") -> list[Any]:
    """The newest of these versions of each row, without the rows that were taken out."""
    newest = history.order_by("id", "-history_id").distinct("id")
    return [row for row in newest if row.history_type != "-"]


def answers_of(row: Any) -> Answers:
    """A row, or a version of one, by the names of its columns."""
    names = [field.name for field in row._meta.concrete_fields]
    return {name: _value(row, name) for name in names if not name.startswith("history_")}


def _value(row: Any, name: str) -> Any:
    field = row._meta.get_field(name)
    return getattr(row, field.attname)  # the number of a row that is pointed at, as a form sends it


def change_of(past: Any) -> Change:
    """Who made this version of a row."""
    if past is None:
        return Change()
    user = past.history_user
    return Change(user.label if user else "", past.history_date)
