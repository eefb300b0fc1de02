"""Issuing an agenda: numbers are fixed, core agencies are let in to its cases and told."""

from django.db import transaction
from django.utils import timezone

from accounts.models import Agency, User
from accounts.permissions import Perm
from channel.meetings import access, queries, steps
from channel.meetings.actions import invitations, letting_in, packs
from channel.meetings.actions.meetings import NEXT, locked
from channel.meetings.models import AgendaItem, Meeting
from channel.support.actions import reviews
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.marking import Mark
from referrals.actions import sharing
from referrals.models import Case

LETTERS = "abcdefghijklmnopqrstuvwxyz"


@transaction.atomic
def issue_agenda(meeting: Meeting, *, without_agreement: str = "", by: User) -> list[AgendaItem]:
    """Put every due case on the agenda and share it with the core agencies (section 5).

    Issued again, what has become due since is added as 12a, 12b and nothing is renumbered.
    `without_agreement` says why cases are shared with a member whose agreement on sharing is not in
    force (R103). Raises ActionDenied, and ActionInvalid when the meeting is over, when there is
    nothing to add, or without such a reason where it is wanted.
    """
    meeting = locked(meeting)
    access.require(by, Perm.MEETING_MANAGE, meeting)
    steps.require("issue", meeting)
    due = queries.late_cases(by, meeting)
    is_first = meeting.status == Meeting.Status.PLANNED
    if not due and not is_first:
        raise ActionInvalid("Nothing has become due since the agenda was issued.")
    Case.objects.lock_all([one.case.pk for one in due])
    last, numbers = meeting.items.count(), _numbers(meeting, len(due))
    items = [
        AgendaItem.objects.create(
            case=one.case,
            mark=Mark.PANEL,
            meeting=meeting,
            number=numbers[offset],
            position=last + offset + 1,
            group=one.group,
            why=one.why,
            minutes=one.minutes,
        )
        for offset, one in enumerate(due)
    ]
    if is_first:
        meeting.status, meeting.issued_at = Meeting.Status.ISSUED, clock.now()
        meeting.save(update_fields=["status", "issued_at"])
    moved = {one.case.pk for one in due if one.is_moved_here}
    _tell(meeting, items, moved, without_agreement, by)
    packs.freeze(meeting, items, by=by)
    return items


def _numbers(meeting: Meeting, count: int) -> list[str]:
    """1, 2, 3 at the first issue; afterwards the last of these with a, b, ... z, za, zb, ..."""
    taken = list(meeting.items.values_list("number", flat=True))
    whole = [int(number) for number in taken if number.isdigit()]
    if not taken:
        return [str(n) for n in range(1, count + 1)]
    late = len(taken) - len(whole)
    return [f"{max(whole, default=0)}{_letters(late + n)}" for n in range(count)]


def _letters(index: int) -> str:
    return "z" * (index // 26) + LETTERS[index % 26]


def _tell(
    meeting: Meeting, items: list[AgendaItem], moved: set[int], without_agreement: str, by: User
) -> None:
    """Events, shares and dates of each case, and one mail to each core agency.

    A case that was moved here stays due on the day it was, so that it shows as overdue.
    """
    area = meeting.panel.area
    record(EventType.AGENDA_ISSUED, by=by, area_code=area.code, target=meeting, items=len(items))
    day = timezone.localdate(meeting.starts_at)
    agencies = queries.core_agencies(meeting.panel)
    for item in items:
        case = Case.objects.locked(item.case_id)  # police may hold it at this moment
        _share(case, agencies, meeting, without_agreement, by)
        invitations.tell_invited(case, meeting, without_agreement=without_agreement, by=by)
        if case.stage in NEXT and case.pk not in moved:
            reviews.set_next(case, on=day, what=NEXT[case.stage], instead_of=day)
        record(EventType.AGENDA_ISSUED, by=by, case=case, target=item)
    outbox.add("agenda_issued", meeting_id=meeting.pk)


def _share(
    case: Case, agencies: list[Agency], meeting: Meeting, without_agreement: str, by: User
) -> None:
    """Let in each core agency that has no share lasting over the panel's next meetings."""
    months = case.area.rules.panel_share_months
    grounds = sharing.Grounds(
        purpose="To take part in the Channel panel's decision on this case.",
        power=letting_in.power(case, by),
        necessity="The panel assesses and decides together (CTSA 2015, s.36 and s.37).",
        relevance="The panel's core members, for the item that they decide on.",
        proportionality="Panel material only, for core members, until a fixed date.",
        fairness="Every case that is due comes before the same members.",
        without_agreement=without_agreement,
    )
    until = letting_in.midnight(clock.add_months(clock.today(), months))
    letting_in.let_in(case, agencies, meeting, until=until, grounds=grounds, by=by)
