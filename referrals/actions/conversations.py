"""What was said and not written down by who said it: a telephone call, a word at a meeting."""

import datetime
from dataclasses import dataclass

from django.db import transaction

from accounts.models import Agency, User
from accounts.permissions import Perm
from prevent_cms import clock
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from referrals import access
from referrals.actions.sharing import require_released
from referrals.models import Case, Conversation


@dataclass(frozen=True)
class Said:
    """Who said what, when and how; `agency` for whom, if it was one of the area's."""

    how: str
    who: str
    on: datetime.date
    said: str
    time: datetime.time | None = None
    agency: Agency | None = None


@transaction.atomic
def record_conversation(case: Case, told: Said, *, by: User) -> Conversation:
    """Record what somebody said on the telephone or brought to a meeting only (R38, R92, R209).

    Raises ActionDenied without the permission, ActionInvalid before the release, for a day to come,
    for an agency of elsewhere, or without who and what.
    """
    case = Case.objects.locked(case.pk)
    access.require(by, Perm.CONVERSATION_RECORD, case)
    require_released(case)
    return log_conversation(case, told, by=by)


def log_conversation(case: Case, told: Said, *, by: User) -> Conversation:
    """The same as part of an act that has locked the case and asked for its own permission."""
    if told.how not in Conversation.How.values or not (told.who.strip() and told.said.strip()):
        raise ActionInvalid("Enter who was spoken to and what was said.")
    if told.on > clock.today():
        raise ActionInvalid("The day of a conversation cannot lie ahead.")
    if told.agency and told.agency.area_id != case.area_id:
        raise ActionInvalid("Choose an agency of this area.")
    kept: Conversation = Conversation.objects.create(case=case, by=by, **vars(told))
    record(
        EventType.CONVERSATION_RECORDED,
        by=by,
        case=case,
        target=kept,
        on=told.on.isoformat(),
        agency=told.agency.name if told.agency else None,
    )
    return kept
