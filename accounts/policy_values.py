"""Every value of an area's policy in words: its name, what it may be, and how it is said.

The pathway page, the form that changes a value and the check of a fixture read this one table. The
values themselves, with their defaults, are in `area_policy.py`.
"""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.area_policy import CONSENT_POINTS, PARTY_NAMES, AreaPolicy, PanelRule
from accounts.permissions import Perm
from accounts.roles import ROLES, Role
from prevent_cms import clock
from prevent_cms.components.text import counted

Choices = Mapping[str, str]
IN, POLICE = "A referral comes in", "Police look at it"
ASKING, DECIDING = "Agencies are asked", "Assessment and convening"
PANEL, SUPPORT = "The panel", "Consent, support and leaving"
WORDS = "Calendar and words"


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
    def wrong(self, value: Any, agencies: Choices) -> str:
        fits = isinstance(value, str) and 0 < len(value.strip()) <= 200
        return "" if fits else f"{self.title}: enter between 1 and 200 characters"


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
    """Working days before (below nothing) and after a due date."""

    def words(self, value: Any, agencies: Choices) -> str:
        if not value:
            return "Not by the service"
        said = [
            f"{counted(abs(day), 'working day')} {'before' if day < 0 else 'after'}"
            for day in value
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


ASKERS = {
    role.value: role.label for role in Role if Perm.INFORMATION_REQUEST in ROLES[role].permissions
}
SIGNERS = {party: words for party, words in PARTY_NAMES.items() if party != "panel"}
SYSTEMS = {"pnc": "PNC", "pnd": "PND", "local": "the force's own", "holmes": "HOLMES"}
SYSTEMS |= {"national_ct": "national counter-terrorism systems", "open_source": "open sources"}
MAY_OR_MUST = {"may": "May be asked to come", "must": "Must come when the case is heard"}

VALUES: dict[str, Value] = {
    "front_door": Choice(
        "Who receives referrals",
        IN,
        choices={
            "police": "Police",
            "la_forwards": "Police; what reaches the council is forwarded to them untouched",
            "safeguarding_front_door": "Social care, which passes the concern on to police",
        },
    ),
    "safeguarding_order": Choice(
        "When to tell safeguarding services",
        IN,
        choices={
            "before": "Before the referral form",
            "beside": "Beside the referral form, at the same time",
            "after": "After the referral form",
        },
    ),
    "safeguarding_contact": Text("Safeguarding services are told through", IN),
    "screening_working_days": Number("Screening is decided within", POLICE),
    "deconfliction": Choice(
        "Checks against live investigations",
        POLICE,
        choices={
            "once": "Once, before the release",
            "again_before_assessment": "Twice: before the release, and before the assessment",
        },
    ),
    "threshold_point": Choice(
        "The threshold is tested",
        POLICE,
        choices={
            "receipt": "On receipt, before it goes on to the check",
            "release": "Before the release",
            "assessment": "Before the panel is convened",
        },
    ),
    "check_systems": Names("Systems that are searched", POLICE, known=SYSTEMS),
    "requester": Several("Who asks agencies", ASKING, choices=ASKERS),
    "advice_from": Text("Advice before sharing is given by", ASKING),
    "return_working_days": Number("Agencies answer within", ASKING),
    "chaser_working_days": Reminders("They are reminded", ASKING, least=-10, most=20),
    "change_reminder_working_days": Number(
        "Asked again whether anything has changed every", ASKING
    ),
    "one_time_link_working_days": Number("A link for a body without account opens for", ASKING),
    "pause_working_days": Number("A pause of requests is looked at again after", ASKING),
    "child_notice_to": AgencyChoice("A safeguarding notice about a child goes to", ASKING),
    "adult_notice_to": AgencyChoice("A safeguarding notice about an adult goes to", ASKING),
    "adult_from": Number("Somebody is an adult from", ASKING, unit="year", least=16, most=25),
    "notice_working_days": Number("A safeguarding notice is answered within", ASKING),
    "assessment_working_days": Number("The assessment is written within", DECIDING),
    "assessment_required_before": Choice(
        "A signed assessment is needed before",
        DECIDING,
        choices={"convene": "The panel is convened", "adopt": "The panel adopts the case"},
    ),
    "convening_sign_offs": Several("Who signs to convene the panel", DECIDING, choices=SIGNERS),
    "panel_working_days": Number("The panel hears the case within", DECIDING),
    "panels": Panels("Channel panels", PANEL),
    "papers_working_days": Number("Papers of a meeting close before it by", PANEL),
    "quorum_agencies": Number("Core agencies needed for a decision", PANEL, unit="agency,agencies"),
    "panel_share_months": Number(
        "Members keep a case on their agenda for", PANEL, unit="month", most=36
    ),
    "referrer_attends": Choice("The person who referred", PANEL, choices=MAY_OR_MUST),
    "care_plan_agencies_attend": Choice(
        "Agencies with a care plan for the person", PANEL, choices=MAY_OR_MUST
    ),
    "consent_points": Several("Consent is considered", SUPPORT, choices=CONSENT_POINTS),
    "consent_asked_by": Text("Who asks for consent", SUPPORT),
    "review_months": Number("Support is reviewed every", SUPPORT, unit="month", most=3),
    "exit_sign_offs": Several("Who endorses that a case leaves", SUPPORT, choices=PARTY_NAMES),
    "feedback_working_days": Number("The referrer is told of an outcome within", SUPPORT),
    "post_exit_months": Numbers("After leaving, looked at again after", SUPPORT, most=36),
    "bank_holidays": Choice(
        "Bank holidays of",
        WORDS,
        choices={nation.value: nation.name.title() for nation in clock.Nation},
    ),
    "vulnerable_word": Text("The person is called", WORDS),
}


def value_named(name: str) -> Value:
    """What is known of a value; one that is new here is a text under its own name."""
    return VALUES.get(name) or Text(name.replace("_", " ").capitalize(), WORDS)


def is_editable(name: str) -> bool:
    """Whether an administrator changes it on a page."""
    return name in VALUES and not isinstance(VALUES[name], FromFile)


def default_of(name: str) -> Any:
    """The usual value, where an area says nothing."""
    return getattr(DEFAULTS, name)


def faults(stored: Mapping[str, Mapping[str, Any]], agencies: Choices) -> list[str]:
    """What is wrong with the values of a file, a sentence each."""
    said = (
        VALUES[name].wrong(entry["value"], agencies)
        for name, entry in stored.items()
        if name in VALUES
    )
    return [sentence for sentence in said if sentence]


DEFAULTS = AreaPolicy()
NAMES = [one.name for one in dataclasses.fields(AreaPolicy)]
ORDER: Callable[[str], int] = (list(VALUES) + [n for n in NAMES if n not in VALUES]).index
