"""Who answers an invitation, what was answered, and what quorum to expect from it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404

from accounts.models import Agency, User
from accounts.permissions import Perm
from channel.meetings import queries, quorum, steps
from channel.meetings.models import AgendaItem, Attendance, Meeting, Reply, WrittenUpdate
from prevent_cms.errors import ActionDenied

ATTENDS = {
    Reply.Answer.COMING: Attendance.Status.PRESENT,
    Reply.Answer.INSTEAD: Attendance.Status.REPRESENTED,
    Reply.Answer.APOLOGIES: Attendance.Status.APOLOGIES,
}


@dataclass(frozen=True)
class Answered:
    """One invited agency and its answer, if it gave one."""

    agency: Agency
    reply: Reply | None
    is_own: bool


@dataclass(frozen=True)
class Expected:
    """Who of the invited is expected, before the meeting."""

    answers: list[Answered]
    quorum: quorum.Quorum

    @property
    def sentence(self) -> str:
        """Chair, police and 6 of 7 core agencies have accepted; 4 are needed."""
        found = self.quorum
        named = [(found.has_chair, "chair"), (found.has_police, "police")]
        who = ", ".join(words for has, words in named if has)
        head = f"{who} and " if who else ""
        agencies = f"{found.agencies} of {len(self.answers)} core agencies have accepted"
        told = f"{head}{agencies}; {found.needed} are needed."
        missing = f" Not yet: {', '.join(found.missing)}." if found.missing else ""
        return told[:1].upper() + told[1:] + missing

    @property
    def own(self) -> list[Answered]:
        """Those for which this reader answers."""
        return [one for one in self.answers if one.is_own]

    @property
    def may_write(self) -> bool:
        """Whether an agency of this reader sent apologies, so that it may write an update."""
        return any(one.reply and not one.reply.is_coming for one in self.own)


def expected(user: User, meeting: Meeting) -> Expected | None:
    """The answers so far and the quorum they make; None unless the meeting lies ahead and its
    agenda is out. The local authority's acceptance stands for the chair, who sits for it."""
    if not steps.allows("reply", meeting):
        return None
    agencies = queries.core_agencies(meeting.panel)
    given = {reply.agency_id: reply for reply in meeting.replies.all()}
    own = _own(user)
    answers = [Answered(one, given.get(one.pk), one.pk in own) for one in agencies]
    host = host_of(agencies)
    lines = [
        quorum.Presence(
            agency_id=one.agency.pk,
            is_there=bool(one.reply and one.reply.is_coming),
            is_chair=one.agency == host,
            is_police=one.agency.kind == Agency.Kind.POLICE,
            is_core=True,
        )
        for one in answers
    ]
    return Expected(answers, quorum.assess(lines, meeting.panel.area.rules.quorum_agencies))


def host_of(agencies: Iterable[Agency]) -> Agency | None:
    """The local authority among the members of a panel, for which its chair sits (s.37)."""
    return next((one for one in agencies if one.kind == Agency.Kind.LOCAL_AUTHORITY), None)


def _own(user: User) -> frozenset[int]:
    """The agencies in which somebody works as a member of panels or a coordinator."""
    seats = user.seats_with(Perm.MEETING_VIEW) if user.is_active else []
    return frozenset(seat.agency.pk for seat in seats)


def get_agency(user: User, meeting: Meeting, key: str) -> Agency:
    """An invited agency, for which this user answers.

    Raises Http404 when it was not invited, ActionDenied when it is another's to answer.
    """
    invited = queries.core_agencies(meeting.panel)
    agency = next((one for one in invited if one.key == key), None)
    if agency is None:
        raise Http404
    require_own(user, agency)
    return agency


def require_own(user: User, agency: Agency) -> None:
    """Raise ActionDenied unless this user answers invitations for the agency."""
    if agency.pk not in _own(user):
        raise ActionDenied("Only people of this agency answer its invitation.")


def reply_of(meeting: Meeting, agency: Agency) -> Reply | None:
    """What the agency answered so far."""
    found: Reply | None = Reply.objects.filter(meeting=meeting, agency=agency).first()
    return found


def as_attendance(meeting: Meeting) -> list[Attendance]:
    """What the answers say of who will be there; lines to begin with, which nobody has saved."""
    return [
        Attendance(
            meeting=meeting,
            agency_id=reply.agency_id,
            role=Attendance.Role.MEMBER,
            status=ATTENDS[Reply.Answer(reply.answer)],
            name=reply.name,
            note=reply.note,
        )
        for reply in meeting.replies.all()
    ]


def absent_agency(user: User, meeting: Meeting) -> Agency | None:
    """The agency for which this user may write updates: it sent apologies to a meeting ahead."""
    if not steps.allows("reply", meeting):
        return None
    sent = Reply.objects.filter(
        meeting=meeting, agency__in=_own(user), answer=Reply.Answer.APOLOGIES
    )
    reply = sent.select_related("agency").order_by("pk").first()
    return reply.agency if reply else None


def require_absent(user: User, meeting: Meeting) -> Agency:
    """The same, or ActionDenied."""
    agency = absent_agency(user, meeting)
    if agency is None:
        raise ActionDenied("A written update comes from an agency that has sent apologies.")
    return agency


def updates_for(user: User, item: AgendaItem) -> QuerySet[WrittenUpdate]:
    """What was written for one item, as far as this user may read it."""
    found: QuerySet[WrittenUpdate] = WrittenUpdate.objects.visible_to(user).filter(item=item)
    return found.select_related("agency", "by")
