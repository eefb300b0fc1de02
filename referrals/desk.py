"""What can be done to the state of a case by this reader, as links for the case's pages."""

from django.urls import reverse

from accounts.permissions import Perm
from referrals import handovers, parallel, transfers
from referrals.access import Reader
from referrals.actions.closing import is_reopenable
from referrals.actions.hold import is_held_by_check
from referrals.feedback import TELLABLE
from referrals.models import Case
from referrals.workflow import CASE_WORKFLOW, Status

# Move -> words and route; a link is shown when role, share and stage all say yes.
MOVES = {
    "hold": ("Hold this case", "case_hold"),
    "resume": ("End the hold", "case_resume"),
    "close": ("Close this case", "case_close"),
    "reopen": ("Reopen this case", "case_reopen"),
}
CHECKED = frozenset(
    {Status.INFORMATION_GATHERING, Status.ASSESSMENT, Status.PANEL, Status.SUPPORT, Status.HELD}
)


def acts(reader: Reader) -> list[tuple[str, str]]:
    """(words, address) of the acts open to this reader besides the one next action."""
    case = reader.case
    found = []
    if case.status in CHECKED and reader.may(Perm.DECONFLICTION_RECORD):
        found.append(("Check for investigations again", "case_deconfliction"))
    for name, link in MOVES.items():
        move = CASE_WORKFLOW.moves[name]
        open_to_them = case.status in move.sources and reader.may(Perm(move.permission))
        if open_to_them and _is_possible(name, case):
            found.append(link)
    return [
        (words, reverse(route, args=[case.reference]))
        for words, route in [*found, *_besides(reader)]
    ]


def _besides(reader: Reader) -> list[tuple[str, str]]:
    """Words and route of what is no move of the case."""
    case = reader.case
    may_tell = case.status in TELLABLE and reader.may(Perm.FEEDBACK_GIVE)
    may_give = bool(case.is_open or case.next_due_on) and handovers.may_give(reader)
    rows = [
        ("Safeguarding notices", "case_notices", reader.may(Perm.NOTICE_SEND)),
        ("What runs beside Channel", "case_parallel", parallel.is_recordable(reader)),
        ("Feedback to the referrer", "case_feedback", may_tell),
        ("Transfer to another area", "case_transfer", transfers.may_propose(reader)),
        ("Give the case to another officer", "case_assign", may_give),
    ]
    return [(words, route) for words, route, is_open in rows if is_open]


def _is_possible(name: str, case: Case) -> bool:
    """What the status alone does not say."""
    if name == "reopen":
        return is_reopenable(case)
    return name != "resume" or not is_held_by_check(case)
