"""Recording one item: what was said, what was taken away, and what the panel decided."""

from collections.abc import Sequence
from dataclasses import asdict

from django.db import transaction

from accounts.models import Agency, User
from accounts.permissions import Perm
from channel.meetings import owners, queries, steps
from channel.meetings.actions import outcome, timing
from channel.meetings.actions.meetings import locked
from channel.meetings.entry import Decided, Entry, Task
from channel.meetings.models import AgendaItem, Decision, PanelAction, PoliceNote, Spell
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionDenied, ActionInvalid, Stale
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.marking import Mark
from referrals import access
from referrals.access import Reader
from referrals.actions.leaving import require_leaving

Choice = Decision.Choice
STALE = "Somebody else has recorded this item since you opened it. Open it again to see what."


@transaction.atomic
def record_item(item: AgendaItem, entry: Entry, *, by: User) -> Decision:
    """Write down an item of a meeting in session or closed; a new decision moves the case at once.

    The administrator records what was said and the actions; only chair and deputy record the
    decision (R139). Raises ActionDenied, and ActionInvalid once the minutes are sealed, without a
    quorum, for a choice that the stage does not offer, for a first decision on an item that was
    not heard at the meeting, or when the page was out of date.
    """
    meeting = locked(item.meeting)
    access.require(by, Perm.MEETING_RECORD, item.case)
    steps.require("record", meeting)
    decision = Decision.objects.select_for_update().filter(item=item).first()
    if entry.version != (decision.version if decision else 0):
        raise Stale(STALE)
    timing.begin_if_new(meeting, item, by)
    decision = decision or Decision(item=item, case=item.case, mark=Mark.PANEL, version=0)
    was = decision.choice
    for name, value in asdict(entry.said).items():
        setattr(decision, name, value)
    if entry.decided:
        access.require(by, Perm.DECISION_RECORD, item.case)
        _decide(decision, entry.decided, by)
    decision.version += 1
    decision.recorded_by, decision.recorded_at = by, clock.now()
    decision.save()
    _write_tasks(decision, entry.tasks)
    record(EventType.PANEL_DISCUSSED, by=by, case=item.case, target=decision)
    if decision.choice != was:
        record(EventType.PANEL_DECIDED, by=by, case=item.case, target=decision)
        outcome.follow(decision, by=by)
    return decision


def _decide(decision: Decision, decided: Decided, by: User) -> None:
    """Put the decision into the record; correcting the words of one leaves its choice and time."""
    _check(decision, decided)
    is_new = decision.choice != decided.choice
    for name, value in {**asdict(decided), **decided.answers}.items():
        setattr(decision, name, value)
    if is_new:
        decision.by, decision.at = by, clock.now()


def _check(decision: Decision, decided: Decided) -> None:
    """Raise ActionInvalid for what the form would have refused beside its field."""
    if decided.choice not in steps.offers(decision.item, decision):
        raise ActionInvalid("This decision is not open for the case at its stage.")
    if not decision.choice and not Spell.objects.filter(item=decision.item_id).exists():
        raise ActionInvalid("The item was not heard at the meeting. It comes to the next one.")
    item = AgendaItem.objects.get(pk=decision.item_id)  # as it stands behind the lock
    if not queries.quorum_of(decision.item.meeting, item).is_met:
        raise ActionInvalid("The panel cannot decide without a quorum. Record who is here first.")
    if decided.choice in outcome.OUTCOMES:
        require_leaving(outcome.OUTCOMES[Choice(decided.choice)], decided.rationale, decided)
    is_adopted = decided.choice == Decision.Choice.ADOPT
    consent = decided.consent_how and decided.consent_on and decided.consent_by
    wanted = [
        (not decided.rationale, "Say why."),
        (decided.agreed != Decision.Agreed.UNANIMOUS and not decided.dissent, "Say who disagreed."),
        (is_adopted and not consent, "Say how, when and by whom consent will be asked."),
    ]
    for is_missing, words in wanted:
        if is_missing:
            raise ActionInvalid(words)


def _write_tasks(decision: Decision, tasks: Sequence[Task]) -> None:
    """Add, correct or take out actions, and tell each agency that had none of this item before.

    Raises Stale for one that was answered meanwhile, ActionInvalid for one without an owner who can
    open the case, or without a date.
    """
    written = PanelAction.objects.select_for_update(of=("self",)).filter(decision=decision)
    earlier = {action.pk: action for action in written}
    had = {action.agency_id for action in written}
    can = had.union(owners.of(decision.case).values_list("pk", flat=True)) if tasks else had
    for task in tasks:
        action = earlier.get(task.pk or 0)
        if action and action.status != PanelAction.Status.OPEN:
            raise Stale(STALE)
        if not task.what:
            if action:
                action.delete()
            continue
        agency = _require_whole(task, can)
        action = action or PanelAction(decision=decision, case=decision.case, mark=Mark.PANEL)
        action.what, action.agency = task.what, agency
        action.owner, action.due_on = task.owner, task.due_on
        action.save()
        if agency.pk not in had:
            had.add(agency.pk)
            outbox.add("action_given", decision_id=decision.pk, agency_id=agency.pk)


def _require_whole(task: Task, can: set[int]) -> Agency:
    """The agency of an action; ActionInvalid unless it `can` take it on, with an owner and a date."""
    if task.agency is None or task.agency.pk not in can:
        raise ActionInvalid("An action needs an agency of this area that can open the case.")
    if not task.owner or task.due_on is None:
        raise ActionInvalid("An action needs an owner and a date.")
    return task.agency


@transaction.atomic
def write_police_note(item: AgendaItem, *, text: str, version: int, by: User) -> PoliceNote:
    """Keep police's side note to an item; it is POLICE and never in the minutes.

    Raises ActionDenied for anyone but police on this case, ActionInvalid outside the meeting or
    when the page was out of date.
    """
    meeting = locked(item.meeting)
    access.require(by, Perm.MEETING_VIEW, item.case)
    if not Reader(by, item.case).is_police:
        raise ActionDenied("Only police on this case write a side note.")
    steps.require("record", meeting)
    note = PoliceNote.objects.select_for_update().filter(item=item).first()
    if version != (note.version if note else 0):
        raise Stale(STALE)
    note = note or PoliceNote(item=item, case=item.case, mark=Mark.POLICE, version=0)
    note.text, note.by, note.at = text, by, clock.now()
    note.version += 1
    note.save()
    record(EventType.PANEL_DISCUSSED, by=by, case=item.case, target=note, mark=Mark.POLICE)
    return note
