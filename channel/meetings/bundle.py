"""Several sealed minutes in one file: for each meeting the copy of the one who asked for it."""

import hashlib
import io
import zipfile
from dataclasses import dataclass

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import User
from channel.exports.files import File, Progress
from channel.exports.models import Export
from channel.meetings import access, pdf
from channel.meetings.copies import Copy
from channel.meetings.models import Meeting
from prevent_cms.errors import ActionInvalid
from prevent_cms.marking import CLASSIFICATION

MOST = 60
THEN = (1980, 1, 1, 0, 0, 0)  # no file in the zip says when it was made


@dataclass(frozen=True)
class Part:
    """One document in the zip, and what the index says of it."""

    copy: Copy
    name: str
    content: bytes
    holds: list[int]

    @property
    def sha256(self) -> str:
        """The hash of the document; that of the record stands in the document."""
        return hashlib.sha256(self.content).hexdigest()


def require(export: Export, user: User) -> None:
    """Raise unless each meeting asked for has sealed minutes that this person may take away."""
    wanted = _pks(export)
    if not 0 < len(wanted) <= MOST:
        raise ActionInvalid(f"Choose at least 1 and at most {MOST} meetings.")
    found = {meeting.pk: meeting for meeting in access.meetings_for(user).filter(pk__in=wanted)}
    for pk in wanted:
        meeting = found.get(pk) or access.get_meeting(user, pk)
        access.require_sealed(user, meeting)


def make(export: Export, progress: Progress) -> File:
    """A zip of tagged PDFs and their index; what is not for the reader is in none of them."""
    wanted, user = _pks(export), export.asked_by
    parts: list[Part] = []
    for number, pk in enumerate(wanted):
        progress(number, len(wanted))
        with transaction.atomic():
            parts.append(_part(user, pk, {part.name for part in parts}))
    parts.sort(key=lambda part: (part.copy.meeting.starts_at, part.name))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        page = {"parts": parts, "reader": user, "classification": CLASSIFICATION}
        index = render_to_string("meetings/bundle_index.html", page).encode()
        files = [("index.html", index), *((part.name, part.content) for part in parts)]
        for name, content in files:
            file.writestr(zipfile.ZipInfo(name, THEN), content, zipfile.ZIP_DEFLATED)
    progress(len(wanted), len(wanted))
    holds = [pk for part in parts for pk in part.holds]
    return File(packed.getvalue(), _name(parts), "application/zip", holds)


def _part(user: User, pk: int, taken: set[str]) -> Part:
    meeting = access.get_meeting(user, pk)
    access.require_sealed(user, meeting)
    copy = Copy(meeting, user)
    name = copy.filename if copy.filename not in taken else f"{pk}-{copy.filename}"
    return Part(copy, name, pdf.render(copy), _open_items(user, meeting))


def _name(parts: list[Part]) -> str:
    """The area and the days from the first to the last; of several areas only the days."""
    slugs = {part.copy.meeting.panel.area.slug for part in parts}
    days = [f"{timezone.localdate(part.copy.meeting.starts_at):%Y-%m-%d}" for part in parts]
    span = dict.fromkeys((days[0], days[-1]))
    return "-".join(["minutes", *(slugs if len(slugs) == 1 else ()), "-to-".join(span)]) + ".zip"


def _pks(export: Export) -> list[int]:
    return sorted(set(export.ids["meetings"]))


def _open_items(user: User, meeting: Meeting) -> list[int]:
    return list(access.items_for(user, meeting).values_list("pk", flat=True))
