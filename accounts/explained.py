"""Roles, permissions and shares in words: what somebody can see and do, and why (design section 5)."""

import datetime
from dataclasses import dataclass

from accounts.models import Agency, Membership, Seat, User
from accounts.permissions import Perm
from accounts.roles import KINDS_FOR_MARK, ROLES, Role, ShareKind
from prevent_cms.marking import WHO_SEES, Mark

PERM_WORDS: dict[Perm, str] = {
    Perm.CASE_VIEW: "open cases that are shared with your agency",
    Perm.CASE_TAKE: "take a received referral",
    Perm.CASE_ASSIGN: "give a case to another officer",
    Perm.SCREENING_RECORD: "record screening",
    Perm.THRESHOLD_RECORD: "record the threshold test",
    Perm.PARALLEL_RECORD: "record what runs beside Channel, such as MAPPA or a care plan",
    Perm.DECONFLICTION_RECORD: "record the check against live investigations",
    Perm.PERSON_LINK: "say whether two referrals are of one person",
    Perm.CASE_HOLD: "hold a case, and take it up again",
    Perm.CASE_RELEASE: "release a cleared case to partners",
    Perm.CASE_SHARE: "share a case with an agency, and end a share",
    Perm.CASE_TRANSFER: "propose that a case moves to another area, and take that back",
    Perm.TRANSFER_AGREE: "agree as chair that a case moves out of the area, or into it",
    Perm.CASE_ROUTE: "hand a case over to another lead or council",
    Perm.INFORMATION_REQUEST: "ask agencies for information",
    Perm.CONVERSATION_RECORD: "record what was said on the telephone or at a meeting",
    Perm.INFORMATION_RETURN: "answer requests made to your agency",
    Perm.INFORMATION_WRITE: "write answers that are passed to you, for your agency to send",
    Perm.NOTICE_SEND: "send a safeguarding notice to one agency",
    Perm.NOTICE_ANSWER: "answer safeguarding notices sent to your agency",
    Perm.CONSENT_RECORD: "record what was decided and answered about consent",
    Perm.ASSESSMENT_WRITE: "write the vulnerability assessment",
    Perm.CONVENING_SIGN: "endorse convening the panel",
    Perm.CASE_EXIT: "write the closing report of a case that leaves Channel",
    Perm.EXIT_SIGN: "endorse that a case leaves Channel",
    Perm.REPEAT_CLOSURE_SIGN: "agree that a repeat referral is closed",
    Perm.CASE_CLOSE: "close a case",
    Perm.CASE_REOPEN: "reopen a closed case",
    Perm.FEEDBACK_GIVE: "tell the referrer of an outcome, and record what was said",
    Perm.MEETING_VIEW: "read agendas and minutes",
    Perm.MEETING_MANAGE: "plan meetings and issue agendas",
    Perm.MEETING_RECORD: "record attendance, discussion and actions",
    Perm.DECISION_RECORD: "record the panel's decisions",
    Perm.MINUTES_APPROVE: "approve and seal minutes",
    Perm.MINUTES_EXPORT: "download minutes",
    Perm.PLAN_WRITE: "write support plans and name who leads",
    Perm.SUPPORT_DELIVER: "start your agency's items of a plan and record their progress",
    Perm.REVIEW_RECORD: "record monthly reviews and reviews after exit",
    Perm.CASE_PREVIEW: "see a case as a partner would see it",
    Perm.CASE_RESTRICT: "restrict a case to named people",
    Perm.BAR_SET: "record that somebody has a conflict of interest in a case",
    Perm.GLASS_BREAK: "open a case in an emergency, for an hour and with a reason",
    Perm.GLASS_REVIEW: "review who opened a case in an emergency",
    Perm.AGREEMENT_KEEP: "look after information sharing agreements",
    Perm.PROVIDER_KEEP: "keep the register of intervention providers and their checks",
    Perm.AUDIT_VIEW: "read logs of what was done, without case content",
    Perm.PEOPLE_MANAGE: "look after people and their roles",
    Perm.POLICY_EDIT: "change the policy of an area",
}
KIND_WORDS: dict[ShareKind, str] = {
    ShareKind.COORDINATE: "Released cases that your agency coordinates, and everything in them that "
    "is not kept to police",
    ShareKind.RESPOND: "Who you are asked about, the question, and your agency's own answer",
    ShareKind.PANEL: "Papers, decisions, plans and reviews of cases on an agenda issued to your "
    "agency",
    ShareKind.DELIVER: "Your agency's own items of a support plan, and the risk to those who "
    "deliver them",
}
POLICE_COORDINATES = "Every case of the area, also before release, and what is kept to police"


@dataclass(frozen=True)
class Part:
    """One part of cases: whether it is open to a person, and why or why not."""

    title: str
    is_open: bool
    why: str


@dataclass(frozen=True)
class Place:
    """One agency in which somebody works: the roles there and what they bring."""

    agency: Agency
    roles: list[tuple[str, str]]
    since: datetime.date
    may: list[str]
    sees: list[str]
    colleagues: list[str]


def places(user: User) -> list[Place]:
    """Where this person works now, with what each place lets them do and see."""
    return [_place(user, seat) for seat in user.seats]


def _place(user: User, seat: Seat) -> Place:
    perms = frozenset().union(*(ROLES[role].permissions for role in seat.roles))
    rows = Membership.objects.current().filter(agency=seat.agency)
    first = min(row.started_on for row in rows if row.user_id == user.pk)
    others = rows.exclude(user=user).filter(user__is_active=True).select_related("user")
    return Place(
        agency=seat.agency,
        roles=[(role.label, ROLES[role].description) for role in Role if role in seat.roles],
        since=first,
        may=[words for perm, words in PERM_WORDS.items() if perm in perms],
        sees=[_sees(kind, seat) for kind in ShareKind if kind in seat.kinds],
        colleagues=sorted({f"{row.user.name}, {row.get_role_display()}" for row in others}),
    )


def _sees(kind: ShareKind, seat: Seat) -> str:
    is_police = kind == ShareKind.COORDINATE and seat.is_police
    return POLICE_COORDINATES if is_police else KIND_WORDS[kind]


def parts(user: User) -> list[Part]:
    """Each handling mark, and whether a role of this person can ever open what bears it."""
    found = []
    for mark in Mark:
        seats = [s for s in user.seats if s.kinds & KINDS_FOR_MARK[mark]]
        if mark == Mark.POLICE:
            seats = [s for s in seats if s.is_police]
        found.append(Part(mark.label, bool(seats), f"Read by {WHO_SEES[mark]}"))
    return found
