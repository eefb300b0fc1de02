"""Every value of an area's policy in words: its name, what it may be, and how it is said.

The pathway page, the form that changes a value and the check of a fixture read this one table. The
values themselves, with their defaults, are in `area_policy.py`, their kinds in `policy_kinds.py`.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from accounts.area_policy import CONSENT_POINTS, PARTY_NAMES, AreaPolicy
from accounts.permissions import Perm
from accounts.policy_kinds import (
    AgencyChoice,
    Choice,
    Choices,
    FromFile,
    Names,
    Number,
    Numbers,
    Panels,
    Reminders,
    Several,
    Text,
    Value,
)
from accounts.roles import ROLES, Role
from prevent_cms import clock

IN, POLICE = "A referral comes in", "Police look at it"
ASKING, DECIDING = "Agencies are asked", "Assessment and convening"
PANEL, SUPPORT = "The panel", "Consent, support and leaving"
WORDS = "Calendar and words"
ASKERS = {r.value: r.label for r in Role if Perm.INFORMATION_REQUEST in ROLES[r].permissions}
SIGNERS = {party: words for party, words in PARTY_NAMES.items() if party != "panel"}
SYSTEMS = {"pnc": "PNC", "pnd": "PND", "local": "the force's own", "holmes": "HOLMES"}
SYSTEMS |= {"national_ct": "national counter-terrorism systems", "open_source": "open sources"}
LEADS = {"one": "The Prevent lead", "by_age": "The adult lead or the families lead, by age"}
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
    "front_desk": Text("People also bring concerns to", IN),
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
    "agreement_needed": Choice(
        "An information sharing agreement",
        ASKING,
        choices={
            "lapsed": "Can be in place with an agency; sharing after it has lapsed wants a reason",
            "always": "Is needed with every agency; sharing without one in force wants a reason",
        },
    ),
    "agreement_months": Number("An agreement is renewed within", ASKING, unit="month", most=24),
    "agreement_reminder_days": Reminders(
        "Whoever keeps an agreement is reminded", ASKING, unit="day", least=-60, most=60
    ),
    "advice_from": Text("Advice before sharing is given by", ASKING),
    "leads": Choice("Who leads for the council", ASKING, choices=LEADS),
    "asking_working_days": Number("Where police do not ask, agencies are asked within", ASKING),
    "return_working_days": Number("Agencies answer within", ASKING),
    "chaser_working_days": Reminders("They are reminded", ASKING, least=-10, most=20),
    "change_reminder_working_days": Number(
        "Asked again whether anything has changed every", ASKING
    ),
    "one_time_link_working_days": Number("A link for a body without account opens for", ASKING),
    "pause_working_days": Number("A pause of requests is looked at again after", ASKING),
    "child_notice_to": AgencyChoice("A safeguarding notice about a child goes to", ASKING),
    "adult_notice_to": AgencyChoice("A safeguarding notice about an adult goes to", ASKING),
    "age_boundary": Number("Somebody is an adult from", ASKING, unit="year", least=16, most=25),
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
    "confidentiality": Text("What everybody at a meeting agrees to", PANEL, most=1000),
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
