"""The support plan: written in versions, read by those it is for, stopped when consent ends."""

import datetime

import pytest

from accounts.roles import ShareKind
from channel.support.actions import consents, items, plans
from channel.support.models import PlanItem, SupportPlan
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history.models import Event
from referrals import access
from referrals.actions import hold
from referrals.consent import Standing
from referrals.models import Case, Closure
from referrals.workflow import Status
from tests import stages
from tests.access import as_user, expect

DAY = datetime.timedelta(days=1)


def plan_url(case, rest=""):
    return f"/cases/{case.reference}/plan/{rest}"


def text_for(user, url):
    return as_user(user).get(url).content.decode()


ANSWERS = {
    "needs": "Belonging.",
    "consent_how": "At home",
    "consent_by": "The Prevent lead",
    "consent_on_day": "1",
    "consent_on_month": "12",
    "consent_on_year": "2026",
}


def test_before_adoption_there_is_no_plan_to_write(world):
    case = stages.at_panel(world)
    with pytest.raises(ActionInvalid):
        stages.write_plan(world, case)
    assert "A plan is written once the panel has adopted the case." in text_for(
        world.lead, plan_url(case)
    )
    expect(plan_url(case, "new/"), {world.lead: 409})


def test_the_first_version_is_written_by_the_form(world):
    case = stages.supported(world)
    assert "No consent recorded" in text_for(world.lead, plan_url(case))
    client = as_user(world.lead)
    response = client.post(plan_url(case, "new/"), {**ANSWERS, "version": "0"})
    assert response.status_code == 302
    plan = SupportPlan.objects.get(case=case)
    assert (plan.version, plan.status, plan.written_by) == (1, "current", world.lead)
    assert plan.mark == "PANEL"
    event = Event.objects.filter(case_reference=case.reference).latest("pk")
    assert (event.type, event.details) == ("plan.started", {"version": 1})


def test_errors_stand_beside_their_fields_and_nothing_is_saved(world):
    case = stages.supported(world)
    response = as_user(world.lead).post(plan_url(case, "new/"), {"needs": "Kept", "version": "0"})
    text = response.content.decode()
    assert "<title>Error: " in text
    for words in ("Enter how consent will be requested", "Enter who requests consent", "Kept"):
        assert words in text
    assert not SupportPlan.objects.exists()


def test_who_may_open_and_who_may_write(world, elsewhere):
    case = stages.plan_written(world)
    item = PlanItem.objects.get(agency=world.agency("provider"))
    writers = dict.fromkeys([world.lead, world.officer, world.supervisor, world.chair], 200)
    readers = dict.fromkeys(
        [world.administrator, world.children, world.health, world.education], 200
    )
    strangers = {None: 302, world.auditor: 404, world.police_auditor: 404, world.sysadmin: 404}
    strangers |= {elsewhere.officer: 404, elsewhere.lead: 404}
    expect(plan_url(case), writers | readers | {world.provider: 200} | strangers)
    expect(plan_url(case, "versions/1/"), {world.lead: 200, world.health: 200, world.provider: 404})
    expect(plan_url(case, "versions/2/"), {world.lead: 404})
    for page in ("new/", "items/new/"):
        wrong_role = dict.fromkeys([*readers, world.provider], 403)
        expect(plan_url(case, page), writers | wrong_role | strangers)
    expect(plan_url(case), {world.lead: 405}, method="post")
    own = writers | readers | {world.provider: 200}
    expect(plan_url(case, f"items/{item.pk}/"), own | strangers)
    expect(plan_url(case, f"items/{item.pk}/start/"), {world.lead: 405})


def test_an_agency_that_only_answers_has_no_plan(world):
    """Children's services were asked; before any agenda or item they know of no plan."""
    case = stages.begun(world)
    expect(plan_url(case), {world.children: 404, world.lead: 200})


def test_a_provider_sees_own_items_and_nothing_else(world):
    case = stages.plan_written(world)
    text = text_for(world.provider, plan_url(case))
    assert "Mentoring on Thursdays" in text
    assert "Consent given" in text
    for secret in ("Family worker", "Calm at home", "somebody to talk to", "by a parent", "review"):
        assert secret not in text
    other = PlanItem.objects.get(agency=world.agency("children"))
    expect(plan_url(case, f"items/{other.pk}/"), {world.provider: 404, world.children: 200})


