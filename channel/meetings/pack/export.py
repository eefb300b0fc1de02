"""The copy of a pack as a file that is made in the background (channel/exports)."""

import hashlib

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from channel.exports.files import GONE, File, Progress
from channel.exports.models import Export
from channel.meetings import access
from channel.meetings.actions import packs
from channel.meetings.models import AgendaItem, Meeting, Pack
from channel.meetings.pack import access as reading
from channel.meetings.pack import pdf
from channel.meetings.pack.copies import Copy
from prevent_cms.errors import ActionInvalid

STEPS = 3  # the text, its pages, the file
REPLACED = "A newer version has replaced this one. Make the document again."


def ids(pack: Pack) -> dict[str, list[int]]:
    """What is asked for: a version of the pack of one meeting."""
    return {"meetings": [pack.meeting_id], "packs": [pack.pk]}


def require(export: Export, user: User) -> None:
    """Raise unless this version is the one that is read now, and this person takes copies.

    Once the file is made, what is in it as for a coordinator must still be theirs as such.
    """
    pack, wide = _current(export, user), export.ids.get("wide", [])
    if wide and not set(wide) <= set(_wide(Copy(pack, user))):
        raise ActionInvalid(GONE)


def make(export: Export, progress: Progress) -> File:
    """The tagged PDF for who asked; the more of the pack is closed to them, the less is in it."""
    user = export.asked_by
    progress(0, STEPS)
    with transaction.atomic():
        copy = Copy(_current(export, user), user)
        page = pdf.page_of(copy)
        holds = access.items_for(user, copy.pack.meeting).filter(number__in=copy.opened)
        held = [one.pk for one in holds]
        export.ids["wide"] = _wide(copy)
    progress(1, STEPS)
    content = pdf.written(page)
    progress(2, STEPS)
    return File(content, copy.filename, "application/pdf", held)


def left(export: Export, user: User, content: bytes) -> None:
    """Write down the copy that leaves."""
    packs.hand_out(_current(export, user), sha256=hashlib.sha256(content).hexdigest(), by=user)


def _wide(copy: Copy) -> list[int]:
    """The agenda items that a copy shows as to a coordinator."""
    items = AgendaItem.objects.filter(meeting=copy.pack.meeting, number__in=copy.wide)
    return list(items.order_by("pk").values_list("pk", flat=True))


def _current(export: Export, user: User) -> Pack:
    (pk,), (meeting_pk,) = export.ids["packs"], export.ids["meetings"]
    meeting: Meeting = access.get_meeting(user, meeting_pk, Perm.MINUTES_EXPORT)
    pack = reading.require_current(meeting)
    if pack.pk != pk:
        raise ActionInvalid(REPLACED)
    return pack
