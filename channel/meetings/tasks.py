"""Work off the request: telling core agencies that an agenda is out, or that a meeting changed."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts import grants
from accounts.models import Agency
from accounts.roles import ShareKind
from channel.meetings import ics, queries, replies
from channel.meetings.models import Attendance, Invitation, Meeting, PanelAction
from prevent_cms import notify
from prevent_cms.components.text import gov_date


def send_agenda_issued(meeting_id: int) -> None:
    """One neutral mail to each core agency's mailbox: a date, a link behind sign-in and the
    entry for a calendar."""
    send_meeting_told(meeting_id, "agenda_issued")


def send_meeting_told(meeting_id: int, what: str) -> None:
    """The same when a meeting was changed or cancelled; `what` names the mail."""
    meeting = Meeting.objects.select_related("panel__area", "panel__council").get(pk=meeting_id)
    guests = [] if what == "agenda_issued" else list(_guests().filter(meeting=meeting))
    core = queries.core_agencies(meeting.panel) if meeting.issued_at else []
    agencies = {*core, *(one.agency for one in guests)} - {None}
    notify.send(
        what,
        to=sorted({agency.mailbox for agency in agencies if agency and agency.mailbox}),
        path=reverse("meeting", args=[meeting.pk]),
        attached=[(ics.NAME, ics.invitation(meeting), ics.TYPE)],
        day=gov_date(timezone.localdate(meeting.starts_at)),
    )
    for one in guests:
        _tell_person(one)


def send_guest_invited(invitation_id: int) -> None:
    """Tell who is invited for one case: an agency by the mail about the agenda, a person by one that
    holds less. Nobody after a withdrawal, apologies or the end of the meeting's plans."""
    row = (
        _guests().filter(pk=invitation_id).exclude(meeting__status=Meeting.Status.CANCELLED).first()
    )
    if row is None:
        return
    if row.agency and row.agency.mailbox:
        notify.send(
            "agenda_issued",
            to=[row.agency.mailbox],
            path=reverse("meeting", args=[row.meeting_id]),
            attached=[(ics.NAME, ics.invitation(row.meeting), ics.TYPE)],
            day=gov_date(timezone.localdate(row.meeting.starts_at)),
        )
    _tell_person(row)


def send_guest_moved(invitation_id: int, meeting_id: int) -> None:
    """Tell who is invited for a case that was moved when they come instead. Their calendar loses
    the meeting it was moved from, unless something else brings them there."""
    row = _guests().filter(pk=invitation_id).first()
    if row is None:
        return
    left = Meeting.objects.get(pk=meeting_id)
    who = {"agency": row.agency, "name": row.name, "contact": row.contact}
    is_off = not _guests().filter(meeting=left, **who).exists()
    was = gov_date(timezone.localdate(left.starts_at)) if is_off else ""
    if row.agency and row.agency.mailbox:
        off = [(ics.NAME_OFF, ics.invitation(left, is_off=True), ics.TYPE)] if is_off else []
        notify.send(
            "invited_elsewhere",
            to=[row.agency.mailbox],
            attached=[*off, (ics.NAME, ics.invitation(row.meeting), ics.TYPE)],
            day=gov_date(timezone.localdate(row.meeting.starts_at)),
            was=was,
        )
    _tell_person(row, was)


def _guests() -> QuerySet[Invitation]:
    """Who has been told that they are invited for a case, and has sent no apologies."""
    told = Invitation.objects.filter(told_at__isnull=False)
    rows = told.exclude(answer=Invitation.Answer.APOLOGIES)
    return rows.select_related("agency", "meeting__panel__area", "meeting__panel__council")


def _tell_person(row: Invitation, was: str = "") -> None:
    """A mail to somebody without an account, if they have an address: when, where, whom to ask, and
    on which day not to come any more. No link, no reference, and not what kind of meeting it is."""
    if not row.email:
        return
    meeting = row.meeting
    host = meeting.panel.council or replies.host_of(queries.core_agencies(meeting.panel))
    notify.send(
        "invited_off" if meeting.is_cancelled else "invited",
        to=[row.email],
        when=meeting.day_words,
        was=was,
        place=meeting.place,
        host=host.name if host else meeting.panel.area.name,
        mailbox=host.mailbox if host else "",
    )


def send_action_given(decision_id: int, agency_id: int) -> None:
    """Tell an agency's mailbox that it took on an action, unless action or share ended meanwhile."""
    actions = PanelAction.objects.filter(decision=decision_id, agency=agency_id)
    action = (
        actions.filter(status__in=PanelAction.UNFINISHED).select_related("case", "agency").first()
    )
    if action is None or action.agency.group_id not in grants.let_in(action.case, ShareKind):
        return
    if action.agency.mailbox:
        notify.send(
            "action_given",
            to=[action.agency.mailbox],
            path=reverse("work"),
            agency=action.agency.name,
        )


def send_minutes_circulated(meeting_id: int) -> None:
    """One neutral mail to each core agency and each that was there: a day, and a link."""
    meeting = Meeting.objects.select_related("panel__area", "circulation").get(pk=meeting_id)
    there = Agency.objects.filter(
        pk__in=meeting.attendance.exclude(status=Attendance.Status.APOLOGIES).values("agency")
    )
    agencies = {agency.pk: agency for agency in [*queries.core_agencies(meeting.panel), *there]}
    notify.send(
        "minutes_circulated",
        to=sorted({agency.mailbox for agency in agencies.values() if agency.mailbox}),
        path=reverse("minutes_check", args=[meeting.pk]),
        day=gov_date(timezone.localdate(meeting.starts_at)),
        until=gov_date(meeting.circulation.until),
    )
