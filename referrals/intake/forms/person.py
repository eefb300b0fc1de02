"""The person the concern is about, and what is asked for fairness and figures."""

from prevent_cms import fields
from referrals.intake.choices import AgeBasis, Blank, Ethnicity, Gender
from referrals.intake.forms.base import WHO_PERSON, PageForm, no_autofill


class PersonForm(PageForm):
    conditional = {
        "age_basis": {"born": "born", "age": "age"},
        "gender": {"other": "gender_word"},
    }
    folded = ("age_basis", "gender")
    who_sees_all = WHO_PERSON
    goes_to_social_care = True
    short = {
        "name": "Name",
        "other_names": "Other names",
        "age_basis": "Age",
        "age": "Approximate age",
        "gender_word": "Gender",
    }
    name = fields.ShortText(
        label="Full name",
        help_text="If you do not know it, write what you do know, like “first name Sam”.",
        what="the name of the person",
        widget=no_autofill(),
    )
    other_names = fields.LongText(
        label="Other names or spellings (optional)",
        what="other names or spellings",
        help_text="Short names, earlier names, other ways to spell it. One on each line.",
        max_length=500,
        rows=2,
        required=False,
    )
    age_basis = fields.RadioChoice(
        label="Do you know their date of birth?",
        what="whether you know their date of birth",
        choices=AgeBasis.choices,
    )
    born = fields.DateField(
        label="Date of birth", help_text="For example, 4 3 2010", past=True, legend="plain"
    )
    age = fields.WholeNumber(
        label="About how old are they?",
        what="their approximate age",
        minimum=0,
        maximum=120,
        suffix="years",
        width="3",
        legend="plain",
    )
    gender = fields.RadioChoice(label="Gender", what="their gender", choices=Gender.choices)
    gender_word = fields.ShortText(
        label="Which word do they use?",
        what="the word they use",
        max_length=60,
        legend="plain",
        widget=no_autofill(),
    )


class HomeForm(PageForm):
    """Everything here is optional: what is not known is left empty."""

    who_sees_all = WHO_PERSON
    goes_to_social_care = True
    short = {
        "address": "Address",
        "other_addresses": "Other addresses",
        "phone": "Telephone",
        "online_names": "E-mail and online names",
        "school": "School, college or work",
        "family": "Family",
        "language": "First language",
    }
    address = fields.LongText(
        label="Address now",
        what="the address",
        max_length=300,
        rows=3,
        required=False,
    )
    other_addresses = fields.LongText(
        label="Other or earlier addresses",
        help_text="One on each line.",
        max_length=500,
        rows=2,
        required=False,
    )
    phone = fields.Phone(
        label="Telephone number", required=False, widget=no_autofill("tel"), width="20"
    )
    online_names = fields.LongText(
        label="E-mail addresses and online names",
        help_text="One on each line.",
        max_length=500,
        rows=2,
        required=False,
    )
    school = fields.ShortText(label="School, college or work", required=False, widget=no_autofill())
    family = fields.LongText(
        label="Parents, carers, children and other family",
        help_text="Say if they live with a child.",
        max_length=500,
        rows=3,
        required=False,
    )
    language = fields.ShortText(
        label="First language, and whether they need an interpreter",
        what="the first language",
        max_length=100,
        required=False,
        widget=no_autofill(),
    )


class BackgroundForm(PageForm):
    """District and ethnicity; "not known", "not asked" and "declined" are three answers (R211)."""

    conditional = {"district_basis": {"known": "district"}}
    folded = ("district_basis",)
    who_sees_all = (
        "police and the people who run the case. Published figures never name or point to anyone."
    )
    short = {"district_basis": "District", "ethnicity": "Ethnic group"}
    district_basis = fields.RadioChoice(
        label="Do you know which district or borough they live in?",
        what="whether you know the district",
        choices=Blank.choices,
    )
    district = fields.ShortText(
        label="District or borough", max_length=100, legend="plain", widget=no_autofill()
    )
    ethnicity = fields.SelectChoice(
        label="What is their ethnic group?",
        what="their ethnic group, or why you cannot say",
        help_text="Only what they, or a record, have told you. Do not guess.",
        choices=Ethnicity.choices,
    )
