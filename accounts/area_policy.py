"""What an area decides for itself: one typed value per question, read by guards and pages.

Localities differ by these values, never by the status graph (design section 4). A fixture writes
each value as {"value": ..., "source": "seed" or "default"}; what it leaves out has the default here.
A value that an administrator set has the source "area", the day from which it holds ("from") and, if
it is to change, what it will be ("later", with a value and a day).
"""

import dataclasses
import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from accounts.roles import CHAIR_ROLES, POLICE_ROLES, Role
from prevent_cms import clock

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
# When consent is considered (R110, 8.2.3), in the words that follow "to be considered".
CONSENT_POINTS = {
    "referral": "at the referral",
    "assessment": "at the preliminary assessment",
    "panel": "at the panel",
    "acceptance": "on acceptance, before support",
}


def in_force(entry: Mapping[str, Any], on: datetime.date) -> Any:
    """The value of one entry of a stored policy on a day: a later one holds from its own day on."""
    later = entry.get("later")
    return later["value"] if later and later["from"] <= on.isoformat() else entry["value"]


@dataclass(frozen=True)
class PanelRule:
    """A Channel panel of the area: which council leads it, its name, how often it meets (R124-R126)."""

    council: str = ""  # the agency's key; without one the panel is the whole area's
    name: str = ""
    meets: str = "monthly"  # or "as_needed"
    chair: str = "Chair"


