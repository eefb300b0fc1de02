"""The question that stands wherever somebody writes what others read (CTSA 2015, s.38)."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from prevent_cms import fields

INSTEAD = (
    "Do not send it. Take out whatever comes from an intelligence service, on your force's own secure "
    "system ask your counter-terrorism intelligence unit what may be said, and send only that"
)


class SourceForm(forms.Form):
    """Mixin: its writer says that nothing of it comes from an intelligence service, or is refused."""

    instead = INSTEAD  # what to do with it, for those who write here

    sensitive = fields.YesNoField(
        label="Does any of this come from intelligence?",
        what="whether any of this comes from intelligence",
        help_text="Anything held by, obtained from or about an intelligence service. Section 38 of "
        "the Counter-Terrorism and Security Act 2015 lets nobody disclose it here.",
        small=True,
    )

    def ask_source(self, is_asked: bool) -> None:
        """Put the question last, or leave it out for those who are not asked: outside police."""
        question = self.fields.pop("sensitive")
        if is_asked:
            self.fields["sensitive"] = question

    def clean_sensitive(self) -> bool:
        if self.cleaned_data["sensitive"]:
            raise ValidationError(self.instead)
        return False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cleaned.pop("sensitive", None)  # what was asked of the writer is no part of what is sent
        return cleaned
