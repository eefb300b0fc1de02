from django import forms

from prevent_cms import fields


class DutyForm(forms.Form):
    """What shows that the panel meets a duty."""

    who_sees_all = "everybody who takes part in this panel. Write nothing about a person."
    note = fields.LongText(label="What shows it", what="what shows it", max_length=2000, rows=5)
