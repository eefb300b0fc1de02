import datetime
from typing import Any

from django import forms

from channel.support.actions import delivery
from channel.support.actions.items import next_statuses
from channel.support.models import PlanItem, Session
from prevent_cms import edits, fields
from prevent_cms.history.versions import Record

DELIVERED, MISSED = "delivered", "missed"


class ProgressForm(edits.EditForm, forms.Form):
    """What happened, when, and where the item stands now (R157)."""

    who_sees_all = "the panel, and the agency that leads it."

    text = fields.LongText(
        label="What happened, and what changed?",
        what="what happened",
        help_text="What was delivered or missed, and what you saw",
        max_length=2000,
        rows=4,
    )
    on = fields.DateField(
        label="Date", what="the date on which it happened", past=True, or_today=True
    )
    status = fields.RadioChoice(label="Where does it stand?", what="where it stands", choices=[])

    WORDS = {
        PlanItem.Status.PLANNED: "Not started yet",
        PlanItem.Status.STARTED: "It goes on",
        PlanItem.Status.DONE: "It is done",
        PlanItem.Status.STOPPED: "It stops",
    }

    def __init__(self, data: Any = None, *, item: PlanItem) -> None:
        super().__init__(data, record=Record(item, also=("status",)))
        field: Any = self.fields["status"]
        field.choices = [
            (status, self.WORDS[PlanItem.Status(status)]) for status in next_statuses(item)
        ]


class SessionForm(fields.RevealingForm, forms.Form):
    """One session: delivered, or missed and why (R157)."""

    conditional = {"outcome": {MISSED: "missed_why"}}
    who_sees_all = "the panel, and the agency that leads the item."

    on = fields.DateField(label="Date of the session", past=True, or_today=True)
    outcome = fields.RadioChoice(
        label="Did it take place?",
        what="whether it took place",
        choices=[(DELIVERED, "Yes, it was delivered"), (MISSED, "No, it was missed")],
    )
    missed_why = fields.ShortText(
        label="Why was it missed?",
        what="why it was missed",
        help_text="For example: he was ill, or the room was taken",
        max_length=200,
    )
    note = fields.ShortText(
        label="Short note (optional)", what="the note", max_length=300, required=False
    )

    def __init__(self, data: Any = None, *, item: PlanItem, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.item = item

    def clean_on(self) -> datetime.date:
        on: datetime.date = self.cleaned_data["on"]
        if words := self.why_not_on(on):
            raise forms.ValidationError(words)
        return on

    def why_not_on(self, on: datetime.date) -> str:
        return delivery.why_not_on(self.item, on)

    @property
    def given(self) -> dict[str, Any]:
        """The answers as the action takes them."""
        given = dict(self.cleaned_data)
        return given | {"is_delivered": given.pop("outcome") == DELIVERED}


class CorrectSessionForm(SessionForm):
    """A session that was told wrongly: how it was, and what was wrong."""

    because = fields.ShortText(
        label="What was wrong?",
        what="what was wrong",
        help_text="It stays in the record beside what was told first",
        max_length=200,
    )

    def __init__(self, data: Any = None, *, item: PlanItem, session: Session) -> None:
        initial = {name: getattr(session, name) for name in ("on", "missed_why", "note")}
        initial["outcome"] = DELIVERED if session.is_delivered else MISSED
        super().__init__(data, item=item, initial=initial)
        self.session = session

    def why_not_on(self, on: datetime.date) -> str:
        return delivery.why_not_on(self.item, on, self.session.pk)


class WithdrawSessionForm(forms.Form):
    """Why a session that was told did not exist."""

    who_sees_all = SessionForm.who_sees_all

    because = fields.ShortText(
        label="Why do you withdraw it?",
        what="why you withdraw it",
        help_text="For example: it was recorded for the wrong person. It stays in the record and no "
        "longer counts.",
        max_length=200,
    )


class SessionReportForm(forms.Form):
    """What the lead agency reports of the sessions of a period."""

    who_sees_all = "the panel, and the agency that leads the item."

    until_on = fields.DateField(
        label="The report covers the time up to",
        what="the last day it covers",
        past=True,
        or_today=True,
    )
    text = fields.LongText(
        label="What was done, and what changed?",
        what="what was done",
        help_text="What the sessions were about, what you saw, and what worries you",
        max_length=4000,
        rows=8,
    )

    def __init__(self, data: Any = None, *, item: PlanItem, today: datetime.date) -> None:
        super().__init__(data, initial={"until_on": today})
        self.item = item

    def clean_until_on(self) -> datetime.date:
        until_on: datetime.date = self.cleaned_data["until_on"]
        if words := delivery.why_not_until(self.item, until_on):
            raise forms.ValidationError(words)
        return until_on
