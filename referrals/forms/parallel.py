"""Forms of what runs beside Channel."""

from typing import Any

from django import forms

from accounts.models import Agency
from prevent_cms import edits, fields
from prevent_cms.fields import RevealingForm
from prevent_cms.history.versions import Record
from prevent_cms.marking import Mark
from prevent_cms.presentation import Who
from referrals import parallel
from referrals.access import Reader
from referrals.actions.parallel import Terms
from referrals.forms.desk import SECTION_38
from referrals.forms.source import SourceForm
from referrals.models import ParallelProcess

Kind = ParallelProcess.Kind


class TermsForm(SourceForm, forms.Form):
    """What is agreed with those who run it, and can change."""

    who_sees_all: Mark | Who = Mark.COORDINATION

    lead = fields.ShortText(
        label="Lead agency", what="the lead agency", max_length=200, help_text="Who runs it"
    )
    contact = fields.ShortText(
        label="Contact",
        what="the contact",
        help_text="A person by name, and how to reach them",
        max_length=300,
    )
    agencies = fields.CheckboxModelChoices(
        Agency.objects.none(),
        label="Agencies of this area that take part (optional)",
        help_text="Those of a care plan or child protection plan are expected at the panel.",
        required=False,
        small=True,
    )
    ownership = fields.RadioChoice(
        label="Who owns the case?",
        what="who owns the case",
        choices=ParallelProcess.Ownership.choices,
        small=True,
    )
    note = fields.LongText(
        label="What has been agreed between the two (optional)",
        help_text=SECTION_38,
        required=False,
        max_length=2000,
        rows=3,
    )
    review_on = fields.DateField(
        label="When this is looked at again",
        what="the day on which this is looked at again",
        future=True,
        or_today=True,
    )

    def __init__(self, *args: Any, reader: Reader, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.who_sees_all = parallel.who_reads(reader)
        field: Any = self.fields["agencies"]
        field.queryset = parallel.partners(reader.case)
        self.ask_source(reader.is_police)

    def terms(self) -> Terms:
        """The answers as the action wants them; call when the form is valid."""
        given = {name: self.cleaned_data[name] for name in Terms.__dataclass_fields__}
        return Terms(**given | {"agencies": tuple(one.pk for one in given["agencies"])})


class ProcessForm(RevealingForm, TermsForm):
    """The same with what does not change: which process it is, and since when."""

    kind = fields.RadioChoice(
        label="What runs beside Channel?", what="what runs beside Channel", choices=[], small=True
    )
    name = fields.ShortText(label="What it is called", what="what it is called", max_length=120)
    since = fields.DateField(
        label="Since when", what="since when it runs", past=True, or_today=True
    )
    conditional = {"kind": {Kind.OTHER: "name"}}
    field_order = ("kind", "name", "since")

    def __init__(self, *args: Any, reader: Reader, **kwargs: Any) -> None:
        super().__init__(*args, reader=reader, **kwargs)
        field: Any = self.fields["kind"]
        field.choices = parallel.kinds_for(reader)

    def identity(self) -> dict[str, Any]:
        """What it is; call when the form is valid."""
        return {name: self.cleaned_data[name] for name in ("kind", "name", "since")}


class ChangeForm(edits.EditForm, TermsForm):
    """Looking at it again; who reads it is who reads the process."""

    def __init__(self, *args: Any, reader: Reader, record: Record, **kwargs: Any) -> None:
        super().__init__(*args, reader=reader, record=record, **kwargs)
        self.who_sees_all = _who_reads(record.row, reader)


def _who_reads(process: ParallelProcess, reader: Reader) -> Mark:
    return Mark(process.mark) if reader.is_police else Mark.COORDINATION


class EndForm(forms.Form):
    """The end of a process, and why."""

    who_sees_all: Mark | Who = Mark.COORDINATION

    ended_on = fields.DateField(
        label="When it ended", what="the day on which it ended", past=True, or_today=True
    )
    ended_why = fields.LongText(label="Why", what="why it has ended", max_length=2000, rows=4)

    def __init__(self, *args: Any, reader: Reader, process: ParallelProcess, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.process = process
        self.who_sees_all = _who_reads(process, reader)

    def clean_ended_on(self) -> Any:
        day = self.cleaned_data["ended_on"]
        if day and day < self.process.since:
            raise forms.ValidationError("When it ended must not be before it began")
        return day
