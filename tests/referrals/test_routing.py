"""Who coordinates a case: the rules by district and age, handing over, and coming of age."""

import datetime

import pytest
from django.core import mail
from django.urls import reverse

from accounts.actions import people
from accounts.models import User
from accounts.roles import Role
from channel.casework.listing import in_care
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.models import Event
from referrals import ageing, routing, tasks
from referrals.actions import closing, consent, hold, release, restricting
from referrals.actions import routing as acts
from referrals.models import Case, Disclosure, PersonFact, Routing
from referrals.routing import Route
from tests import stages
from tests.access import as_user, prove
from tests.pathways import way

pytestmark = pytest.mark.django_db
DISTRICT = PersonFact.Kind.DISTRICT


@pytest.fixture
def cast():
    return way.enter("set")


def born(years, days=0):
    """The date of birth of somebody who is or will be so old in some days."""
    return clock.add_months(clock.today(), -12 * years) + datetime.timedelta(days=days)


def with_fact(case, kind, value, date=None):
    first = PersonFact.objects.filter(case=case).first()
    PersonFact.objects.create(
        case=case, person=case.person, referral=first.referral, kind=kind, value=value, date=date
    )


def grown_up(cast, days=0):
    """A case that came in before the person was 18 and has been open since."""
    return way.released(cast, district="Harlow", born=born(18, days).isoformat())


def browser_of(user):
    browser = as_user(user)
    prove(browser, user, method="mfa")
    return browser


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"district_basis": "not_known", "district": ""}, "because no district is recorded"),
        ({"age_basis": "unknown", "born": "", "age": ""}, "because no age is recorded"),
    ],
)
def test_what_is_not_recorded_is_not_guessed(cast, answers, reason):
    case = way.cleared(cast, **{"district": "Harlow", **answers})
    found = routing.propose(case)
    assert found.route is None
    assert reason in found.reason
    with pytest.raises(ActionInvalid, match=r"Choose who coordinates the case\. "):
        release.release(case, grounds=stages.grounds(), by=cast["ctco"])


def test_two_districts_of_two_councils_and_two_ages_are_for_a_person_to_weigh(cast):
    case = way.cleared(cast, district="Harlow", born="2000-01-01")
    with_fact(case, DISTRICT, "Grays")
    with_fact(case, PersonFact.Kind.BORN, "", born(15))
    found = routing.propose(case)
    assert (found.council, found.lead) == (None, "")
    assert "several councils serve Harlow and Grays" in found.council_why
    assert found.lead_why.startswith("No lead is proposed: 15 or ")


def test_an_age_as_told_serves_where_no_date_of_birth_is_known(cast):
    told = {"district": "Harlow", "age_basis": "age", "born": "", "age": "41"}
    found = routing.propose(way.cleared(cast, **told))
    assert (found.lead, found.council.key) == ("adults", "council")


def test_a_route_that_the_area_does_not_have_is_refused(cast):
    case, essex = way.cleared(cast, district="Harlow"), cast.agency("council")
    given = {"grounds": stages.grounds(), "by": cast["ctco"]}
    for also in ((essex,), (cast.agency("health"),)):
        with pytest.raises(ActionInvalid, match="each council of this area once"):
            release.release(case, route=Route(essex, "families", "r", also), **given)
    with pytest.raises(ActionInvalid, match="no such lead"):
        release.release(case, route=Route(essex, "all", "r"), **given)
    with pytest.raises(ActionInvalid, match="Enter why somebody else coordinates"):
        release.release(case, route=Route(cast.agency("thurrock"), "families", " "), **given)
    with pytest.raises(ActionInvalid, match="Enter the date by which the agencies answer"):
        release.release(case, agencies=cast.agencies("health"), **given)
    assert not Routing.objects.exists()


def test_handing_over_to_another_council_ends_one_share_and_begins_another(cast):
    case = way.released(cast, district="Harlow")
    thurrock, essex = cast.agency("thurrock"), cast.agency("council")
    now = routing.newest(case)
    route = Route(thurrock, now.lead, "The family moved to Grays.")
    with pytest.raises(ActionInvalid, match="shared with another council"):
        acts.hand_over(case, route, by=cast["ctco"])
    for name in ("chair", "health"):
        with pytest.raises(ActionDenied):
            acts.hand_over(case, route, grounds=stages.grounds(), by=cast[name])
    acts.hand_over(case, route, grounds=stages.grounds(), by=cast["prevent-lead"])
    assert way.opens(cast, case) == {"chair-thurrock", "prevent-lead-thurrock"}
    ended = Disclosure.objects.get(case=case, agency=essex, kind="coordinate")
    assert (ended.ended_why, ended.ended_by) == ("The family moved to Grays.", cast["prevent-lead"])
    assert Event.objects.get(type=EventType.CASE_ROUTED).agency_id == thurrock.pk
    case.refresh_from_db()
    back = Route(essex, now.lead, "They came back.", (thurrock,))
    acts.hand_over(case, back, grounds=stages.grounds(), by=cast["ctco"])
    assert {"chair", "chair-thurrock"} <= way.opens(cast, case)


