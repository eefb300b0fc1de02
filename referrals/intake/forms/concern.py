"""The concern in the referrer's own words, with prompts that are no profile (R12, R16, R17, R19)."""

from prevent_cms import fields
from referrals.intake.choices import Behaviour, History, Influence, Material, Says
from referrals.intake.forms.base import DATE_HINT, WHO_STORY, PageForm


class ConcernForm(PageForm):
    who_sees = {"what": WHO_STORY, "threats": WHO_STORY}
    goes_to_social_care = True
    never_there = ("threats",)
    short = {
        "what": "What has happened",
        "last_on": "Most recent time",
        "threats": "Plans or threats",
    }
    what = fields.LongText(
        label="What happened, in your own words", what="what happened", max_length=5000, rows=10
    )
    last_on = fields.DateField(
        label="When was the most recent time?",
        what="the date of the most recent time",
        help_text=DATE_HINT,
        past=True,
        or_today=True,
    )
    threats = fields.LongText(
        label="Any plan or threat (optional)",
        what="the plan or threat",
        help_text="Against whom, when, and in what words. Say if they plan to travel.",
        max_length=2000,
        rows=4,
        required=False,
    )


class SignsForm(PageForm):
    who_sees_all = WHO_STORY
    short = {
        "says": "What they say",
        "material": "What they have",
        "behaviour": "How they behave",
        "history": "What they tell of their past",
        "proscribed": "Link to a banned organisation",
        "proscribed_which": "Which organisation",
    }
    says = fields.CheckboxChoices(label="What they say", choices=Says.choices, required=False)
    material = fields.CheckboxChoices(
        label="What they have or look at", choices=Material.choices, required=False
    )
    behaviour = fields.CheckboxChoices(
        label="How they behave", choices=Behaviour.choices, required=False
    )
    history = fields.CheckboxChoices(
        label="What they tell you about their past", choices=History.choices, required=False
    )
    proscribed = fields.AnswerField(
        label="Is there a link to a banned (proscribed) organisation?",
        what="whether there is a link to a banned organisation",
        choices=fields.YesNoSuspected.choices,
    )
    proscribed_which = fields.ShortText(
        label="If there is, or may be: which one? (optional)",
        what="the organisation",
        required=False,
    )


class InfluenceForm(PageForm):
    who_sees_all = WHO_STORY
    short = {"influence": "What may influence them", "influence_more": "More about the influence"}
    influence = fields.CheckboxChoices(
        label="How may they be influenced?", choices=Influence.choices, required=False
    )
    influence_more = fields.LongText(
        label="What do you know about it?",
        what="what you know about it",
        max_length=2000,
        rows=4,
        required=False,
    )
