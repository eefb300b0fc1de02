"""A case at each stage, brought there by the real actions, each stage from the one before."""

import uuid

from tests.referrals.answers import answers as complete_answers

LEFT = {
    "destination": "Testshire health",
    "health_and_care_considered": "A referral to health was considered and made.",
    "safeguarding_concern": False,
    "significant_harm": False,
    "crime": False,
}
MENTOR = "Sam Invented"  # who leads the items of the provider
# The same as typed.
LEFT_FORM = LEFT | dict.fromkeys(("safeguarding_concern", "significant_harm", "crime"), "no")


def leaving(**changes):
    """Everything that has to be said when a case leaves; `changes` are answers that differ."""
    from referrals.actions.leaving import Leaving

    return Leaving(**LEFT | changes)


def raised(**changes):
    """The same with a safeguarding concern that a named person has raised today."""
    from prevent_cms import clock

    concern = {"safeguarding_concern": True, "safeguarding_person": "A. Lead, school"}
    return leaving(**concern | {"safeguarding_raised_on": clock.today()} | changes)


def received(world, through=None, **changes):
    """A referral has come in by the form, or through a desk; `changes` are answers that differ."""
    from referrals.actions import intake

    referral = intake.submit(
        area=world.area,
        form_key=uuid.uuid4(),
        answers=complete_answers(**changes),
        form_version="2026-1",
        through=through,
    )
    return referral.case


def screened(world, **changes):
    """The officer has taken the referral and let it go on to deconfliction."""
    from referrals.actions import screening

    case = screening.take(received(world, **changes), by=world.officer)
    screening.screen(
        case, outcome="go_on", reason="There is a concern to look at.", by=world.officer
    )
    case.refresh_from_db()
    return case


def second_officer(world):
    """Another case officer of the area."""
    from accounts.actions import people
    from accounts.roles import Role

    user = people.add(email="second@test.example", name="Second Invented", by=None)
    people.join(user, agency=world.agency("police"), role=Role.CT_CASE_OFFICER, by=None)
    return user


def given(world, case, *, to, by=None):
    """The supervisor has given the case to this officer, who has accepted it."""
    from referrals.actions import handover

    offer = handover.give(case, to=to, reason="On leave from Monday.", by=by or world.supervisor)
    if offer.result == offer.Result.OPEN:
        handover.accept(offer, by=to)
    case.refresh_from_db()
    return case


def cleared(world, **changes):
    """The check against live investigations came back clear; nobody outside police knows yet."""
    from referrals.actions import deconfliction

    case = screened(world, **changes)
    deconfliction.deconflict(case, outcome="clear", systems=["pnc", "local"], by=world.officer)
    return case


def working_day(days):
    """The date so many working days from now."""
    from prevent_cms import clock

    return clock.add_working_days(clock.today(), days)


def overt_conditions(**changes):
    """How two of the three conditions for an overt investigation are met (domain 2.8)."""
    from prevent_cms import clock
    from referrals.actions.deconfliction import Conditions

    words = {
        "told": "By letter, and in the interview.",
        "action_taken": "Arrest, and a search of the address.",
        "action_on": clock.today(),
        "officer": "Sergeant Invented",
        "manageable": "Bail conditions and a named contact.",
        "review_on": clock.add_working_days(clock.today(), 20),
    }
    return Conditions(**{**words, **changes})


def grounds(**changes):
    """Why sharing is lawful, as an officer would write it."""
    from referrals.actions.sharing import Grounds

    words = {
        "purpose": "Safeguarding",
        "necessity": "Nobody else knows how he is at home.",
        "proportionality": "Identity details and one question only.",
    }
    return Grounds(**{**words, **changes})


def grounds_form(**changes):
    """The same as a browser sends it."""
    return {
        "purpose": "Safeguarding",
        "power": "",
        "law": "",
        "gateway": "public_interest",
        "gateway_reason": "Asking now would make him delete the chat.",
        "necessity": "Nobody else knows how he is at home.",
        "relevance": "They teach him.",
        "proportionality": "Identity details and one question only.",
        "fairness": "Asked of every agency that works with him.",
    } | changes