def test_what_cannot_be_handed_over(cast):
    case = way.cleared(cast, district="Harlow")
    essex = cast.agency("council")
    route = Route(essex, "families", "Because.")
    with pytest.raises(ActionInvalid):
        acts.hand_over(case, route, by=cast["ctco"])
    case = way.steps.ask(cast, case, way.DAYS, "health")
    now = routing.newest(case)
    with pytest.raises(ActionInvalid, match="coordinate the case already"):
        acts.hand_over(case, Route(essex, now.lead, "Because."), by=cast["ctco"])
    other = {"families": "adults", "adults": "families"}[now.lead]
    with pytest.raises(ActionInvalid, match="Enter why"):
        acts.hand_over(case, Route(essex, other, " "), by=cast["ctco"])
    closing.close_case(
        case, outcome="other_needs", reason="r", leaving=stages.leaving(), by=cast["ctco"]
    )
    case.refresh_from_db()
    with pytest.raises(ActionInvalid):
        acts.hand_over(case, Route(essex, other, "Because."), by=cast["ctco"])


def test_handing_over_in_the_browser(cast):
    case = way.released(cast, district="Harlow")
    browser, url = browser_of(cast["prevent-lead"]), reverse("case_route", args=[case.reference])
    page = browser.get(url).content.decode()
    assert "Essex County Council, because the person lives in Harlow." in page
    now = routing.newest(case)
    posted = {"council": now.council_id, "which_lead": now.lead, "route_reason": ""}
    assert "Enter why they coordinate" in browser.post(url, posted).content.decode()
    posted |= {"council": cast.agency("southend").pk, "route_reason": "They moved."}
    page = browser.post(url, posted).content.decode()
    assert "Enter why it is necessary" in page
    posted |= stages.grounds_form()
    check = browser.post(url, posted).content.decode()
    assert "Essex County Council can no longer open the case, from its next click." in check
    assert "Nobody else knows how he is at home." in check
    assert browser.post(url, {**posted, "confirmed": "yes"}).status_code == 302
    assert way.opens(cast, case) == {"chair-southend", "prevent-lead-southend"}


def test_other_councils_stay_beside(cast):
    case = way.released(cast, district="Harlow")
    browser, url = browser_of(cast["ctco"]), reverse("case_route", args=[case.reference])
    now = routing.newest(case)
    posted = {"council": now.council_id, "which_lead": now.lead, "route_reason": "Two homes."}
    posted |= {"also": [cast.agency("southend").pk], **stages.grounds_form()}
    check = browser.post(url, posted).content.decode()
    assert "Councils beside it" in check
    browser.post(url, {**posted, "confirmed": "yes"})
    assert {"chair", "chair-southend"} <= way.opens(cast, case)


def test_coming_of_age_is_said_and_decided_by_a_person(cast):
    case = grown_up(cast, days=-3)
    assert routing.newest(case).lead == "families"
    lead = browser_of(cast["prevent-lead"])
    page = lead.get(case.get_absolute_url()).content.decode()
    assert "Turned 18 on" in page
    assert "the adult lead takes over from the families lead" in page
    assert "Essex adult social care, no longer Essex children&#x27;s social care" in page
    assert "to be decided who leads" in page
    work = lead.get("/work/").content.decode()
    assert "Come of age" in work
    url = reverse("case_route", args=[case.reference])
    assert url in work
    posted = {"council": cast.agency("council").pk, "which_lead": "adults"}
    posted |= {"route_reason": "18 now; met with both leads.", "confirmed": "yes"}
    assert lead.post(url, posted).status_code == 302
    assert routing.newest(case).lead == "adults"
    assert Event.objects.filter(type=EventType.CASE_ROUTED).count() == 1
    assert way.opens(cast, case) >= {"chair", "prevent-lead", "families-lead"}
    page = lead.get(case.get_absolute_url()).content.decode()
    assert "Turned 18 on" not in page
    assert "Come of age" not in lead.get("/work/").content.decode()


def test_it_is_said_four_weeks_ahead_and_not_to_who_was_only_asked(cast):
    case = grown_up(cast, days=20)
    page = as_user(cast["chair"]).get(case.get_absolute_url()).content.decode()
    assert "Turns 18 on" in page
    for name in ("children", "health"):
        page = as_user(cast[name]).get(case.get_absolute_url()).content.decode()
        assert "Turns 18 on" not in page
        assert "Of age" not in page
    far = grown_up(cast, days=60)
    page = as_user(cast["chair"]).get(far.get_absolute_url()).content.decode()
    assert "Of age" not in page


