"""The canonical record of a meeting: what is hashed, and what every rendition is drawn from.

Sorted JSON without spaces. Every item carries its handling mark; POLICE material is never in it.
"""

import datetime
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.models import User
from channel.meetings import access, confidentiality, dates, queries, recorded, standing
from channel.meetings.models import (
    AgendaItem,
    Attendance,
    Decision,
    HomeForce,
    Meeting,
    Minutes,
    Movement,
    OtherBusiness,
    PanelAction,
)
from channel.meetings.room import Room, Table
from channel.meetings.timing import hour
from prevent_cms.errors import ActionInvalid
from prevent_cms.marking import CLASSIFICATION

Record = dict[str, Any]
RESTRICTED = "Restricted item"


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What was wrong, and why it is said only now; `item` is empty for the record as a whole."""

    item: str
    text: str
    why: str
    on: str
    by: str


def build(meeting: Meeting, later: list[Meeting] | None = None) -> Record:
    """The whole record of a meeting as it stands, for the seal; never shown without `for_reader`.

    `later` are the panel's meetings after it, where they are known (dates.later).
    """
    items = recorded.items(meeting)
    table = Table(meeting, recorded.timing(meeting, items))
    whole = Room(meeting, shared=table)
    coming = dates.later(meeting) if later is None else later
    return {
        "format": 2,
        "classification": CLASSIFICATION,
        "area": meeting.panel.area.code,
        "panel": meeting.panel.name,
        "meeting": meeting.pk,
        "starts_at": _moment(meeting.starts_at),
        "opened_at": _moment(meeting.opened_at),
        "closed_at": _moment(meeting.closed_at),
        "place": meeting.place,
        "quorum": whole.quorum.sentence,
        "confidentiality": confidentiality.sentence(whole),
        "attendance": [_line(row, table.movements[row.pk]) for row in table.rows],
        "items": _told(items, table),
        "other_business": [_business(line) for line in standing.business(meeting)],
        "corrections": [],
        "next_meeting": dates.day_after(meeting, next(iter(coming), None)).isoformat(),
    }


def _told(items: list[Any], table: Table) -> list[Record]:
    found = [(item, getattr(item, "decision", None)) for item in items]
    User.seat(decision.by for _, decision in found if decision and decision.by)
    return [
        of_item(
            item,
            queries.short(item.name or ""),
            decision,
            actions_of(decision),
            Room(table.meeting, item, table),
        )
        for item, decision in found
    ]


def actions_of(decision: Decision | None) -> Iterable[PanelAction]:
    """What was taken away with it."""
    return decision.actions.all() if decision else ()


def text_of(record: Record) -> str:
    """The one way to write a record, so that the same record always has the same hash."""
    return json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest(text: str) -> str:
    """The SHA-256 of a canonical text."""
    return hashlib.sha256(text.encode()).hexdigest()


def for_reader(record: Record, user: User, meeting: Meeting) -> Record:
    """A copy in which an item that is not for this reader keeps its number and nothing else.

    Who is there for items of their own gets these and the head of the record.
    """
    shown = set(access.items_for(user, meeting).values_list("number", flat=True))
    items = [
        item if item["number"] in shown else {"number": item["number"], "restricted": RESTRICTED}
        for item in record["items"]
    ]
    is_whole = shown >= {item["number"] for item in record["items"]}
    seats = [line for line in record["attendance"] if _is_open(line, shown, is_whole)]
    corrections = [
        one
        if one["item"] in shown or not one["item"]
        else {"version": one["version"], "on": one["on"], "item": "", "restricted": RESTRICTED}
        for one in record.get("corrections", [])
    ]
    copy = {**record, "items": items, "attendance": seats, "corrections": corrections}
    return copy if access.is_seated(user, meeting) else _own_part(copy)


def _own_part(copy: Record) -> Record:
    """The part of a reader's copy that is for somebody who is there for own items only."""
    items = [one for one in copy["items"] if "restricted" not in one]
    corrections = [one for one in copy["corrections"] if one["item"]]
    whole = {"attendance": [], "confidentiality": "", "other_business": [], "is_part": True}
    return {**copy, "items": items, "corrections": corrections, **whole}


def _is_open(line: Record, shown: set[str], is_whole: bool) -> bool:
    """Whether a reader of the items in `shown` may know of a line of attendance.

    Records of format 1 do not say for which item a guest came: their guests are for who reads all.
    """
    if "item" in line:
        return not line["item"] or line["item"] in shown
    return is_whole or line["role"] != Attendance.Role.GUEST


