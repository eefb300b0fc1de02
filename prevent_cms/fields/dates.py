"""Dates as day, month and year, and times of day: what was typed is kept, odd input refused."""

import datetime
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from prevent_cms import clock
from prevent_cms.fields.base import Worded, sentence
from prevent_cms.typed import tidy

PARTS = ("day", "month", "year")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
FIRST_YEAR, LAST_YEAR = 1900, 2100
TIME = re.compile(r"^(\d{1,2})(?:[:.]?(\d{2}))?\s*([ap])?\.?m?\.?$")


class DateParts(forms.MultiWidget):
    template_name = "govuk/date.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({part: forms.TextInput() for part in PARTS}, attrs)

    def decompress(self, value: Any) -> list[str | None]:
        """The three parts of a date, or of its ISO text from a draft."""
        try:
            date = datetime.date.fromisoformat(str(value)[:10]) if value else None
        except ValueError:
            date = None
        return [str(date.day), str(date.month), str(date.year)] if date else [None, None, None]


class DateField(Worded, forms.MultiValueField):
    """A date. `past` and `future` limit it, `or_today` lets today through as well."""

    widget = DateParts

    def __init__(
        self, *, past: bool = False, future: bool = False, or_today: bool = False, **kwargs: Any
    ) -> None:
        self.past, self.future, self.or_today = past, future, or_today
        parts = [forms.CharField(required=False) for _ in PARTS]
        super().__init__(parts, require_all_fields=False, **kwargs)

    def clean(self, value: Any) -> datetime.date | None:
        if self.disabled and not isinstance(value, list):
            value = DateParts().decompress(value)
        day, month, year = typed = _typed(value)
        if not any(typed):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        missing = [part for part, text in zip(PARTS, typed, strict=True) if not text]
        if missing:
            raise self._wrong(f"must include a {' and '.join(missing)}", missing)
        date = self._build(day, _month_number(month), year)
        self._limit(date)
        return date

    def compress(self, data_list: list[Any]) -> datetime.date | None:
        return self.clean(data_list)

    def _build(self, day: str, month: str, year: str) -> datetime.date:
        if not re.fullmatch(r"[0-9]{4}", year):
            raise self._wrong("must have a year of 4 numbers, like 2026", ["year"])
        if not FIRST_YEAR <= int(year) <= LAST_YEAR:
            raise self._wrong(f"must be between {FIRST_YEAR} and {LAST_YEAR}", ["year"])
        wrong = [
            part
            for part, text, most in (("day", day, 31), ("month", month, 12))
            if not re.fullmatch(r"[0-9]{1,2}", text) or not 1 <= int(text) <= most
        ]
        if wrong:
            raise self._wrong("must be a real date", wrong)
        try:
            return datetime.date(int(year), int(month), int(day))
        except ValueError:
            raise self._wrong("must be a real date", ["day"]) from None

    def _limit(self, date: datetime.date) -> None:
        today = clock.today()
        words = "today or in the" if self.or_today else "in the"
        if date == today and self.or_today:
            return
        if self.past and date >= today:
            raise self._wrong(f"must be {words} past", PARTS)
        if self.future and date <= today:
            raise self._wrong(f"must be {words} future", PARTS)

    def _wrong(self, what: str, parts: Any) -> ValidationError:
        text = f"{sentence(self.what)} {what}"
        return ValidationError(text, code="invalid", params={"parts": list(parts)})


class TimeOfDay(Worded, forms.CharField):
    """A time of day: 10am, 2:30pm, 14:30 and 1430 all do."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("width", "5")
        super().__init__(**kwargs)
        self.validators = []

    def prepare_value(self, value: Any) -> Any:
        return value.strftime("%H:%M") if isinstance(value, datetime.time) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(tidy(value or ""))
        return self._time(str(text).lower()) if text else None

    def _time(self, text: str) -> datetime.time:
        words = {"midday": "12:00", "noon": "12:00", "midnight": "00:00"}
        found = TIME.match(words.get(text, text)) if text.isascii() else None
        if found:
            hour, minute = int(found[1]), int(found[2] or 0)
            half = found[3]
            if half:
                hour = hour % 12 + (12 if half == "p" else 0) if 1 <= hour <= 12 else 24
            if hour < 24 and minute < 60:
                return datetime.time(hour, minute)
        raise ValidationError(
            f"{sentence(self.what)} must be a time, like 10am or 2:30pm", code="invalid"
        )


def _typed(value: Any) -> list[str]:
    parts = list(value) if isinstance(value, list | tuple) else []
    parts = [tidy(part if part is not None else "").strip() for part in parts[:3]]
    return parts + [""] * (3 - len(parts))


def _month_number(text: str) -> str:
    """A month typed by name, as its number."""
    name = text[:3].lower()
    return str(MONTHS.index(name) + 1) if name in MONTHS and text.isalpha() else text
