"""Saying how an action from the panel stands."""

from django.db import transaction

from accounts.models import Agency, User
from channel.meetings import access
from channel.meetings.models import PanelAction
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid, Stale
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from referrals.access import Reader
from referrals.models import Case


@transaction.atomic
def update_action(
    action: PanelAction, *, status: str, note: str, version: int, by: User
) -> PanelAction:
    """Say that an action is done, in progress, open again, or why it is not done or not possible
    (R141).

    Raises ActionDenied for another agency's action, ActionInvalid when a reason is wanting, Stale
    when somebody else has answered since the page was opened.
    """
    action = PanelAction.objects.select_for_update(of=("self",)).get(pk=action.pk)
    if not access.may_update(Reader(by, action.case), action):
        raise ActionDenied("This action fell to another agency.")
    if action.version != version:
        raise Stale("Somebody else has answered this action since you opened it.")
    if status in PanelAction.NEEDS_REASON and not note:
        raise ActionInvalid("Say why.")
    action.status, action.note = status, note
    action.updated_by, action.updated_at = by, clock.now()
    action.version += 1
    action.save(update_fields=["status", "note", "updated_by", "updated_at", "version"])
    record(
        EventType.ACTION_UPDATED, by=by, case=action.case, target=action, agency_id=action.agency_id
    )
    return action


def carry_on(case: Case, *, agency: Agency, person: str, by: User) -> int:
    """Let a new owner look after every open action from the panel, as part of a transfer.

    Whose it was stands in its note. Returns how many there were.
    """
    found = list(
        PanelAction.objects.select_for_update(of=("self",))
        .filter(case=case, status__in=PanelAction.UNFINISHED)
        .select_related("agency")
    )
    for action in found:
        was = f"The case has moved. Until then with {action.owner_words}."
        action.note = "\n".join(filter(None, [action.note, was]))
        action.agency, action.owner = agency, person
        action.updated_by, action.updated_at = by, clock.now()
        action.version += 1
        action.save(
            update_fields=["note", "agency", "owner", "updated_by", "updated_at", "version"]
        )
        record(
            EventType.ACTION_UPDATED, by=by, case=case, target=action, agency_id=action.agency_id
        )
    return len(found)
