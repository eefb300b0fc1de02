"""One piece of support: its lead agency is let in, starts it with consent, and says how it goes."""

import datetime

import pytest
from django.core import mail

from accounts.roles import ShareKind
from channel.support import access, tasks
from channel.support.actions import items
from channel.support.models import ItemUpdate, PlanItem
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history.models import Event
from prevent_cms.outbox import OutboxMessage
from referrals.access import Reader
from referrals.actions import restricting
from referrals.models import Case, Disclosure
from tests import stages
from tests.access import as_user, expect

DAY = datetime.timedelta(days=1)


def url(case, item, rest=""):
    return f"/cases/{case.reference}/plan/items/{item.pk}/{rest}"


def form(world, **changes):
    """The form of a new item, as a browser sends it."""
    start, end = clock.today(), clock.today() + 60 * DAY
    words = {
        "new_need": "A place to belong",
        "addresses": "Praise from strangers.",
        "type": "mentoring",
        "title": "Mentoring on Thursdays",
        "agency": world.agency("provider").pk,
        "lead_person": "Sam Invented",
        "measure": "Back at chess.",
        "provider_risk": "None known",
        "intensity": "regular",
        "whole_family": "no",
        "report_months": "1",
        "supervision": "Monthly, by the council",
        "necessity": "It delivers the mentoring.",
        "proportionality": "Its own item only.",
    }
    for name, day in (("starts_on", start), ("due_on", end)):
        words |= {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}
    return words | changes


def planned(world, agency="provider", consent=True, **changes):
    case = stages.supported(world)
    if consent:
        stages.consented(world, case)
    stages.write_plan(world, case)
    return case, stages.add_item(world, case, agency, **changes)


def test_a_lead_agency_is_let_in_told_and_entered_in_the_register_at_once(world):
    case = stages.supported(world)
    stages.write_plan(world, case)
    assert not Case.objects.visible_to(world.provider).exists()
    response = as_user(world.lead).post(f"/cases/{case.reference}/plan/items/new/", form(world))
    assert response.status_code == 302
    item = PlanItem.objects.get()
    assert (item.status, item.need, item.mark) == ("planned", "A place to belong", "PANEL")
    assert case.shares.get(group=item.agency.group).kind == ShareKind.DELIVER
    disclosure = Disclosure.objects.get(agency=item.agency)
    assert disclosure.necessity == "It delivers the mentoring."
    assert disclosure.power == "Contract"
    assert list(Case.objects.visible_to(world.provider)) == [case]
    outbox.drain()
    letter = next(one for one in mail.outbox if one.to == ["provider@test.example"])
    assert letter.subject == "Something new waits for Testshire Mentoring"
    assert "/work/" in letter.body
    for secret in (case.reference, "Callum", "Mentoring on Thursdays", "support"):
        assert secret not in letter.body + letter.subject
    assert url(case, item) in as_user(world.provider).get("/work/").content.decode()


def test_nobody_is_told_of_an_item_that_is_over_or_without_a_mailbox(world):
    _, item = planned(world)
    mail.outbox.clear()
    items.record_progress(
        item, text="Not wanted.", on=clock.today(), status="stopped", version=1, by=world.lead
    )
    tasks.send_item_assigned(item.pk)
    assert mail.outbox == []


def test_nobody_is_told_of_an_item_of_a_restricted_case(world):
    case, item = planned(world)
    mail.outbox.clear()
    restricting.restrict_case(case, people=[], reason="r", by=world.supervisor)
    tasks.send_item_assigned(item.pk)
    assert mail.outbox == []
    restricting.lift_restriction(case, reason="r", by=world.supervisor)
    tasks.send_item_assigned(item.pk)
    assert [letter.to for letter in mail.outbox] == [["provider@test.example"]]


def test_a_coordinating_agency_needs_no_other_share(world):
    case, item = planned(world, "council")
    assert not case.shares.filter(group=item.agency.group, kind=ShareKind.DELIVER).exists()
    assert items.start_item(item, by=world.lead).status == "started"


def test_no_item_without_a_plan_or_for_another_area(world, elsewhere):
    case = stages.supported(world)
    with pytest.raises(ActionInvalid, match="Write the plan"):
        stages.add_item(world, case)
    expect(f"/cases/{case.reference}/plan/items/new/", {world.lead: 409})
    stages.write_plan(world, case)
    draft = stages.item_draft(world, agency="health")
    stranger = stages.item_draft(elsewhere, agency="health", title=draft.title)
    with pytest.raises(ActionInvalid, match="agency of this area"):
        items.add_item(case, stranger, grounds=stages.grounds(), by=world.lead)
    assert not PlanItem.objects.exists()
    other = str(elsewhere.agency("health").pk)
    page = f"/cases/{case.reference}/plan/items/new/"
    text = as_user(world.lead).post(page, form(world, agency=other)).content.decode()
    assert "Select one of the answers shown" in text


def test_wrong_answers_stand_beside_their_fields(world):
    case = stages.supported(world)
    stages.write_plan(world, case)
    page = f"/cases/{case.reference}/plan/items/new/"
    early = {"due_on_year": "2020", "necessity": "", "title": "Kept title"}
    text = as_user(world.lead).post(page, form(world, **early)).content.decode()
    assert "must be after the start" in text
    assert "Enter why this agency needs to know" in text
    assert "Kept title" in text
    assert not PlanItem.objects.exists()
    assert not OutboxMessage.objects.filter(topic="plan_item_assigned").exists()


