"""Freezing a pack when the agenda is issued, changing it by a new version, recalling it, and
remembering each copy that leaves."""

from collections.abc import Iterable, Mapping

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from channel.meetings import access, steps
from channel.meetings.actions.meetings import locked
from channel.meetings.models import AgendaItem, Meeting, Pack, PackCopy, PackRecall
from channel.meetings.pack import access as packs
from channel.meetings.pack import frozen
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record


def freeze(meeting: Meeting, items: Iterable[AgendaItem], *, by: User) -> Pack:
    """Make the version that goes with an agenda, in the transaction that issues it.

    `items` are those that this issue has put on the agenda: after the first they are the news.
    """
    is_first = not Pack.objects.filter(meeting=meeting).exists()
    return _issue(meeting, {} if is_first else {one.number: "" for one in items}, by)


@transaction.atomic
def issue_supplement(meeting: Meeting, *, numbers: Iterable[str], note: str, by: User) -> Pack:
    """Issue the next version with the briefs of some items made anew, and a note saying why.

    After a recall every brief is made anew. Raises ActionDenied for anyone but chair, deputy and
    administrator, ActionInvalid before the agenda is issued, when the meeting is over, and when an
    item is named that is not on the agenda or not open to them.
    """
    meeting = locked(meeting)
    access.require(by, Perm.MEETING_MANAGE, meeting)
    newest = packs.require_any(meeting)
    steps.require("issue", meeting)
    news = dict.fromkeys(numbers, note)
    mine = set(access.items_for(by, meeting).values_list("number", flat=True))
    if not news.keys() <= mine:
        raise ActionInvalid("One of these items is not on this agenda.")
    if not news and not newest.recalled:
        raise ActionInvalid("Choose the items whose briefs are made anew.")
    return _issue(meeting, news, by)


@transaction.atomic
def recall_pack(meeting: Meeting, *, version: str, reason: str, by: User) -> PackRecall:
    """Take the current version back: from now on nobody opens it (R167).

    `version` is the one that was read. Raises ActionDenied for anyone but chair, deputy and
    administrator, ActionInvalid when there is none, or it is recalled or replaced already.
    """
    meeting = locked(meeting)
    access.require(by, Perm.MEETING_MANAGE, meeting)
    pack = packs.require_any(meeting)
    if pack.recalled:
        raise ActionInvalid(pack.recalled.sentence)
    if pack.version != version:
        raise ActionInvalid("A newer version has replaced this one. Look at it first.")
    recall = PackRecall.objects.create(pack=pack, reason=reason, by=by)
    _event(EventType.PACK_RECALLED, pack, by)
    return recall


@transaction.atomic
def hand_out(pack: Pack, *, sha256: str, by: User) -> PackCopy:
    """Remember a copy in the issue log of its pack and in the area's log.

    Raises ActionDenied for those who take no copies, ActionInvalid when the version was recalled or
    replaced meanwhile.
    """
    meeting = locked(pack.meeting)
    access.require(by, Perm.MINUTES_EXPORT, meeting)
    if packs.require_current(meeting) != pack:
        raise ActionInvalid("A newer version has replaced this one. Make the document again.")
    copy = PackCopy.objects.create(pack=pack, to=by, sha256=sha256)
    _event(EventType.PACK_DOWNLOADED, pack, by, sha256=sha256)
    return copy


def _issue(meeting: Meeting, news: Mapping[str, str], by: User) -> Pack:
    """The next version: what the last one held and is not in the news goes on as it was."""
    last = Pack.newest(meeting)
    minor = last.minor + 1 if last else 0
    before = frozen.read(last) if last and not last.recalled else None
    pack = Pack(meeting=meeting, minor=minor, issued_by=by)
    made = frozen.build(meeting, pack.version, before=before, news=news, by=by)
    pack.record = frozen.text_of(made)
    pack.sha256 = frozen.digest(pack.record)
    pack.save()
    _event(EventType.PACK_ISSUED, pack, by, sha256=pack.sha256)
    return pack


def _event(kind: EventType, pack: Pack, by: User, **details: str) -> None:
    area = pack.meeting.panel.area.code
    record(kind, by=by, area_code=area, target=pack, version=pack.version, **details)
