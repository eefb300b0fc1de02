"""The one way to write an event."""

from collections.abc import Iterable
from typing import Any, Protocol

from django.contrib.auth.models import AnonymousUser
from django.db import models, transaction
from django.http import HttpRequest

from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType, default_mark
from prevent_cms.marking import Mark
from prevent_cms.references import normalise

# Codes, ids, dates, labels and hashes.
Detail = str | int | bool | list[str] | None


class CaseLike(Protocol):
    """What an event needs to know of a case; the case itself lives on a higher floor."""

    @property
    def reference(self) -> str: ...
    @property
    def area_code(self) -> str: ...


def event_of(
    event: EventType,
    *,
    by: Any,
    case: CaseLike | None = None,
    area_code: str = "",
    target: models.Model | None = None,
    mark: Mark | None = None,
    agency_id: int | None = None,
    **details: Detail,
) -> Event:
    """One event that is not written yet.

    `by` is a user, or a plain label for the public and the service ("Referrer", "The service").
    What a person does outside any area belongs to the area in which they work.
    `details` hold codes, ids, dates and labels, never what anyone wrote (R62 of DPA 2018, s.62).
    """
    is_user = hasattr(by, "pk") and not isinstance(by, AnonymousUser)
    area = case.area_code if case else area_code
    works_at = by.agency_in(area) if is_user else None
    area = area or (works_at.area.code if works_at else "")
    return Event(
        chain=f"case:{case.reference}" if case else f"area:{area}" if area else "service",
        type=EventType(event),
        actor=by if is_user else None,
        actor_label=by.label if is_user else str(by),
        actor_agency_id=works_at.pk if works_at else None,
        area_code=area,
        case_reference=case.reference if case else "",
        agency_id=agency_id,
        mark=mark or default_mark(event),
        target=f"{target._meta.label_lower}:{target.pk}" if target else "",
        details=details,
    )


def record(event: EventType, *, by: Any, **what: Any) -> Event:
    """Write one event in the caller's transaction; `event_of` says what goes in."""
    written = event_of(event, by=by, **what)
    written.save()
    return written


def record_view(event: EventType, *, by: Any, **what: Any) -> None:
    """Remember a look, in a short transaction of its own: no event, no page (design section 6).

    Called once the page is drawn and before its bytes leave; `what` is as for `record`.
    """
    with transaction.atomic():
        record(event, by=by, **what)


def record_all(events: Iterable[Event]) -> None:
    """Write events in the caller's transaction with one statement, in their order."""
    Event.objects.bulk_create(events)


def record_refusal(request: HttpRequest, code: int) -> None:
    """Remember that a signed-in person was refused; called after the refused work rolled back.

    `code` is the status of the page that was shown: 403, 404 or 409.
    """
    if not request.user.is_authenticated:
        return
    match = request.resolver_match
    with transaction.atomic():
        record(
            EventType.REFUSED,
            by=request.user,
            code=code,
            method=request.method or "",
            page=match.view_name if match else "unknown",
            asked_for=normalise(str(match.kwargs.get("reference", ""))) if match else "",
        )