def test_the_panel_sees_the_whole_plan(world):
    text = text_for(world.health, plan_url(stages.plan_written(world)))
    for words in ("Need 1: A place to belong", "Need 2: Calm at home", "somebody to talk to"):
        assert words in text
    assert "Add an item" not in text


def test_a_new_version_carries_over_what_is_ticked_and_stops_the_rest(world):
    case = stages.plan_written(world)
    kept, dropped = PlanItem.objects.order_by("pk")
    kept = items.start_item(kept, by=world.provider)
    items.record_progress(
        kept, text="Met once.", on=clock.today(), status="started", version=2, by=world.provider
    )
    form = {**ANSWERS, "version": "1", "carry_over": [kept.pk]}
    assert as_user(world.officer).post(plan_url(case, "new/"), form).status_code == 302
    old, new = SupportPlan.objects.order_by("version")
    assert (old.status, new.status, new.version) == ("superseded", "current", 2)
    copy = new.items.get()
    assert (copy.origin_id, copy.status, copy.title) == (kept.pk, "started", kept.title)
    dropped.refresh_from_db()
    assert dropped.status == "stopped"
    text = text_for(world.provider, plan_url(case))
    assert "Met once." in text  # progress goes with the item
    expect(plan_url(case, f"items/{kept.pk}/"), {world.provider: 409}, method="post")
    link = f'href="{plan_url(case, "versions/1/")}">Version 1</a>'
    assert link in text_for(world.lead, plan_url(case))
    assert dropped.title in text_for(world.lead, plan_url(case, "versions/1/"))
    assert dropped.title not in text_for(world.lead, plan_url(case))


def test_two_people_writing_a_version_do_not_overwrite_each_other(world):
    case = stages.plan_written(world)
    client = as_user(world.lead)
    stages.write_plan(world, case, needs="From the officer.", replaces=1, by=world.officer)
    text = client.post(plan_url(case, "new/"), {**ANSWERS, "version": "1"}).content.decode()
    assert "Not saved: somebody else changed this" in text
    with pytest.raises(ActionInvalid, match="newer version"):
        stages.write_plan(world, case, replaces=1)
    assert SupportPlan.objects.filter(case=case).count() == 2


def test_a_role_without_the_permission_writes_no_plan(world):
    case = stages.supported(world)
    for name in ("administrator", "children", "provider", "auditor"):
        with pytest.raises(ActionDenied):
            stages.write_plan(world, case, by=getattr(world, name))
    assert not SupportPlan.objects.exists()


def test_a_hold_is_not_betrayed_by_the_plan(world):
    """Outside police the page of a held case is the same, and so is writing in it."""
    case = stages.plan_written(world)
    before = text_for(world.lead, plan_url(case))
    hold.hold(case, reason="A check is needed.", by=world.officer)
    after = text_for(world.lead, plan_url(case))
    assert "Change the plan" in after
    assert before.count("govuk-button") == after.count("govuk-button")
    case.refresh_from_db()
    stages.add_item(world, case, "education", title="Tutor")
    item = PlanItem.objects.get(title="Tutor")
    with pytest.raises(ActionInvalid):
        items.start_item(item, by=world.education)


# When consent is refused or withdrawn


def test_without_a_refusal_there_is_nothing_to_decide(world):
    case = stages.plan_written(world)
    assert Standing.of(case).ended is None
    expect(plan_url(case, "consent/"), {world.lead: 409, world.officer: 409, world.health: 403})
    with pytest.raises(ActionInvalid):
        consents.return_to_panel(case, reassess_on=clock.today(), by=world.lead)


def withdrawn(world):
    case = stages.plan_written(world)
    items.start_item(PlanItem.objects.order_by("pk")[0], by=world.provider)
    return stages.consented(world, case, position="withdrawn")


