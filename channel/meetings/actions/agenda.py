"""Issuing an agenda: numbers are fixed, core agencies are let in to its cases and told."""

import datetime

from django.db import transaction
from django.utils import timezone

from accounts import grants
from accounts.models import Agency, User
from accounts.permissions import Perm
from accounts.roles import ShareKind
from channel.meetings import access, queries, steps
from channel.meetings.actions.meetings import NEXT, locked
from channel.meetings.models import AgendaItem, Meeting
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.marking import Mark
from referrals.actions import lifecycle, sharing
from referrals.models import Case

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHARED_TO_DECIDE = "Panel material of the case: agenda, discussion, decision, actions and plan"


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
        )
        for offset, one in enumerate(due)
    ]
    if is_first:
        meeting.status, meeting.issued_at = Meeting.Status.ISSUED, clock.now()
        meeting.save(update_fields=["status", "issued_at"])
    _tell(meeting, items, without_agreement, by)
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


def _tell(meeting: Meeting, items: list[AgendaItem], without_agreement: str, by: User) -> None:
    """Events, shares and dates of each case, and one mail to each core agency."""
    area = meeting.panel.area
    record(EventType.AGENDA_ISSUED, by=by, area_code=area.code, target=meeting, items=len(items))
    day = timezone.localdate(meeting.starts_at)
    agencies = queries.core_agencies(meeting.panel)
    for item in items:
        case = Case.objects.locked(item.case_id)  # police may hold it at this moment
        _share(case, agencies, meeting, without_agreement, by)
        if case.stage in NEXT:
            lifecycle.set_due(case, on=day, what=NEXT[case.stage])
        record(EventType.AGENDA_ISSUED, by=by, case=case, target=item)
    outbox.add("agenda_issued", meeting_id=meeting.pk)


def _share(
    case: Case, agencies: list[Agency], meeting: Meeting, without_agreement: str, by: User
) -> None:
    """Let in each core agency that has no share lasting over the panel's next meetings.

    While police hold the case such a share waits, and nobody outside police can tell (ADR 6).
    """
    months = case.area.rules.panel_share_months
    until = _midnight(clock.add_months(clock.today(), months))
    enough = _midnight(clock.add_months(timezone.localdate(meeting.starts_at), 2))
    let_in = {
        share.group_id
        for share in grants.shares_of(case)
        if share.kind == ShareKind.COORDINATE
        or (share.kind == ShareKind.PANEL and (share.until is None or share.until >= enough))
    }
    seat = by.seat_with(Perm.MEETING_MANAGE, case.area)
    power = seat.agency.power_to_share if seat else ""
    grounds = sharing.Grounds(
        purpose="To take part in the Channel panel's decision on this case.",
        power=power or "Counter-Terrorism and Security Act 2015, s.36 to s.38",
        necessity="The panel assesses and decides together (CTSA 2015, s.36 and s.37).",
        relevance="The panel's core members, for the item that they decide on.",
        proportionality="Panel material only, for core members, until a fixed date.",
        fairness="Every case that is due comes before the same members.",
        without_agreement=without_agreement,
    )
    shares = [
        sharing.Share(agency, ShareKind.PANEL, SHARED_TO_DECIDE, grounds, until)
        for agency in agencies
        if agency.group_id not in let_in
    ]
    sharing.share_case(case, shares, by=by, perm=Perm.MEETING_MANAGE)


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
