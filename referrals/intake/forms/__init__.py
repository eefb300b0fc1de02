"""The questions of the referral form, a form class for each page."""

from referrals.intake.forms.base import PageForm
from referrals.intake.forms.before import CalledForm, CheckForm, DangerForm, NoticeForm, ShareForm
from referrals.intake.forms.concern import ConcernForm, InfluenceForm, SignsForm
from referrals.intake.forms.needs import NeedsForm, SafetyForm
from referrals.intake.forms.person import BackgroundForm, HomeForm, PersonForm
from referrals.intake.forms.you import KnowsForm, NoticerForm, ParentForm, ReferrerForm

__all__ = [
    "BackgroundForm",
    "CalledForm",
    "CheckForm",
    "ConcernForm",
    "DangerForm",
    "HomeForm",
    "InfluenceForm",
    "KnowsForm",
    "NeedsForm",
    "NoticeForm",
    "NoticerForm",
    "PageForm",
    "ParentForm",
    "PersonForm",
    "ReferrerForm",
    "SafetyForm",
    "ShareForm",
    "SignsForm",
]
