"""Events a page at a time, newest first, from the address of the page before."""

from django.db.models import Q, QuerySet

from prevent_cms.history.models import Event
from prevent_cms.typed import number_in


def page_of(
    events: QuerySet[Event], before: str, size: int
) -> tuple[list[Event], int | None, bool]:
    """The page after the event with the id `before`; an unknown one is as if none was given.

    Returns the events, the id for the next page (None on the last), and whether it is the first.
    """
    start = events.filter(pk=number_in(before) or 0).first()
    if start:
        events = events.filter(Q(at__lt=start.at) | Q(at=start.at, pk__lt=start.pk))
    found = list(events[: size + 1])
    older = found[size - 1].pk if len(found) > size else None
    return found[:size], older, start is None