def test_withdrawal_is_red_and_leads_to_a_decision(world):
    case = withdrawn(world)
    text = text_for(world.lead, plan_url(case))
    assert "Consent: Withdrawn" in text
    assert "app-consent--missing" in text
    assert plan_url(case, "consent/") in text
    expect(plan_url(case, "consent/"), {world.lead: 200, world.officer: 200, world.provider: 403})
    page = text_for(world.lead, plan_url(case, "consent/"))
    assert "Return the case to the panel" in page
    assert "Close the case" not in page  # only police close
    assert "Close the case" in text_for(world.officer, plan_url(case, "consent/"))


def test_outside_coordination_the_log_of_consent_stays_closed(world):
    """Whether support may run is known to everybody who delivers it; why not is in the log."""
    never = stages.supported(world, name="Another Person", born="2001-01-01")
    stages.write_plan(world, never)
    stages.add_item(world, never, "provider")
    refused = stages.consented(world, stages.plan_written(world), position="refused")
    item = PlanItem.objects.get(case=refused, agency=world.agency("provider"))
    for user in (world.provider, world.health):
        told = [text_for(user, plan_url(case)) for case in (never, refused)]
        told.append(text_for(user, plan_url(refused, f"items/{item.pk}/")))
        for text in told:
            assert "Consent not given at the moment" in text
            assert "No item of support can start." in text
            for words in ("Refused", "No consent recorded", "Consent: ", "Consent record"):
                assert words not in text, words
    assert "Consent: Refused" in text_for(world.lead, plan_url(refused))


def test_the_case_returns_to_the_panel_to_be_assessed_by_a_date(world):
    case = withdrawn(world)
    due = clock.today() + 20 * DAY
    form = {
        "next": "panel",
        "reassess_on_day": due.day,
        "reassess_on_month": due.month,
        "reassess_on_year": due.year,
    }
    assert as_user(world.lead).post(plan_url(case, "consent/"), form).status_code == 302
    case.refresh_from_db()
    assert (case.status, case.next_due_on) == (Status.PANEL, due)
    assert case.next_due_what == "Assessment without consent"
    assert set(PlanItem.objects.values_list("status", flat=True)) == {"stopped"}


def test_a_return_needs_a_day_that_is_not_over_and_the_permission(world):
    case = withdrawn(world)
    with pytest.raises(ActionInvalid, match="past"):
        consents.return_to_panel(case, reassess_on=clock.today() - DAY, by=world.lead)
    with pytest.raises(ActionDenied):
        consents.return_to_panel(case, reassess_on=clock.today(), by=world.administrator)
    assert PlanItem.objects.filter(status="started").exists()


def test_closing_without_consent_says_what_is_offered_instead(world):
    case = withdrawn(world)
    form = {"next": "close", "reason": "He does not want it.", "destination": "School counsellor"}
    client = as_user(world.officer)
    text = client.post(plan_url(case, "consent/"), form).content.decode()
    assert "Enter how health and social care were considered" in text
    form = stages.LEFT_FORM | form
    assert client.post(plan_url(case, "consent/"), form).status_code == 302
    case.refresh_from_db()
    closure = Closure.objects.get(case=case)
    assert (case.status, closure.outcome) == (Status.CLOSED, "consent_withdrawn")
    assert closure.destination == "School counsellor"
    assert not case.shares.filter(kind=ShareKind.DELIVER).exists()
    assert not Case.objects.visible_to(world.provider).exists()


def test_the_lead_cannot_close(world):
    case = withdrawn(world)
    with pytest.raises(ActionDenied):
        consents.close_without_consent(case, reason="No", leaving=stages.leaving(), by=world.lead)
    assert (
        "Or close the case"
        not in as_user(world.lead).get(plan_url(case, "consent/")).content.decode()
    )
    assert access.may_move(world.officer, "close", case)


def test_a_plan_survives_in_its_versions(world):
    """The row that was agreed is never changed but for its status."""
    case = stages.plan_written(world)
    plans.write_plan(
        case,
        needs="Now something else.",
        consent_how="By letter",
        consent_on=clock.today(),
        consent_by="Chair Invented",
        by=world.chair,
        replaces=1,
    )
    old = SupportPlan.objects.get(version=1)
    assert old.needs == "Belonging, and somebody to talk to."
    assert "Belonging, and somebody to talk to." in text_for(
        world.lead, plan_url(case, "versions/1/")
    )
