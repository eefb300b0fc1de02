from typing import Any

from django import forms

from channel.meetings.models import Meeting, Remark
from prevent_cms import fields

WHOLE = "The record as a whole: attendance, times, place"
READERS = "everybody who may read these minutes; what is about one item, who may open that item."


class CorrectionForm(fields.StaleEditForm, forms.Form):
    """What was wrong in sealed minutes; it knows the version that was read."""

    who_sees_all = READERS
    lead = (
        "What was sealed is never changed. Your correction is added to it, in a new version with a "
        "hash of its own. Everybody who may read the minutes reads the correction."
    )
    stale_message = (
        "Somebody else has corrected these minutes since you opened this page. What you wrote is "
        "still here. Read the newest version in another tab, then save again if it is still needed."
    )
    item = fields.SelectChoice(
        label="What does it correct?", choices=(), empty=WHOLE, required=False
    )
    text = fields.LongText(
        label="Correction",
        what="the correction",
        help_text="Say what was wrong and how it should read. What was sealed stays readable.",
        max_length=2000,
        rows=6,
    )
    why = fields.ShortText(
        label="Why it is corrected now", what="why it is corrected now", max_length=300
    )

    def __init__(self, *args: Any, items: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = [("", WHOLE), *items]  # type: ignore[attr-defined]


class TakeForm(forms.Form):
    """Which minutes of a year go into one file."""

    meetings = fields.CheckboxModelChoices(
        label="Which minutes?", what="the minutes you want", queryset=Meeting.objects.none()
    )

    def __init__(self, *args: Any, found: list[Meeting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows: Any = self.fields["meetings"]
        rows.queryset = Meeting.objects.filter(pk__in=[one.pk for one in found])
        rows.queryset = rows.queryset.select_related("panel").order_by("-starts_at")
        rows.label_from_instance = lambda one: one.panel_and_day


class CirculateForm(forms.Form):
    """Until when the panel reads the draft."""

    until = fields.DateField(
        label="Answers are wanted by",
        what="the day by which answers are wanted",
        help_text="Members can read the draft until the end of this day.",
        future=True,
        or_today=True,
    )


class RemarkForm(forms.Form):
    """What should be corrected in a draft."""

    who_sees_all = READERS
    item = fields.SelectChoice(label="What is it about?", choices=(), empty=WHOLE, required=False)
    text = fields.LongText(
        label="Please correct",
        what="what should be corrected",
        help_text="Say nothing of a case in a comment on the record as a whole.",
        max_length=2000,
        rows=4,
    )

    def __init__(self, *args: Any, items: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = [("", WHOLE), *items]  # type: ignore[attr-defined]


class AnswerForm(fields.RevealingForm, forms.Form):
    """What the record keeper made of a comment."""

    who_sees_all = READERS
    conditional = {"state": {Remark.State.ANSWERED: "answer"}}
    state = fields.RadioChoice(
        label="What became of this comment?",
        what="what became of this comment",
        choices=[
            (Remark.State.TAKEN_OVER, "I have changed the draft"),
            (Remark.State.ANSWERED, "The draft stays as it is"),
        ],
    )
    answer = fields.LongText(
        label="Why the draft stays", what="why the draft stays", max_length=1000, rows=3
    )
