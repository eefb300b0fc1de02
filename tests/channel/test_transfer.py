"""Carrying a transfer out: what each side has before and after, and that nothing is left behind."""

import datetime

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from accounts import grants
from accounts.actions import people
from accounts.models import Agency
from accounts.roles import Role
from channel.meetings.actions.meetings import close_meeting
from channel.meetings.models import Panel, PanelAction
from channel.meetings.queries import exits_awaiting, heard_by
from channel.support.models import PlanItem
from channel.transfers import tasks
from channel.transfers.actions import carry_out
from prevent_cms import clock, outbox
from prevent_cms.drafts.models import Draft
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history import EventType as E
from prevent_cms.history.models import Event
from referrals import consent, transfers
from referrals.access import Reader, may
from referrals.actions import dates, handover, hold, notices, one_time, restricting
from referrals.actions import transfer as acts
from referrals.actions.answers import save_part
from referrals.models import (
    Case,
    Disclosure,
    HandOver,
    InformationRequest,
    OneTimeRequest,
    PersonFact,
    ReturnDraft,
    SafeguardingNotice,
)
from tests import stages
from tests.access import as_user, expect, steady

DAY = datetime.timedelta(days=1)


def page(name, case, **parts):
    return reverse(name, kwargs={"reference": case.reference, **parts})


def everything_open(world):
    """A case in which everything is open at once: requests, a draft, a link, a notice, an offer, a
    plan that runs, an action from the panel and a form that somebody began."""
    case = stages.plan_written(world)
    case.refresh_from_db()
    asked = InformationRequest.objects.filter(case=case, agency=world.agency("children")).get()
    asked.answered_at = None
    asked.save()
    words = {"trust": "His form tutor."}
    save_part(asked, "trust", words, is_done=True, version=0, by=world.children)
    OneTimeRequest.objects.create(
        case=case,
        body="A school",
        person="A head",
        phone="01",
        question="Known?",
        due_on=clock.today(),
        expires_at=clock.now() + datetime.timedelta(days=5),
        key_hash=one_time.hashed("k"),
        code_hash="x",
        disclosure=Disclosure.objects.filter(case=case).first(),
        by=world.officer,
    )
    notices.send_notice(
        case, agency=world.agency("health"), about="child", text="Not eating.", by=world.lead
    )
    handover.give(case, to=world.supervisor, reason="I leave.", by=world.officer)
    Draft.objects.create(user=world.lead, page=page("case_review", case), form="f", answers={})
    case.refresh_from_db()
    return case


def test_nothing_is_left_without_somebody(world, elsewhere):
    case = everything_open(world)
    carried = {
        "items": PlanItem.objects.filter(case=case, status__in=PlanItem.OPEN).count(),
        "actions": PanelAction.objects.filter(case=case, status="open").count(),
    }
    assert carried == {"items": 2, "actions": 1}
    stages.transferred(world, elsewhere, case)
    case = Case.objects.get(pk=case.pk)
    council = elsewhere.agency("council")
    assert (case.area, case.owner, case.owner_agency) == (
        elsewhere.area,
        elsewhere.officer,
        elsewhere.agency("police"),
    )
    assert case.stage == "SUPPORT"
    assert (case.next_due_on, case.next_due_what) == (
        clock.add_months(clock.today(), 1),
        "Monthly review",
    )
    assert not InformationRequest.objects.filter(case=case, answered_at=None).exists()
    assert not ReturnDraft.objects.filter(case=case).exists()
    assert OneTimeRequest.objects.get(case=case).state[0] == "Ended"
    offer = HandOver.objects.get(case=case)
    assert (offer.result, offer.answer) == ("withdrawn", "The case moved to another area.")
    assert not Draft.objects.filter(page__contains=case.reference).exists()
    items = PlanItem.objects.filter(case=case, status__in=PlanItem.OPEN)
    assert {(i.agency, i.lead_person) for i in items} == {(council, elsewhere.lead.name)}
    told = [update.text for item in items for update in item.updates.all()]
    assert any("Testshire Mentoring" in text for text in told)
    action = PanelAction.objects.get(case=case, status="open")
    assert (action.agency, action.owner) == (council, elsewhere.lead.name)
    assert "Until then with Education Invented" in action.note
    here = {elsewhere.agency("police").group_id, council.group_id}
    assert {row.group_id for row in grants.shares_of(case)} == here
    old = Disclosure.objects.filter(case=case, agency__area=world.area)
    assert old
    assert all(one.ended_why and one.ended_at for one in old)
    new = Disclosure.objects.filter(case=case, agency=council).get()
    assert new.ended_at is None


