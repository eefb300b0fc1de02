from typing import Any

from django import forms

from channel.support.models import ExitReport
from prevent_cms import fields
from prevent_cms.marking import Mark
from referrals.forms.leaving import LeavingForm


class ReportForm(LeavingForm):
    """The closing report, with the evidence (R172)."""

    who_sees_all = Mark.PANEL

    outcome = fields.RadioChoice(
        label="Outcome", choices=[(o.value, o.label) for o in ExitReport.OUTCOMES]
    )
    evidence = fields.LongText(
        label="What shows it?", what="what shows it", max_length=3000, rows=4
    )
    told = fields.LongText(
        label="Who has been told, and who will be?",
        what="who has been told",
        help_text="The person, family or carers, and the referrer",
        max_length=1000,
        rows=2,
    )
    field_order = ("outcome", "evidence", "told")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        del self.fields["handed_over_on"]
        self.fields["destination"].label = "What goes on after the exit, and who does it"

    def report(self) -> dict[str, Any]:
        """What the action takes; call when the form is valid."""
        given = {name: self.cleaned_data[name] for name in ("outcome", "evidence", "told")}
        return {**given, "leaving": self.leaving()}


class SignForm(forms.Form):
    """One endorsement, or not, with its reason (R171)."""

    who_sees_all = Mark.COORDINATION
    endorses = fields.RadioChoice(
        label="Your answer",
        what="whether you endorse the exit",
        choices=[
            ("yes", "Endorse the exit"),
            ("no", "Do not endorse: back to the next panel"),
        ],
    )
    reason = fields.LongText(
        label="Your reason",
        help_text="Required either way. It goes on the record under your name.",
        max_length=2000,
        rows=4,
    )
