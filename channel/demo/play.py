"""Telling the stories of the demonstration, each case to its own stage."""

from typing import Any

from channel.demo import meetings, steps, support
from channel.demo.cast import Cast, read
from referrals.models import Case
from vaf.actions import frameworks

ASKED = ("children", "health", "education")


def play(cast: Cast) -> dict[str, Case]:
    """Bring every person of the stories to their stage, in the order of time; key -> case."""
    frameworks.load(read("vaf-2012.json"))
    stories = read(f"demo/{cast.area.slug}-stories.json")
    people = {person["key"]: person for person in stories["people"]}
    cases: dict[str, Case] = {}

    def tell(*keys: str) -> None:
        for key in keys:
            cases[key] = _to_panel(cast, stories["base"], people[key])

    def meet(days: int, **choices: str) -> None:
        meeting = meetings.plan(cast, planned=days + 30, held=days)
        meetings.hold(cast, meeting, {cases[key].pk: choice for key, choice in choices.items()})

    tell("returned", "small")
    meet(190, returned="adopt")
    support.begin(cast, cases["returned"], 185)
    tell("support")
    meet(75, returned="remain", support="adopt")
    support.begin(cast, cases["support"], 70)
    support.review(cast, cases["support"], 40)
    tell("waiting", "deferred")
    meet(18, returned="exit", support="remain", waiting="adopt", deferred="defer")
    support.leave(cast, cases["returned"], 15)
    tell(*(key for key in people if key not in cases))
    meetings.plan(cast, planned=10, held=-12)
    return cases


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
        return steps.take(cast, case, days)
    steps.screen(cast, case, days)
    if stage == "deconfliction":
        return case
    held = stage == "held"
    steps.check(cast, case, days, steps.CONFLICT if held else steps.CLEAR)
    if stage in ("held", "cleared"):
        return case
    steps.ask(cast, case, days, *ASKED)
    if stage == "gathering":
        return steps.answer(cast, case, days, "children")
    steps.answer(cast, case, days, "children", "education", nil=("health",))
    case = steps.assess(cast, case, days, sign=stage != "assessment")
    return case if stage == "assessment" else steps.convene(cast, case, days)
