from typing import Any

from django import forms

from channel.meetings.pack.copies import Page
from prevent_cms import fields
from prevent_cms.marking import Mark


class SupplementForm(forms.Form):
    """Which briefs are made anew, and what the cover says of it."""

    who_sees_all = Mark.PANEL

    numbers = fields.CheckboxChoices(
        label="Items whose briefs have changed", what="the items", choices=()
    )
    note = fields.LongText(
        label="What has changed?",
        what="what has changed",
        help_text="It stands on the cover, for everybody who may read the item.",
        max_length=240,
        rows=3,
    )

    def __init__(self, data: Any = None, *, pages: list[Page], is_after_recall: bool) -> None:
        super().__init__(data)
        numbers: Any = self.fields["numbers"]
        numbers.choices = [(page.number, page.title) for page in pages if page.is_open]
        if is_after_recall:  # every brief is made anew, whichever are named on the cover
            numbers.required = False
            numbers.label = "Items to name on the cover"
            self.fields["note"].required = False


class RecallForm(forms.Form):
    """Why a version is taken back."""

    who_sees_all = Mark.COORDINATION

    version = forms.CharField(widget=forms.HiddenInput)
    reason = fields.LongText(
        label="Why is it recalled?",
        what="why it is recalled",
        help_text="Everybody who runs meetings of this panel reads it, also those to whom an item is "
        "closed. Name no case, no item and no person.",
        max_length=1000,
        rows=3,
    )

    def __init__(self, data: Any = None, *, version: str) -> None:
        super().__init__(data, initial={"version": version})
