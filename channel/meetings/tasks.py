"""Work off the request: telling core agencies that an agenda is out."""

from django.urls import reverse
from django.utils import timezone

from channel.meetings import queries
from channel.meetings.models import Meeting
from prevent_cms import notify
from prevent_cms.components.text import gov_date


def send_agenda_issued(meeting_id: int) -> None:
    """One neutral mail to each core agency's mailbox: a date and a link behind sign-in."""
    meeting = Meeting.objects.select_related("panel__area").get(pk=meeting_id)
    notify.send(
        "agenda_issued",
        to=[a.mailbox for a in queries.core_agencies(meeting.panel) if a.mailbox],
        path=reverse("meeting", args=[meeting.pk]),
        day=gov_date(timezone.localdate(meeting.starts_at)),
    )
