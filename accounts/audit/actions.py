"""What an auditor does besides reading: asks for a check, takes a signed copy."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.audit import queries
from accounts.audit.access import Remit
from accounts.audit.queries import Filters
from accounts.audit.words import Told
from accounts.models import User
from prevent_cms import clock, csv_files
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType, checks, exports
from prevent_cms.history.models import Event
from prevent_cms.history.record import record
from prevent_cms.marking import CLASSIFICATION

EXPORT_MOST = 10_000
COLUMNS = (
    *("When (UTC)", "Who", "Agency", "Act", "In words", "Case", "Record", "Mark"),
    *("Agency concerned", "Details", "Hash"),
)
NUMBERS = ("Event", "Chain", "Number", "Hash before")


@dataclass(frozen=True)
class Copy:
    """A file that leaves the service."""

    name: str
    content: bytes


@transaction.atomic
def ask_check(remit: Remit, *, by: User) -> None:
    """Have the whole log checked, off the request. ActionInvalid when a check is under way."""
    if not checks.begin():
        raise ActionInvalid("The log is being checked already.")
    record(EventType.CHECK_ASKED, by=by, area_code=remit.where[0].code, mark=remit.mark)


@transaction.atomic
def export(remit: Remit, filters: Filters, *, why: str, said: list[str], by: User) -> Copy:
    """A signed copy of everything that a search found; `said` is the search in words.

    Raises ActionInvalid when there is nothing, too much, or when the log is known to be broken.
    """
    state = queries.state()
    if state.is_broken:
        raise ActionInvalid("The log is broken, so no copy of it is given out.")
    events = list(queries.found(remit, filters)[: EXPORT_MOST + 1])
    if not events:
        raise ActionInvalid("No events match, so there is nothing to copy.")
    if len(events) > EXPORT_MOST:
        raise ActionInvalid(
            f"This search finds more than {EXPORT_MOST:,} events, the most that one copy holds. "
            "Narrow it, for example by dates, and take several copies."
        )
    content = _csv(remit, events, by)
    manifest = {
        "marking": CLASSIFICATION,
        "by": by.label,
        "at": clock.now().isoformat(timespec="seconds"),
        "why": why,
        "remit": remit.title,
        "filter": said,
        "rows": len(events),
        "published": state.seal,
        "heads": _heads(events) if remit.is_police else {},
    }
    record(
        EventType.EXPORTED,
        by=by,
        area_code=remit.where[0].code,
        mark=remit.mark,
        **{"page": "audit", "why": why, "rows": len(events), **filters.codes},
    )
    return Copy(
        f"audit-{timezone.localtime(clock.now()):%Y-%m-%d-%H%M%S}.zip",
        exports.pack(content, manifest),
    )


def _heads(events: list[Event]) -> dict[str, dict[str, Any]]:
    """Where the chains of these events end now."""
    ends = Event.objects.filter(chain__in={event.chain for event in events})
    ends = ends.order_by("chain", "-seq").distinct("chain")
    return {end.chain: {"number": end.seq, "hash": bytes(end.hash).hex()} for end in ends}


def _csv(remit: Remit, events: list[Event], by: User) -> bytes:
    rows = queries.told(remit, events)
    numbers = NUMBERS if remit.is_police else ()
    head = [[CLASSIFICATION, f"Exported by {by.label}"], [*COLUMNS, *numbers]]
    return csv_files.written([*head, *(_line(row) for row in rows)])


def _line(row: Told) -> list[object]:
    event = row.event
    line: list[object] = [
        event.at.isoformat(timespec="microseconds"),
        row.who,
        row.agency,
        event.type,
        f"Refused: {row.did}" if row.is_refused else row.did,
        row.reference,
        row.target if event.target else "",
        event.get_mark_display(),
        row.concerned,
        "; ".join(f"{label}: {value}" for label, value in row.kept),
        row.hash,
    ]
    if row.with_numbers:
        line += [event.pk, event.chain, event.seq, bytes(event.previous).hex()]
    return line
