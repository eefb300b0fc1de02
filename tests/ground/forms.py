"""A form with one field of every kind."""

from django import forms

from prevent_cms import fields
from prevent_cms.marking import Mark
from prevent_cms.presentation import Who


class EveryKind(fields.RevealingForm, forms.Form):
    conditional = {"source": {"other": "detail"}, "agencies": {"health": ("surgery", "since")}}
    who_sees = {"what": "police first.", "note": Mark.POLICE, "detail": Who("police.", police=True)}
    option_hints = {"agencies": {"health": "Surgery or hospital"}}

    name = fields.ShortText(label="Full name", help_text="As on official records")
    born = fields.DateField(label="Date of birth", help_text="For example, 27 3 2009", past=True)
    what = fields.LongText(label="What happened?", what="what happened", max_length=5000)
    source = fields.RadioChoice(
        label="Where did the concern come from?",
        what="where the concern came from",
        choices=[("police", "Police"), ("other", "Somewhere else")],
        option_hints={"other": "Say where below"},
    )
    detail = fields.ShortText(label="Tell us where", what="the place")
    agencies = fields.CheckboxChoices(
        label="Which agencies?",
        choices=[("police", "Police"), ("health", "Health")],
        required=False,
        small=True,
    )
    surgery = fields.ShortText(label="Name of the surgery", what="the name of the surgery")
    since = fields.DateField(label="Known since", required=False)
    area = fields.SelectChoice(label="Area", what="an area", choices=[("n", "Norfolk")])
    minutes = fields.WholeNumber(label="Minutes", minimum=1, maximum=90, suffix="minutes")
    note = fields.LongText(label="Police note", max_length=1000, rows=3, required=False)
    password = forms.CharField(
        label="Password",
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    agree = fields.Tick(label="I have searched", what="that you have searched")
    token = forms.CharField(required=False, widget=forms.HiddenInput)


GOOD = {
    "name": "Jo Invented",
    "born_day": "4",
    "born_month": "3",
    "born_year": "2010",
    "what": "Words",
    "source": "police",
    "area": "n",
    "minutes": "15",
    "agree": "on",
}
