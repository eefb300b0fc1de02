"""Sharing where no information sharing agreement is in force: asked why, and never stopped (R103)."""

from collections.abc import Iterable

from accounts.agreements import queries
from accounts.models import User
from prevent_cms.errors import ActionInvalid
from prevent_cms.marking import Mark
from referrals.models import Case, Disclosure, Referral

URGENT = "No reason was given: the referral is urgent."


def is_urgent(case: Case, by: User) -> bool:
    """Whether a referral of the case is urgent, as far as every reader of the register may know."""
    rows = Referral.objects.visible_to(by).exclude(mark=Mark.POLICE)
    return bool(rows.filter(case=case, is_urgent=True).exists())


def note(
    case: Case,
    entries: Iterable[Disclosure],
    *,
    by: User,
    standing: queries.Standing | None = None,
) -> None:
    """Write into new entries of the register how it stands where no agreement is in force.

    Each holds the reason that its sharer gave; where an agreement is in force it is left out.
    `standing` is how they stand if that has just been read. Raises ActionInvalid where one is
    wanted and there is none, save for what is urgent.
    """
    standing = standing or queries.standing(case.area, by)
    for entry in entries:
        entry.agreement = standing.lack(entry.agency) if entry.agency else ""
        if not entry.agreement:
            entry.without_agreement = ""
        elif not entry.without_agreement.strip():
            if not is_urgent(case, by):
                raise ActionInvalid(wanted(entry.recipient))
            entry.without_agreement = URGENT


def wanted(name: str) -> str:
    """What is asked for, as a sentence."""
    return f"Enter why you share with {name} without an agreement in force."
