"""What makes one query of several lists of my work."""

from typing import Any

from django.db.models import CharField, DateField, Value
from django.db.models.functions import Cast

from channel.casework.rows import MOST


def listed(rows: Any, name: str, on: Any = None) -> Any:
    """Name of the list, case and day of each row; without `on` the page knows the day."""
    day = Cast(Value(None) if on is None else on, DateField())
    told = rows.annotate(list_name=Value(name, CharField()), list_day=day)
    return told.values_list("list_name", "case_id", "list_day")[: MOST + 1]