def test_where_one_lead_serves_all_ages_the_same_can_be_decided_anew():
    cast = way.enter("norfolk")
    case = way.released(cast, born=born(18, -1).isoformat())
    council = cast.agency("council")
    page = as_user(cast["prevent-lead"]).get(case.get_absolute_url()).content.decode()
    assert "the Prevent lead goes on, or names who takes over" in page
    acts.hand_over(case, Route(council, "all", "Goes on."), by=cast["prevent-lead"])
    with pytest.raises(ActionInvalid, match="already"):
        acts.hand_over(case, Route(council, "all", "Again."), by=cast["prevent-lead"])


def test_a_parents_answer_is_named(cast):
    case = grown_up(cast, days=10)
    chair = as_user(cast["chair"])
    page = chair.get(case.get_absolute_url()).content.decode()
    assert "nobody decides for them as a parent or guardian any more" in page
    assert "The answer on support was a parent" not in page
    consent.record_consent(case, stages.consent_entry(given_by="parent"), by=cast["prevent-lead"])
    page = chair.get(case.get_absolute_url()).content.decode()
    assert "The answer on support was a parent&#x27;s or guardian&#x27;s: ask them." in page


def test_the_daily_look_mails_once_and_not_when_it_was_decided(cast):
    case, other = grown_up(cast, days=-1), grown_up(cast, days=-2)
    way.received(cast, district="Harlow", born=born(18, -1).isoformat())
    tasks.look_for_coming_of_age()
    tasks.look_for_coming_of_age()
    told = outbox.OutboxMessage.objects.filter(topic="came_of_age")
    assert sorted(one.payload["case_id"] for one in told) == sorted([case.pk, other.pk])
    acts.hand_over(other, Route(cast.agency("council"), "adults", "18."), by=cast["ctco"])
    mail.outbox.clear()
    for one in told:
        tasks.mail_came_of_age(**one.payload)
    found = sorted(mailbox for one in mail.outbox for mailbox in one.to)
    assert found == ["prevent-desk@set.example", "prevent@set.example"]
    assert case.reference not in mail.outbox[0].body


def test_who_came_as_an_adult_or_has_no_date_of_birth_never_comes_of_age(cast):
    grown = way.released(cast, district="Harlow", born="1990-01-01")
    told = {"age_basis": "age", "born": "", "age": "17"}
    unknown = way.released(cast, district="Harlow", **told)
    for case in (grown, unknown):
        assert ageing.day_of_age(case, PersonFact.objects.filter(case=case)) is None
    found, _ = ageing.came_of_age(Case.objects.all(), PersonFact.objects.all(), [cast.area])
    assert not found.exists()


def test_a_remit_is_for_prevent_leads_alone(world):
    with pytest.raises(ActionInvalid, match="Only a Prevent lead"):
        people.join(
            world.chair,
            agency=world.agency("council"),
            role=Role.PANEL_ADMINISTRATOR,
            remit="adults",
            by=None,
        )


def test_the_work_of_a_lead_is_what_their_remit_covers(cast):
    child = way.released(cast, district="Harlow", born=born(12).isoformat())
    adult = way.released(cast, district="Harlow", born=born(40).isoformat())
    Case.objects.update(status="SUPPORT")
    for name, mine, others in (("families-lead", child, adult), ("prevent-lead", adult, child)):
        user = User.objects.get(pk=cast[name].pk)
        found = Case.objects.visible_to(user).filter(in_care(user))
        assert user.remits
        assert mine in found, name
        assert others not in found, name
    chair = User.objects.get(pk=cast["chair"].pk)
    assert not chair.remits
    assert {child, adult} <= set(Case.objects.filter(in_care(chair)))


def test_coming_of_age_is_not_told_while_a_case_is_held_or_restricted(cast):
    held, kept = grown_up(cast, days=-1), grown_up(cast, days=-2)
    hold.hold(held, reason="A live inquiry.", by=cast["ctco"])
    restricting.restrict_case(kept, people=[cast["chair"]], reason="r", by=cast["police-lead"])
    tasks.look_for_coming_of_age()
    assert not outbox.OutboxMessage.objects.filter(topic="came_of_age").exists()
    mail.outbox.clear()
    tasks.mail_came_of_age(kept.pk)
    assert [one.to for one in mail.outbox if one.to] == []
    restricting.lift_restriction(kept, reason="r", by=cast["police-lead"])
    tasks.look_for_coming_of_age()
    assert outbox.OutboxMessage.objects.filter(topic="came_of_age").count() == 1