def test_the_answer_to_a_notice_comes_to_the_new_side(world, elsewhere):
    case = stages.released(world)
    sent = notices.send_notice(
        case, agency=world.agency("health"), about="child", text="Not eating.", by=world.lead
    )
    stages.transferred(world, elsewhere, case)
    notices.answer_notice(sent.received, outcome="actioned", answer="Seen.", by=world.health)
    sent = SafeguardingNotice.objects.get(pk=sent.pk)
    assert may(elsewhere.lead, "send_notice", sent.case)
    assert notices.read_answer(sent, by=elsewhere.lead).read_by == elsewhere.lead


def test_a_request_that_ended_is_not_asked_again(world, elsewhere):
    case = stages.released(world)
    stages.transferred(world, elsewhere, case)
    case = Case.objects.get(pk=case.pk)
    assert (case.next_due_what, case.stage) == ("Ask the agencies", "INFORMATION_GATHERING")
    shown = as_user(elsewhere.officer).get(page("case_overview", case)).content.decode()
    assert "nobody has been asked yet" in shown
    asked = InformationRequest.objects.filter(case=case).first()
    due = clock.add_working_days(clock.today(), 10)
    with pytest.raises(ActionInvalid):
        dates.ask_again(asked, due_on=due, reason="r", by=elsewhere.officer)
    text = as_user(elsewhere.officer).get(page("case_requests", case)).content.decode()
    assert "Ended: The case moved to another area." in text
    url = page("case_return", case, number=asked.pk)
    assert "Ask again" not in as_user(elsewhere.officer).get(url).content.decode()


def test_who_has_the_case_before_and_after(world, elsewhere):
    case = stages.plan_written(world)
    url = page("case_overview", case)
    ours = [world.officer, world.lead, world.chair, world.administrator, world.provider]
    theirs = [elsewhere.officer, elsewhere.lead, elsewhere.chair, elsewhere.administrator]
    others = [elsewhere.children, elsewhere.provider, elsewhere.education]
    stages.transfer_taken(world, elsewhere, case)
    expect(url, dict.fromkeys(ours, 200) | dict.fromkeys([*theirs, *others], 404))
    outbox.drain()
    expect(url, dict.fromkeys(theirs, 200) | dict.fromkeys([*ours, *others, world.health], 404))
    story = as_user(elsewhere.lead).get(page("case_timeline", case)).content.decode()
    for words in ("Case left for another area", "Case taken over", "Support plan written"):
        assert words in story
    register = as_user(elsewhere.lead).get(page("case_register", case)).content.decode()
    assert "Testshire Mentoring" in register


def test_both_areas_remember_it(world, elsewhere):
    found = stages.transferred(world, elsewhere)
    reference = found.case.reference
    out = Event.objects.get(type=E.CASE_MOVED_OUT, case_reference=reference)
    came = Event.objects.get(type=E.CASE_MOVED_IN, case_reference=reference)
    assert (out.area_code, came.area_code) == ("TST", "OTH")
    ended = Event.objects.filter(type=E.CASE_UNSHARED, case_reference=reference)
    assert {one.area_code for one in ended} == {"TST"}
    assert {one.agency_id for one in ended} >= {world.agency("council").pk}


def test_it_happens_once_and_by_the_task(world, elsewhere):
    found = stages.transfer_taken(world, elsewhere, effective_on=clock.today() + 3 * DAY)
    tasks.carry_out_waiting()
    tasks.carry_out(found.pk)
    assert Case.objects.get(pk=found.case_id).area == world.area
    with clock.at(clock.now() + 3 * DAY):
        tasks.carry_out_waiting()
        assert Case.objects.get(pk=found.case_id).area == elsewhere.area
        assert not carry_out(found.pk)
        tasks.carry_out_waiting()
    assert Event.objects.filter(type=E.CASE_MOVED_IN).count() == 1


