"""What a desk outside police adds when it passes a concern on."""

from django import forms

from prevent_cms import fields
from prevent_cms.presentation import Who


class DeskForm(forms.Form):
    """Its own reference; nothing else, for the referral is passed on untouched (seed 004, 4.1)."""

    who_sees_all = Who("police, and your agency in the list of what it forwarded")

    own_reference = fields.ShortText(
        label="Your own reference for it (optional)",
        what="your own reference",
        help_text="A number or code. No name: the list of what you forwarded names nobody.",
        max_length=60,
        required=False,
    )
