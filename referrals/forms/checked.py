"""Forms that are answered twice: what was typed is shown with what follows, and then it is done."""

from typing import Any

from django import forms


class CheckedForm(forms.Form):
    """A form with its check page: what is done, in the words of the button, and what follows."""

    title = ""
    lead = ""
    go = ""

    def given(self) -> list[tuple[str, Any]]:
        """What was answered, for the check page; call when the form is valid."""
        raise NotImplementedError

    def follows(self) -> list[str]:
        """What follows from it, in sentences; call when the form is valid."""
        raise NotImplementedError
