"""Who receives a concern first in an area, and through which desk it came (R25-R53, R84, 8.1)."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import Agency, Area, User
from prevent_cms.components.text import age
from referrals.models import Forwarded, SafeguardingNotice

FORWARDS, SAFEGUARDING = "la_forwards", "safeguarding_front_door"
About = SafeguardingNotice.About
Answers = Mapping[str, Any]
MOST = 50  # of the newest that a desk is shown


@dataclass(frozen=True)
class Through:
    """The desk through which a referral comes: who typed it in there, and what they call it."""

    agency: Agency
    by: User
    own_reference: str = ""


def desk_of(user: Any, area: Area) -> Agency | None:
    """The agency for which this person receives concerns in this area; None where they do not."""
    seats = user.seats if user.is_authenticated and user.is_active else []
    return next((seat.agency for seat in seats if is_desk(seat.agency, area)), None)


def is_desk(agency: Agency, area: Area) -> bool:
    """Whether this agency receives concerns for the area besides police."""
    rules = area.rules
    if agency.area_id != area.pk or rules.front_door not in (FORWARDS, SAFEGUARDING):
        return False
    social_care = {rules.child_notice_to, rules.adult_notice_to}
    is_council = agency.kind == Agency.Kind.LOCAL_AUTHORITY
    return is_council or (rules.front_door == SAFEGUARDING and agency.key in social_care)


def desks(user: User) -> list[Agency]:
    """Every agency for which this person receives concerns."""
    return [seat.agency for seat in user.seats if is_desk(seat.agency, seat.agency.area)]


def forwarded_by(agencies: list[Agency]) -> list[Forwarded]:
    """What these desks passed on, newest first."""
    rows = Forwarded.objects.filter(agency__in=agencies).select_related("agency", "by")
    return list(rows[:MOST])


def first_told(area: Area, answers: Answers) -> tuple[Agency, About] | None:
    """The social care service that receives the concern at once; None where police come first.

    In the area of a safeguarding front door police come first for danger, plans and threats: the
    upper levels of need (seed 002, section 10).
    """
    rules, about = area.rules, about_of(area, answers)
    is_for_police = answers.get("danger") == "yes" or bool(
        str(answers.get("threats") or "").strip()
    )
    if rules.front_door != SAFEGUARDING or is_for_police or about is None:
        return None
    key = rules.child_notice_to if about == About.CHILD else rules.adult_notice_to
    kind = Agency.Kind.PARTNER
    agency = Agency.objects.filter(area=area, key=key, kind=kind, is_active=True).first()
    return (agency, about) if agency else None


def about_of(area: Area, answers: Answers) -> About | None:
    """Whether the concern is about a child, by the age boundary of the area; None when not known."""
    years = str(answers.get("age") or "")
    if born := answers.get("born"):
        years = age(datetime.date.fromisoformat(born)).split(" ")[0]
    if not years.isdecimal():
        return None
    return About.CHILD if int(years) < area.rules.age_boundary else About.ADULT


def concern(answers: Answers) -> str:
    """What social care is sent: whom it is about, and the referrer's own words."""
    rows = [
        ("Name", "name"),
        ("Other names", "other_names"),
        ("Date of birth", "born"),
        ("Age", "age"),
        ("Address", "address"),
        ("What happened, in the referrer's words", "what"),
    ]
    return "\n".join(f"{words}: {answers[key]}" for words, key in rows if answers.get(key))
