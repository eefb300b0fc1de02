"""Row history of domain models: every version of every row, kept by django-simple-history."""

from simple_history.models import HistoricalRecords


def RowHistory() -> HistoricalRecords:
    """Keep every version of a row. The database refuses a change that leaves no version (guards)."""
    return HistoricalRecords()