def test_consent_is_to_be_checked_again(world, elsewhere):
    case = stages.plan_written(world)
    stages.transferred(world, elsewhere, case)
    case = Case.objects.get(pk=case.pk)
    assert consent.standing(Reader(elsewhere.lead, case)).to_consider == consent.AFTER_MOVE
    assert consent.standing(Reader(elsewhere.lead, case)).allows_support
    browser = as_user(elsewhere.lead)
    assert consent.AFTER_MOVE in browser.get(page("case_overview", case)).content.decode()
    assert "Consent to check again" in browser.get(reverse("work")).content.decode()
    stages.consented(elsewhere, case)
    assert consent.AFTER_MOVE not in browser.get(page("case_overview", case)).content.decode()
    assert "Consent to check again" not in browser.get(reverse("work")).content.decode()
    assert consent.standing(Reader(elsewhere.lead, case)).to_consider == ""


@pytest.mark.parametrize("sight", ["named", "all", "later"])
def test_a_restricted_case_opens_as_was_decided(world, elsewhere, sight):
    case = stages.released(world)
    if sight == "later":
        found = stages.transfer_taken(world, elsewhere, case)
    restricting.restrict_case(case, people=[world.chair], reason="r", by=world.supervisor)
    if sight != "later":
        found = stages.transfer_taken(world, elsewhere, case, sight=sight)
    assert carry_out(found.pk)
    case = Case.objects.get(pk=case.pk)
    assert case.is_restricted == (sight != "all")
    url = page("case_overview", case)
    named = [elsewhere.officer, elsewhere.lead, elsewhere.chair]
    rest = [elsewhere.supervisor, elsewhere.administrator]
    expect(url, dict.fromkeys(named, 200) | dict.fromkeys(rest, 200 if sight == "all" else 404))
    expect(url, dict.fromkeys([world.chair, world.officer, world.supervisor], 404))


def test_a_chair_barred_since_is_not_named(world, elsewhere):
    case = stages.released(world)
    restricting.restrict_case(case, people=[world.chair], reason="r", by=world.supervisor)
    found = stages.transfer_taken(world, elsewhere, case, sight="named")
    restricting.set_bar(case, user=elsewhere.chair, reason="r", by=world.chair)
    assert carry_out(found.pk)
    expect(page("case_overview", case), {elsewhere.lead: 200, elsewhere.chair: 404})


def test_a_case_can_come_back(world, elsewhere):
    found = stages.transferred(world, elsewhere)
    case = Case.objects.get(pk=found.case_id)
    again = stages.transferred(elsewhere, world, case)
    case = Case.objects.get(pk=again.case_id)
    assert (case.area, case.owner) == (world.area, world.officer)
    expect(page("case_overview", case), {world.lead: 200, elsewhere.lead: 404})


def test_the_meeting_of_the_old_panel_sets_no_date_of_it(world, elsewhere):
    case = stages.at_panel(world)
    meeting = stages.in_session(world)
    stages.transferred(world, elsewhere, case)
    due = Case.objects.get(pk=case.pk).next_due_on
    close_meeting(meeting, by=world.administrator)
    assert Case.objects.get(pk=case.pk).next_due_on == due


def test_the_new_panel_decides_on_leaving_for_itself(world, elsewhere):
    case = stages.exit_decided(world)
    with clock.at(clock.now() + 31 * DAY):
        assert exits_awaiting([case])
        stages.transferred(world, elsewhere, case)
        case = Case.objects.get(pk=case.pk)
        assert not exits_awaiting([case])
        with pytest.raises(ActionInvalid):
            stages.report(elsewhere, case)


def test_the_panel_of_the_leads_council_hears_it(world, elsewhere):
    first = Agency.objects.create(
        area=elsewhere.area,
        kind="local_authority",
        key="second",
        name="Second Council",
        controller="Second Council",
        power_to_share="CTSA 2015, s.36",
        group=Group.objects.create(name="Second Council"),
    )
    lead = people.add(email="s@other.example", name="Second Lead", password=None, by=None)
    people.join(lead, agency=first, role=Role.PREVENT_LEAD, by=None)
    found = stages.transfer_accepted(world, elsewhere)
    acts.accept(found, lead=lead, by=elsewhere.chair)
    acts.check(found, is_clear=True, systems=["pnc"], by=elsewhere.officer)
    assert carry_out(found.pk)
    cases = Case.objects.filter(pk=found.case_id)
    ours = Panel.objects.create(area=elsewhere.area, council=first, name="Second panel")
    other = Panel.objects.create(
        area=elsewhere.area, council=elsewhere.agency("council"), name="Other panel"
    )
    assert heard_by(ours, cases).exists()
    assert not heard_by(other, cases).exists()


