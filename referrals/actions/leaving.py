"""What has to be said when a case leaves, at whatever stage and by whatever way; nothing unsaid."""

import dataclasses
import datetime
from dataclasses import dataclass
from typing import Any, Self

from prevent_cms import clock
from prevent_cms.errors import ActionInvalid
from referrals.models import Closure

Outcome = Closure.Outcome
# For these nobody is offered anything and no service is asked (s.36(6), R213).
NOTHING_TO_OFFER = frozenset({Outcome.DUPLICATE, Outcome.LEFT_AREA})


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """How a person leaves; None where nobody has said yes or no, which is refused."""

    destination: str = ""  # R213
    handed_over_on: datetime.date | None = None  # to police-led management (R135, R136)
    health_and_care_considered: str = ""  # CTSA 2015 s.36(6)
    safeguarding_concern: bool | None = None
    safeguarding_person: str = ""  # R31, R218
    safeguarding_raised_on: datetime.date | None = None
    significant_harm: bool | None = None  # to a child
    social_care: str = ""  # R33
    crime: bool | None = None
    crime_passed_to: str = ""  # R39: outside Channel
    crime_passed_on: datetime.date | None = None

    @classmethod
    def of(cls, row: Any) -> Self:
        """The answers that stand in a row, or in a form's or a decision's."""
        return cls(**{name: getattr(row, name) for name in cls.__dataclass_fields__})

    @property
    def answers(self) -> dict[str, Any]:
        """The same as columns; what a "no" makes meaningless is left out."""
        given = dataclasses.asdict(self)
        for question, (_, names) in FOLLOWS.items():
            if not given[question]:
                blank = {name: None if name.endswith("_on") else "" for name in names}
                given.update(blank)
        return given


# Question -> what is said when nobody answered it, and what a "yes" asks for.
FOLLOWS: dict[str, tuple[str, tuple[str, ...]]] = {
    "safeguarding_concern": (
        "Say whether there is a safeguarding concern.",
        ("safeguarding_person", "safeguarding_raised_on"),
    ),
    "significant_harm": (
        "Say whether a child is suspected of suffering significant harm.",
        ("social_care",),
    ),
    "crime": (
        "Say whether a crime or terrorist activity is suspected.",
        ("crime_passed_to", "crime_passed_on"),
    ),
}


def require_leaving(outcome: str, reason: str, leaving: Leaving) -> None:
    """Raise ActionInvalid when something that must be said about leaving is missing.

    R31, R33, R39, R135, R213, R218; CTSA 2015 s.36(6).
    """
    for is_missing, words in (*_wanted(outcome, reason, leaving), *_unsaid(leaving)):
        if is_missing:
            raise ActionInvalid(words)


def _wanted(outcome: str, reason: str, leaving: Leaving) -> list[tuple[bool, str]]:
    offers = outcome not in NOTHING_TO_OFFER
    care = leaving.health_and_care_considered.strip()
    is_handed_over = outcome != Outcome.POLICE_LED or leaving.handed_over_on
    return [
        (not reason.strip(), "Enter why the case is closed."),
        (offers and not leaving.destination.strip(), "Enter who takes this on."),
        (not is_handed_over, "Enter the day from which police lead."),
        (offers and not care, "Say how health and social care were considered."),
    ]


def _unsaid(leaving: Leaving) -> list[tuple[bool, str]]:
    today = clock.today()
    harm, raised = leaving.significant_harm, leaving.safeguarding_raised_on
    passed = leaving.crime_passed_on
    person, told = leaving.safeguarding_person.strip(), leaving.crime_passed_to.strip()
    return [
        *((getattr(leaving, name) is None, words) for name, (words, _) in FOLLOWS.items()),
        (
            bool(harm and not leaving.safeguarding_concern),
            "Significant harm is a safeguarding concern. Say who raised it, and when.",
        ),
        (
            bool(leaving.safeguarding_concern and not person),
            "Name the person who raises the safeguarding concern.",
        ),
        (
            bool(leaving.safeguarding_concern and (raised is None or raised > today)),
            "The safeguarding concern has to be raised before the case leaves. Enter when it was.",
        ),
        (
            bool(harm and not leaving.social_care.strip()),
            "Say who of children's social care took part in this decision.",
        ),
        (
            bool(leaving.crime and not (told and passed and passed <= today)),
            "Say to whom in police the crime was passed, outside Channel, and when.",
        ),
    ]
