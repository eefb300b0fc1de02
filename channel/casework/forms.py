from typing import Any

from django import forms

from prevent_cms import fields
from prevent_cms.fields import RevealingForm
from prevent_cms.marking import Mark
from referrals.models import SignOff

Result = SignOff.Result
RAISED = ("safeguarding_person", "safeguarding_raised_on")


class SignForm(RevealingForm, forms.Form):
    """One party's answer to what happens next with an assessed case (R132)."""

    who_sees_all = Mark.COORDINATION
    result = fields.RadioChoice(
        label="What should happen next?",
        what="what should happen next",
        choices=[
            (Result.PANEL, "The panel hears the case"),
            (Result.NO_ACTION, "No further action"),
            (Result.SAFEGUARDING, "A safeguarding concern or assessment"),
        ],
        option_hints={
            Result.NO_ACTION: "The case leaves, with everything that is asked when a case leaves",
            Result.SAFEGUARDING: "By social care for children or adults, instead of the panel or "
            "beside it",
        },
    )
    beside = fields.YesNoField(
        label="Does the panel hear the case as well?",
        what="whether the panel hears the case as well",
        small=True,
    )
    safeguarding_person = fields.ShortText(
        label="Who raises the concern, or asks for the assessment",
        what="who raises the safeguarding concern",
        help_text="A person by name, and where they work.",
        max_length=200,
    )
    safeguarding_raised_on = fields.DateField(
        label="When it was raised",
        what="the date on which it was raised",
        help_text="Leave this empty if it still has to be raised. The case cannot leave before.",
        past=True,
        or_today=True,
        required=False,
    )
    grounds = fields.LongText(
        label="Your grounds",
        what="your grounds",
        help_text="For the panel, say why there are reasonable grounds to believe that the person "
        "is vulnerable to being drawn into terrorism (Counter-Terrorism and Security Act 2015, "
        "section 36). Otherwise say why there are none, or why another way is better.",
        max_length=3000,
        rows=6,
    )
    conditional = {"result": {Result.SAFEGUARDING: ("beside", *RAISED)}}

    def __init__(self, *args: Any, to_panel: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not to_panel:
            result: Any = self.fields["result"]
            result.choices = [pair for pair in result.choices if pair[0] != Result.PANEL]
            del self.fields["beside"]
            self.conditional = {"result": {Result.SAFEGUARDING: RAISED}}

    def clean(self) -> Any:
        cleaned = super().clean()
        if cleaned.pop("beside", None):
            cleaned["result"] = Result.BESIDE
            if not cleaned.get("safeguarding_raised_on"):
                wanted = "Enter when it was raised. The panel is convened once it has been"
                self.add_error("safeguarding_raised_on", wanted)
        return cleaned
