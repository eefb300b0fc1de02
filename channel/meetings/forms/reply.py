"""Answering an invitation, and writing to the panel instead of coming."""

from typing import Any

from django import forms

from channel.meetings.models import Reply
from prevent_cms import edits, fields
from prevent_cms.marking import Mark


class ReplyForm(edits.EditForm, forms.Form):
    """Who comes for an agency, or its apologies."""

    who_sees_all = "everybody who may read the agenda of this meeting."
    answer = fields.RadioChoice(
        label="Does your agency come?",
        what="whether your agency comes",
        choices=Reply.Answer.choices,
    )
    name = fields.ShortText(
        label="Who comes",
        max_length=120,
        required=False,
        help_text="Leave this empty when you send apologies",
    )
    note = fields.ShortText(label="Note (optional)", what="note", max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        is_coming = cleaned.get("answer") not in (None, Reply.Answer.APOLOGIES)
        if is_coming and not cleaned.get("name") and "name" not in self.errors:
            self.add_error("name", "Enter who comes")
        return cleaned


class WrittenUpdateForm(forms.Form):
    who_sees_all = Mark.PANEL
    text = fields.LongText(
        label="What should the panel know?",
        what="what the panel should know",
        max_length=4000,
        rows=8,
        help_text="Your agency's work since the last panel, and what it asks or offers. It cannot "
        "be changed afterwards; you can write another one.",
    )
