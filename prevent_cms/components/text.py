"""Dates, times, ages and numbers in GOV.UK style."""

import datetime
from typing import Any

from django.template.defaultfilters import linebreaksbr
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from prevent_cms import clock

NOTHING = "Not provided"


def gov_date(value: datetime.date | None) -> str:
    """9 November 2026"""
    day = _local(value)
    return f"{day.day} {day:%B %Y}" if day else ""


def gov_day(value: datetime.date | None) -> str:
    """9 November, with the year only when it is not this year."""
    day = _local(value)
    if not day:
        return ""
    return f"{day.day} {day:%B}" if day.year == clock.today().year else gov_date(value)


def gov_weekday(value: datetime.date | None) -> str:
    """Monday 9 November 2026"""
    day = _local(value)
    return f"{day:%A} {gov_date(value)}" if day else ""


def gov_time(value: datetime.datetime | datetime.time | None) -> str:
    """10:42am, 5pm, midday, midnight"""
    time = timezone.localtime(value) if _is_aware(value) else value  # type: ignore[arg-type]
    if not isinstance(time, datetime.datetime | datetime.time):
        return ""
    if time.minute == 0 and time.hour in (0, 12):
        return "midday" if time.hour else "midnight"
    minutes = f":{time:%M}" if time.minute else ""
    return f"{time.hour % 12 or 12}{minutes}{'am' if time.hour < 12 else 'pm'}"


def gov_datetime(value: datetime.datetime | None) -> str:
    """9 November 2026, 10:42am; a date without a time gets none."""
    if not isinstance(value, datetime.datetime):
        return gov_date(value)
    return f"{gov_date(value)}, {gov_time(value)}"


def gov_until(value: datetime.datetime | None) -> str:
    """The last day of what ends at midnight; else day and time: 3 December 2026, 2:05pm."""
    if value and timezone.localtime(value).time() == datetime.time():
        return gov_date(value - datetime.timedelta(minutes=1))
    return gov_datetime(value)


def duration(minutes: int) -> str:
    """2 h 45 min, 3 h, 20 min"""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else ""]
    return " ".join(filter(None, parts))


def age(born: datetime.date | None) -> str:
    """16 years old"""
    if not born:
        return ""
    today = clock.today()
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return f"{years} year{'' if years == 1 else 's'} old"


def thousands(value: Any) -> str:
    """5,000"""
    return f"{value:,}" if isinstance(value, int) else str(value)


def counted(number: int, words: str) -> str:
    """1 agency, 2 agencies; `words` is "day", or "agency,agencies" when an s is not enough."""
    one, _, many = words.partition(",")
    return f"{number:,} {one if number == 1 else many or one + 's'}"


# What a browser calls itself, the more special before the more common.
BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Windows": "Windows",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "CrOS": "Chromebook",
    "Mac OS X": "Mac",
    "Linux": "Linux",
}


def browser(user_agent: str) -> str:
    """Which browser this is, in words that its owner knows: "Edge on Windows"."""
    name = next((name for mark, name in BROWSERS.items() if mark in user_agent), "A browser")
    system = next((name for mark, name in SYSTEMS.items() if mark in user_agent), "")
    return f"{name} on {system}" if system else name


def shown(value: Any) -> SafeString:
    """Any answer as a page shows it: dates and times in words, line breaks kept, never empty."""
    if value is None or value == "" or value == []:
        return SafeString(NOTHING)
    if isinstance(value, bool):
        return SafeString("Yes" if value else "No")
    if isinstance(value, datetime.datetime | datetime.date):
        return SafeString(gov_datetime(value))  # type: ignore[arg-type]
    if isinstance(value, datetime.time):
        return SafeString(gov_time(value))
    if isinstance(value, list | tuple):
        return SafeString("<br>".join(conditional_escape(one) for one in value))
    return linebreaksbr(value)


def _is_aware(value: Any) -> bool:
    return isinstance(value, datetime.datetime) and timezone.is_aware(value)


def _local(value: Any) -> datetime.date | None:
    return timezone.localtime(value) if _is_aware(value) else value or None
