"""When a meeting lets something be done, and which decisions a case's stage offers."""

from channel.meetings.models import AgendaItem, Decision, Meeting
from channel.support.queries import exit_standing
from prevent_cms.errors import ActionInvalid
from referrals.workflow import Status

Choice = Decision.Choice
M = Meeting.Status

# What each step needs the meeting to be, and what is said when it is not.
STEPS: dict[str, tuple[frozenset[M], str]] = {
    "change": (frozenset({M.PLANNED, M.ISSUED}), "A meeting is changed before it opens."),
    "cancel": (frozenset({M.PLANNED, M.ISSUED}), "A meeting is cancelled before it opens."),
    "reply": (frozenset({M.ISSUED}), "Invitations are answered until the meeting opens."),
    "invite": (
        frozenset({M.PLANNED, M.ISSUED}),
        "People are invited, and answer, until the meeting opens.",
    ),
    "issue": (frozenset({M.PLANNED, M.ISSUED, M.IN_SESSION}), "This meeting has ended."),
    "arrange": (frozenset({M.PLANNED}), "Item numbers are fixed once the agenda is issued."),
    "move": (frozenset({M.PLANNED, M.ISSUED, M.IN_SESSION}), "This meeting has ended."),
    "raise": (frozenset({M.PLANNED, M.ISSUED, M.IN_SESSION}), "This meeting has ended."),
    "open": (frozenset({M.ISSUED}), "A meeting opens once its agenda is issued."),
    "agree": (
        frozenset({M.ISSUED, M.IN_SESSION}),
        "The confidentiality statement is agreed once the agenda is issued, until the meeting ends.",
    ),
    "start": (frozenset({M.IN_SESSION}), "An item is begun while the meeting is in session."),
    "show": (
        frozenset({M.ISSUED, M.IN_SESSION, M.CLOSED, M.SEALED}),
        "There is nothing to show before the agenda is issued.",
    ),
    "attend": (frozenset({M.IN_SESSION, M.CLOSED}), "Attendance is recorded at the meeting."),
    "withdraw": (
        frozenset({M.ISSUED, M.IN_SESSION, M.CLOSED}),
        "A conflict of interest is declared once the agenda is issued.",
    ),
    "record": (frozenset({M.IN_SESSION, M.CLOSED}), "What is said is recorded at the meeting."),
    "close": (frozenset({M.IN_SESSION}), "This meeting is not in session."),
    "draft": (frozenset({M.IN_SESSION, M.CLOSED, M.SEALED}), "There are no minutes yet."),
    "circulate": (frozenset({M.CLOSED}), "Draft minutes are sent round after the meeting."),
    "check": (frozenset({M.IN_SESSION, M.CLOSED}), "There is no draft to comment on."),
    "correct": (frozenset({M.SEALED}), "Minutes are corrected after they were approved."),
    "approve": (frozenset({M.CLOSED}), "Minutes are approved after the meeting has closed."),
}
SEALED = "The minutes of this meeting are sealed and cannot be changed."

OFFERS: dict[Status, tuple[Choice, ...]] = {
    Status.PANEL: (
        Choice.ADOPT,
        Choice.OTHER_SUPPORT,
        Choice.NOT_APPROPRIATE,
        Choice.POLICE_LED,
        Choice.TRANSFER,
        Choice.DEFER,
    ),
    Status.SUPPORT: (
        Choice.REMAIN,
        Choice.NEW_PLAN,
        Choice.EXIT,
        Choice.TRANSFER,
        Choice.DEFER,
    ),
}


def allows(step: str, meeting: Meeting) -> bool:
    """Whether the step can be done now: the button's twin of `require`."""
    return meeting.status in STEPS[step][0]


def require(step: str, meeting: Meeting) -> None:
    """Raise ActionInvalid, with the reason, when the meeting is not where the step needs it."""
    if not allows(step, meeting):
        sealed = meeting.status == M.SEALED and step != "issue"
        raise ActionInvalid(SEALED if sealed else STEPS[step][1])


def offers(item: AgendaItem, decision: Decision | None) -> tuple[Choice, ...]:
    """The decisions open for an item (R133, R134): by the stage everyone may know, so that a hold
    changes nothing. A decision that has moved the case stands; a review after exit and an item that
    was moved to another meeting need none; an exit that waits for endorsements is decided already."""
    if decision and decision.is_final:
        return (Choice(decision.choice),)
    if item.group == AgendaItem.Group.POST_EXIT or item.is_moved:
        return ()
    found = OFFERS.get(item.case.stage, ())
    if Choice.EXIT in found and exit_standing(item.case):
        return tuple(choice for choice in found if choice != Choice.EXIT)
    return found
