"""What the police, the agencies and the council do to one case of the demonstration, in order."""

import datetime
import uuid
from dataclasses import replace
from typing import Any

from django.utils import timezone

from accounts.models import User
from channel.casework.actions import sign_convening
from channel.demo.cast import Cast
from prevent_cms import clock
from referrals.actions import (
    conversations,
    dates,
    deconfliction,
    intake,
    joining,
    lifecycle,
    one_time,
    people,
    release,
    requests,
    returns,
    screening,
    threshold,
)
from referrals.actions.feedback import give_feedback
from referrals.actions.leaving import Leaving
from referrals.actions.sharing import Grounds
from referrals.models import (
    Case,
    Conversation,
    Deconfliction,
    Feedback,
    InformationRequest,
    Referral,
    Screening,
    System,
)
from referrals.threshold import usual_owners
from vaf.actions import assessments
from vaf.models import Scale

CLEAR, CONFLICT = Deconfliction.Outcome.CLEAR, Deconfliction.Outcome.CONFLICT
WHY = Grounds(
    purpose="To learn whether the person is vulnerable to radicalisation and what support there is.",
    necessity="No single agency knows enough to decide whether the panel should hear the case.",
    proportionality="Identity details and three questions only; the concern itself is not shared.",
    without_agreement="The renewal is with both bodies for signing.",
)
TESTED: dict[str, Any] = {
    "circumstances": "Isolated since the summer, and much online at night. Family and school hold on.",
    "is_vulnerable": True,
    "rationale": "Somebody older flatters him and gives him tasks. He has told nobody at home.",
    "level": "towards",
    "concern_referred": "vulnerable_only",
}
RISKS = {
    "to_person": "He may be drawn in further while he has nobody else to turn to.",
    "from_person": "No plan and no means are known.",
    "to_providers": "First visits in pairs; none known beyond that.",
}
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
    with clock.at(moment(days - 1.8)):
        draft = threshold.Draft(**TESTED | usual_owners(case))
        threshold.record_test(case, draft, risks=RISKS, by=cast["ctco"])
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
            leaving=Leaving(
                destination="Early help, through the school",
                health_and_care_considered="Early help assessment asked for; no health need seen.",
                safeguarding_concern=True,
                safeguarding_person="The school's safeguarding lead",
                safeguarding_raised_on=clock.today(),
                significant_harm=False,
                crime=False,
            ),
        )
    with clock.at(moment(days - 4)):
        give_feedback(
            Referral.objects.get(case=case),
            said=Feedback.Said.ELSEWHERE,
            how=Feedback.How.PHONE,
            on=clock.today(),
            by=cast["ctco"],
        )


def join(cast: Cast, case: Case, into: Case, days: float) -> None:
    """The referral is of somebody whose case is open, and joins it; only police can tell."""
    case, into = (Case.objects.get(pk=one.pk) for one in (case, into))
    with clock.at(moment(days)):
        people.compare_persons(case, other=into, verdict="same", by=cast["ctco"])
        reason = "The same man online, told by somebody else; it belongs to the plan that runs."
        joining.join_referral(case, into=into, reason=reason, by=cast["ctco"])


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
    """The case is released and agencies are asked, by police or by whom the area's policy names."""
    rules, asker = cast.area.rules, _asker(cast)
    by_police = asker == cast["ctco"]
    with clock.at(moment(days - 3)):
        asking: Any = {
            "agencies": cast.agencies(*keys),
            "due_on": rules.due(clock.today(), rules.return_working_days),
            "question": "",
            "grounds": WHY,
        }
        release.release(case, **asking if by_police else {"grounds": WHY}, by=cast["ctco"])
        if not by_police:
            requests.request_more(case, **asking, by=asker)
    return case


def _asker(cast: Cast) -> User:
    """Who asks agencies in this area: police, or the council where policy names it (8.2, 4)."""
    is_police = cast.area.rules.allows("request_information", cast["ctco"].roles)
    return cast["ctco" if is_police else "prevent-lead"]


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


def wait(cast: Cast, case: Case, days: float) -> Case:
    """One agency is given more time, and another says on the telephone what it will write."""
    rules, asker = cast.area.rules, _asker(cast)
    asked = InformationRequest.objects.get(case=case, agency=cast.agency("health"))
    with clock.at(moment(days - 7, 15)):
        dates.extend_request(
            asked,
            due_on=rules.due(asked.due_on, 3),
            reason="The named worker is on leave until the end of the week.",
            by=asker,
        )
        told = conversations.Said(
            how=Conversation.How.PHONE,
            who="Dana Invented, attendance officer",
            on=clock.today(),
            time=datetime.time(15, 10),
            said="Attendance has fallen since September. The figures follow in writing.",
            agency=cast.agency("education"),
        )
        conversations.record_conversation(case, told, by=asker)
        school = one_time.Asked(
            body="Wensumbrook High School",
            person="Robin Invented, designated safeguarding lead",
            phone="01632 960 001",
            due_on=rules.due(clock.today(), 3),
        )
        grounds = replace(WHY, power="Education Act 2002, s.175")
        one_time.ask_once(case, school, grounds=grounds, by=asker)
    return Case.objects.get(pk=case.pk)


def assess(
    cast: Cast, case: Case, days: float, *, point: str = "initial", sign: bool = True
) -> Case:
    """An officer rates the factors; a few are present and most are not known or not present."""
    case = Case.objects.get(pk=case.pk)
    with clock.at(moment(days - 11)):
        if case.stage == "INFORMATION_GATHERING":
            if cast.area.rules.deconfliction == "again_before_assessment":
                check(cast, case, days - 8.5)
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
            case = sign_convening(case, result="panel", grounds=GROUNDS, by=cast[names[party]])
    return case
