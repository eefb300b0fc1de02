"""Inviting somebody for one case, and what they answered."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from accounts.models import Agency
from channel.meetings import invitations
from channel.meetings.actions.invitations import Guest
from channel.meetings.expected import Expected
from channel.meetings.models import Invitation, Meeting
from prevent_cms import edits, fields
from prevent_cms.marking import Mark
from referrals.forms.agreed import AgreedForm
from referrals.models import Case

AGENCY, PERSON = "agency", "person"


class InviteForm(fields.RevealingForm, AgreedForm):
    """For which case, who, how to reach them, and why."""

    who_sees_all = Mark.COORDINATION
    conditional = {"kind": {AGENCY: "agency", PERSON: ("name", "organisation", "contact")}}

    case = fields.SelectChoice(label="For which case?", what="for which case", choices=())
    kind = fields.RadioChoice(
        label="Who is invited?",
        what="who is invited",
        choices=[
            (AGENCY, "An agency that uses this service"),
            (PERSON, "A person without an account here"),
        ],
    )
    agency = fields.SelectModelChoice(
        Agency.objects.none(),
        label="Agency",
        empty="Choose an agency",
        help_text="Its panel members can open this item, and no other, until two months after the "
        "meeting.",
    )
    name = fields.ShortText(label="Name", max_length=120)
    organisation = fields.ShortText(
        label="Role and organisation (optional)",
        what="role and organisation",
        max_length=120,
        required=False,
        help_text="For example, head of year",
    )
    contact = fields.EmailOrPhone(
        label="Email address or telephone number",
        what="an email address or a telephone number",
        max_length=254,
        help_text="An email says only when and where, and whom to ask. Ring who has no email.",
    )
    why = fields.ShortText(label="Why are they invited?", what="why", max_length=200)

    def __init__(self, data: Any = None, *, meeting: Meeting, cases: Sequence[Case], **kwargs: Any):
        super().__init__(data, **kwargs)
        self.meeting, self.cases = meeting, {one.reference: one for one in cases}
        case, agency = (self.fields[name] for name in ("case", "agency"))
        case.choices = [("", "Choose a case"), *((one, one) for one in self.cases)]  # type: ignore[attr-defined]
        agency.queryset = meeting.panel.agencies(is_core=False)  # type: ignore[attr-defined]

    def receiving(self) -> Iterable[Agency]:
        given = self.cleaned_data
        return [given["agency"]] if given.get("kind") == AGENCY and given.get("agency") else []

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if self.errors:
            return given
        agency, name = given["agency"], given["name"]
        if invitations.is_invited(self.meeting, self.case_chosen.pk, agency, name):
            self.add_error("agency" if agency else "name", invitations.ALREADY.rstrip("."))
        return given

    @property
    def case_chosen(self) -> Case:
        """The case that was chosen; call when the form is valid."""
        return self.cases[self.cleaned_data["case"]]

    def guest(self, expected_as: str) -> Guest:
        """Who is invited, for the action; call when the form is valid."""
        names = ("why", "agency", "name", "organisation", "contact")
        return Guest(**{name: self.cleaned_data[name] for name in names}, expected_as=expected_as)


def filled(reference: str, person: Expected | None) -> dict[str, Any]:
    """What the form begins with: a case, and somebody expected for it."""
    if person is None:
        return {"case": reference}
    if person.agency:
        return {"case": reference, "kind": AGENCY, "agency": person.agency, "why": person.why}
    names = ("why", "name", "organisation", "contact")
    return {"case": reference, "kind": PERSON, **{name: getattr(person, name) for name in names}}


class GuestAnswerForm(edits.EditForm, forms.Form):
    """What somebody who is invited has answered."""

    answer = fields.RadioChoice(
        label="Do they come?", what="whether they come", choices=Invitation.Answer.choices
    )
