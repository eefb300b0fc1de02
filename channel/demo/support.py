"""Consent, the plan, its reviews and the exit of the demonstration's adopted cases."""

import datetime

from channel.demo.cast import Cast
from channel.demo.steps import moment
from channel.support.actions import delivery, exits, items, plans, providers, reviews
from channel.support.models import (
    ItemReview,
    PlanItem,
    Provider,
    ProviderCheck,
    Review,
    SupportPlan,
)
from prevent_cms import clock
from referrals.actions import consent
from referrals.actions.leaving import Leaving
from referrals.actions.sharing import Grounds
from referrals.models import Case, Closure, Consent

WHY = Grounds(
    purpose="To deliver an agreed item of the support plan.",
    necessity="The agency cannot deliver the item without knowing whom it is for.",
    proportionality="Its own item and the risk to its staff; nothing of the assessment.",
    without_agreement="The renewal is with both bodies for signing.",
)


def begin(cast: Cast, case: Case, days: float) -> None:
    """Consent is given, the plan is written, the first item starts and its sessions are told."""
    with clock.at(moment(days)):
        said = consent.Entry(
            about=Consent.About.SUPPORT,
            position=Consent.Position.GIVEN,
            given_by=Consent.GivenBy.PARENT,
            asked_by="Prevent lead and family worker, at school",
            asked_of=(Consent.GivenBy.SELF, Consent.GivenBy.PARENT),
            capacity_considered=True,
            scope="Mentoring and help at school",
            evidence="Signed form, held by the Prevent lead",
            recheck_on=clock.add_months(clock.today(), 6),
            decided_on=clock.today(),
            note="Wants help with school first; agreed to meet a mentor. Mother agrees as well.",
        )
        consent.record_consent(case, said, by=cast["prevent-lead"])
    with clock.at(moment(days - 1)):
        plans.write_plan(
            case,
            needs="Belonging, a way back to school, and somebody to argue with who answers back.",
            consent_how="In person, with a parent, at school",
            consent_on=clock.today(),
            consent_by="The Prevent lead",
            by=cast["prevent-lead"],
        )
        mentor = _add(cast, case, "mentoring", "provider", "Weekly mentoring")
        _add(cast, case, "education", "education", "A timetable that he can keep")
    _mentor(cast, mentor, days)


def _mentor(cast: Cast, mentor: PlanItem, days: float) -> None:
    """The checked provider starts its item, tells of its sessions and reports on them."""
    _register(cast, days - 5)
    with clock.at(moment(days - 6)):
        mentor = items.start_item(mentor, by=cast["provider"])
    _meet(cast, mentor, days, SESSIONS[:4])
    with clock.at(moment(days - 20)):
        items.record_progress(
            mentor,
            text="Three meetings held. He came each time and stayed longer than planned.",
            on=clock.today(),
            status=PlanItem.Status.STARTED,
            version=mentor.version,
            by=cast["provider"],
        )
    _meet(cast, mentor, days, SESSIONS[4:])
    with clock.at(moment(days - 29)):
        delivery.record_report(
            mentor,
            until_on=clock.today(),
            text="Speaks openly of what he used to watch, and doubts some of it. Worried about exams.",
            by=cast["provider"],
        )


# Days after consent on which a mentor meets somebody, with the reason when they did not meet.
SESSIONS = (
    (8, ""),
    (12, ""),
    (15, "He had an exam"),
    (19, ""),
    (22, "The room was taken"),
    (26, ""),
)


def _meet(cast: Cast, item: PlanItem, days: float, sessions: tuple[tuple[int, str], ...]) -> None:
    for day, missed_why in sessions:
        with clock.at(moment(days - day)):
            delivery.record_session(
                item,
                on=clock.today(),
                is_delivered=not missed_why,
                missed_why=missed_why,
                by=cast["provider"],
            )


def _register(cast: Cast, days: float) -> None:
    """The area's provider comes on the register with its checks, before its first item starts."""
    agency, keeper = cast.agency("provider"), cast["administrator"]
    mentor = cast["provider"].name
    if Provider.objects.filter(agency=agency).exists():
        return
    with clock.at(moment(days)):
        today = clock.today()
        end = clock.add_months(today, 30)
        approval = providers.Approval(
            approved_from=clock.add_months(today, -6),
            approved_until=end,
            specialisms="Mentoring; identity and belonging; arguments of faith",
            areas=(cast.area.pk,),
        )
        provider = providers.add(agency, approval, by=keeper)
        asked = tuple((name, True) for name in ProviderCheck.QUESTIONS)
        for check in (
            providers.Check("dbs", today, keeper.name, end, mentor, level="enhanced"),
            *(
                providers.Check(
                    "suitability", today, keeper.name, end, who, "", asked, "Known to two panels."
                )
                for who in ("", mentor)
            ),
            providers.Check("interview", today, keeper.name, note="Met with the Prevent lead."),
        ):
            providers.record_check(provider, check, by=keeper)


def _add(cast: Cast, case: Case, kind: str, agency: str, title: str) -> PlanItem:
    draft = items.Draft(
        title=title,
        type=kind,
        need="Identity, meaning and belonging",
        addresses="Time alone online; contempt for others; a wish to be somebody.",
        agency=cast.agency(agency),
        lead_person=cast[agency].name,
        starts_on=clock.today() + datetime.timedelta(days=5),
        due_on=clock.add_months(clock.today(), 6),
        measure="He names two people whom he trusts, and keeps four appointments in five.",
        provider_risk="Low: no threat to staff is known.",
        provider_controls="First meetings at school, two workers.",
        intensity=PlanItem.Intensity.REGULAR,
        supervision="Each month by the provider's own supervisor, with notes to the Prevent lead.",
        sessions_agreed=7 if agency == "provider" else None,
        factors=["E03"],
    )
    return items.add_item(case, draft, grounds=WHY, by=cast["prevent-lead"])


def review(cast: Cast, case: Case, days: float) -> None:
    """The Prevent lead looks at what was delivered and whether it helps."""
    with clock.at(moment(days)):
        open_items = PlanItem.objects.filter(
            case=case, plan__status=SupportPlan.Status.CURRENT, status__in=PlanItem.OPEN
        )
        reviews.record_review(
            case,
            on=clock.today(),
            delivered="Four of five mentoring sessions; the timetable holds four days in five.",
            risks="To the person: lower. From the person: no sign. To providers: none.",
            needs_open="Still few friends of the same age.",
            recommendation=Review.Recommendation.REMAIN,
            reason="It helps, and it is too early to stop.",
            effects={
                item.pk: reviews.Effect(ItemReview.Helps.HELPS, "Seen by school and by the mentor.")
                for item in open_items
            },
            by=cast["prevent-lead"],
        )


def leave(cast: Cast, case: Case, days: float) -> None:
    """After the panel's decision the exit report ends the support, as the area's policy asks."""
    with clock.at(moment(days)):
        exits.write_report(
            case,
            outcome=Closure.Outcome.RISK_REDUCED,
            evidence="Two reviews in a row; back at school; has friends; the films are gone.",
            told="Told by the mentor, with his father.",
            leaving=Leaving(
                destination="The form tutor keeps a weekly talk; the family may call the council.",
                health_and_care_considered="His GP knows; no social care need.",
                safeguarding_concern=False,
                significant_harm=False,
                crime=False,
            ),
            by=cast["chair"],
        )
