"""The status of a case: every stage and every move between stages, in one table (design section 4).

Code owns this graph; an area's policy owns guards and intervals. Nothing else writes a status.
"""

from django.db import models

from accounts.permissions import Perm
from prevent_cms.history.types import EventType as E
from prevent_cms.workflow import Workflow, move


class Status(models.TextChoices):
    RECEIVED = "RECEIVED", "Received"
    SCREENING = "SCREENING", "Screening"
    DECONFLICTION = "DECONFLICTION", "Deconfliction"
    INFORMATION_GATHERING = "INFORMATION_GATHERING", "Information gathering"
    ASSESSMENT = "ASSESSMENT", "Assessment"
    PANEL = "PANEL", "Panel"
    SUPPORT = "SUPPORT", "Support"
    CLOSED = "CLOSED", "Closed"
    HELD = "HELD", "Held"


S = Status
OPEN = (
    S.RECEIVED,
    S.SCREENING,
    S.DECONFLICTION,
    S.INFORMATION_GATHERING,
    S.ASSESSMENT,
    S.PANEL,
    S.SUPPORT,
)
# Stages that nobody outside police may know of (hard rule, design section 4).
BEFORE_RELEASE = frozenset({S.RECEIVED, S.SCREENING, S.DECONFLICTION})

CASE_WORKFLOW = Workflow(
    [
        move("take", S.RECEIVED, to=S.SCREENING, needs=Perm.CASE_TAKE, event=E.CASE_TAKEN),
        move(
            "pass_screening",
            S.SCREENING,
            to=S.DECONFLICTION,
            needs=Perm.SCREENING_RECORD,
            event=E.SCREENING_PASSED,
        ),
        move(
            "release",
            S.DECONFLICTION,
            to=S.INFORMATION_GATHERING,
            needs=Perm.CASE_RELEASE,
            event=E.CASE_RELEASED,
        ),
        move(
            "release_without_requests",
            S.DECONFLICTION,
            to=S.ASSESSMENT,
            needs=Perm.CASE_RELEASE,
            event=E.CASE_RELEASED,
        ),
        move(
            "begin_assessment",
            S.INFORMATION_GATHERING,
            to=S.ASSESSMENT,
            needs=Perm.ASSESSMENT_WRITE,
            event=E.ASSESSMENT_BEGUN,
        ),
        move(
            "gather_again",
            S.ASSESSMENT,
            S.PANEL,
            to=S.INFORMATION_GATHERING,
            needs=Perm.INFORMATION_REQUEST,
            event=E.GATHERING_REOPENED,
        ),
        move(
            "convene",
            S.ASSESSMENT,
            to=S.PANEL,
            needs=Perm.CONVENING_SIGN,
            event=E.CASE_CONVENED,
            app="channel",
        ),
        move(
            "adopt",
            S.PANEL,
            to=S.SUPPORT,
            needs=Perm.DECISION_RECORD,
            event=E.CASE_ADOPTED,
            app="channel",
        ),
        move(
            "not_adopt",
            S.PANEL,
            to=S.CLOSED,
            needs=Perm.DECISION_RECORD,
            event=E.CASE_NOT_ADOPTED,
            app="channel",
        ),
        move(
            "return_to_panel",
            S.SUPPORT,
            to=S.PANEL,
            needs=Perm.CONSENT_RECORD,
            event=E.RETURNED_TO_PANEL,
            app="channel",
        ),
        move(
            "exit",
            S.SUPPORT,
            to=S.CLOSED,
            needs=Perm.CASE_EXIT,  # besides the sign-offs of policy, a guard in channel
            event=E.CASE_EXITED,
            app="channel",
        ),
        move("hold", *OPEN, to=S.HELD, needs=Perm.CASE_HOLD, event=E.CASE_HELD),
        move("resume", S.HELD, to=None, needs=Perm.CASE_HOLD, event=E.CASE_RESUMED),
        move(
            "close",
            *OPEN,
            S.HELD,
            to=S.CLOSED,
            needs=Perm.CASE_CLOSE,
            event=E.CASE_CLOSED,
        ),
        move(
            "reopen",
            S.CLOSED,
            to=S.PANEL,
            needs=Perm.CASE_REOPEN,
            event=E.CASE_REOPENED,
        ),
    ]
)
