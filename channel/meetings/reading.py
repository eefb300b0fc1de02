"""A record in words, ready to draw: for the page, its PDF, the case tab and one item alike."""

import datetime
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from channel.meetings.models import AgendaItem, Attendance, Decision
from prevent_cms.components.text import gov_date

Group = AgendaItem.Group


class Heading(NamedTuple):
    value: str
    label: str


# Restricted items stand together. Numbers run on from heading to heading, so the number of one tells
# its place and often its heading; whom it is about and what is done stays hidden (docs/adr/0008).
RESTRICTED = Heading("restricted", "Not open to you")
LABELS = {Group.EXIT: "Exits for decision or endorsement"}
HEADINGS = [
    *(Heading(group.value, LABELS.get(group, str(group.label))) for group in Group),
    RESTRICTED,
]
NOT_YET = "The minutes of this meeting have not been approved yet."
RISKS = {
    "to_person": "To the person",
    "from_person": "From the person",
    "to_providers": "To providers",
}


@dataclass(frozen=True)
class ShownAction:
    what: str
    owner: str
    due: str


@dataclass(frozen=True)
class ShownCorrection:
    """One correction: of an item, where its words stand; or of the record as a whole."""

    version: int
    on: str
    what: str
    by: str = ""
    text: str = ""
    why: str = ""


@dataclass(frozen=True)
class ShownItem:
    """One item in words; with `restricted` there is nothing else but its number."""

    number: str
    restricted: str = ""
    reference: str = ""
    initials: str = ""
    why: str = ""
    discussion: str = ""
    risks: list[tuple[str, str]] = field(default_factory=list)
    specialist: str = ""
    decision: str = ""
    agreed: str = ""
    rationale: str = ""
    more: list[tuple[str, str]] = field(default_factory=list)
    actions: list[ShownAction] = field(default_factory=list)
    corrections: list[ShownCorrection] = field(default_factory=list)
    withdrew: str = ""
    quorum: str = ""
    home_force: str = ""
    withheld: str = ""  # why nothing of what is recorded is shown yet


@dataclass(frozen=True)
class ShownLine:
    name: str
    speaks_for: str
    status: str
    note: str


@dataclass(frozen=True)
class ShownRecord:
    """The whole record in words, its items under the headings of the agenda."""

    panel: str
    place: str
    day: datetime.datetime
    until: datetime.datetime | None
    quorum: str
    attendance: list[ShownLine]
    groups: list[tuple[str, list[ShownItem]]]
    next_meeting: datetime.date
    corrections: list[ShownCorrection]
    confidentiality: str = ""
    other_business: list[str] = field(default_factory=list)
    is_part: bool = False  # the head and the reader's own items, and nothing of the rest


def record(record: dict[str, Any]) -> ShownRecord:
    """Put a record, as made for one reader, into words."""
    groups = [
        (
            head.label,
            [item(i) for i in record["items"] if i.get("group", RESTRICTED.value) == head.value],
        )
        for head in HEADINGS
    ]
    closed = record["closed_at"]
    return ShownRecord(
        panel=record["panel"],
        place=record["place"],
        day=datetime.datetime.fromisoformat(record["starts_at"]),
        until=datetime.datetime.fromisoformat(closed) if closed else None,
        quorum=record["quorum"],
        attendance=[_line(line) for line in record["attendance"]],
        groups=[(label, items) for label, items in groups if items],
        next_meeting=datetime.date.fromisoformat(record["next_meeting"]),
        corrections=[_correction(one) for one in record.get("corrections", [])],
        confidentiality=record.get("confidentiality", ""),  # none in what was sealed earlier
        other_business=[
            f"{one['what']} ({one['for']})" for one in record.get("other_business", [])
        ],
        is_part=record.get("is_part", False),
    )


def item(item: dict[str, Any], *, is_open: bool = True) -> ShownItem:
    """Put one item of a record into words; of one that is not open yet, whom it is about alone."""
    if "restricted" in item:
        return ShownItem(item["number"], restricted=item["restricted"])
    if not is_open:
        return ShownItem(
            item["number"], reference=item["case"], initials=item["person"], withheld=NOT_YET
        )
    said, decided = item["said"], item["decided"]
    choice = str(Decision.Choice(decided["choice"]).label) if decided else ""
    return ShownItem(
        number=item["number"],
        reference=item["case"],
        initials=item["person"],
        why=item["why"],
        discussion=said["discussion"] if said else "",
        risks=_risks(said["risks"]) if said else [],
        specialist=_label(Decision.Specialist, said["specialist"]) if said else "",
        decision=choice[:1].lower() + choice[1:],
        agreed=_label(Decision.Agreed, decided["agreed"]) if decided else "",
        rationale=decided["rationale"] if decided else "",
        more=_more(decided) if decided else [],
        actions=[
            ShownAction(a["what"], f"{a['owner']}, {a['agency']}", _day(a["due_on"]))
            for a in item["actions"]
        ],
        withdrew=", ".join(item.get("withdrew", [])),
        quorum=item.get("quorum", ""),
        home_force=item.get("home_force", ""),
        corrections=[_correction(one) for one in item.get("corrections", [])],
    )


def _correction(one: dict[str, Any]) -> ShownCorrection:
    item = f"item {one['item']}" if one.get("item") else "the record as a whole"
    return ShownCorrection(
        version=one["version"],
        on=_day(one["on"]),
        what=one.get("restricted", item),
        by=one.get("by", ""),
        text=one.get("text", ""),
        why=one.get("why", ""),
    )


def _risks(risks: dict[str, dict[str, str]]) -> list[tuple[str, str]]:
    """ "To the person": "higher, new contact with a cousin"; risks nobody rated are left out."""
    shown = []
    for name, title in RISKS.items():
        level, note = _label(Decision.Risk, risks[name]["level"]), risks[name]["note"]
        words = ", ".join(part for part in (level.lower(), note.rstrip(".")) if part)
        if words:
            shown.append((title, words))
    return shown


def _more(decided: dict[str, Any]) -> list[tuple[str, str]]:
    """What else the decision carries, each with its heading; empty answers are left out."""
    consent = decided["consent"]
    asked = f"{consent['how']}, by {consent['by']}, not later than {_day(consent['on'])}"
    lines = [
        ("Disagreed", decided["dissent"]),
        ("Consent will be asked", asked if consent["on"] else ""),
        ("Health and social care considered", decided["health_and_care"]),
        ("Taken on by", decided["destination"]),
        ("Police lead from", _day(decided["handed_over_on"])),
        ("Safeguarding concern raised by", _told(decided, "safeguarding")),
        ("Children's social care in the decision", decided["social_care"]),
        ("Suspected crime passed, outside Channel, to", _told(decided, "crime")),
        ("Recorded by", decided["by"]),
    ]
    return [(title, words) for title, words in lines if words]


def _told(decided: dict[str, Any], name: str) -> str:
    """ "A Worker, on 3 May 2026"; empty when nobody was told."""
    return f"{decided[name]}, on {_day(decided[f'{name}_on'])}" if decided[name] else ""


def _line(line: dict[str, Any]) -> ShownLine:
    """One line of attendance: "Present, left 13:52, joined 13:58"."""
    moves = [f"{one['kind']} {one['at']}" for one in line.get("moved", [])]
    return ShownLine(
        line["name"] or "Not named",
        line["for"],
        ", ".join([str(Attendance.Status(line["status"]).label), *moves]),
        line["note"],
    )


def _label(choices: Any, value: str) -> str:
    return str(choices(value).label) if value else ""


def _day(text: str) -> str:
    return gov_date(datetime.date.fromisoformat(text)) if text else ""
