"""A meeting as a calendar entry (RFC 5545, RFC 5546). It says "Channel panel" and nothing of a case.

Written by hand: one entry takes a dozen lines, and a package would be one more to keep.
"""

import datetime

from django.conf import settings
from django.urls import reverse

from channel.meetings.models import Meeting
from prevent_cms import clock

TYPE = "text/calendar"
NAME = "channel-panel.ics"
NAME_OFF = "channel-panel-cancelled.ics"
LONGEST = 75  # octets in a line, without its end (RFC 5545, 3.1)
END = "\r\n"


def invitation(meeting: Meeting, *, is_off: bool = False) -> str:
    """The entry as it stands now: asked again after a change, a calendar replaces the older one.

    What identifies it never changes and is no number of ours; SEQUENCE grows with each change, and
    of the same one the later counts. `is_off` takes it out for somebody not expected any more.
    """
    cancelled = is_off or meeting.is_cancelled
    lines = [
        ("BEGIN", "VCALENDAR"),
        ("VERSION", "2.0"),
        ("PRODID", "-//Prevent CMS//Channel panel//EN"),
        ("METHOD", "CANCEL" if cancelled else "PUBLISH"),
        ("BEGIN", "VEVENT"),
        ("UID", str(meeting.uid)),
        ("SEQUENCE", str(meeting.version - 1)),
        ("DTSTAMP", _moment(clock.now())),
        ("DTSTART", _moment(meeting.starts_at)),
        ("DTEND", _moment(meeting.ends_at)),
        ("SUMMARY", "Channel panel"),
        ("LOCATION", _text(meeting.place)),
        ("URL", f"{settings.SITE_URL.rstrip('/')}{reverse('meeting', args=[meeting.pk])}"),
        ("CLASS", "PRIVATE"),
        ("STATUS", "CANCELLED" if cancelled else "CONFIRMED"),
        ("END", "VEVENT"),
        ("END", "VCALENDAR"),
    ]
    return "".join(f"{_folded(f'{name}:{value}')}{END}" for name, value in lines)


def _moment(moment: datetime.datetime) -> str:
    return f"{moment.astimezone(datetime.UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    """Text with what a calendar would take for its own marks made harmless (RFC 5545, 3.3.11)."""
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return "\\n".join(text.splitlines())


def _folded(line: str) -> str:
    """A long line goes on after a line end and a space; no letter is cut in two."""
    rows, row = [], ""
    for letter in line:
        if len(f"{row}{letter}".encode()) > LONGEST:
            rows.append(row)
            row = " "
        row += letter
    return END.join([*rows, row])
