from django import forms

from channel.support.models import ExitReport
from prevent_cms import fields
from prevent_cms.marking import Mark


class ReportForm(forms.Form):
    """The closing report, with the evidence (R172)."""

    who_sees_all = Mark.PANEL

    outcome = fields.RadioChoice(
        label="Outcome", choices=[(o.value, o.label) for o in ExitReport.OUTCOMES]
    )
    evidence = fields.LongText(
        label="What shows it?", what="what shows it", max_length=3000, rows=4
    )
    health_and_care_considered = fields.LongText(
        label="How were health and social care considered?",
        what="how health and social care were considered",
        max_length=2000,
        rows=3,
    )
    after_care = fields.LongText(
        label="What goes on after the exit, and who does it?",
        what="what goes on after the exit",
        help_text="Services the person was shown to, and a named contact",
        max_length=2000,
        rows=3,
    )
    told = fields.LongText(
        label="Who has been told, and who will be?",
        what="who has been told",
        help_text="The person, family or carers, and the referrer",
        max_length=1000,
        rows=2,
    )


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
