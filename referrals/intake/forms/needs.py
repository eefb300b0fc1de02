"""Complex needs, other safeguarding concerns, who helps and what goes well (R18, R27, R28)."""

from typing import Any

from accounts.area_policy import AreaPolicy
from prevent_cms import fields
from prevent_cms.answers import Answer
from referrals.intake.forms.base import WHO_STORY, PageForm


def need(label: str) -> fields.SelectChoice:
    """One need, with all six answers that mean different things."""
    return fields.SelectChoice(
        label=label, what=f"an answer for “{label[0].lower()}{label[1:]}”", choices=Answer.choices
    )


class NeedsForm(PageForm):
    who_sees_all = WHO_STORY
    short = {"needs_more": "More about their needs"}
    care_needs = need("Care and support needs")
    learning = need("Special educational needs or a learning disability")
    disability = need("Another disability")
    mental_health = need("Mental health difficulty")
    isolation = need("Isolation")
    coercion = need("Coercion or control by somebody else")
    needs_more = fields.LongText(
        label="More about their needs (optional)",
        what="more about their needs",
        help_text="For example bullying, loss, money, housing, court, immigration, self-harm.",
        max_length=2000,
        rows=4,
        required=False,
    )


class SafetyForm(PageForm):
    who_sees_all = WHO_STORY
    short = {
        "other_safeguarding": "Other safeguarding concerns",
        "safeguarding_what": "What these concerns are",
        "services": "Who helps already",
        "strengths": "What is going well",
    }
    other_safeguarding = fields.AnswerField(
        label="Are there other safeguarding concerns?",
        what="whether there are other safeguarding concerns",
        help_text="For example neglect, abuse, exploitation, or a child in the same home.",
        choices=Answer.choices,
    )
    safeguarding_what = fields.LongText(
        label="If there are, or may be: what are they?",
        what="what the other safeguarding concerns are",
        max_length=2000,
        rows=4,
        required=False,
    )
    services = fields.LongText(
        label="Who helps them already? (optional)",
        what="who helps them already",
        help_text="Services, professionals and other people, with a contact if you have one.",
        max_length=2000,
        rows=3,
        required=False,
    )
    strengths = fields.LongText(
        label="What is going well? (optional)",
        what="what is going well",
        help_text="People they trust, interests, plans.",
        max_length=2000,
        rows=3,
        required=False,
    )

    def word_for(self, rules: AreaPolicy) -> None:
        self.fields[
            "safeguarding_what"
        ].help_text = f"Tell {rules.safeguarding_contact} as well: this form does not replace that."

    def clean(self) -> Any:
        cleaned = super().clean()
        there_are = self.cleaned_data.get("other_safeguarding") in (Answer.YES, Answer.SUSPECTED)
        name = "safeguarding_what"
        if there_are and name not in self.errors and not self.cleaned_data.get(name):
            self.add_error(name, "Enter what the other safeguarding concerns are")
        return cleaned
