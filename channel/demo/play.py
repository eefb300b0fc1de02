"""Telling the stories of the demonstration, each case to its own stage."""

from typing import Any

from channel.demo import agreements, beside, meetings, sharing_out, steps, support
from channel.demo.cast import Cast, read
from referrals.models import Case
from vaf.actions import frameworks

ASKED = ("children", "health", "education")


class Telling:
    """The stories of one area as they are told, in the order of time."""

    def __init__(self, cast: Cast) -> None:
        stories = read(f"demo/{cast.area.slug}-stories.json")
        self.cast, self.base = cast, stories["base"]
        self.people = {person["key"]: person for person in stories["people"]}
        self.cases: dict[str, Case] = {}

    def tell(self, *keys: str) -> None:
        """These people come to their stages, or up to the panel."""
        for key in keys:
            self.cases[key] = _to_panel(self.cast, self.base, self.people[key])

    def tell_the_rest(self) -> None:
        self.tell(*(key for key in self.people if key not in self.cases))

    def meet(self, days: int, **choices: str) -> None:
        """The panel meets that many days ago and decides on each of these."""
        meeting = meetings.plan(self.cast, planned=days + 30, held=days)
        decided = {self.cases[key].pk: choice for key, choice in choices.items()}
        meetings.hold(self.cast, meeting, decided)


def play(cast: Cast) -> dict[str, Case]:
    """Bring every person of the area's stories to their stage; key -> case."""
    frameworks.load(read("vaf-2012.json"))
    agreements.sign(cast)
    telling = Telling(cast)
    if cast.area.slug == "norfolk":
        _long_story(telling)
    elif "adopted" in telling.people:
        telling.tell("adopted")
        telling.meet(40, adopted="adopt")
        support.begin(cast, telling.cases["adopted"], 35)
    telling.tell_the_rest()
    if "further" in telling.cases:
        steps.join(cast, telling.cases["further"], telling.cases["support"], 1)
    meetings.plan(cast, planned=10, held=-12)
    if "support" in telling.cases:
        sharing_out.share_out(cast, telling.cases["support"])
        beside.care(cast, telling.cases["support"], 20)
    return telling.cases


def _long_story(telling: Telling) -> None:
    """A year of an area: three meetings, support with its reviews, and one who has left."""
    cast, cases = telling.cast, telling.cases
    telling.tell("returned", "small")
    telling.meet(190, returned="adopt")
    support.begin(cast, cases["returned"], 185)
    telling.tell("support")
    telling.meet(75, returned="remain", support="adopt")
    support.begin(cast, cases["support"], 70)
    support.review(cast, cases["support"], 40)
    telling.tell("waiting", "deferred")
    telling.meet(18, returned="exit", support="remain", waiting="adopt", deferred="defer")
    support.leave(cast, cases["returned"], 15)


def _to_panel(cast: Cast, base: dict[str, Any], person: dict[str, Any]) -> Case:
    """The first part of a story: up to its stage, or up to the panel."""
    days, stage = person["days"], person["stage"]
    case = steps.receive(cast, base, person)
    if stage == "received":
        return case
    if stage == "closed_at_screening":
        steps.turn_away(cast, case, days)
        return case
    if stage == "screening":
        steps.take(cast, case, days)
        beside.ask_referrer(cast, case, days - 1.2)
        return case
    steps.screen(cast, case, days)
    if stage in ("deconfliction", "joined"):
        return case
    held = stage == "held"
    steps.check(cast, case, days, steps.CONFLICT if held else steps.CLEAR)
    if stage in ("held", "cleared"):
        return case
    steps.ask(cast, case, days, *ASKED)
    if stage == "gathering":
        steps.answer(cast, case, days, "children")
        return steps.wait(cast, case, days)
    steps.answer(cast, case, days, "children", "education", nil=("health",))
    case = steps.assess(cast, case, days, sign=stage != "assessment")
    return case if stage == "assessment" else steps.convene(cast, case, days)
