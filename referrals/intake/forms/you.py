"""Who knows of the referral, and who makes it (R24, R112, R113; domain 3.2, 5 and 6)."""

from typing import Any

from prevent_cms import fields
from prevent_cms.answers import Answer
from referrals.intake.choices import Sector
from referrals.intake.forms.base import WHO_STORY, WHO_YOU, PageForm, no_autofill, own_detail

AGREES = [(a.value, a.label) for a in (Answer.YES, Answer.NO, Answer.NOT_ASKED, Answer.NOT_KNOWN)]


class KnowsForm(PageForm):
    conditional = {
        "person_told": {
            "yes": ("person_agrees", "person_said"),
            "no": "person_not_told_why",
        }
    }
    who_sees_all = WHO_STORY
    short = {
        "person_told": "Does the person know?",
        "person_agrees": "Does the person agree?",
        "person_said": "What the person said",
        "person_not_told_why": "Why the person has not been told",
    }
    person_told = fields.AnswerField(
        label="Have you, or has somebody, told the person about this referral?",
        what="whether the person has been told",
    )
    person_agrees = fields.RadioChoice(
        label="Do they agree to it?",
        what="whether they agree",
        choices=AGREES,
        legend="plain",
    )
    person_said = fields.LongText(
        label="What did they say? (optional)",
        what="what they said",
        max_length=1000,
        rows=3,
        required=False,
        legend="plain",
    )
    person_not_told_why = fields.LongText(
        label="Why not?",
        what="why the person has not been told",
        help_text="For example, it might put somebody at risk or lose evidence.",
        max_length=1000,
        rows=3,
        legend="plain",
    )


class ParentForm(PageForm):
    """Asked when the person is under 18, or may be (R112)."""

    conditional = {
        "parent_told": {"yes": ("parent_whom", "parent_agrees"), "no": "parent_not_told_why"}
    }
    who_sees_all = WHO_STORY
    short = {
        "parent_told": "Does a parent or carer know?",
        "parent_whom": "Parent or carer told",
        "parent_agrees": "Does the parent or carer agree?",
        "parent_not_told_why": "Why no parent or carer has been told",
    }
    parent_told = fields.AnswerField(
        label="Has a parent or carer been told about this referral?",
        what="whether a parent or carer has been told",
    )
    parent_whom = fields.ShortText(
        label="Who was told?", what="who was told", legend="plain", widget=no_autofill()
    )
    parent_agrees = fields.RadioChoice(
        label="Do they agree to it?",
        what="whether the parent or carer agrees",
        choices=AGREES,
        legend="plain",
    )
    parent_not_told_why = fields.LongText(
        label="Why not?",
        what="why no parent or carer has been told",
        help_text="For example, the family may be part of the concern.",
        max_length=1000,
        rows=3,
        legend="plain",
    )


class ReferrerForm(PageForm):
    who_sees_all = WHO_YOU
    short = {
        "referrer_name": "Name",
        "referrer_role": "Role",
        "referrer_organisation": "Organisation",
        "referrer_phone": "Telephone",
        "referrer_email": "Email",
        "anonymous": "Wish to stay anonymous",
        "noticed_first": "First to notice",
    }
    hidden = {
        "referrer_name": "your name",
        "referrer_role": "your role",
        "referrer_organisation": "your organisation",
        "sector": "your sector",
        "referrer_phone": "your telephone number",
        "referrer_email": "your email",
        "anonymous": "whether you wish to stay anonymous",
        "noticed_first": "whether you were first to notice",
    }
    referrer_name = fields.ShortText(label="Your name", what="your name", widget=own_detail("name"))
    referrer_role = fields.ShortText(
        label="Your role, or how you know the person",
        what="your role, or how you know the person",
        widget=own_detail("organization-title"),
    )
    referrer_organisation = fields.ShortText(
        label="Your organisation (optional)",
        what="your organisation",
        required=False,
        widget=own_detail("organization"),
    )
    sector = fields.SelectChoice(label="Sector", what="your sector", choices=Sector.choices)
    referrer_phone = fields.Phone(label="Your telephone number", required=False)
    referrer_email = fields.EmailAddress(label="Your email address", required=False)
    anonymous = fields.RadioChoice(
        label="Do you wish to stay anonymous?",
        what="whether you wish to stay anonymous",
        help_text="Police will know who you are. Nobody else will be told by this service.",
        choices=fields.YesNo.choices,
    )
    noticed_first = fields.RadioChoice(
        label="Were you the first to notice the concern?",
        what="whether you were the first to notice",
        choices=fields.YesNo.choices,
    )

    def clean(self) -> Any:
        cleaned = super().clean()
        given = [self.cleaned_data.get(n) for n in ("referrer_phone", "referrer_email")]
        wrong = {"referrer_phone", "referrer_email"} & self.errors.keys()
        if not any(given) and not wrong:
            self.add_error(
                "referrer_phone",
                "Enter a telephone number or an email address, so that police can ask you something",
            )
        return cleaned


class NoticerForm(PageForm):
    """Whoever noticed first, when that was not the referrer."""

    who_sees_all = WHO_YOU.replace("you ask", "they ask")
    short = {
        "noticer_name": "First noticed by",
        "noticer_role": "Role of who noticed first",
        "noticer_contact": "Contact of who noticed first",
        "noticer_anonymous": "Who noticed first wishes to stay anonymous",
    }
    noticer_name = fields.ShortText(
        label="Their name", what="the name of who noticed first", widget=no_autofill()
    )
    noticer_role = fields.ShortText(
        label="Their role and organisation, or how they know the person",
        what="their role, or how they know the person",
        widget=no_autofill(),
    )
    noticer_contact = fields.EmailOrPhone(
        label="Their telephone number or email address (optional)",
        what="how to reach them",
        required=False,
        widget=no_autofill(),
    )
    noticer_anonymous = fields.RadioChoice(
        label="Do they wish to stay anonymous?",
        what="whether they wish to stay anonymous",
        choices=fields.YesNoUnknown.choices,
    )
