"""The record of a pack: the whole of it, frozen when it is issued, and one reader's part of it.

Sorted JSON without spaces, as the minutes (channel/meetings/canonical.py). Each item holds a brief
for each mark that the panel reads; POLICE material is never in it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict

from django.utils import timezone

from accounts.models import User
from channel.meetings import access, asking, canonical
from channel.meetings.canonical import RESTRICTED, Record
from channel.meetings.models import AgendaItem, Meeting, Pack
from channel.meetings.pack.brief import brief
from channel.meetings.pack.parts import BUDGET, cut
from channel.meetings.pack.sources import FROZEN, Rows, gather
from channel.support.models import Review
from prevent_cms import clock
from prevent_cms.marking import CLASSIFICATION, Mark
from referrals.models import Case

# Which marks each kind of reader reads, the widest first.
READ = {Mark.COORDINATION: FROZEN, Mark.PANEL: (Mark.PANEL,)}


def build(
    meeting: Meeting,
    version: str,
    *,
    before: Record | None = None,
    news: Mapping[str, str] | None = None,
    by: User,
) -> Record:
    """The record of a version: each item as in the one `before`, those in the `news` made anew.

    `news` is by number what the cover says is new, with a note. Without a version before it,
    everything is made anew.
    """
    items = list(_items(meeting))
    news, kept = news or {}, _by_number(before)
    fresh = [one for one in items if one.number not in kept or one.number in news]
    rows = gather(fresh) if fresh else {}
    reviews = asking.for_panel(fresh, meeting)
    made = {
        one.number: _item(one, rows.get(one.case_id, Rows()), reviews.get(one.case_id))
        for one in fresh
    }
    return {
        "format": 1,
        "classification": CLASSIFICATION,
        "area": meeting.panel.area.code,
        "panel": meeting.panel.name,
        "meeting": meeting.pk,
        "starts_at": _moment(meeting.starts_at),
        "place": meeting.place,
        "version": version,
        "issued_at": _moment(clock.now()),
        "issued_by": by.label,
        "news": [{"number": number, "note": note} for number, note in news.items()],
        "items": [made.get(one.number) or kept[one.number] for one in items],
    }


def _items(meeting: Meeting) -> Iterable[AgendaItem]:
    rows = AgendaItem.objects.filter(meeting=meeting).exclude(mark=Mark.POLICE)
    return rows.select_related("case__area", "case__owner", "case__owner_agency", "moved_to")


def _by_number(record: Record | None) -> dict[str, Record]:
    return {one["number"]: one for one in record["items"]} if record else {}


def _item(item: AgendaItem, rows: Rows, review: Review | None) -> Record:
    """One item with its briefs, one for each mark, and what it asks by the `review`."""
    return {
        "number": item.number,
        "group": item.group,
        "mark": item.mark,
        "case": item.case.reference,
        "why": cut(item.why_here, BUDGET["why"]),
        "asked": cut(asking.asked(item.group, review), BUDGET["asked"]),
        "as_at": _moment(clock.now()),
        "briefs": {
            str(mark): [asdict(part) for part in brief(item, rows, marks)]
            for mark, marks in READ.items()
        },
    }


def for_reader(record: Record, user: User, meeting: Meeting) -> Record:
    """A copy as this reader may read it now: of each item the brief that their share shows.

    An item that is not for them keeps its number and nothing else, and is not among the news.
    """
    shown = dict(access.items_for(user, meeting).values_list("number", "case"))
    wide = set(
        Case.objects.coordinated_by(user).filter(pk__in=shown.values()).values_list("pk", flat=True)
    )
    items = []
    for item in record["items"]:
        number = item["number"]
        if number not in shown:
            items.append({"number": number, "restricted": RESTRICTED})
            continue
        mark = Mark.COORDINATION if shown[number] in wide else Mark.PANEL
        mine = {key: value for key, value in item.items() if key != "briefs"}
        items.append({**mine, "mark": str(mark), "parts": item["briefs"][mark]})
    news = [one for one in record["news"] if one["number"] in shown]
    return {**record, "items": items, "news": news}


text_of, digest = canonical.text_of, canonical.digest


def read(pack: Pack) -> Record:
    """The whole record of a version; never shown without `for_reader`."""
    found: Record = json.loads(pack.record)
    return found


def _moment(moment: object) -> str:
    return timezone.localtime(moment).isoformat(timespec="minutes")  # type: ignore[arg-type]
