"""What becomes of a case when consent to support is refused or withdrawn."""

from django import forms

from prevent_cms import fields
from prevent_cms.marking import Mark
from referrals.forms.leaving import LeavingForm


class BackToPanelForm(forms.Form):
    """Consent is refused or withdrawn: back to the panel, to be assessed again (s.36(4))."""

    NEXT = "panel"
    reassess_on = fields.DateField(
        label="Assess again by", what="the date of the next assessment", future=True, or_today=True
    )


class WithoutConsentForm(LeavingForm):
    """Consent is refused or withdrawn: the case is closed (R119, R121; s.36(6))."""

    NEXT = "close"
    who_sees_all = Mark.COORDINATION
    reason = fields.LongText(label="Why is the case closed?", what="why", max_length=3000, rows=4)
    field_order = ("reason",)
