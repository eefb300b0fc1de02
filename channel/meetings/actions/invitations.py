"""Inviting an agency or a person for one case of a meeting, and what they answer (R128-R130)."""

from dataclasses import asdict, dataclass

from django.db import transaction

from accounts import grants
from accounts.models import Agency, User
from accounts.permissions import Perm
from accounts.roles import ShareKind
from channel.meetings import access, invitations, steps
from channel.meetings.actions import letting_in
from channel.meetings.actions.meetings import locked
from channel.meetings.models import Invitation, Meeting
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionInvalid, Stale
from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.marking import Mark
from referrals.actions import sharing
from referrals.models import Case

Answer = Invitation.Answer
SHARED_BEFORE = "It was shared for this invitation before; the meeting is on another day."
NO_LONGER = "The agency is no longer expected at the meeting."


@dataclass(frozen=True)
class Guest:
    """Who is invited and why: an agency, or a person without an account and how to reach them."""

    why: str
    agency: Agency | None = None
    name: str = ""
    organisation: str = ""
    contact: str = ""
    expected_as: str = ""


@transaction.atomic
def invite(
    meeting: Meeting, case: Case, guest: Guest, *, without_agreement: str = "", by: User
) -> Invitation:
    """Invite somebody for one case of a meeting that has not opened (R128-R130).

    Who is invited hears of it with the agenda; once that is out, at once. `without_agreement` is
    the reason of R103. Raises ActionDenied, and ActionInvalid at another moment, for a case that is
    not on the agenda or not coordinated by the inviter, for a member of the panel, without a name,
    a way to reach somebody or a reason, or for who is invited already.
    """
    meeting = locked(meeting)
    access.require(by, Perm.MEETING_MANAGE, meeting)
    steps.require("invite", meeting)
    if case not in [one.case for one in invitations.on_agenda(by, meeting)]:
        raise ActionInvalid("Choose a case on the agenda of this meeting.")
    _require_guest(meeting, guest)
    if invitations.is_invited(meeting, case.pk, guest.agency, guest.name):
        raise ActionInvalid(invitations.ALREADY)
    case = Case.objects.locked(case.pk)
    said = {**asdict(guest), "agency": guest.agency}
    row = Invitation.objects.create(
        meeting=meeting, case=case, mark=Mark.COORDINATION, **said, by=by
    )
    record(EventType.GUEST_INVITED, by=by, case=case, target=row)
    if meeting.issued_at:
        _tell(row, meeting, without_agreement, by)
    return row


def _require_guest(meeting: Meeting, guest: Guest) -> None:
    if guest.agency and not invitations.may_be_invited(meeting.panel, guest.agency):
        raise ActionInvalid("Choose an agency that has no permanent seat at this panel.")
    if not guest.agency and not (guest.name and guest.contact):
        raise ActionInvalid("Say who is invited, and how to reach them.")
    if not guest.why:
        raise ActionInvalid("Say why they are invited.")


def tell_invited(case: Case, meeting: Meeting, *, without_agreement: str, by: User) -> None:
    """Let in and tell who is invited for a case that comes on an agenda now, as part of issuing it;
    nobody who has sent apologies."""
    for row in (
        invitations.of_meeting(by, meeting).filter(case=case).exclude(answer=Answer.APOLOGIES)
    ):
        row.case = case
        _tell(row, meeting, without_agreement, by)


def _tell(row: Invitation, meeting: Meeting, without_agreement: str, by: User) -> None:
    """An agency may open this one item until a fixed date; everybody gets a mail without details."""
    if row.agency:
        until, grounds = letting_in.lasting(meeting), _grounds(row.case, without_agreement, by)
        new = letting_in.let_in(
            row.case, [row.agency], meeting, until=until, grounds=grounds, by=by
        )
        if new:
            row.shared_until = until
    row.told_at = row.told_at or clock.now()
    row.save(update_fields=["shared_until", "told_at"])
    outbox.add("guest_invited", invitation_id=row.pk)


def _grounds(case: Case, without_agreement: str, by: User) -> sharing.Grounds:
    """Why a case is shared with an agency that is invited for it."""
    return sharing.Grounds(
        purpose="To take part in the Channel panel's discussion of this case, as invited.",
        power=letting_in.power(case, by),
        necessity="The panel needs what the agency knows to assess and decide on this case.",
        relevance="The agency is invited for this item only.",
        proportionality="Panel material of this case alone, until a fixed date.",
        fairness="Whoever has a part in the case is asked to come, by the area's policy.",
        without_agreement=without_agreement,
    )


