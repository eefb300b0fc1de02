"""When the panels of an area meet, and when one meets next."""

import datetime

from django.db.models import F, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from accounts.models import Agency, Area
from channel.meetings.models import Meeting
from prevent_cms import clock


def next_days(area: Area) -> list[datetime.date]:
    """The days of the next three meetings of an area."""
    ahead = Meeting.objects.filter(
        panel__area=area,
        status__in=(Meeting.Status.PLANNED, Meeting.Status.ISSUED),
        starts_at__gte=clock.now(),
    )
    starts = ahead.order_by("starts_at").values_list("starts_at", flat=True)
    return [timezone.localdate(start) for start in starts[:3]]


def following(meeting: Meeting) -> QuerySet[Meeting]:
    """The panel's meetings after this one that stand, the next first."""
    later = Meeting.objects.filter(panel=meeting.panel_id, starts_at__gt=meeting.starts_at)
    return later.exclude(status=Meeting.Status.CANCELLED).order_by("starts_at")


def later(meeting: Meeting) -> list[Meeting]:
    """The first of these, with their panel: three years of a monthly panel."""
    return list(following(meeting).select_related("panel")[:36])


def next_meeting_on(meeting: Meeting) -> datetime.date:
    """The day of the panel's next meeting; not planned yet, the interval of policy from this one."""
    return day_after(meeting, following(meeting).first())


def day_before_next(meeting: Meeting) -> Coalesce:
    """The day before that one, for a query that needs no other one to know it."""
    day = datetime.timedelta(days=1)
    coming = following(meeting).values(day=TruncDate(F("starts_at") - day))
    return Coalesce(Subquery(coming[:1]), Value(day_after(meeting, None) - day))


def day_after(meeting: Meeting, coming: Meeting | None) -> datetime.date:
    """The same, when it is known which meeting comes next."""
    if coming:
        return timezone.localdate(coming.starts_at)
    rules, day = meeting.panel.area.rules, timezone.localdate(meeting.starts_at)
    return rules.due(clock.add_months(day, rules.review_months), 0)


def held_at(area: Area, council: Agency | None, *starts: datetime.datetime) -> QuerySet[Meeting]:
    """The meetings of a panel that stand, or of these those that begin at one of these moments."""
    found = Meeting.objects.filter(panel__area=area, panel__council=council)
    found = found.exclude(status=Meeting.Status.CANCELLED)
    return found.filter(starts_at__in=starts) if starts else found
