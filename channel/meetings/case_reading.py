"""What the panel has said, decided and handed out on one case, for one reader."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import User
from channel.meetings import access, canonical, queries, reading
from channel.meetings.models import AgendaItem, Meeting, Minutes, PanelAction
from referrals.access import Reader
from referrals.models import Case


@dataclass(frozen=True)
class Sitting:
    item: AgendaItem
    shown: reading.ShownItem
    is_intact: bool = True  # whether sealed minutes are still what was sealed

    @property
    def is_in_session(self) -> bool:
        return self.item.meeting.status == Meeting.Status.IN_SESSION


@dataclass(frozen=True)
class OpenAction:
    action: PanelAction
    may_update: bool


def sittings(user: User, case: Case, actions: Iterable[OpenAction]) -> list[Sitting]:
    """Every time the panel has sat on this case, newest first, with what was recorded.

    `actions` are those from the case that the user may read.
    """
    items = AgendaItem.objects.visible_to(user).filter(
        case=case, meeting__status__in=queries.HELD, meeting__in=access.meetings_for(user)
    )
    items = items.select_related(
        "meeting__panel", "meeting__circulation", "moved_to", "decision__by", "case"
    )
    items = items.prefetch_related("withdrawals").order_by("-meeting__starts_at")
    done = [one.meeting_id for one in items if one.meeting.status == Meeting.Status.SEALED]
    newest = Minutes.objects.filter(meeting__in=done).order_by("version") if done else ()
    sealed = {one.meeting_id: one for one in newest}
    open_ones = [getattr(one, "decision", None) for one in items if one.meeting_id not in sealed]
    User.seat(one.by for one in open_ones if one and one.by)
    taken = defaultdict(list)
    for one in sorted((one.action for one in actions), key=lambda one: (one.due_on, one.pk)):
        taken[one.decision_id].append(one)
    return [_sitting(user, one, sealed.get(one.meeting_id), taken) for one in items]


def _sitting(
    user: User, item: AgendaItem, minutes: Minutes | None, taken: dict[int, list[PanelAction]]
) -> Sitting:
    is_open = access.may_read_recorded(user, item.meeting)
    shown = reading.item(_record(item, minutes, taken), is_open=is_open)
    return Sitting(item, shown, minutes is None or minutes.is_intact)


def _record(
    item: AgendaItem, minutes: Minutes | None, taken: dict[int, list[PanelAction]]
) -> canonical.Record:
    """What is recorded of an item: as it was sealed, with its corrections, else as it stands."""
    if minutes:
        found = json.loads(minutes.record)["items"]
        return next(one for one in found if one["number"] == item.number)
    decision = getattr(item, "decision", None)
    return canonical.of_item(item, "", decision, taken[decision.pk] if decision else ())


def actions(reader: Reader) -> list[OpenAction]:
    """The actions from this case that the user may read, the open ones first."""
    found = PanelAction.objects.visible_to(reader.user).filter(case=reader.case)
    found = found.select_related("agency", "case__area")
    ordered = sorted(
        found, key=lambda action: (action.status not in action.UNFINISHED, action.due_on)
    )
    return [OpenAction(action, access.may_update(reader, action)) for action in ordered]


def next_meeting(user: User, case: Case) -> Meeting | None:
    """The next meeting with this case on its issued agenda."""
    ahead = [Meeting.Status.ISSUED, Meeting.Status.IN_SESSION]
    items = AgendaItem.objects.filter(AgendaItem.STAYS, case=case, meeting__status__in=ahead)
    meetings = access.meetings_for(user).filter(pk__in=items.values("meeting_id"))
    return meetings.order_by("starts_at").first()