def follow(case: Case, meeting: Meeting, to: Meeting, *, by: User) -> None:
    """Take the invitations for a case along to another meeting, as part of moving the case.

    Whatever they answered, all are asked anew. Who had been told and was to come hears at once, and
    what was shared with them lasts until after the new day; the others hear with the agenda.
    """
    there = {(row.agency_id, row.name): row for row in to.invitations.filter(case=case)}
    for row in meeting.invitations.filter(case=case).select_related("agency"):
        if twin := there.get((row.agency_id, row.name)):
            twin.delete()
        is_told = row.told_at is not None and row.answer != Answer.APOLOGIES
        row.case, row.meeting, row.answer, row.version = case, to, Answer.NONE, row.version + 1
        if is_told:
            _prolong(row, by)
            outbox.add("guest_moved", invitation_id=row.pk, meeting_id=meeting.pk)
        else:
            row.told_at = None
        row.save()


def ask_again(meeting: Meeting, *, by: User) -> None:
    """Ask those again who would come, as part of giving their meeting another day; what was shared
    with them lasts until after it."""
    expected = meeting.invitations.exclude(answer=Answer.APOLOGIES).select_related("agency")
    for row in expected.order_by("case"):
        row.case, row.meeting = Case.objects.locked(row.case_id), meeting
        if row.answer == Answer.COMING:
            row.answer, row.version = Answer.NONE, row.version + 1
        if row.told_at:
            _prolong(row, by)
        row.save()


def _prolong(row: Invitation, by: User) -> None:
    """Let what an agency sees last until after its meeting; what has ended since is not opened."""
    if row.agency is None:
        return
    until = letting_in.lasting(row.meeting)
    short = grants.shares_of(row.case).filter(kind=ShareKind.PANEL, until__lt=until)
    if short.filter(group_id=row.agency.group_id).exists():
        grounds = _grounds(row.case, SHARED_BEFORE, by)
        what = letting_in.SHARED_TO_DECIDE
        share = sharing.Share(row.agency, ShareKind.PANEL, what, grounds, until)
        sharing.enter(row.case, [share], by=by)
        row.shared_until = until


@transaction.atomic
def record_answer(invitation: Invitation, *, answer: str, version: int, by: User) -> Invitation:
    """Write down what somebody who is invited has answered.

    Apologies end what the case was shared for, and coming after all shares it again. Raises
    ActionDenied, ActionInvalid once the meeting has opened, Stale when the invitation has changed
    since `version`.
    """
    meeting, row = _begin(invitation, by)
    if row.version != version:
        raise Stale("Somebody else has changed this invitation since you opened it.")
    was_out, row.answer = row.answer == Answer.APOLOGIES, answer
    is_out = row.answer == Answer.APOLOGIES
    if is_out:
        _let_out(row, by)
    row.version += 1
    row.save()
    record(EventType.GUEST_ANSWERED, by=by, case=row.case, target=row)
    if was_out and not is_out and meeting.issued_at:
        _tell(row, meeting, "", by)
    return row


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: User) -> None:
    """Take an invitation back; what the case was shared for ends, and history keeps the rest.

    Nobody is told. Raises ActionDenied, ActionInvalid once the meeting has opened.
    """
    _, row = _begin(invitation, by)
    _let_out(row, by)
    record(EventType.GUEST_WITHDRAWN, by=by, case=row.case, target=row)
    row.delete()


def _begin(invitation: Invitation, by: User) -> tuple[Meeting, Invitation]:
    """The meeting and the invitation, fresh and locked, for who may change it now."""
    meeting = locked(invitation.meeting)
    access.require(by, Perm.MEETING_MANAGE, meeting)
    steps.require("invite", meeting)
    case = Case.objects.locked(invitation.case_id)
    row = invitations.get_invitation(by, meeting, invitation.pk)
    row.case = case
    return meeting, row


def _let_out(row: Invitation, by: User) -> None:
    """End the share that was made for this invitation, unless it was made anew for something else."""
    if row.agency is None or row.shared_until is None:
        return
    panel = grants.shares_of(row.case).filter(kind=ShareKind.PANEL, until=row.shared_until)
    if panel.filter(group_id=row.agency.group_id).exists():
        sharing.unshare_case(
            row.case,
            agency=row.agency,
            kind=ShareKind.PANEL,
            reason=NO_LONGER,
            by=by,
            perm=Perm.MEETING_MANAGE,
        )
    row.shared_until = None
