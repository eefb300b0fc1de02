"""Types of concern, each with the days on which it could be chosen (domain 3.4)."""

import datetime
import json
from dataclasses import dataclass
from functools import cache

from django.conf import settings


@dataclass(frozen=True)
class ConcernType:
    """One type, and under which heading the national statistics of its time count it."""

    code: str
    label: str
    national: str
    valid_from: datetime.date
    valid_until: datetime.date | None

    def is_valid(self, on: datetime.date) -> bool:
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)


@cache
def every_type() -> dict[str, ConcernType]:
    """All types there ever were, by code: `fixtures/concern-types.json`."""
    text = (settings.BASE_DIR / "fixtures" / "concern-types.json").read_text(encoding="utf-8")
    return {row["code"]: _read(row) for row in json.loads(text)["types"]}


def _read(row: dict[str, str]) -> ConcernType:
    end = row["valid_until"]
    return ConcernType(
        row["code"],
        row["label"],
        row["national"],
        datetime.date.fromisoformat(row["valid_from"]),
        datetime.date.fromisoformat(end) if end else None,
    )


def choices(on: datetime.date) -> list[tuple[str, str]]:
    """The types that can be chosen for something of this day."""
    return [(one.code, one.label) for one in every_type().values() if one.is_valid(on)]


def is_valid(code: str, on: datetime.date) -> bool:
    """Whether this type can be chosen for something of this day; none always can."""
    return not code or (code in every_type() and every_type()[code].is_valid(on))


def words(code: str) -> str:
    return every_type()[code].label if code else "Not recorded"