def test_a_second_item_can_meet_the_same_need(world):
    case, first = planned(world)
    page = f"/cases/{case.reference}/plan/items/new/"
    client = as_user(world.lead)
    answers = form(world, need=first.need, new_need="Dropped", factors=["E01"], title="Chess")
    assert client.post(page, answers).status_code == 302
    second = PlanItem.objects.get(title="Chess")
    assert (second.need, second.factors) == (first.need, ["E01"])
    assert client.post(page, form(world, need="new", new_need="", title="X")).status_code == 200
    assert 'value="E01"' in client.get(f"{page}?factor=E01").content.decode()


def test_no_support_starts_without_recorded_consent(world):
    """The hard rule (CTSA 2015, s.36(4)(b)): not before, not after refusal, not after withdrawal."""
    case, item = planned(world, consent=False)
    start = url(case, item, "start/")
    expect(start, {world.provider: 409, world.lead: 409}, method="post")
    assert (
        "Support has started" not in as_user(world.provider).get(url(case, item)).content.decode()
    )
    for position in ("to_seek", "not_to_seek", "refused", "withdrawn"):
        stages.consented(world, case, position=position)
        with pytest.raises(ActionInvalid, match="consent to Channel support"):
            items.start_item(item, by=world.provider)
    item.refresh_from_db()
    assert (item.status, item.started_at) == ("planned", None)


def test_the_lead_agency_starts_its_item_with_consent(world):
    case, item = planned(world)
    page = as_user(world.provider).get(url(case, item)).content.decode()
    assert "Consent is given, so this item can start." in page
    others = {world.administrator: 403, world.health: 403, world.children: 403, None: 302}
    expect(url(case, item, "start/"), others, method="post")
    expect(url(case, item, "start/"), {world.provider: 302}, method="post")
    item.refresh_from_db()
    assert item.status == "started"
    event = Event.objects.filter(type="plan.item_started").get()
    assert (event.actor, event.agency_id) == (world.provider, world.agency("provider").pk)
    expect(url(case, item, "start/"), {world.provider: 409}, method="post")


def test_a_panel_member_delivers_through_the_panel_share_too(world):
    _, item = planned(world, "health")
    assert access.may_deliver(Reader(world.health, item.case), item)
    assert not access.may_deliver(Reader(world.education, item.case), item)
    assert not access.may_deliver(Reader(world.administrator, item.case), item)


def progress(item, **changes):
    today = clock.today()
    return {
        "text": "Met on Thursday.",
        "on_day": today.day,
        "on_month": today.month,
        "on_year": today.year,
        "status": "started",
        "version": item.version,
    } | changes


def test_progress_is_told_until_the_item_is_done(world):
    case, item = planned(world)
    item = items.start_item(item, by=world.provider)
    client = as_user(world.provider)
    assert client.post(url(case, item), progress(item)).status_code == 302
    item.refresh_from_db()
    done = progress(item, text="He is back at chess.", status="done")
    assert as_user(world.lead).post(url(case, item), done).status_code == 302
    item.refresh_from_db()
    assert (item.status, item.is_open) == ("done", False)
    assert [u.text for u in ItemUpdate.objects.all()] == [
        "He is back at chess.",
        "Met on Thursday.",
    ]
    expect(url(case, item), {world.provider: 409, world.health: 403}, method="post")
    page = client.get(url(case, item)).content.decode()
    assert "He is back at chess." in page
    assert "Record progress" not in page


def test_progress_of_another_agency_is_not_shown(world):
    case, _ = planned(world)
    mine = stages.add_item(world, case, "children", title="Family worker")
    items.record_progress(
        mine, text="Secret of the family.", on=clock.today(), status="planned", version=1,
        by=world.children,
    )  # fmt: skip
    assert ItemUpdate.objects.visible_to(world.provider).count() == 0
    assert ItemUpdate.objects.visible_to(world.children).count() == 1
    page = as_user(world.provider).get(f"/cases/{case.reference}/plan/").content.decode()
    assert "Secret of the family." not in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": ""}, "Enter what happened"),
        ({"on_year": "2090"}, "must be today or in the past"),
        ({"status": "done"}, "Select one of the answers shown"),
        ({"version": "7"}, "omebody else changed this"),
    ],
)
def test_wrong_progress_is_refused_beside_the_field(world, changes, words):
    case, item = planned(world)
    answers = progress(item, status="planned") | changes
    text = as_user(world.provider).post(url(case, item), answers).content.decode()
    assert words in text
    assert not ItemUpdate.objects.exists()


def test_the_action_itself_refuses_what_the_form_would(world):
    _, item = planned(world)
    good = {"text": "x", "on": clock.today(), "status": "planned", "version": 1}
    for wrong in ({"on": clock.today() + DAY}, {"status": "done"}, {"version": 3}):
        with pytest.raises(ActionInvalid):
            items.record_progress(item, **good | wrong, by=world.provider)
    with pytest.raises(ActionDenied):
        items.record_progress(item, **good, by=world.health)


def test_late_is_said_in_words(world):
    case, item = planned(world)
    page = f"/cases/{case.reference}/plan/"
    assert "1 item late" not in as_user(world.lead).get(page).content.decode()
    with clock.at(clock.now() + 10 * DAY):
        assert item.late.startswith("start ")
        assert "1 item late" in as_user(world.lead).get(page).content.decode()
    item = items.start_item(item, by=world.provider)
    with clock.at(clock.now() + 90 * DAY):
        assert item.late.endswith("overdue")
    item.status = PlanItem.Status.DONE
    assert item.late == ""
