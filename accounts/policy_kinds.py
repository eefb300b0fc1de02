"""The kinds of values in an area's policy: how each is said, and what is wrong with one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.area_policy import PanelRule
from prevent_cms.components.text import counted

Choices = Mapping[str, str]


@dataclass(frozen=True)
class Value:
    """What one value is called and may be; a subclass knows how it is said and what is wrong."""

    title: str
    group: str
    help: str = ""

    def words(self, value: Any, agencies: Choices) -> str:
        """The value as the pathway says it."""
        return str(value)

    def wrong(self, value: Any, agencies: Choices) -> str:
        """What is wrong with a value, as a sentence for the person who gave it; "" for nothing."""
        raise NotImplementedError

    def kept(self, given: Any) -> Any:
        """What a form gave, as it is stored."""
        return given


@dataclass(frozen=True)
class Text(Value):
    most: int = 200

    def wrong(self, value: Any, agencies: Choices) -> str:
        fits = isinstance(value, str) and 0 < len(value.strip()) <= self.most
        return "" if fits else f"{self.title}: enter between 1 and {self.most} characters"


@dataclass(frozen=True)
class Number(Value):
    unit: str = "working day"
    least: int = 1
    most: int = 60

    def words(self, value: Any, agencies: Choices) -> str:
        return counted(value, self.unit)

    def wrong(self, value: Any, agencies: Choices) -> str:
        fits = type(value) is int and self.least <= value <= self.most
        return "" if fits else f"{self.title}: enter a number from {self.least} to {self.most}"


@dataclass(frozen=True)
class Numbers(Number):
    unit: str = "month"

    def words(self, value: Any, agencies: Choices) -> str:
        if not value:
            return "None"
        *others, last = sorted(value)
        return (
            f"{', '.join(map(str, others))} and {last} months" if others else counted(last, "month")
        )

    def wrong(self, value: Any, agencies: Choices) -> str:
        fits = isinstance(value, list | tuple) and len(set(value)) == len(value) <= 6
        fits = fits and not any(Number.wrong(self, one, agencies) for one in value)
        return (
            ""
            if fits
            else f"{self.title}: enter up to 6 different numbers from {self.least} to {self.most}, "
            "with commas between them"
        )


@dataclass(frozen=True)
class Reminders(Numbers):
    """Days, working days if not said otherwise, before (below nothing) and after a due date."""

    unit: str = "working day"

    def words(self, value: Any, agencies: Choices) -> str:
        if not value:
            return "Not by the service"
        said = [
            f"{counted(abs(day), self.unit)} {'before' if day < 0 else 'after'}" for day in value
        ]
        return ", ".join(said) + " the date"


@dataclass(frozen=True)
class Choice(Value):
    choices: Choices = field(default_factory=dict)

    def offered(self, agencies: Choices) -> Choices:
        return self.choices

    def words(self, value: Any, agencies: Choices) -> str:
        return self.offered(agencies).get(value, str(value))

    def wrong(self, value: Any, agencies: Choices) -> str:
        fits = isinstance(value, str) and value in self.offered(agencies)
        return "" if fits else f"{self.title}: select one of the answers shown"


@dataclass(frozen=True)
class AgencyChoice(Choice):
    """One of the partner agencies of the area, by its key."""

    def offered(self, agencies: Choices) -> Choices:
        return agencies


@dataclass(frozen=True)
class Several(Choice):
    def words(self, value: Any, agencies: Choices) -> str:
        names = [self.choices.get(one, str(one)) for one in value]
        return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)

    def wrong(self, value: Any, agencies: Choices) -> str:
        fits = isinstance(value, list | tuple) and value and set(value) <= self.choices.keys()
        return "" if fits else f"{self.title}: select at least one of the answers shown"

    def kept(self, given: Any) -> Any:
        return [one for one in self.choices if one in given]  # in the order of the table


class FromFile(Value):
    """A value that comes with the area's file and is changed on no page."""


@dataclass(frozen=True)
class Names(FromFile):
    """Some codes, in words where they have any, and names of the area's own."""

    known: Choices = field(default_factory=dict)

    def words(self, value: Any, agencies: Choices) -> str:
        return ", ".join(self.known.get(one, one) for one in value)

    def wrong(self, value: Any, agencies: Choices) -> str:
        fits = isinstance(value, list | tuple) and value and all(isinstance(x, str) for x in value)
        return "" if fits else f"{self.title}: name at least one"


@dataclass(frozen=True)
class Panels(FromFile):
    """Panels come with councils and agencies."""

    def words(self, value: Any, agencies: Choices) -> str:
        rules = [one if isinstance(one, PanelRule) else PanelRule(**one) for one in value]
        meets = {"monthly": "every month", "as_needed": "when needed"}
        said = [f"{one.name} ({one.chair}), {meets[one.meets]}" for one in rules]
        return "; ".join(said) or "One panel, every month"

    def wrong(self, value: Any, agencies: Choices) -> str:
        fits = isinstance(value, list | tuple) and all(
            isinstance(one, dict) and one.get("meets", "monthly") in ("monthly", "as_needed")
            for one in value
        )
        return "" if fits else f"{self.title}: a panel meets monthly or as_needed"
