"""What is written of one item at once, on its way from the form to the action."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

from accounts.models import Agency
from referrals.actions.leaving import Leaving


@dataclass(frozen=True, kw_only=True)
class Task:
    """One row of the actions table; `pk` when it was there before, no `what` to take it out."""

    what: str
    agency: Agency | None = None
    owner: str = ""
    due_on: datetime.date | None = None
    pk: int | None = None


@dataclass(frozen=True, kw_only=True)
class Said:
    """What was said of the case, and the three risks (R137)."""

    discussion: str
    risk_to_person: str = ""
    risk_to_person_note: str = ""
    risk_from_person: str = ""
    risk_from_person_note: str = ""
    risk_to_providers: str = ""
    risk_to_providers_note: str = ""
    specialist_needed: str = ""


@dataclass(frozen=True, kw_only=True)
class Decided(Leaving):
    """What was decided, why, how it was agreed, and what the choice asks for besides.

    The answers about leaving count for a decision that ends in no support.
    """

    choice: str
    rationale: str
    agreed: str
    dissent: str = ""
    consent_how: str = ""
    consent_on: datetime.date | None = None
    consent_by: str = ""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Everything that is saved of one item at once; `version` is that of the page it came from."""

    said: Said
    decided: Decided | None = None
    tasks: Sequence[Task] = field(default_factory=list)
    version: int = 0
