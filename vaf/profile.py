"""What can be said of ONE dimension's ratings. Nothing here takes two dimensions or adds answers up.

A rating is a word. The order of the words is only used to say that one factor became stronger or
weaker since last time; it is never turned into a figure (domain 1.3).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

NOT_KNOWN = "not_known"
WEAK_TO_STRONG = ("not_present", "partly", "strongly")

Ratings = Mapping[str, str]  # factor code -> rating, of one dimension


@dataclass(frozen=True)
class Change:
    """How one factor stands beside the assessment before."""

    factor: str
    before: str
    now: str

    @property
    def kind(self) -> str:
        """ "first", "same", "known", "unknown", "stronger" or "weaker"."""
        if not self.before:
            return "first"
        if self.before == self.now:
            return "same"
        if self.before == NOT_KNOWN:
            return "known"
        if self.now == NOT_KNOWN:
            return "unknown"
        rose = WEAK_TO_STRONG.index(self.now) > WEAK_TO_STRONG.index(self.before)
        return "stronger" if rose else "weaker"


def answered(factors: Iterable[str], ratings: Ratings) -> int:
    """How many of these factors have an answer; "not known yet" is one."""
    return len([code for code in factors if ratings.get(code)])


def left(factors: Iterable[str], ratings: Ratings) -> list[str]:
    """The factors without an answer, in their order."""
    return [code for code in factors if not ratings.get(code)]


def changes(factors: Iterable[str], before: Ratings, now: Ratings) -> list[Change]:
    """Each answered factor beside its rating in the assessment before, in the factors' order."""
    return [Change(code, before.get(code, ""), now[code]) for code in factors if now.get(code)]
