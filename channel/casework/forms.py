from django import forms

from prevent_cms import fields
from prevent_cms.marking import Mark


class SignForm(forms.Form):
    """One party's answer to bringing a case to the panel."""

    endorses = fields.YesNoField(
        label="Do you endorse bringing this case to the panel?", what="whether you endorse it"
    )
    grounds = fields.LongText(
        label="Your grounds",
        what="your grounds",
        help_text="To endorse, say why there are reasonable grounds to believe that the person is "
        "vulnerable to being drawn into terrorism (Counter-Terrorism and Security Act 2015, "
        "section 36). To refuse, say what should happen instead.",
        who=Mark.COORDINATION,
        max_length=3000,
        rows=6,
    )
