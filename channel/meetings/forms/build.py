"""The forms of an item's page, made from what the page already knows."""

import dataclasses
from typing import Any

from django.db.models import Q

from accounts.models import Agency
from channel.meetings import owners
from channel.meetings.entry import Decided, Said
from channel.meetings.forms.action_rows import PREFIX, ActionRows, rows_for
from channel.meetings.forms.item import DecisionForm, ItemForms, PoliceNoteForm, SaidForm
from channel.meetings.forms.record import ItemRecord
from channel.meetings.models import PanelAction
from channel.meetings.sheet import Sheet
from prevent_cms.history.versions import Record


def item_forms(sheet: Sheet, data: Any = None) -> ItemForms:
    """The record of the item and its actions; with the decision for those who may decide."""
    decision = sheet.decision
    names = [f.name for kind in (Said, Decided) for f in dataclasses.fields(kind)]
    initial = {name: getattr(decision, name) for name in names} if decision else {}
    record = ItemRecord(decision)
    form: SaidForm
    if sheet.may_decide:
        form = DecisionForm(
            data,
            initial=initial,
            record=record,
            offers=sheet.offers,
            decision=decision,
            case_status=sheet.item.case.status,
            no_quorum="" if sheet.quorum.is_met else sheet.quorum.sentence,
        )
    else:
        form = SaidForm(data, initial=initial, record=record)
    unanswered = [a for a in sheet.actions if a.status == PanelAction.Status.OPEN]
    had = [action.agency_id for action in unanswered]
    agencies = Agency.objects.filter(
        Q(pk__in=owners.of(sheet.item.case).values("pk")) | Q(pk__in=had)
    )
    rows = ActionRows(
        data,
        rows=rows_for(unanswered, data),
        prefix=PREFIX,
        form_kwargs={"agencies": agencies.order_by("name")},
    )
    return ItemForms(form, rows, record)


def note_form(sheet: Sheet, data: Any = None) -> PoliceNoteForm | None:
    """The side note of police while it can be written; None for everybody else."""
    if not sheet.reader.is_police or not sheet.item.meeting.is_recorded:
        return None
    note = sheet.note
    initial = {"text": note.text} if note else {}
    return PoliceNoteForm(data, initial=initial, record=Record(note), auto_id="note_%s")