def seen_by(persons, urls):
    return [
        (one.email, url, answer.status_code, steady(answer))
        for one in persons
        for url in urls
        for answer in [as_user(one).get(url)]
    ]


def test_a_hold_during_a_transfer_shows_nowhere_outside_police(world, elsewhere):
    """The same pages, counts, mail and answers, with a hold and without one, also on the day."""
    case = stages.released(world)
    found = stages.transfer_proposed(world, elsewhere, case)
    persons = [world.lead, world.chair, world.administrator, elsewhere.chair, elsewhere.lead]
    urls = [page("case_overview", case), page("case_transfer", case), reverse("work")]
    urls.append(reverse("transfer", args=[found.pk]))
    before = seen_by(persons, urls)
    hold.hold(case, reason="r", by=world.officer)
    assert seen_by(persons, urls) == before
    acts.accept(found, lead=elsewhere.lead, by=elsewhere.chair)
    held = seen_by(persons, urls)
    acts.check(found, is_clear=True, systems=["pnc"], by=elsewhere.officer)
    outbox.drain()
    assert Case.objects.get(pk=case.pk).area == world.area
    assert seen_by(persons, urls) == held
    hold.resume(case, reason="r", by=world.officer)
    assert seen_by(persons, urls) == held
    tasks.carry_out_waiting()
    assert Case.objects.get(pk=case.pk).area == elsewhere.area


def proposed_on_the_pages(world, elsewhere, case):
    """The lead proposes and the chair agrees, each by what their own pages offer."""
    url, lead, today = page("case_transfer", case), as_user(world.lead), clock.today()
    assert url in lead.get(page("case_overview", case)).content.decode()
    assert "Select the area" in lead.post(url, {}).content.decode()
    answers = {"to_area": elsewhere.area.pk, "why": "care", "stay": "long", "considered": "A year."}
    answers |= {f"effective_on_{p}": getattr(today, p) for p in ("day", "month", "year")}
    assert lead.post(url, answers).status_code == 302
    assert "Waits for the chair here" in lead.get(url).content.decode()
    chair, agree = as_user(world.chair), page("case_transfer_agree", case)
    work = chair.get(reverse("work")).content.decode()
    assert "Transfers to answer" in work
    assert url in work
    assert lead.post(agree).status_code == 403
    assert chair.post(agree).status_code == 302
    return transfers.open_of(Reader(world.chair, case))


def accepted_on_the_pages(elsewhere, case, found):
    """The other chair accepts, and reads nothing of the case."""
    there, put = as_user(elsewhere.chair), reverse("transfer", args=[found.pk])
    work = there.get(reverse("work")).content.decode()
    assert "A case from Testshire" in work
    text = there.get(put).content.decode()
    assert "A care placement" in text
    for secret in (case.reference, "A year.", *names_of(case)):
        assert secret not in text + work
    assert "Select who leads it" in there.post(put, {"accepts": "yes"}).content.decode()
    assert there.post(put, {"accepts": "yes", "lead": elsewhere.lead.pk}).status_code == 302
    assert there.get(reverse("transfer_check", args=[found.pk])).status_code == 403


def names_of(case):
    facts = PersonFact.objects.filter(case=case, kind="name")
    found = list(facts.values_list("value", flat=True))
    assert found
    return found


def test_the_way_through_the_pages(world, elsewhere):
    case = stages.released(world)
    found = proposed_on_the_pages(world, elsewhere, case)
    accepted_on_the_pages(elsewhere, case, found)
    officer, check = as_user(elsewhere.officer), reverse("transfer_check", args=[found.pk])
    assert "Check before the transfer" in officer.get(reverse("work")).content.decode()
    assert officer.get(reverse("transfer", args=[found.pk])).status_code == 403
    text = officer.get(check).content.decode()
    assert all(name in text for name in names_of(case))
    assert case.reference not in text
    assert "A year." not in text
    assert officer.post(check, {"systems": ["pnc"], "is_clear": "yes"}).status_code == 302
    assert "Check before the transfer" not in officer.get(reverse("work")).content.decode()
    outbox.drain()
    assert officer.get(page("case_overview", case)).status_code == 200
    assert "A year." in officer.get(page("case_transfer", case)).content.decode()
    assert officer.get(check).status_code == 404
    assert as_user(world.lead).get(page("case_transfer", case)).status_code == 404