def released(world, agencies=("children", "health"), **changes):
    """The local authority coordinates and the agencies have been asked; nobody has answered."""
    from prevent_cms import clock
    from referrals import information
    from referrals.actions import release, requests

    case = cleared(world, **changes)
    asking = {
        "agencies": [world.agency(key) for key in agencies],
        "due_on": clock.add_working_days(clock.today(), 10),
        "question": "",
        "grounds": grounds(),
    }
    if information.asks_in(world.officer, world.area):
        return release.release(case, **asking, by=world.officer)
    case = release.release(case, grounds=grounds(), by=world.officer)
    if agencies:
        requests.request_more(case, **asking, by=world.lead)
    case.refresh_from_db()
    return case


def answered(world, **changes):
    """Children's services have told what they know, and health has made a nil return."""
    from referrals.actions import returns
    from referrals.models import InformationRequest

    case = released(world, **changes)
    asked = {one.agency.key: one for one in InformationRequest.objects.filter(case=case)}
    returns.answer(
        asked["children"],
        known="yes",
        systems_searched="Social care records",
        involvement="Early help since June; a family worker visits weekly.",
        support_in_place="Family worker and a youth club.",
        vulnerability="Few friends and long evenings alone online.",
        protective="Trusts his grandmother and his form tutor.",
        by=world.children,
    )
    returns.nil_return(
        asked["health"],
        statement="I searched for the name and the date of birth, and we hold nothing",
        systems_searched="GP and hospital records",
        by=world.health,
    )
    case.refresh_from_db()
    return case


def framework():
    """The assessment framework as it is delivered; loading it twice is harmless."""
    import json
    from pathlib import Path

    from vaf.actions import frameworks

    path = Path(__file__).parents[1] / "fixtures" / "vaf-2012.json"
    return frameworks.load(json.loads(path.read_text()))


def begun(world, **changes):
    """Everybody has answered, the assessment stage has begun and the threshold test is met."""
    from referrals.actions import requests

    framework()
    case = requests.begin_assessment(answered(world, **changes), by=world.officer)
    tested(world, case)
    return case


def rate(assessment, by, *, ratings=None, level="low"):
    """Answer every factor and judge every dimension; `ratings` are factor codes that differ."""
    from prevent_cms import clock
    from vaf.actions import assessments

    today, ratings = clock.today(), ratings or {}
    for dimension in assessment.framework.dimensions.all():
        codes = [factor.code for factor in dimension.factors.all()]
        answers = {
            code: assessments.Answer(
                ratings.get(code, "not_known"), "Seen at school.", "Form tutor", today
            )
            for code in codes
        }
        assessments.save_dimension(
            assessment,
            dimension=dimension,
            answers=answers,
            level=level,
            rationale=f"What is known of {dimension.short.lower()}.",
            by=by,
        )


def threshold_draft(**changes):
    """What an officer writes in a threshold test, and its three risks."""
    from referrals.actions.threshold import Draft

    words = {
        "circumstances": "Alone since the summer, and online at night.",
        "is_vulnerable": True,
        "rationale": "He has been told tasks by somebody older.",
        "level": "towards",
        "terrorism_risk_owner": "Testshire Police",
        "safeguarding_risk_owner": "Testshire Council",
    }
    return Draft(**{**words, **changes})


RISKS = {
    "to_person": "He is being drawn in by one man.",
    "from_person": "No talk of acting on it.",
    "to_providers": "Visits in pairs at first.",
}


def tested(world, case, **changes):
    """The officer has recorded the threshold test of a case; by default it is met."""
    from referrals.actions import threshold

    draft = threshold_draft(**changes)
    return threshold.record_test(case, draft, risks=RISKS, by=world.officer)


def assessed(world, **changes):
    """The officer has rated the factors and signed the assessment."""
    from vaf.actions import assessments

    case = begun(world, **changes)
    assessment = assessments.start(case, point="initial", by=world.officer)
    rate(assessment, world.officer, ratings={"E01": "strongly", "I02": "partly"}, level="medium")
    assessments.sign(assessment, by=world.officer)
    return case


