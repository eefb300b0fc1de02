"""Forms about the time for an answer, and about what was said instead of written."""

from typing import Any

from django import forms

from accounts.models import User
from prevent_cms import clock, fields
from prevent_cms.components.text import gov_date
from prevent_cms.marking import Mark
from prevent_cms.presentation import Who
from referrals import deadlines
from referrals.actions import dates
from referrals.actions.conversations import Said
from referrals.actions.requests import ASKING_STAGES
from referrals.information import partners_of
from referrals.models import Case, Conversation, InformationRequest, RequestChange
from referrals.requests import time_of

What = RequestChange.What
LONG = 3000
CHOICES = {
    What.EXTENDED: ("Give more time", "Also when the date has passed"),
    What.PAUSED: ("Pause", "Nothing is due until you let the time go on"),
    What.RESUMED: ("Let the time go on", "The working days of the pause are added to the date"),
    What.ASKED_AGAIN: ("Ask again", "What was sent stays. The time is counted anew from today"),
}


def possible(request: InformationRequest) -> list[What]:
    """What can be done about the time for an answer now."""
    if request.answered_at:
        return [What.ASKED_AGAIN]
    if request.paused_on:
        return [What.RESUMED]
    return [What.EXTENDED] if request.is_overdue else [What.EXTENDED, What.PAUSED]


def is_changeable(request: InformationRequest) -> bool:
    """Whether anything can be done about the time for an answer now, as far as anybody may know."""
    case = request.case
    if request.ended_why:
        return False
    return case.stage in ASKING_STAGES if request.answered_at else case.is_open


class DatesForm(fields.RevealingForm, forms.Form):
    """More time, a pause or the end of one, or the question once more."""

    who_sees_all = Who(
        "police and the coordinators of this case, and the agency that is asked. Do not say why the "
        "person was referred."
    )

    what = fields.RadioChoice(
        label="What do you want to do?", what="what you want to do", choices=()
    )
    due_on = fields.DateField(label="New date for the answer", what="new date", future=True)
    reason = fields.LongText(label="Reason", what="the reason", max_length=LONG, rows=3)

    def __init__(self, data: Any = None, *, asked: InformationRequest) -> None:
        offered = possible(asked)
        rules = asked.case.area.rules
        start = max(asked.due_on, clock.today()) if What.EXTENDED in offered else clock.today()
        usual = deadlines.usual(rules, start)
        only = offered[0] if len(offered) == 1 else None
        super().__init__(data, initial={"due_on": usual, "what": only})
        self.asked = asked
        field: Any = self.fields["what"]
        field.choices = [(what, CHOICES[what][0]) for what in offered]
        field.option_hints = {what: CHOICES[what][1] for what in offered}
        if offered == [What.RESUMED]:
            back = time_of(asked).resumed(clock.today())
            field.option_hints = {What.RESUMED: f"The date is then {gov_date(back)}"}
        self.conditional = {
            "what": {
                what: "due_on" for what in offered if what in (What.EXTENDED, What.ASKED_AGAIN)
            }
        }
        if not self.conditional["what"]:
            del self.fields["due_on"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        due_on, what = cleaned.get("due_on"), cleaned.get("what")
        if not due_on:
            return cleaned
        if not self.asked.case.area.rules.is_open(due_on):
            self.add_error("due_on", "New date must be a working day, not a holiday")
        elif what == What.EXTENDED and due_on <= self.asked.due_on:
            self.add_error("due_on", "New date must be later than the one that holds now")
        return cleaned

    def do(self, *, by: User) -> str:
        """Do what was chosen, and say what was done; call when the form is valid."""
        given, asked = self.cleaned_data, self.asked
        match given["what"]:
            case What.EXTENDED:
                dates.extend_request(asked, due_on=given["due_on"], reason=given["reason"], by=by)
                return "More time given"
            case What.PAUSED:
                dates.pause_request(asked, reason=given["reason"], by=by)
                return "Paused"
            case What.RESUMED:
                now = dates.resume_request(asked, reason=given["reason"], by=by)
                return f"The time goes on. The answer is due on {gov_date(now.due_on)}"
        dates.ask_again(asked, due_on=given["due_on"], reason=given["reason"], by=by)
        return "Asked again"


class SaidForm(forms.Form):
    """A telephone call, or what was only said at a meeting (R38, R92, R209)."""

    who_sees_all = Mark.COORDINATION

    how = fields.RadioChoice(
        label="How was it said?", what="how it was said", choices=Conversation.How.choices
    )
    who = fields.ShortText(
        label="Who said it?", what="who said it", help_text="Name and role", max_length=200
    )
    agency = fields.SelectModelChoice(
        None, label="For which agency? (optional)", empty="Nobody on this list", required=False
    )
    on = fields.DateField(label="Day", what="day", past=True, or_today=True)
    time = fields.TimeOfDay(
        label="Time (optional)", what="the time", help_text="Like 2:30pm", required=False
    )
    said = fields.LongText(
        label="What was said",
        what="what was said",
        help_text="What they know and how they know it. Keep fact and opinion apart.",
        max_length=LONG,
        rows=5,
    )

    def __init__(self, data: Any = None, *, case: Case, agency: str = "") -> None:
        super().__init__(data, initial={"on": clock.today(), "agency": agency or None})
        self.fields["agency"].queryset = partners_of(case)  # type: ignore[attr-defined]

    def told(self) -> Said:
        """What the action takes; call when the form is valid."""
        return Said(**self.cleaned_data)
