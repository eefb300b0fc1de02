"""What an area decides for itself: one typed value per question, read by guards and pages.

Localities differ by these values, never by the status graph (design section 4). A fixture writes
each value as {"value": ..., "source": "seed" or "default"}; what it leaves out has the default here.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any, Self

from accounts.roles import CHAIR_ROLES, POLICE_ROLES, Role

# Whose sign-off a policy can ask for, and which roles give it. "panel" means that the panel's own
# recorded decision is enough (seed 000 for leaving; R169).
PARTIES: dict[str, frozenset[Role]] = {
    "chair": CHAIR_ROLES,
    "police": frozenset({Role.POLICE_SUPERVISOR}),
    "case_officer": POLICE_ROLES,
    "prevent_lead": frozenset({Role.PREVENT_LEAD}),
    "panel": frozenset(),
}
PARTY_NAMES = {
    "chair": "panel chair",
    "police": "police Prevent supervisor",
    "case_officer": "CT case officer",
    "prevent_lead": "Prevent lead",
    "panel": "the panel's recorded decision",
}


@dataclass(frozen=True)
class AreaPolicy:
    """The values, with their defaults. Times are working days or months, as named."""

    front_door: str = "police"  # R25-R53
    safeguarding_order: str = "beside"  # before, beside or after the police referral (8.2, 1)
    safeguarding_contact: str = "your local children's or adult social care service"
    deconfliction: str = "once"  # or "again_before_assessment" (R61)
    requester: tuple[str, ...] = ("ct_case_officer", "police_supervisor")  # R85-R88, 8.2.4
    screening_working_days: int = 5
    return_working_days: int = 10  # R90
    reminder_working_days: int = 2  # before the due date
    assessment_working_days: int = 10
    panel_working_days: int = 20
    assessment_required_before: str = "convene"  # the move before which a signed VAF is required
    convening_sign_offs: tuple[str, ...] = ("chair", "police")  # R132
    exit_sign_offs: tuple[str, ...] = ("chair", "police")  # R169-R173
    quorum_agencies: int = 3
    review_months: int = 1  # R166
    post_exit_months: tuple[int, ...] = (6, 12)  # R173
    panel_share_months: int = 13  # how long a panel share lasts
    vulnerable_word: str = "susceptible to radicalisation"  # label (2.10)

    @classmethod
    def read(cls, stored: dict[str, Any]) -> Self:
        """Build the policy from a fixture's JSON; raise ValueError for a key nobody knows."""
        known = {field.name: field for field in dataclasses.fields(cls)}
        if unknown := stored.keys() - known.keys():
            raise ValueError(f"Unknown policy values: {', '.join(sorted(unknown))}")
        values = {key: entry["value"] for key, entry in stored.items()}
        frozen: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in values.items()
        }
        return cls(**frozen)

    def allows(self, move: str, roles: frozenset[Role]) -> bool:
        """Whether this area lets someone with these roles make the move; most moves are not narrowed."""
        if move == "request_information":
            return bool(roles & {Role(role) for role in self.requester})
        return True
