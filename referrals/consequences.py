"""What the other agencies will see from the moment something is saved, in sentences."""

from referrals.models import Case, Deconfliction
from referrals.workflow import BEFORE_RELEASE, Status

NOBODY = "No agency outside police can tell that this case exists, and that stays so."
UNCHANGED = (
    "For every other agency nothing changes: the same stage “{stage}”, the same words, the same "
    "dates, the same requests."
)

CLOSED_AS_SEEN = (
    "Coordinators read the outcome and the reason. Agencies that were asked, or are on the panel, "
    "read that the case is closed."
)


def of_check(case: Case, outcome: str) -> list[str]:
    """What follows from a check with this outcome."""
    is_clear = outcome == Deconfliction.Outcome.CLEAR
    if is_clear and case.status == Status.HELD:
        return [f"The case goes on at the stage “{case.stage.label}”.", *of_resuming(case)]
    if is_clear and case.status == Status.DECONFLICTION:
        return [NOBODY, "You can release the case next. You then choose who is asked, and what."]
    if is_clear:
        return ["The check is recorded. For every other agency nothing changes."]
    if case.status == Status.HELD:
        return ["The case stays held.", *of_hold(case)]
    return ["The case is held until a new check is clear.", *of_hold(case)]


def of_hold(case: Case) -> list[str]:
    """What a hold looks like from outside police."""
    if not case.is_released:
        return [NOBODY]
    return [UNCHANGED.format(stage=case.stage.label)]


def of_screening(goes_on: bool) -> list[str]:
    """What follows from a screening decision."""
    if goes_on:
        return [NOBODY, "The next step is the check against live investigations."]
    return [NOBODY, "The case is closed. The referral stays on record and is found again."]


def of_closing(case: Case) -> list[str]:
    """What follows from closing the case."""
    if not case.is_released:
        return [NOBODY]
    return [
        CLOSED_AS_SEEN,
        "The outcome “Subject of an investigation” and its reason are shown to police only.",
    ]


def of_resuming(case: Case) -> list[str]:
    """What ending a hold looks like from outside police."""
    if case.stage in BEFORE_RELEASE:
        return [NOBODY]
    return ["Other agencies never saw the hold. Their stage, dates and requests stay as they are."]
