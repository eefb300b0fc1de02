"""Immediate danger, then notice, check and share (R3-R10, R25, R35)."""

import datetime
from typing import Any

from django.utils import timezone

from accounts.area_policy import AreaPolicy
from prevent_cms import clock, fields
from referrals.intake.choices import Lead, Phoned
from referrals.intake.forms.base import DATE_HINT, WHO_STORY, WHO_YOU, PageForm, no_autofill


class DangerForm(PageForm):
    short = {"danger": "Danger now"}
    danger = fields.RadioChoice(
        label="Is anyone in danger now?",
        what="whether anyone is in danger now",
        choices=fields.YesNo.choices,
        legend="hidden",
        option_hints={"yes": "Someone may be hurt, has a weapon, or is about to travel"},
    )


class CalledForm(PageForm):
    """When and whom the referrer called before going on (R35)."""

    who_sees_all = WHO_STORY
    short = {
        "called_number": "Number called",
        "called_on": "Day of the call",
        "called_at": "Time of the call",
        "called_reference": "Incident number",
    }
    called_number = fields.RadioChoice(
        label="Which number did you call?", what="which number you called", choices=Phoned.choices
    )
    called_on = fields.DateField(
        label="Which day did you call?",
        what="the day of your call",
        help_text=DATE_HINT,
        past=True,
        or_today=True,
    )
    called_at = fields.TimeOfDay(
        label="At about what time?", what="the time of your call", help_text="For example, 2:30pm"
    )
    called_reference = fields.ShortText(
        label="Incident number, if you were given one",
        what="the incident number",
        required=False,
        max_length=50,
        width="20",
    )

    def clean(self) -> Any:
        cleaned = super().clean()
        day, time = self.cleaned_data.get("called_on"), self.cleaned_data.get("called_at")
        if day and time:
            moment = timezone.make_aware(datetime.datetime.combine(day, time))
            if moment > clock.now():
                self.add_error("called_at", "The time of your call must be in the past")
        return cleaned


class NoticeForm(PageForm):
    who_sees = {"noticed_what": WHO_STORY, "noticed_who": WHO_YOU}
    short = {
        "noticed_what": "What changed",
        "noticed_who": "Who noticed",
        "noticed_on": "First noticed on",
    }
    noticed_what = fields.LongText(
        label="What has changed?",
        what="what has changed",
        help_text="A few words are enough here. You can say more under “The concern”.",
        max_length=2000,
        rows=4,
    )
    noticed_who = fields.ShortText(
        label="Who noticed it?",
        what="who noticed it",
        help_text="A role is enough, like “his form tutor” or “me”.",
        widget=no_autofill(),
    )
    noticed_on = fields.DateField(
        label="When was it first noticed?",
        what="the date it was first noticed",
        help_text=f"{DATE_HINT}. If you do not know the day, give your best guess.",
        past=True,
        or_today=True,
    )


class CheckForm(PageForm):
    conditional = {
        "checked": {
            "yes": ("checked_whom", "checked_on", "check_result"),
            "no": "not_checked_why",
        },
        "lead_told": {"yes": "lead_result"},
    }
    who_sees_all = WHO_STORY
    short = {
        "checked": "Spoke to colleagues or partners",
        "checked_whom": "Checked with",
        "checked_on": "Checked on",
        "check_result": "What came of it",
        "not_checked_why": "Why nobody was spoken to",
        "lead_told": "Spoke to own safeguarding or Prevent lead",
        "lead_result": "What the lead said",
    }
    checked = fields.RadioChoice(
        label="Have you spoken to colleagues or partners about it?",
        what="whether you have spoken to anyone",
        choices=fields.YesNo.choices,
    )
    checked_whom = fields.ShortText(
        label="Whom did you speak to?",
        what="whom you spoke to",
        legend="plain",
        widget=no_autofill(),
    )
    checked_on = fields.DateField(
        label="When?",
        what="the date you spoke to them",
        help_text=DATE_HINT,
        past=True,
        or_today=True,
        legend="plain",
    )
    check_result = fields.LongText(
        label="What came of it?", what="what came of it", max_length=2000, rows=4, legend="plain"
    )
    not_checked_why = fields.ShortText(
        label="Why not?", what="why you have not spoken to anyone", max_length=500, legend="plain"
    )
    lead_told = fields.RadioChoice(
        label="Have you spoken to your own safeguarding or Prevent lead?",
        what="whether you have spoken to your own lead",
        choices=Lead.choices,
    )
    lead_result = fields.ShortText(
        label="What did they say?", what="what your lead said", max_length=500, legend="plain"
    )


class ShareForm(PageForm):
    conditional = {
        "shared": {
            "yes": ("shared_whom", "shared_on", "shared_result"),
            "no": "not_shared_why",
        }
    }
    who_sees_all = WHO_STORY
    short = {
        "shared": "Told a safeguarding service",
        "shared_whom": "Safeguarding service told",
        "shared_on": "Told on",
        "shared_result": "What the service said",
        "not_shared_why": "Why no service was told",
    }
    shared = fields.RadioChoice(
        label="Have you told a safeguarding service?",
        what="whether you have told a safeguarding service",
        choices=fields.YesNo.choices,
    )
    shared_whom = fields.ShortText(
        label="Which service?", what="which service you told", legend="plain"
    )
    shared_on = fields.DateField(
        label="When?",
        what="the date you told them",
        help_text=DATE_HINT,
        past=True,
        or_today=True,
        legend="plain",
    )
    shared_result = fields.LongText(
        label="What did they say? (optional)",
        what="what they said",
        max_length=2000,
        rows=3,
        required=False,
        legend="plain",
    )
    not_shared_why = fields.ShortText(
        label="Why not?", what="why you have not told them", max_length=500, legend="plain"
    )

    def word_for(self, rules: AreaPolicy) -> None:
        self.fields["shared"].label = f"Have you told {rules.safeguarding_contact}?"
