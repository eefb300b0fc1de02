"""The form of the asked agency that holds nothing."""

from typing import Any

from django import forms

from prevent_cms import fields
from prevent_cms.presentation import Who

WHO = Who("police and the coordinators of the case, and your own agency. No other agency.")


class NilForm(fields.StaleEditForm, forms.Form):
    """One tick under exactly the sentence that is stored."""

    stale_message = (
        "The details to search for have changed since you opened this page, so nothing has been "
        "sent. Read the sentence again before you tick it."
    )
    who_sees = {"systems_searched": WHO}

    searched = fields.Tick(label="", what="that you searched and hold nothing")
    systems_searched = fields.ShortText(
        label="Systems you searched",
        what="the systems you searched",
        help_text="Filled in from your last return. Change it if this time was different.",
        max_length=300,
    )

    def __init__(self, data: Any = None, *, sentence: str, systems: str) -> None:
        super().__init__(data, initial={"systems_searched": systems}, version=sentence)
        self.fields["searched"].label = sentence
        if not systems:
            self.fields["systems_searched"].help_text = ""
