"""Forms on who has a case: letting an agency in, and out again."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Agency, Membership, User
from accounts.roles import ROLES, Role, ShareKind
from prevent_cms import fields
from prevent_cms.marking import Mark
from prevent_cms.presentation import Who
from referrals import consequences, holders
from referrals.actions.sharing import Share
from referrals.forms.checked import CheckedForm
from referrals.forms.grounds import GroundsForm, told
from referrals.forms.source import SourceForm
from referrals.models import Case


class ShareForm(SourceForm, GroundsForm, CheckedForm):
    """Letting one more agency in: which, to what, and why that is lawful."""

    title = "Share with another agency"
    go = "Share the case"
    who_sees_all = Who(
        "police and the coordinators of this case read this form. The agency reads who let it in, "
        "for what part and until when, not your reasons."
    )
    field_order = ("agency", "kind", "what", "until")

    agency = fields.SelectModelChoice(Agency.objects.none(), label="Agency", what="the agency")
    kind = fields.RadioChoice(
        label="What they may do",
        what="what they may do",
        choices=[
            (ShareKind.PANEL, "Take part in the panel"),
            (ShareKind.DELIVER, "Give support"),
        ],
        option_hints={
            ShareKind.PANEL: "Sees what is marked for the panel, from agenda to exit",
            ShareKind.DELIVER: "Sees its own part of the plan, sessions and risk to staff",
        },
        small=True,
    )
    what = fields.ShortText(
        label="What you share",
        what="what you share",
        help_text="In words, for the register. For example, panel papers for 3 December.",
        max_length=300,
    )
    until = fields.DateField(
        label="Until (optional)",
        what="date until which you share",
        help_text="The share ends by itself at the end of this day.",
        future=True,
        or_today=True,
        required=False,
    )

    def __init__(self, data: Any = None, *, case: Case, by: User) -> None:
        super().__init__(data)
        self.case, agencies = case, holders.agencies_to_let_in(case)
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined]
        self.ask_agreement(case.area, agencies, by=by, case=case)
        self.ask_source(True)  # police alone share a case

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        agency, kind = cleaned.get("agency"), cleaned.get("kind")
        if agency and not agency.power_to_share and not cleaned.get("power"):
            self.add_error("power", f"Enter the legal power for sharing with {agency.name}")
        if agency and kind and not _can_use(agency, kind):
            self.add_error("kind", f"Nobody at {agency.name} has a role that can use this share")
        return cleaned

    def receiving(self) -> list[Agency]:
        agency = self.cleaned_data.get("agency")
        return [agency] if agency else []

    def share(self) -> Share:
        """What the action takes."""
        given = self.cleaned_data
        return Share(
            agency=given["agency"],
            kind=ShareKind(given["kind"]),
            what=given["what"],
            grounds=self.grounds(),
            until=_end_of(given["until"]) if given["until"] else None,
        )

    def given(self) -> list[tuple[str, Any]]:
        given, share = self.cleaned_data, self.share()
        return [
            ("Agency", share.agency.name),
            ("What they may do", holders.KIND_WORDS[share.kind]),
            ("What you share", share.what),
            ("Until", given["until"] or "No end date: until you stop it"),
            ("Power that is recorded", share.grounds.power_for(share.agency)),
            *told(share.grounds),
        ]

    def follows(self) -> list[str]:
        return consequences.of_sharing(self.case, self.cleaned_data["kind"])


def _can_use(agency: Agency, kind: str) -> bool:
    """Whether somebody there has a role that can use such a share."""
    held = Membership.objects.current().filter(agency=agency, user__is_active=True)
    return any(kind in ROLES[Role(role)].kinds for role in held.values_list("role", flat=True))


def _end_of(day: datetime.date) -> datetime.datetime:
    midnight = datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time())
    return timezone.make_aware(midnight)


class StopForm(CheckedForm):
    """Ending the share of one agency."""

    title = "Stop sharing"
    go = "Stop sharing"
    who_sees_all = Mark.COORDINATION
    reason = fields.LongText(label="Why you stop sharing", what="why you stop sharing", rows=3)

    def __init__(self, data: Any = None, *, agency: Agency, kind: ShareKind) -> None:
        super().__init__(data)
        self.agency, self.kind = agency, kind
        self.lead = f"{agency.name}: {holders.KIND_WORDS[kind].lower()}"

    def given(self) -> list[tuple[str, Any]]:
        return [
            ("Agency", self.agency.name),
            ("Part", holders.KIND_WORDS[self.kind]),
            ("Reason", self.cleaned_data["reason"]),
        ]

    def follows(self) -> list[str]:
        return consequences.of_unsharing(self.agency, self.kind)


class CorrectionForm(forms.Form):
    """What is added to an entry of the register."""

    who_sees_all = Mark.COORDINATION
    text = fields.LongText(
        label="What is wrong, and what is right?", what="the correction", max_length=3000, rows=4
    )