@dataclass(frozen=True)
class AreaPolicy:
    """The values, with their defaults. Times are working days or months, as named."""

    front_door: str = "police"  # R25-R53
    front_desk: str = "the council"  # where else people bring a concern, in words (R84)
    safeguarding_order: str = "beside"  # before, beside or after the police referral (8.2, 1)
    safeguarding_contact: str = "your local children's or adult social care service"
    deconfliction: str = "once"  # or "again_before_assessment" (R61)
    requester: tuple[str, ...] = ("ct_case_officer", "police_supervisor")  # R85-R88, 8.2.4
    threshold_point: str = "assessment"  # or "receipt", or "release": before which move (R65-R67)
    # What police search: national systems by their codes, an area's own by their names (R58, R62).
    check_systems: tuple[str, ...] = (
        "pnc",
        "pnd",
        "local",
        "holmes",
        "national_ct",
        "open_source",
    )
    bank_holidays: str = clock.Nation.ENGLAND  # whose count: ENG, WLS or SCT (8.3)
    screening_working_days: int = 5
    return_working_days: int = 10  # R90
    # When the service itself reminds an agency, counted from the due date: 2 before, 1 and 5 after.
    chaser_working_days: tuple[int, ...] = (-2, 1, 5)
    # How long after an answer the agency is asked whether something has changed, and again; 0: never.
    change_reminder_working_days: int = 20
    one_time_link_working_days: int = 5  # for how long a link for a body without account opens
    pause_working_days: int = 5  # after which a pause of every open request is looked at again
    papers_working_days: int = 5  # before a meeting, when its papers close
    child_notice_to: str = "children"  # key of the agency: R28, seed 003
    adult_notice_to: str = "adults"
    age_boundary: int = 18  # from this age somebody is an adult: notices, leads (R80-R83)
    leads: str = "one"  # or "by_age": an adult lead and a families lead (R80)
    asking_working_days: int = 3  # for whoever asks agencies, where police do not (R87)
    notice_working_days: int = 3  # to answer a safeguarding notice (R29)
    assessment_working_days: int = 10
    panel_working_days: int = 20
    assessment_required_before: str = "convene"  # the move before which a signed VAF is required
    convening_sign_offs: tuple[str, ...] = ("chair", "police")  # R132
    exit_sign_offs: tuple[str, ...] = ("chair", "police")  # R169-R173
    feedback_working_days: int = 10  # to tell the referrer of an outcome (R140, R216)
    panels: tuple[PanelRule, ...] = ()  # none named: one, which meets every month
    quorum_agencies: int = 3
    # What everybody at a meeting agrees to, before they hear of a person (2.4).
    confidentiality: str = (
        "What is said here about a person stays here. I use it only to help this panel assess the "
        "need for support, to arrange that support and to keep people safe. I tell others no more "
        "than they need for that, and only where the law allows it. I keep no papers longer than I "
        "need them. If I have a personal interest in a case, I say so and leave the room for it."
    )
    consent_points: tuple[str, ...] = ("acceptance",)  # of CONSENT_POINTS; the last is law (R122)
    consent_asked_by: str = "the person who knows them best and whom they trust"  # R110, R123
    referrer_attends: str = "may"  # or "must", when the case is heard (R128, R129)
    care_plan_agencies_attend: str = "may"  # or "must" (R130)
    review_months: int = 1  # R166
    post_exit_months: tuple[int, ...] = (6, 12)  # R173
    panel_share_months: int = 13  # how long a panel share lasts
    # Whether sharing wants an agreement with every agency ("always") or only asks why where one has
    # lapsed ("lapsed"); how long one holds; when its holder is reminded, in days from its renewal.
    agreement_needed: str = "lapsed"  # R103
    agreement_months: int = 12
    agreement_reminder_days: tuple[int, ...] = (-30, 1, 30)
    # Whom to ask before sharing (R105), in the words that follow "Ask" (seed 001, information sharing).
    advice_from: str = "your line manager, the Prevent lead or the information governance team"
    vulnerable_word: str = "susceptible to radicalisation"  # label (2.10)

    @classmethod
    def read(cls, stored: dict[str, Any], on: datetime.date | None = None) -> Self:
        """Build the policy of a day, today's without one; raise ValueError for a key nobody knows."""
        known = {field.name: field for field in dataclasses.fields(cls)}
        if unknown := stored.keys() - known.keys():
            raise ValueError(f"Unknown policy values: {', '.join(sorted(unknown))}")
        day = on or clock.today()
        values = {key: in_force(entry, day) for key, entry in stored.items()}
        frozen: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in values.items()
        }
        panels = tuple(PanelRule(**panel) for panel in frozen.pop("panels", ()))
        return cls(panels=panels, **frozen)

    def panel_led_by(self, council: str) -> PanelRule:
        """What is said of the panel of this council, by its key, or of the area's only panel."""
        return next((one for one in self.panels if one.council == council), PanelRule(council))

    def due(self, start: datetime.date, working_days: int) -> datetime.date:
        """The date so many working days after `start` by the bank holidays of this area."""
        return clock.add_working_days(start, working_days, self.bank_holidays)

    def is_open(self, day: datetime.date) -> bool:
        """Whether this is a working day in this area."""
        return clock.is_working_day(day, self.bank_holidays)

    def papers_close(self, meeting_on: datetime.date) -> datetime.date:
        """The last day for the papers of a meeting on this day."""
        return self.due(meeting_on, -self.papers_working_days)

    def working_days_between(self, start: datetime.date, end: datetime.date) -> int:
        """How many working days of this area lie after `start`, up to and with `end`."""
        return clock.working_days_between(start, end, self.bank_holidays)

    def due_words(self, due: datetime.date) -> str:
        """How a due date stands today by the count of this area: "2 working days overdue"."""
        return clock.due_words(due, self.bank_holidays)

    @property
    def nation(self) -> str:
        """Whose bank holidays are left out, in words."""
        return clock.Nation(self.bank_holidays).name.title()

    @property
    def askers(self) -> str:
        """Who outside police asks agencies here, in words."""
        words = {Role.PREVENT_LEAD: "the council", Role.MASH_COORDINATOR: "the safeguarding hub"}
        return " or ".join(said for role, said in words.items() if role in self.requester)

    def allows(self, move: str, roles: frozenset[Role]) -> bool:
        """Whether this area lets someone with these roles make the move; most moves are not narrowed."""
        if move == "request_information":
            return bool(roles & {Role(role) for role in self.requester})
        return True
