"""Forms of a safeguarding notice: what is sent, and what comes back."""

from typing import Any

from django import forms

from accounts.models import Agency
from prevent_cms import fields
from prevent_cms.marking import Mark
from prevent_cms.presentation import Who
from referrals import consequences, notices
from referrals.access import Reader
from referrals.forms.checked import CheckedForm
from referrals.forms.desk import SECTION_38
from referrals.forms.source import SourceForm
from referrals.models import NoticeOutcome, SafeguardingNotice

About = SafeguardingNotice.About


class NoticeForm(SourceForm, CheckedForm):
    """What one agency is told, and nothing besides."""

    title = "Send a safeguarding notice"
    lead = (
        "For a safeguarding concern that one agency has to know of now. Nothing holds it up: not "
        "the check against live investigations, and not a hold. If anybody is in danger, "
        "telephone first."
    )
    go = "Send the notice"
    who_sees_all: Mark | Who = Mark.POLICE

    about = fields.RadioChoice(
        label="Who is the concern about?",
        what="who the concern is about",
        choices=About.choices,
        small=True,
        inline=True,
    )
    agency = fields.SelectModelChoice(Agency.objects.none(), label="Agency", what="the agency")
    text = fields.LongText(
        label="What the agency needs to know",
        what="what the agency needs to know",
        help_text="It reads exactly this and nothing else: write who the person is, with date of "
        "birth and address, what the concern is, and whom to telephone about it. Do not mention a "
        f"referral or a check unless the agency must know. {SECTION_38}",
        max_length=5000,
        rows=10,
    )
    told_by_phone = fields.ShortText(
        label="Who was telephoned, and when (optional)",
        what="who was telephoned",
        help_text="Not sent. For somebody at risk now, telephone before you send this.",
        max_length=300,
        required=False,
    )

    def __init__(self, data: Any = None, *, reader: Reader) -> None:
        case = reader.case
        about = notices.about_for(reader)
        agency = notices.agency_for(case, about)
        super().__init__(data, initial={"about": about, "agency": agency})
        self.reader = reader
        self.who_sees_all = notices.who_reads(case, is_police=reader.is_police)
        self.fields["agency"].queryset = notices.receivers(case)  # type: ignore[attr-defined]
        self.ask_source(reader.is_police)

    def given(self) -> list[tuple[str, Any]]:
        given = self.cleaned_data
        return [
            ("About", About(given["about"]).label),
            ("Telephoned", given["told_by_phone"] or "Nobody was telephoned"),
        ]

    def follows(self) -> list[str]:
        return consequences.of_notice(self.reader.case, self.cleaned_data["agency"])


class NoticeAnswerForm(forms.Form):
    """What the agency did about it (R29)."""

    who_sees_all = Who("those who sent the notice and work on it with them, and your own agency.")

    outcome = fields.RadioChoice(
        label="What came of it?",
        what="what came of it",
        choices=NoticeOutcome.choices,
        option_hints={
            NoticeOutcome.ACTIONED: "Your agency has done something, or will",
            NoticeOutcome.PREVENT: "Something that may bear on being drawn into terrorism, "
            "whatever else you did",
        },
    )
    answer = fields.LongText(
        label="What you did, and what you found",
        what="what you did",
        help_text="Only what is necessary and relevant. Say whom to telephone about it.",
        max_length=5000,
        rows=6,
    )