def test_declining_and_withdrawing_on_the_pages(world, elsewhere):
    case = stages.released(world)
    found = stages.transfer_proposed(world, elsewhere, case)
    there, put = as_user(elsewhere.chair), reverse("transfer", args=[found.pk])
    assert there.post(put, {"accepts": "no", "reason": "A month only."}).status_code == 302
    chair, url = as_user(world.chair), page("case_transfer", case)
    assert "Declined: A month only." in chair.get(url).content.decode()
    stages.transfer_proposed(world, elsewhere, case)
    take_back = page("case_transfer_withdraw", case)
    assert "Enter why" in chair.post(take_back, {}).content.decode()
    assert chair.post(take_back, {"reason": "They stay."}).status_code == 302
    assert "Withdrawn: They stay." in chair.get(url).content.decode()
    assert chair.post(take_back, {"reason": "Again."}).status_code == 409
    found = stages.transfer_accepted(world, elsewhere, case)
    officer, check = as_user(elsewhere.officer), reverse("transfer_check", args=[found.pk])
    answers = {"systems": ["pnc"], "is_clear": "no", "reason": "Live."}
    assert officer.post(check, answers).status_code == 302
    assert "Not clear" in officer.get(check).content.decode()


def test_who_may_know_of_a_proposal(world, elsewhere):
    found = stages.transfer_proposed(world, elsewhere)
    url, check = (reverse(name, args=[found.pk]) for name in ("transfer", "transfer_check"))
    ours = [world.chair, world.lead, world.officer]
    others = [elsewhere.lead, elsewhere.administrator, elsewhere.officer, elsewhere.children]
    expect(url, {elsewhere.chair: 200, elsewhere.deputy: 200, None: 302})
    expect(url, dict.fromkeys([*ours, *others, elsewhere.police_auditor], 404))
    expect(check, dict.fromkeys([*ours, elsewhere.officer], 404))
    acts.accept(found, lead=elsewhere.lead, by=elsewhere.chair)
    expect(check, {elsewhere.officer: 200, elsewhere.supervisor: 200, world.officer: 404})
    looks = Event.objects.filter(type=E.TRANSFER_VIEWED)
    assert {(one.area_code, one.case_reference) for one in looks} == {("OTH", "")}


def test_the_pages_keep_their_budgets(world, elsewhere, django_assert_max_num_queries):
    case = stages.plan_written(world)
    found = stages.transfer_accepted(world, elsewhere, case)
    chair, officer = as_user(world.chair), as_user(elsewhere.officer)
    there = as_user(elsewhere.chair)
    for browser in (chair, officer, there):
        browser.get(reverse("work"))  # the first page of a session asks more
    put, check = (reverse(name, args=[found.pk]) for name in ("transfer", "transfer_check"))
    with django_assert_max_num_queries(14):
        chair.get(page("case_transfer", case))
    with django_assert_max_num_queries(14):
        chair.get(page("case_overview", case))
    for browser in (there, officer, chair):
        with django_assert_max_num_queries(10):
            browser.get(reverse("work"))
    with django_assert_max_num_queries(10):
        there.get(put)
    with django_assert_max_num_queries(10):
        officer.get(check)
    with django_assert_max_num_queries(30):
        there.post(put, {"accepts": "yes", "lead": elsewhere.lead.pk})
    with django_assert_max_num_queries(30):
        officer.post(check, {"systems": ["pnc"], "is_clear": "yes"})
    with django_assert_max_num_queries(30):
        chair.post(page("case_transfer_withdraw", case), {"reason": "r"})


def test_a_case_before_its_release_moves_nowhere(world, elsewhere):
    case = stages.cleared(world)
    for person in (world.chair, world.lead, world.officer):
        with pytest.raises(ActionDenied):
            acts.propose(case, stages.proposal(elsewhere), by=person)