def require_intact(minutes: Minutes) -> None:
    """Raise ActionInvalid when a record is no longer what was sealed."""
    if not minutes.is_intact:
        raise ActionInvalid("The record does not match its seal. Tell the system administrator.")


def corrected(minutes: Minutes, about: Correction) -> Record:
    """The record of the next version: what was sealed stays, and says that it was wrong.

    What is said of an item stands in the item, so that it goes where the item goes.
    """
    sealed, version = json.loads(minutes.record), minutes.version + 1
    words = {"version": version, "on": about.on, "text": about.text, "why": about.why}
    line = {"version": version, "on": about.on, "by": about.by, "item": about.item}
    items = [
        {**item, "corrections": [*item.get("corrections", []), words]}
        if item["number"] == about.item
        else item
        for item in sealed["items"]
    ]
    line |= {} if about.item else words
    corrections = [*sealed.get("corrections", []), line]
    return {**sealed, "items": items, "corrections": corrections, "previous": minutes.sha256}


def _line(row: Attendance, moves: Iterable[Movement]) -> Record:
    return {
        "name": row.name,
        "for": row.speaks_for,
        "role": row.role,
        "status": row.status,
        "note": row.note,
        "item": row.item.number if row.item else "",
        "moved": [{"kind": move.kind, "at": hour(move.at)} for move in moves],
    }


def _business(line: OtherBusiness) -> Record:
    return {"what": line.what, "for": line.raised_by.name}


def of_item(
    item: AgendaItem,
    initials: str,
    decision: Decision | None,
    actions: Iterable[PanelAction],
    room: Room | None = None,
) -> Record:
    """One item as it stands in the record; with its `room`, whether those in it could decide."""
    heard = room if room and room.timing.last_heard(item) else None
    return {
        "number": item.number,
        "group": item.group,
        "mark": item.mark,
        "case": item.case.reference,
        "person": initials,
        "why": item.why_here,
        "said": _said(decision) if decision else None,
        "decided": _decided(decision) if decision and decision.choice else None,
        "actions": [_action(one) for one in actions],
        "withdrew": [row.name for row in item.withdrawals.all()],
        "quorum": heard.quorum.sentence if heard else "",
        "home_force": _home(heard.home_force) if heard else "",
    }


def _home(found: HomeForce | None) -> str:
    """ "Another Police, for whom Ann Invented spoke"; empty where the force of the area is theirs."""
    if found is None or not found.force or found.spoken_for_by is None:
        return found.force if found else ""
    return f"{found.force}, for whom {found.spoken_for_by.name} spoke"


def _said(decision: Decision) -> Record:
    return {
        "mark": decision.mark,
        "discussion": decision.discussion,
        "risks": {
            name: {
                "level": getattr(decision, f"risk_{name}"),
                "note": getattr(decision, f"risk_{name}_note"),
            }
            for name in ("to_person", "from_person", "to_providers")
        },
        "specialist": decision.specialist_needed,
    }


def _decided(decision: Decision) -> Record:
    return {
        "mark": decision.mark,
        "choice": decision.choice,
        "rationale": decision.rationale,
        "agreed": decision.agreed,
        "dissent": decision.dissent,
        "health_and_care": decision.health_and_care_considered,
        "destination": decision.destination,
        "handed_over_on": _date(decision.handed_over_on),
        "safeguarding": decision.safeguarding_person,
        "safeguarding_on": _date(decision.safeguarding_raised_on),
        "social_care": decision.social_care,
        "crime": decision.crime_passed_to,
        "crime_on": _date(decision.crime_passed_on),
        "consent": {
            "how": decision.consent_how,
            "on": _date(decision.consent_on),
            "by": decision.consent_by,
        },
        "by": decision.by.label if decision.by else "",
        "at": _moment(decision.at),
    }


def _action(action: PanelAction) -> Record:
    return {
        "mark": action.mark,
        "what": action.what,
        "agency": action.agency.name,
        "owner": action.owner,
        "due_on": action.due_on.isoformat(),
    }


def _date(day: datetime.date | None) -> str:
    return day.isoformat() if day else ""


def _moment(moment: Any) -> str:
    return timezone.localtime(moment).isoformat(timespec="minutes") if moment else ""
