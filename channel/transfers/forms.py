"""Forms of a transfer: the proposal, the answer of the other chair, the check of its police."""

from typing import Any

from django import forms

from accounts.models import Area
from prevent_cms import fields
from prevent_cms.fields import RevealingForm
from prevent_cms.presentation import Who
from referrals import transfers
from referrals.actions.transfer import Proposal
from referrals.models import Case, System, Transfer

BOTH = (
    "Police, Prevent lead, chair and administrator here; after the transfer those of the other area"
)
HERE = "The coordinators of this case"


class ProposalForm(forms.Form):
    who_sees_all = BOTH
    to_area = fields.RadioModelChoice(
        None, label="Which area does the case move to?", what="the area", small=True
    )
    why = fields.RadioChoice(
        label="Why does the person move?",
        what="why the person moves",
        choices=Transfer.Why.choices,
        small=True,
    )
    stay = fields.RadioChoice(
        label="How long are they expected to live there?",
        what="how long they are expected to live there",
        choices=Transfer.Stay.choices,
        small=True,
    )
    considered = fields.LongText(
        label="What that means for where the case sits",
        what="what the length of the move means for the case",
        help_text="The chair of the other area does not read this before the case has moved. Tell "
        "them on the telephone what they need.",
        max_length=2000,
        rows=4,
    )
    effective_on = fields.DateField(
        label="From which day?",
        what="the day of the transfer",
        help_text="Nobody here can open the case from that day on.",
        future=True,
        or_today=True,
    )
    sight = fields.RadioChoice(
        label="The case is restricted. Who is to see it there?",
        what="who is to see it there",
        choices=Transfer.Sight.choices,
        small=True,
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_area"].queryset = transfers.areas_to(case)  # type: ignore[attr-defined]
        if not case.is_restricted:
            del self.fields["sight"]

    def proposal(self) -> Proposal:
        """What the action takes; call when the form is valid."""
        return Proposal(**self.cleaned_data)


class WithdrawForm(forms.Form):
    who_sees_all = HERE
    reason = fields.LongText(label="Why it is taken back", what="why", max_length=1000, rows=3)


class TransferAnswerForm(RevealingForm, forms.Form):
    who_sees_all = "The coordinators of the case in the other area"
    conditional = {"accepts": {"yes": "lead", "no": "reason"}}
    accepts = fields.YesNoField(
        label="Does your area take the case?", what="whether your area takes it", small=True
    )
    lead = fields.RadioModelChoice(
        None,
        label="Who leads it for the local authority?",
        what="who leads it",
        help_text="The officer is the one who checks and takes it for police.",
        small=True,
    )
    reason = fields.LongText(
        label="Why not",
        what="why not",
        help_text="Whoever proposed the transfer reads this.",
        max_length=1000,
        rows=3,
    )

    def __init__(self, *args: Any, transfer: Transfer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead"].queryset = transfers.leads(transfer)  # type: ignore[attr-defined]


class TransferCheckForm(RevealingForm, forms.Form):
    who_sees_all = Who("police of your area only.", police=True)
    conditional = {"is_clear": {"no": "reason"}}
    systems = fields.CheckboxChoices(
        label="Systems checked",
        help_text="Tick each one that you have searched.",
        what="the systems that you searched",
        choices=[],
        small=True,
    )
    is_clear = fields.YesNoField(
        label="Is the person clear of live investigations here?",
        what="whether the person is clear",
        help_text="With yes you take the case: it is yours from the day of the transfer.",
        small=True,
    )
    reason = fields.LongText(
        label="Why not",
        what="why not",
        help_text="Nobody outside police learns that the check was not clear. The officer who has "
        "the case is told to speak with you.",
        max_length=2000,
        rows=3,
    )

    def __init__(self, *args: Any, area: Area, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["systems"].choices = [  # type: ignore[attr-defined]
            (code, System.words(code)) for code in area.rules.check_systems
        ]