def at_panel(world, **changes):
    """The chair and the police supervisor have signed, so the panel is convened."""
    from channel.casework.actions import sign_convening

    case = assessed(world, **changes)
    grounds = "There are reasonable grounds to believe that he may be drawn into terrorism."
    sign_convening(case, result="panel", grounds=grounds, by=world.supervisor)
    return sign_convening(case, result="panel", grounds=grounds, by=world.chair)


def planned(world):
    """The administrator has planned the panel's next meeting, on a working day at 1pm."""
    import datetime

    from django.utils import timezone

    from channel.meetings.actions import meetings
    from channel.meetings.models import Meeting
    from prevent_cms import clock

    day = clock.add_working_days(clock.today(), 10)
    last = Meeting.objects.filter(panel__area=world.area).order_by("starts_at").last()
    if last and timezone.localdate(last.starts_at) >= day:
        day = clock.add_working_days(timezone.localdate(last.starts_at), 1)
    starts_at = timezone.make_aware(datetime.datetime.combine(day, datetime.time(13)))
    return meetings.plan_meeting(
        world.area, starts_at=starts_at, place="Committee room 2", by=world.administrator
    )


def issued(world):
    """The agenda of a planned meeting is out, with everything that was due."""
    from channel.meetings.actions.agenda import issue_agenda

    meeting = planned(world)
    issue_agenda(meeting, by=world.administrator)
    meeting.refresh_from_db()
    agree(world, meeting)
    return meeting


def agree(world, meeting):
    """Everybody with a seat at the panel has agreed to its confidentiality statement."""
    from accounts.permissions import Perm
    from channel.meetings.access import may
    from channel.meetings.actions.confidentiality import agree

    for user in world.users.values():
        if may(user, Perm.MEETING_VIEW, meeting):
            agree(meeting, by=user)


def attend(world, meeting, away=()):
    """Everybody of the core agencies is there but those named in `away`; the chair is "chair"."""
    from channel.meetings.actions.meetings import Attended, record_attendance
    from channel.meetings.queries import core_agencies

    def line(role, name, agency, key):
        status = "apologies" if key in away else "present"
        return Attended(
            role=role,
            name=name,
            speaks_for=f"{role.title()}, {agency.name}" if role == "chair" else agency.name,
            status=status,
            agency=agency,
            user=world.chair if role == "chair" else world.users.get(key),
        )

    lines = [line("chair", world.chair.name, world.agency("council"), "chair")]
    lines += [
        line("member", f"{a.key.title()} Invented", a, a.key) for a in core_agencies(meeting.panel)
    ]
    record_attendance(meeting, lines=lines, by=world.administrator)


def in_session(world):
    """The issued meeting is open and quorate."""
    from channel.meetings.actions.meetings import open_meeting

    meeting = open_meeting(issued(world), by=world.administrator)
    attend(world, meeting)
    return meeting


def decision(choice="adopt", **changes):
    """A complete decision, as the chair would record it."""
    import datetime

    from channel.meetings.entry import Decided
    from prevent_cms import clock

    words = {"rationale": "The needs are not met elsewhere.", "agreed": "unanimous"}
    if choice == "adopt":
        on = clock.today() + datetime.timedelta(days=14)
        words |= {"consent_how": "At home", "consent_on": on, "consent_by": "Lead Invented"}
    if choice in ("other_support", "not_appropriate", "police_led"):
        words |= LEFT | {"handed_over_on": clock.today() if choice == "police_led" else None}
    return Decided(choice=choice, **words | changes)


def decide(world, item, choice="adopt", *, by=None, tasks=(), **changes):
    """Record the discussion of an item with its decision."""
    from channel.meetings.actions.conduct import record_item
    from channel.meetings.entry import Entry, Said

    said = Said(
        discussion="School and health told the panel what they know.",
        risk_to_person="same",
        risk_from_person="lower",
        risk_to_providers="not_raised",
    )
    entry = Entry(said=said, decided=decision(choice, **changes), tasks=tasks)
    return record_item(item, entry, by=by or world.chair)


