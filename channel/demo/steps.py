"""What the police, the agencies and the council do to one case of the demonstration, in order."""

import datetime
import uuid
from typing import Any

from django.utils import timezone

from channel.casework.actions import sign_convening
from channel.demo.cast import Cast
from prevent_cms import clock
from referrals.actions import (
    closing,
    deconfliction,
    intake,
    lifecycle,
    release,
    returns,
    screening,
)
from referrals.actions.sharing import Grounds
from referrals.models import Case, Deconfliction, InformationRequest, Screening, System
from vaf.actions import assessments
from vaf.models import Scale

CLEAR, CONFLICT = Deconfliction.Outcome.CLEAR, Deconfliction.Outcome.CONFLICT
WHY = Grounds(
    purpose="To learn whether the person is vulnerable to radicalisation and what support there is.",
    necessity="No single agency knows enough to decide whether the panel should hear the case.",
    proportionality="Identity details and three questions only; the concern itself is not shared.",
)
GROUNDS = "The assessment and the returns give reasonable grounds to believe that this person is "
GROUNDS += "vulnerable to being drawn into terrorism (section 36)."
KNOWN = {
    "children": "A family support worker closed the case a year ago.",
    "health": "Known to the young people's mental health service; waiting for an assessment.",
    "education": "Attendance fell from 96% to 71% since September.",
}


def moment(days_ago: float, hour: int = 10) -> datetime.datetime:
    """An hour of a day that many days ago, never later than now."""
    day = timezone.localtime() - datetime.timedelta(days=days_ago)
    return min(day.replace(hour=hour, minute=12, second=0, microsecond=0), timezone.localtime())


def receive(cast: Cast, base: dict[str, Any], person: dict[str, Any]) -> Case:
    """The form comes in, on the day the story says."""
    days = person["days"]
    answers = {**base, **{k: v for k, v in person.items() if k not in ("key", "stage", "days")}}
    day = clock.today() - datetime.timedelta(days=days + 1)
    for key in ("noticed_on", "checked_on", "shared_on", "last_on"):
        answers[key] = day.isoformat()
    with clock.at(moment(days, 9)):
        referral = intake.submit(
            area=cast.area,
            form_key=uuid.uuid5(uuid.NAMESPACE_URL, f"demo/{cast.area.slug}/{person['key']}"),
            answers=answers,
            form_version="2026-1",
        )
    return referral.case


def take(cast: Cast, case: Case, days: float) -> Case:
    """An officer takes the referral."""
    with clock.at(moment(days - 1, 9)):
        return screening.take(case, by=cast["ctco"])


def screen(cast: Cast, case: Case, days: float) -> Case:
    """An officer takes the referral and lets it go on."""
    take(cast, case, days)
    with clock.at(moment(days - 2)):
        screening.screen(
            case,
            outcome=Screening.Outcome.GO_ON,
            reason="The concern is specific, recent and first hand.",
            by=cast["ctco"],
        )
    return case


def turn_away(cast: Cast, case: Case, days: float) -> None:
    """An officer finds other needs and names who takes them on."""
    take(cast, case, days)
    with clock.at(moment(days - 2)):
        screening.screen(
            case,
            outcome=Screening.Outcome.OTHER_NEEDS,
            reason="He likes to shock; no cause, no group, no wish to harm. Family is under strain.",
            by=cast["ctco"],
            leaving=closing.Leaving(
                destination="Early help, through the school",
                safeguarding_concern=False,
                safeguarding_person="",
                health_and_care_considered="Early help assessment asked for; no health need seen.",
            ),
        )


def check(cast: Cast, case: Case, days: float, outcome: str = CLEAR) -> Case:
    """An officer looks for live investigations."""
    with clock.at(moment(days - 2.2, 15)):
        deconfliction.deconflict(
            case,
            outcome=outcome,
            systems=[System.PNC, System.PND, System.LOCAL, System.HOLMES],
            reason="" if outcome == CLEAR else "A colleague has to be asked before this goes on.",
            by=cast["ctco"],
        )
    return case


def ask(cast: Cast, case: Case, days: float, *keys: str) -> Case:
    """The case is released and agencies are asked."""
    with clock.at(moment(days - 3)):
        release.release(
            case,
            agencies=cast.agencies(*keys),
            due_on=clock.add_working_days(clock.today(), cast.area.rules.return_working_days),
            question="",
            grounds=WHY,
            by=cast["ctco"],
        )
    return case


def answer(cast: Cast, case: Case, days: float, *keys: str, nil: tuple[str, ...] = ()) -> Case:
    """Agencies answer, some with a nil return."""
    for turn, key in enumerate((*keys, *nil)):
        asked = InformationRequest.objects.get(case=case, agency=cast.agency(key))
        with clock.at(moment(days - 6 - turn, 11)):
            if key in nil:
                returns.nil_return(
                    asked,
                    statement="I searched our systems for all the names and dates given and we "
                    "hold nothing about this person.",
                    systems_searched="Main case system",
                    by=cast[key],
                )
            else:
                returns.answer(
                    asked,
                    known="yes",
                    systems_searched="Main case system, paper files",
                    involvement=KNOWN.get(key, "One contact in the last two years."),
                    support_in_place="A named worker sees the family every month.",
                    vulnerability="Isolated since the summer; looks up to older people online.",
                    protective="A grandparent and a teacher whom he trusts.",
                    by=cast[key],
                )
    return case


def assess(
    cast: Cast, case: Case, days: float, *, point: str = "initial", sign: bool = True
) -> Case:
    """An officer rates the factors; a few are present and most are not known or not present."""
    case = Case.objects.get(pk=case.pk)
    with clock.at(moment(days - 11)):
        if case.stage == "INFORMATION_GATHERING":
            case = lifecycle.make_move(case, "begin_assessment", by=cast["ctco"])
        assessment = assessments.start(case, point=point, by=cast["ctco"])
        for number, dimension in enumerate(assessment.framework.dimensions.all()):
            if not sign and number:
                break
            assessments.save_dimension(
                assessment,
                dimension=dimension,
                answers=_ratings(dimension, eased=point == "review"),
                level=("medium", "low", "low")[number],
                rationale="From the referral and the returns; to be looked at again at each panel.",
                by=cast["ctco"],
            )
        if sign:
            assessments.sign(assessment, by=cast["ctco"])
    return Case.objects.get(pk=case.pk)


def _ratings(dimension: Any, *, eased: bool) -> dict[str, assessments.Answer]:
    strong = "partly" if eased else "strongly"
    scale = {"E01": strong, "E03": "partly", "E11": "strongly", "I02": strong, "I04": "partly"}
    day = clock.today() - datetime.timedelta(days=3)
    return {
        factor.code: assessments.Answer(
            scale.get(factor.code, Scale.NOT_PRESENT if number % 2 else "not_known"),
            "Named by the referrer and by education." if factor.code in scale else "",
            "Referral and return" if factor.code in scale else "",
            day if factor.code in scale else None,
        )
        for number, factor in enumerate(dimension.factors.all())
    }


def convene(cast: Cast, case: Case, days: float) -> Case:
    """Everybody whose sign-off the area asks for signs, and the case goes to the panel."""
    names = {"case_officer": "ctco", "chair": "chair", "police": "police-lead"}
    with clock.at(moment(days - 13)):
        for party in cast.area.rules.convening_sign_offs:
            case = sign_convening(case, endorses=True, grounds=GROUNDS, by=cast[names[party]])
    return case
