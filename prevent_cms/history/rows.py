"""Row history of domain models: every version of every row, kept by django-simple-history."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from simple_history.models import HistoricalRecords
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

M = TypeVar("M", bound=Model)


def RowHistory() -> HistoricalRecords:
    """Keep every version of a row. The database refuses a change that leaves no version (guards)."""
    return HistoricalRecords()


def add_all(rows: Sequence[M]) -> list[M]:
    """Insert new rows of one audited model with their first versions, in two statements."""
    if not rows:
        return []
    added: list[M] = bulk_create_with_history(rows, type(rows[0]))
    return added


def change_all(rows: QuerySet[Any], **values: object) -> None:
    """Set the same values in every one of these rows, each with its version, in three statements."""
    found = list(rows)
    for row in found:
        for name, value in values.items():
            setattr(row, name, value)
    bulk_update_with_history(found, rows.model, list(values))
