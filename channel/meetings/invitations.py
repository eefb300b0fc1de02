"""Who is invited to a meeting for single cases, and who of those expected still waits for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404

from accounts.models import Agency, User
from channel.meetings import access, expected, queries
from channel.meetings.expected import Expected
from channel.meetings.models import AgendaItem, Attendance, Invitation, Meeting, Panel
from channel.meetings.placing import Due
from referrals.models import Case

Answer = Invitation.Answer
ALREADY = "They are invited for this case already."


def may_be_invited(panel: Panel, agency: Agency) -> bool:
    """Whether an agency can be invited for a case: one without a permanent seat."""
    return panel.has_seat_for(agency) and agency.is_active and not agency.is_core


def on_agenda(user: User, meeting: Meeting) -> Sequence[Due | AgendaItem]:
    """What is on the agenda, as far as this user coordinates the cases beyond an emergency."""
    if meeting.status == Meeting.Status.PLANNED:
        return queries.due_at(user, meeting)
    own = Case.objects.coordinated_by(user, lasting=True)
    return list(access.items_for(user, meeting).filter(AgendaItem.STAYS, case__in=own))


def of_meeting(user: User, meeting: Meeting) -> QuerySet[Any]:
    """The invitations to a meeting that this user may read, with the number of their item."""
    items = AgendaItem.objects.filter(
        AgendaItem.STAYS, meeting=OuterRef("meeting"), case=OuterRef("case")
    )
    found: QuerySet[Any] = Invitation.objects.visible_to(user).filter(meeting=meeting)
    numbered: QuerySet[Any] = found.select_related(
        "agency", "case", "meeting__panel__area"
    ).annotate(
        item_number=Subquery(items.values("number")[:1]), item_id=Subquery(items.values("pk")[:1])
    )
    return numbered


def get_invitation(user: User, meeting: Meeting, pk: int) -> Invitation:
    """One of them; Http404 when there is none that this user may read."""
    found: Invitation | None = of_meeting(user, meeting).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def agencies_invited(user: User, meeting: Meeting) -> list[Agency]:
    """The agencies that issuing the agenda lets in to the cases for which they are invited."""
    waiting = of_meeting(user, meeting).filter(agency__isnull=False, shared_until=None)
    found = [one.agency for one in waiting.exclude(answer=Answer.APOLOGIES) if one.agency]
    return sorted(set(found), key=lambda agency: agency.name)


def is_invited(meeting: Meeting, case_id: int, agency: Agency | None, name: str) -> bool:
    """Whether there is an invitation of this agency, or of somebody of this name, for a case."""
    found = Invitation.objects.filter(meeting=meeting, case=case_id)
    found = found.filter(agency=agency) if agency else found.filter(agency=None, name=name)
    return bool(found.exists())


@dataclass(frozen=True)
class Invitee:
    """Somebody who comes to a meeting as invited, for one item; who comes for two is listed twice."""

    invitation: Invitation
    number: str
    item_id: int

    @property
    def words(self) -> str:
        """Tom Invented, head of year, for item 8"""
        return f"{self.invitation.who}, for item {self.number}"

    @property
    def speaks_for(self) -> str:
        """How the minutes say for whom. They have more readers than the case, so they name no item."""
        return self.invitation.organisation or self.invitation.who

    def is_recorded(self, rows: Iterable[Attendance]) -> bool:
        """Whether one of these lines of the attendance says whether they came."""
        own = [row for row in rows if row.speaks_for == self.speaks_for]
        own = [row for row in own if row.item_id in (None, self.item_id)]
        return any(self.invitation.agency or row.name == self.invitation.name for row in own)


def invitees(user: User, meeting: Meeting) -> list[Invitee]:
    """Who is invited to a meeting for items on its agenda, as far as this user may read."""
    found = of_meeting(user, meeting).filter(item_number__isnull=False)
    return [Invitee(one, one.item_number, one.item_id) for one in found]


@dataclass(frozen=True)
class Line:
    """One who is expected or invited for a case."""

    expected: Expected | None
    invitation: Invitation | None
    note: str = ""  # why nobody is invited here though expected

    @property
    def who(self) -> str:
        found = self.invitation or self.expected
        return found.who if found else ""

    @property
    def why(self) -> str:
        found = self.expected or self.invitation
        return found.why if found else ""

    @property
    def must(self) -> bool:
        """Whether the area's policy makes them come."""
        return bool(self.expected and self.expected.must)

    @property
    def may_be_invited(self) -> bool:
        return self.invitation is None and not self.note

    @property
    def lacks(self) -> str:
        """What is still to be done about somebody who must come; nothing for who cannot be invited."""
        if not self.must or self.note:
            return ""
        if self.invitation is None:
            return "must come and is not invited"
        return "must come and has not answered" if self.invitation.answer == Answer.NONE else ""


@dataclass(frozen=True)
class Guests:
    """Everybody expected or invited for one case."""

    case: Case
    number: str
    lines: list[Line]


class Board:
    """Who is expected and who is invited, case by case, as far as one reader may know."""

    def __init__(self, user: User, meeting: Meeting, told: Sequence[expected.ForCase]) -> None:
        self.meeting, self.told = meeting, told
        self.invitations = list(of_meeting(user, meeting))

    @cached_property
    def cases(self) -> list[Guests]:
        """First the cases for which somebody is expected, then those with invitations alone."""
        known = {one.case.pk for one in self.told}
        others = {
            one.case_id: expected.ForCase(one.case, [], one.item_number or "")
            for one in self.invitations
            if one.case_id not in known
        }
        return [self._guests(one) for one in [*self.told, *others.values()]]

    def _guests(self, told: expected.ForCase) -> Guests:
        rest = [one for one in self.invitations if one.case_id == told.case.pk]
        lines = [
            Line(
                person, next((i for i in rest if _answers_to(i, person)), None), self._note(person)
            )
            for person in told.people
        ]
        known = [line.invitation for line in lines]
        lines += [Line(None, one) for one in rest if one not in known]
        return Guests(told.case, told.number, lines)

    def _note(self, person: Expected) -> str:
        if person.is_anonymous:
            return "Police may ask them"
        agency = person.agency
        if agency is None or may_be_invited(self.meeting.panel, agency):
            return ""
        return "Sits on the panel" if agency.is_core else "Not an agency of this panel"

    @property
    def outstanding(self) -> list[tuple[Case, Line]]:
        """Who must come and is not invited, or has not answered."""
        return [(one.case, line) for one in self.cases for line in one.lines if line.lacks]

    def find(self, reference: str, key: str) -> Expected | None:
        """Somebody expected for a case who can be invited, by the name that addresses use."""
        lines = [
            line for one in self.cases if one.case.reference == reference for line in one.lines
        ]
        people = [line.expected for line in lines if line.expected and line.may_be_invited]
        return next((one for one in people if one.key == key), None)


def _answers_to(invitation: Invitation, person: Expected) -> bool:
    """Whether this invitation is the one of somebody expected."""
    if person.agency:
        return invitation.agency_id == person.agency.pk
    return invitation.expected_as == person.key
