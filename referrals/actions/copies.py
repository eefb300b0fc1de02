"""Copies of a case's story that leave the service, signed."""

from django.db import transaction
from django.utils import timezone

from prevent_cms import clock, csv_files
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType, exports
from prevent_cms.history.record import record
from prevent_cms.marking import CLASSIFICATION, Mark
from referrals import timeline
from referrals.access import Reader
from referrals.timeline import Entry, Narrowed

MOST = 10_000
COLUMNS = ("When (UTC)", "What", "Who", "Read by", "Details")


@transaction.atomic
def copy_timeline(reader: Reader, to: Narrowed, *, why: str) -> tuple[str, bytes]:
    """The name and the bytes of a signed copy of what this reader's timeline shows.

    Raises ActionInvalid when there is nothing, or too much for one copy.
    """
    entries = timeline.whole(reader, to, MOST)
    if not entries:
        raise ActionInvalid("Nothing matches, so there is nothing to copy.")
    if len(entries) > MOST:
        raise ActionInvalid(f"One copy holds {MOST:,} entries. Narrow the timeline by dates.")
    case, by = reader.case, reader.user
    head = [[CLASSIFICATION, f"Case {case.reference}, exported by {by.label}"], [*COLUMNS]]
    content = csv_files.written([*head, *(_line(one) for one in entries)])
    manifest = {
        "marking": CLASSIFICATION,
        "by": by.label,
        "at": clock.now().isoformat(timespec="seconds"),
        "why": why,
        "case": case.reference,
        "filter": to.codes,
        "rows": len(entries),
    }
    # Not how many entries: with police's own among them, the number would tell of those.
    record(EventType.EXPORTED, by=by, case=case, page="case_timeline", why=why)
    name = f"timeline-{timezone.localtime(clock.now()):%Y-%m-%d-%H%M%S}.zip"
    return name, exports.pack(content, manifest)


def _line(one: Entry) -> list[object]:
    return [
        one.at.astimezone(timezone.get_fixed_timezone(0)).isoformat(timespec="seconds"),
        one.title,
        one.by,
        Mark(one.mark).label,
        "; ".join(one.details),
    ]
