"""What every form field of the service shares: words for its errors, and its look."""

from typing import Any

from django import forms

from prevent_cms.marking import Mark
from prevent_cms.presentation import Who

LOOK = ("who", "legend", "page_heading", "width", "inline", "small", "prefix", "suffix")


def sentence(words: str) -> str:
    """The same words with a capital first letter, and no other letter changed."""
    return words[:1].upper() + words[1:]


class Worded(forms.Field):
    """A field that words its own errors from `what` ("date of birth"), and knows its look.

    Without `what` the label is used; a label that is a question gives "your answer".
    """

    verb = "Enter"

    def __init__(
        self,
        *args: Any,
        what: str = "",
        option_hints: dict[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        self.who: Who | Mark | str | None = None
        for name in LOOK:
            setattr(self, name, kwargs.pop(name, ""))
        self.option_hints = option_hints or {}
        self.what = what or _what_of(str(kwargs.get("label") or ""))
        own = {"required": f"{self.verb} {self.what}", **self.own_messages(kwargs)}
        kwargs["error_messages"] = {**own, **(kwargs.get("error_messages") or {})}
        super().__init__(*args, **kwargs)

    def own_messages(self, options: dict[str, Any]) -> dict[str, str]:
        """More error messages in plain English, given the constructor's other options."""
        return {}


def _what_of(label: str) -> str:
    if not label or label.endswith("?"):
        return "your answer"
    is_acronym = label[:2].isupper()
    return label if is_acronym else label[0].lower() + label[1:]