def meeting_held(world, choice="adopt", case=None):
    """One case before the panel, decided, and the meeting closed; the minutes wait for approval."""
    import datetime

    from channel.meetings.actions.meetings import close_meeting
    from channel.meetings.entry import Task
    from prevent_cms import clock

    case = case or at_panel(world)
    meeting = in_session(world)
    task = Task(
        what="Ask the school about attendance",
        agency=world.agency("education"),
        owner="Education Invented",
        due_on=clock.today() + datetime.timedelta(days=10),
    )
    decide(world, meeting.items.get(case=case), choice, tasks=[task])
    return close_meeting(meeting, by=world.administrator)


def supported(world, **changes):
    """The panel has adopted the case for Channel support; nobody has consented yet."""
    case = at_panel(world, **changes)
    meeting_held(world, case=case)
    case.refresh_from_db()
    return case


def consented(world, case=None, position="given"):
    """A supported case whose person, or parent, has answered about Channel support."""
    from referrals.actions.consent import record_consent

    case = case or supported(world)
    record_consent(case, consent_entry(position), by=world.lead)
    return case


def consent_entry(position="given", **changes):
    """An entry of the log of consent, complete at any age."""
    from prevent_cms import clock
    from referrals.actions.consent import Entry

    words = {
        "about": "support",
        "position": position,
        "decided_on": clock.today(),
        "note": "Asked at home with his mother there.",
        "given_by": "parent",
        "asked_by": "Lead Invented",
        "asked_of": ("parent",),
        "capacity_considered": True,
    }
    return Entry(**words | changes)


def item_draft(world, agency="provider", **changes):
    """A complete item of a plan, led by an agency."""
    import datetime

    from channel.support.actions.items import Draft
    from prevent_cms import clock

    words = {
        "title": "Mentoring on Thursdays",
        "type": "mentoring",
        "need": "A place to belong",
        "addresses": "Looks for praise from older users of a channel.",
        "agency": world.agency(agency),
        "lead_person": MENTOR,
        "starts_on": clock.today(),
        "due_on": clock.today() + datetime.timedelta(days=60),
        "measure": "Goes back to the chess club.",
        "provider_risk": "None known",
        "supervision": "Monthly, by the council",
    }
    return Draft(**words | changes)


def add_item(world, case, agency="provider", *, by=None, **changes):
    """An item of the current plan, with its lead agency let in."""
    from channel.support.actions import items

    draft = item_draft(world, agency, **changes)
    if agency == "provider":
        checked_provider(world)
    return items.add_item(case, draft, grounds=grounds(), by=by or world.lead)


def registered_provider(world, **changes):
    """The provider stands on the register, without a check so far; found again when it does."""
    import datetime

    from channel.support.actions import providers
    from channel.support.models import Provider
    from prevent_cms import clock

    agency = world.agency("provider")
    known = Provider.objects.filter(agency=agency).first()
    words = {
        "approved_from": clock.today() - datetime.timedelta(days=100),
        "approved_until": clock.today() + datetime.timedelta(days=2000),
        "specialisms": "Mentoring",
        "areas": (world.area.pk,),
    }
    approval = providers.Approval(**words | changes)
    return known or providers.add(agency, approval, by=world.administrator)


def provider_check(kind, **changes):
    """A complete check of a provider that nothing stands against, for about five years."""
    import datetime

    from channel.support.actions.providers import Check
    from channel.support.models import ProviderCheck
    from prevent_cms import clock

    words = {"on": clock.today(), "seen_by": "Lead Invented"}
    if kind != "interview":
        words["until"] = clock.today() + datetime.timedelta(days=2000)
    if kind == "dbs":
        words |= {"level": "enhanced", "mentor": MENTOR}
    else:
        words["note"] = "Two panels know its work."
    if kind == "suitability":
        words["answers"] = tuple((name, True) for name in ProviderCheck.QUESTIONS)
    return Check(kind, **words | changes)


def checked_provider(world):
    """The provider is on the register with the checks without which nobody starts."""
    from channel.support.actions import providers

    provider = registered_provider(world)
    if not provider.checks.exists():
        checks = [provider_check("dbs"), provider_check("suitability")]
        for check in (*checks, provider_check("suitability", mentor=MENTOR)):
            providers.record_check(provider, check, by=world.administrator)
    return provider


