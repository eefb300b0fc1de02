"""Whether enough of the right people are there. Pure rules, without the database.

CTSA 2015 s.37: the local authority chairs and the police of the area must be present; for one
person the police are those of the area where that person lives. How many core agencies are needed
is the area's policy (R126, R127).
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Presence:
    """One line of attendance: for which agency, and whether anybody came for it."""

    agency_id: int | None
    is_there: bool
    is_chair: bool = False
    is_police: bool = False
    is_core: bool = False


@dataclass(frozen=True)
class HomePolice:
    """The force of the area where a person lives, when it is another one, and whether it is there."""

    force: str
    is_there: bool


@dataclass(frozen=True)
class Quorum:
    has_chair: bool
    has_police: bool
    agencies: int
    needed: int
    home: HomePolice | None = None

    @property
    def is_met(self) -> bool:
        return not self.missing

    @property
    def missing(self) -> list[str]:
        """What is still wanted, in words; empty when the meeting may decide."""
        short = self.needed - self.agencies
        wanted = [
            (not self.has_chair, "the chair or deputy"),
            (not self.has_police, "police"),
            (short > 0, f"{short} more core {'agency' if short == 1 else 'agencies'}"),
        ]
        if self.home:
            wanted.append((not self.home.is_there, f"{self.home.force}, where the person lives"))
        return [words for is_wanted, words in wanted if is_wanted]

    @property
    def words(self) -> str:
        """Who is there, or who is still needed: beside a tag that says whether it is met."""
        agencies = f"{self.agencies} core {'agency' if self.agencies == 1 else 'agencies'}"
        if self.is_met:
            police = f"police, {self.home.force} too," if self.home else "police"
            return f"chair, {police} and {agencies} ({self.needed} needed)."
        return f"{_and(self.missing)} still needed."

    @property
    def sentence(self) -> str:
        """The quorum in one sentence, for the page and for the minutes."""
        return f"{'Quorum met' if self.is_met else 'No quorum'}: {self.words}"


def assess(lines: Iterable[Presence], needed: int, home: HomePolice | None = None) -> Quorum:
    """Judge the lines of attendance; an agency counts once, however many came for it.

    `home` is for an item whose person lives in the area of another force.
    """
    there = [line for line in lines if line.is_there]
    return Quorum(
        has_chair=any(line.is_chair for line in there),
        has_police=any(line.is_police for line in there),
        agencies=len({line.agency_id for line in there if line.is_core}),
        needed=needed,
        home=home,
    )


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
