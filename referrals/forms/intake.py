from typing import Any

from django import forms

from accounts.models import Area
from prevent_cms import fields


class AreaForm(forms.Form):
    """In which area the person lives; only areas that take referrals can be chosen."""

    area = fields.RadioChoice(
        label="Where does the person live?",
        what="where the person lives",
        help_text="If you do not know, choose where you noticed it.",
        choices=[],
        legend="l",
    )

    def __init__(self, *args: Any, areas: list[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.areas = {area.slug: area for area in areas}
        self.fields["area"].choices = [(area.slug, area.name) for area in areas]  # type: ignore[attr-defined]

    def chosen(self) -> Area | None:
        """The area, or None when none or an unknown one was given."""
        return self.areas[self.cleaned_data["area"]] if self.is_valid() else None
