"""Confirming, year by year, that a panel does what the law asks of it."""

from django.db import transaction

from accounts.models import User
from accounts.permissions import Perm
from channel.meetings import access
from channel.meetings.models import DutyConfirmed, Panel
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record


@transaction.atomic
def confirm(panel: Panel, *, duty: str, note: str, by: User) -> DutyConfirmed:
    """The chair confirms a duty, and says what shows it (R143); earlier confirmations stay.

    Raises ActionDenied for anybody but chair and deputy, ActionInvalid without a note.
    """
    access.require_at(by, Perm.DECISION_RECORD, panel)
    if not note:
        raise ActionInvalid("Say what shows it.")
    row = DutyConfirmed.objects.create(panel=panel, duty=duty, note=note, by=by)
    record(EventType.DUTY_CONFIRMED, by=by, area_code=panel.area.code, target=row)
    return row