def write_plan(world, case, *, by=None, **changes):
    """A version of the plan."""
    from channel.support.actions import plans
    from prevent_cms import clock

    words = {
        "needs": "Belonging, and somebody to talk to.",
        "consent_how": "At home, in person",
        "consent_on": clock.today(),
        "consent_by": "Lead Invented",
    }
    return plans.write_plan(case, **words | changes, by=by or world.lead)


def plan_written(world, **changes):
    """Consent is given and a plan stands with one item for the provider and one for children's."""
    case = consented(world, supported(world, **changes))
    write_plan(world, case)
    add_item(world, case, "provider")
    add_item(world, case, "children", title="Family worker", type="family", need="Calm at home")
    case.refresh_from_db()
    return case


def exit_decided(world, **changes):
    """Support runs and the panel, at its next meeting, decides that the case leaves."""
    import datetime

    from prevent_cms import clock

    case = plan_written(world, **changes)
    with clock.at(clock.now() + datetime.timedelta(days=30)):
        meeting_held(world, "exit", case)
    case.refresh_from_db()
    return case


def report(world, case, *, by=None, **changes):
    """The closing report on the panel's decision."""
    from channel.support.actions import exits

    words = {
        "outcome": "risk_reduced",
        "evidence": "Three agencies saw no concern over five months.",
        "told": "He and his mother.",
        "leaving": leaving(destination="The college mentor stays until July."),
    }
    return exits.write_report(case, **words | changes, by=by or world.officer)


def sign_both(world, case):
    """The chair and the police supervisor endorse the exit."""
    from channel.support.actions.exits import sign_exit

    sign_exit(case, endorses=True, reason="The evidence is good.", by=world.chair)
    return sign_exit(case, endorses=True, reason="No risk is left.", by=world.supervisor)


def exited(world, **changes):
    """The closing report is written, and the chair and the police supervisor have endorsed."""
    import datetime

    from prevent_cms import clock

    case = exit_decided(world, **changes)
    with clock.at(clock.now() + datetime.timedelta(days=31)):
        report(world, case)
        return sign_both(world, case)


def proposal(there, **changes):
    """What a chair would propose: the family moves to another area, for good, from today on."""
    from prevent_cms import clock
    from referrals.actions.transfer import Proposal

    words = {
        "to_area": there.area,
        "why": "home",
        "stay": "for_good",
        "considered": "He stays with his aunt for good, so the case sits there.",
        "effective_on": clock.today(),
    }
    return Proposal(**words | changes)


def transfer_proposed(world, there, case=None, *, by=None, **changes):
    """A transfer of a released case; the chair proposes, and has agreed with that."""
    from referrals.actions import transfer

    case = case or released(world)
    return transfer.propose(case, proposal(there, **changes), by=by or world.chair)


def transfer_accepted(world, there, case=None, **changes):
    """The other chair has accepted and named the lead; its police are asked."""
    from referrals.actions import transfer

    found = transfer_proposed(world, there, case, **changes)
    return transfer.accept(found, lead=there.lead, by=there.chair)


def transfer_taken(world, there, case=None, **changes):
    """An officer there has found the person clear, and takes the case on the day."""
    from referrals.actions import transfer

    found = transfer_accepted(world, there, case, **changes)
    transfer.check(found, is_clear=True, systems=["pnc"], by=there.officer)
    return found


def transferred(world, there, case=None, **changes):
    """The case has moved."""
    from channel.transfers import actions

    found = transfer_taken(world, there, case, **changes)
    assert actions.carry_out(found.pk)
    found.refresh_from_db()
    return found


def agreement(world, parties=("police", "council", "children"), *, signed=100, **changes):
    """An information sharing agreement that was signed so many days ago, held by the lead."""
    import datetime

    from accounts.actions import agreements
    from prevent_cms import clock

    words = {
        "name": "Testshire agreement",
        "parties": tuple(world.agency(key).pk for key in parties),
        "holder": world.lead,
        "post": "Head of Community Safety",
        "signed_on": clock.today() - datetime.timedelta(days=signed),
    }
    return agreements.add(world.area, agreements.Draft(**words | changes), by=world.lead)
