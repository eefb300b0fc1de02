"""Letting agencies in to a case on an agenda: its core members, and who is invited for it."""

import datetime
from collections.abc import Iterable

from django.utils import timezone

from accounts import grants
from accounts.models import Agency, User
from accounts.permissions import Perm
from accounts.roles import ShareKind
from channel.meetings.models import Meeting
from prevent_cms import clock
from referrals.actions import sharing
from referrals.models import Case

SHARED_TO_DECIDE = "Panel material of the case: agenda, discussion, decision, actions and plan"


def let_in(
    case: Case,
    agencies: Iterable[Agency],
    meeting: Meeting,
    *,
    until: datetime.datetime,
    grounds: sharing.Grounds,
    by: User,
) -> list[Agency]:
    """Let in each agency that has no share lasting over the panel's next meetings; returns those.

    While police hold the case such a share waits, and nobody outside police can tell (ADR 6).
    """
    enough = lasting(meeting)
    lasts = {
        share.group_id
        for share in grants.shares_of(case)
        if share.kind == ShareKind.COORDINATE
        or (share.kind == ShareKind.PANEL and (share.until is None or share.until >= enough))
    }
    new = [agency for agency in agencies if agency.group_id not in lasts]
    shares = [
        sharing.Share(agency, ShareKind.PANEL, SHARED_TO_DECIDE, grounds, until) for agency in new
    ]
    sharing.share_case(case, shares, by=by, perm=Perm.MEETING_MANAGE)
    return new


def power(case: Case, by: User) -> str:
    """The legal power relied on: that of the agency for which somebody manages the meeting."""
    seat = by.seat_with(Perm.MEETING_MANAGE, case.area)
    usual = seat.agency.power_to_share if seat else ""
    return usual or "Counter-Terrorism and Security Act 2015, s.36 to s.38"


def lasting(meeting: Meeting) -> datetime.datetime:
    """Until when a share has to last for a meeting: two months after it."""
    return midnight(clock.add_months(timezone.localdate(meeting.starts_at), 2))


def midnight(day: datetime.date) -> datetime.datetime:
    """The moment at which a day begins."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
