"""For whom a case waits, since when, and what is due next: the words of the case bar for one reader."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst

from prevent_cms import clock
from prevent_cms.components.text import counted
from referrals.access import Reader
from referrals.glance import OpenRequest
from referrals.information import TO_ASK
from referrals.models import InformationRequest
from referrals.workflow import BEFORE_RELEASE, Status

NOTHING = "Nothing from you"
Moment = datetime.date | None


@dataclass(frozen=True)
class Waiting:
    """What the bar says of waiting, and what the next action has to know of requests.

    `request` is the newest request to the reader's own agency, `is_owed` whether it waits for the
    answer; `open` and `late` count the requests of the case, for its coordinators.
    """

    who: str
    since: Moment = None
    due_what: str = "Nothing"
    due_on: Moment = None
    request: int | None = None
    is_owed: bool = False
    open: int = 0
    late: int = 0


def waiting(reader: Reader, asked: list[OpenRequest]) -> Waiting:
    """For whom the case waits, from what this reader may know; a partner's takes one query.

    `asked` are the requests without an answer, for coordinators.
    """
    if reader.stage in BEFORE_RELEASE:  # nobody has been asked
        return _of_case(reader, _owner(reader))
    return _coordinators(reader, asked) if reader.is_coordinator else _partners(reader)


def _coordinators(reader: Reader, asked: list[OpenRequest]) -> Waiting:
    case = reader.case
    if case.stage == Status.CLOSED:
        return _of_case(reader, _owner(reader) if case.next_due_on else "Nobody")
    due = [one.due_on for one in asked if one.due_on]
    counts: dict[str, Any] = {"open": len(asked), "late": sum(day < clock.today() for day in due)}
    if asked and case.stage == Status.INFORMATION_GATHERING:
        who = f"{len(asked)} {'agency' if len(asked) == 1 else 'agencies'}"
        if not due:  # all of them are paused, and the case says when to look again
            return _of_case(reader, who, **counts)
        first = min(one.asked_at for one in asked)
        return Waiting(who, first, "Returns from agencies", min(due), **counts)
    if case.next_due_what == TO_ASK:
        return _of_case(reader, capfirst(case.area.rules.askers) or _owner(reader))
    panel = "The panel" if case.stage == Status.PANEL else ""
    return _of_case(reader, reader.stage_note or panel or _owner(reader), **counts)


def _partners(reader: Reader) -> Waiting:
    """What waits for the answer of the reader's own agency; else nothing does."""
    asked = InformationRequest.objects.visible_to(reader.user).filter(
        case=reader.case, agency_id__in=reader.user.agency_ids
    )
    rows = list(asked.order_by("-at", "-pk"))
    newest = rows[0] if rows else None
    owed = [one for one in rows if not one.answered_at] if reader.case.is_open else []
    if owed:
        first = min(one.at for one in owed)
        due = min((one.due_on for one in owed if not one.paused_on), default=None)
        what = "Your return" if due else "Your return, paused"
        return Waiting("Your answer", first, what, due, owed[0].pk, is_owed=True)
    number, since = (newest.pk, newest.answered_at) if newest else (None, None)
    if reader.is_only_asked:
        return Waiting(NOTHING, since, request=number)
    note = reader.stage_note
    return Waiting(note or NOTHING, since if note else None, "In My work", None, number)


def _of_case(reader: Reader, who: str, **counts: Any) -> Waiting:
    case = reader.case
    due = (case.next_due_what, case.next_due_on) if case.next_due_on else ("Nothing", None)
    return Waiting(who, case.status_since, *due, **counts)


def _owner(reader: Reader) -> str:
    return reader.case.owner.name if reader.case.owner else "An officer to take it"


def why_of_requests(wait: Waiting) -> str:
    """Why the requests are the next thing to look at, in one clause."""
    if wait.late:
        return f"{counted(wait.late, 'answer')} overdue"
    if wait.open:
        return f"{wait.who} to answer"
    return "every agency has answered, the assessment can begin"
