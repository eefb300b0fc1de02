"""Text in its lengths, and text with a shape: mail addresses, telephone numbers."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from prevent_cms.fields.base import Worded, sentence
from prevent_cms.references import normalise
from prevent_cms.typed import tidy

EMAIL = EmailValidator()
PHONE = re.compile(r"^\+?[0-9]{3,15}$")
EMAIL_HELP = "Enter an email address in the right form, like name@organisation.example"
PHONE_HELP = "Enter a telephone number, like 01632 960 001"


class Text(Worded, forms.CharField):
    """Text of a stated length; one that is too long is refused by how much, and is kept."""

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)
        self.validators = []  # ours below says by how much; characters are taken out in to_python

    def to_python(self, value: Any) -> str:
        return super().to_python(tidy(value) if value is not None else value) or ""

    def validate(self, value: str) -> None:
        super().validate(value)
        limit, length = self.max_length or 0, len(value)
        if length > limit:
            raise ValidationError(
                f"{sentence(self.what)} must be {limit:,} characters or fewer. "
                f"You have entered {length:,}, which is {length - limit:,} too many.",
                code="max_length",
            )


class ShortText(Text):
    """One line."""

    def __init__(self, *, max_length: int = 200, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value: Any) -> str:
        return " ".join(super().to_python(value).split())


class LongText(Text):
    """Several lines with a character count."""

    def __init__(self, *, max_length: int = 5000, rows: int = 8, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows, "spellcheck": "true"}))
        super().__init__(max_length=max_length, **kwargs)


class EmailAddress(ShortText):
    """A mail address."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"type": "email", "spellcheck": "false", "autocomplete": "email"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(**kwargs)

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not is_email(value):
            raise ValidationError(EMAIL_HELP, code="invalid")


class Phone(ShortText):
    """A telephone number, kept as it was typed."""

    def __init__(self, *, max_length: int = 30, **kwargs: Any) -> None:
        attrs = {"type": "tel", "autocomplete": "tel"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        kwargs.setdefault("width", "20")
        super().__init__(max_length=max_length, **kwargs)

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not is_phone(value):
            raise ValidationError(PHONE_HELP, code="invalid")


class EmailOrPhone(ShortText):
    """Whichever way a person can be reached."""

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not (is_email(value) or is_phone(value)):
            raise ValidationError("Enter an email address or a telephone number", code="invalid")


class CaseReference(ShortText):
    """A reference as read out or typed, with or without its dashes."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("width", "20")
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        found = normalise(text) if text else ""
        if text and not found:
            raise ValidationError(
                "Enter a reference in the right form, like NFK-26-483920-X", code="invalid"
            )
        return found


class WholeNumber(Worded, forms.IntegerField):
    """A whole number between two limits."""

    def __init__(self, *, minimum: int = 0, maximum: int = 100_000, **kwargs: Any) -> None:
        kwargs.setdefault("width", "5")
        attrs = {"inputmode": "numeric"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(**kwargs)
        self.minimum, self.maximum = minimum, maximum

    def own_messages(self, options: dict[str, Any]) -> dict[str, str]:
        return {"invalid": f"{sentence(self.what)} must be a whole number"}

    def to_python(self, value: Any) -> int | None:
        text = tidy(value if value is not None else "").strip().replace(",", "")
        if len(text) > 12:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(text)

    def validate(self, value: int | None) -> None:
        super().validate(value)
        if value is not None and not self.minimum <= value <= self.maximum:
            raise ValidationError(
                f"{sentence(self.what)} must be between {self.minimum:,} and {self.maximum:,}",
                code="range",
            )


def is_email(text: str) -> bool:
    """Whether this can be a mail address."""
    try:
        EMAIL(text)
    except ValidationError:
        return False
    return True


def is_phone(text: str) -> bool:
    """Whether this can be a telephone number; spaces, brackets and dashes do not matter."""
    return bool(PHONE.match(re.sub(r"[\s()./-]", "", text)))
