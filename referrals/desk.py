"""What can be done to the state of a case by this reader, as links for the case's pages."""

from django.urls import reverse

from accounts.permissions import Perm
from referrals import handovers
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
    if reader.may(Perm.NOTICE_SEND):
        found.append(("Safeguarding notices", "case_notices"))
    if case.status in TELLABLE and reader.may(Perm.FEEDBACK_GIVE):
        found.append(("Feedback to the referrer", "case_feedback"))
    if (case.is_open or case.next_due_on) and handovers.may_give(reader):
        found.append(("Give the case to another officer", "case_assign"))
    return [(words, reverse(route, args=[case.reference])) for words, route in found]


def _is_possible(name: str, case: Case) -> bool:
    """What the status alone does not say."""
    if name == "reopen":
        return is_reopenable(case)
    return name != "resume" or not is_held_by_check(case)
