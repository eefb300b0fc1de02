"""Sessions counted against those contracted, reports on them, and what is shown when they fail."""

import datetime

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from channel.casework import work
from channel.support import delivery, tasks
from channel.support.actions import delivery as acts
from channel.support.actions import items
from channel.support.models import PlanItem, Session, SessionReport
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history.models import Event
from prevent_cms.outbox import OutboxMessage
from referrals.actions import restricting
from referrals.actions.consent import record_consent
from tests import stages
from tests.access import as_user, expect

DAY = datetime.timedelta(days=1)


@pytest.fixture
def case(world):
    """A plan whose provider's item has seven contracted sessions over sixty days."""
    case = stages.consented(world, stages.supported(world))
    stages.write_plan(world, case)
    stages.add_item(world, case, sessions_agreed=7)
    stages.add_item(world, case, "children", title="Family worker", need="Calm at home")
    case.refresh_from_db()
    return case


@pytest.fixture
def item(world, case):
    return items.start_item(PlanItem.objects.get(sessions_agreed=7), by=world.provider)


def later(days):
    return clock.at(clock.now() + days * DAY)


def tell(world, item, days, missed_why="", *, by=None):
    on = delivery.started_on(item) + days * DAY
    return acts.record_session(
        item, on=on, is_delivered=not missed_why, missed_why=missed_why, by=by or world.provider
    )


def seven(world, item):
    """Four delivered and two missed, within three weeks."""
    for days in (0, 3, 6, 9):
        tell(world, item, days)
    for days in (12, 15):
        tell(world, item, days, "He was ill.")


def address(item, rest=""):
    return f"/cases/{item.case.reference}/plan/items/{item.pk}/{rest}"


def text(user, url):
    return as_user(user).get(url).content.decode()


def of(user, item):
    rows = delivery.with_sessions(user, PlanItem.objects.filter(pk=item.pk))
    return delivery.Delivery.of(rows.select_related("case__area").get())


def test_four_of_seven_delivered_two_missed_on_plan_item_and_review(world, case, item):
    with later(20):
        seven(world, item)
        plan = text(world.lead, f"/cases/{case.reference}/plan/")
        assert "4 of 7 sessions delivered, 2 missed" in plan
        assert "2 sessions missed" in plan
        assert 'class="app-meter" aria-hidden="true"' in plan
        for url in (address(item), f"/cases/{case.reference}/review/"):
            assert "4 of 7 sessions delivered, 2 missed" in text(world.lead, url)
        assert "missed: He was ill." in text(world.provider, address(item))
        event = Event.objects.filter(case_reference=case.reference).latest("pk")
        assert Event.objects.filter(type="plan.session_recorded").count() == 6
        assert "ill" not in str(event.details)


def test_the_rule_of_being_behind_is_the_share_of_time_gone_by(world, item):
    start = delivery.started_on(item)
    found = [delivery.expected(item, start + days * DAY) for days in (-5, 0, 8, 9, 30, 60, 90)]
    assert found == [0, 0, 0, 1, 3, 7, 7]
    assert of(world.lead, item).alerts == []
    with later(30):
        tell(world, item, 1)
        alerts = of(world.lead, item).alerts
        assert "behind: 1 of 3 sessions that would be due by now" in alerts
        done = of(world.lead, item)
        done.item.status = "done"
        assert done.alerts == []


def test_sessions_without_a_contract_are_counted_by_themselves(world, case):
    other = items.start_item(PlanItem.objects.get(sessions_agreed=None), by=world.children)
    assert (of(world.lead, other).words, of(world.lead, other).boxes) == ("", [])
    assert delivery.expected(other, clock.today()) == 0
    tell(world, other, 0, by=world.children)
    assert of(world.lead, other).words == "1 session delivered"
    assert of(world.lead, other).report_due is None
    with pytest.raises(ActionInvalid):
        acts.record_report(other, until_on=clock.today(), text="t", by=world.children)
    expect(address(other, "report/"), {world.children: 409})


def test_more_sessions_than_contracted_draw_no_negative_box(world, item):
    with later(20):
        seven(world, item)
        for days in (16, 17, 18):
            tell(world, item, days)
        assert len(of(world.lead, item).boxes) == 9


def test_a_session_is_told_by_the_form(world, item):
    url, today = address(item, "session/"), clock.today()
    when = {"on_day": today.day, "on_month": today.month, "on_year": today.year}
    client = as_user(world.provider)
    page = client.post(url, {**when, "outcome": "missed"}).content.decode()
    assert "Enter why it was missed" in page
    assert client.post(url, {**when, "outcome": "delivered", "note": "Good."}).status_code == 302
    found = Session.objects.get()
    assert (found.is_delivered, found.note, found.agency) == (True, "Good.", item.agency)
    page = client.post(url, {**when, "outcome": "delivered"}).content.decode()
    assert "A session on that day is recorded already." in page
    future = {**when, "on_year": today.year + 1, "outcome": "delivered"}
    assert "must be today or in the past" in client.post(url, future).content.decode()
    assert Session.objects.count() == 1


def test_days_on_which_no_session_can_be(world, case, item):
    planned = PlanItem.objects.get(sessions_agreed=None)
    assert "not started" in acts.why_not_on(planned, clock.today())
    expect(address(planned, "session/"), {world.children: 409, world.health: 403})
    refused = {-1: "before the item started", 1: "in the future"}
    for days, words in refused.items():
        with pytest.raises(ActionInvalid, match=words):
            tell(world, item, days)
    with later(3):
        tell(world, item, 1)
        with pytest.raises(ActionInvalid, match="recorded already"):
            tell(world, item, 1)
        with pytest.raises(ActionInvalid, match="Enter why"):
            acts.record_session(item, on=clock.today(), is_delivered=False, by=world.provider)
        with pytest.raises(ActionDenied):
            tell(world, item, 2, by=world.health)


def test_no_session_on_a_day_on_which_consent_did_not_stand(world, case, item):
    with later(5):
        entry = stages.consent_entry("withdrawn", decided_on=clock.today() - 2 * DAY)
        record_consent(case, entry, by=world.lead)
        assert acts.why_not_on(item, clock.today() - 3 * DAY) == ""
        with pytest.raises(ActionInvalid, match="did not stand on that day"):
            tell(world, item, 4)


def test_a_new_version_of_the_plan_keeps_sessions_fields_and_reports(world, case, item):
    tell(world, item, 0)
    stages.write_plan(world, case, replaces=1, carry_over=[item])
    copy = PlanItem.objects.get(plan__status="current", agency=item.agency)
    assert (copy.sessions_agreed, copy.intensity, copy.supervision) == (
        7,
        "light",
        "Monthly, by the council",
    )
    assert of(world.lead, copy).words == "1 of 7 sessions delivered"
    assert delivery.running(item.pk) == copy
    assert "1 of 7 sessions" in text(world.provider, address(copy))


# Reports


def month(item, number=1):
    return clock.add_months(delivery.started_on(item), number)


def test_a_report_is_due_each_month_and_answers_its_period(world, item):
    assert delivery.due_now(item) == month(item)
    with later(40):
        assert "overdue" in of(world.lead, item).report_late
        assert any("report" in words for words in of(world.lead, item).alerts)
        until = clock.today()
        acts.record_report(item, until_on=until, text="It goes well.", by=world.provider)
        report = SessionReport.objects.get()
        assert (report.from_on, report.until_on) == (delivery.started_on(item), until)
        assert delivery.due_now(item) == clock.add_months(until, 1)
        assert of(world.lead, item).report_late == ""
        assert "It goes well." in text(world.lead, address(item))
        for day, words in ((until, "covers that day"), (until + DAY, "in the future")):
            with pytest.raises(ActionInvalid, match=words):
                acts.record_report(item, until_on=day, text="t", by=world.provider)
        with pytest.raises(ActionDenied):
            acts.record_report(item, until_on=until, text="t", by=world.health)


def test_a_report_by_the_form_keeps_what_was_typed(world, item):
    url, today = address(item, "report/"), clock.today()
    form = {"until_on_day": today.day, "until_on_month": today.month, "until_on_year": today.year}
    client = as_user(world.provider)
    assert client.get(url).status_code == 200
    early = {**form, "until_on_year": today.year - 1, "text": "Kept words"}
    page = client.post(url, early).content.decode()
    assert "Kept words" in page
    assert "The last report covers that day already" in page
    future = {**form, "until_on_year": today.year + 1, "text": "t"}
    assert "must be today or in the past" in client.post(url, future).content.decode()
    assert client.post(url, {**form, "text": "Done."}).status_code == 302


def test_an_overdue_report_is_in_my_work_of_the_lead_agency_alone(world, item):
    def keys(user):
        return {one.key: one.rows for one in work.work(user).sections}

    assert "reports" not in keys(world.provider)
    with later(40):
        rows = keys(world.provider)["reports"]
        assert [row.due_on for row in rows] == [month(item)]
        assert address(item, "report/") in text(world.provider, "/work/")
        assert "reports" not in keys(world.children)
        acts.record_report(item, until_on=clock.today(), text="t", by=world.provider)
        assert "reports" not in keys(world.provider)


def chased():
    return [one.subject for one in mail.outbox if "report" in one.subject]


def test_a_report_is_chased_once_a_due_date_with_nothing_in_the_mail(world, item):
    with later(20):
        outbox.drain()
        assert chased() == []
    with later(40):
        outbox.drain()
        outbox.drain()
        assert len(chased()) == 1
        letter = mail.outbox[-1]
        assert letter.to == ["provider@test.example"]
        assert "/work/" in letter.body
        for secret in (item.case.reference, item.title, "Callum", "mentoring", "support"):
            assert secret not in letter.body + letter.subject
        acts.record_report(item, until_on=clock.today(), text="t", by=world.provider)
    with later(80):
        outbox.drain()
        assert len(chased()) == 2


def test_nobody_is_chased_for_what_came_ended_or_is_restricted(world, item):
    with later(40):
        due = month(item).isoformat()
        tasks.send_report_overdue(item.pk, "2020-01-01")
        restricting.restrict_case(item.case, people=[], reason="r", by=world.supervisor)
        tasks.send_report_overdue(item.pk, due)
        restricting.lift_restriction(item.case, reason="r", by=world.supervisor)
        items.record_progress(
            item, text="Over.", on=clock.today(), status="stopped", version=2, by=world.provider
        )
        tasks.send_report_overdue(item.pk, due)
        assert chased() == []


def test_the_chaser_waits_for_the_morning_after(world, item):
    found = OutboxMessage.objects.get(topic="report_overdue")
    local = timezone.localtime(found.not_before)
    assert (local.date(), local.hour) == (month(item) + DAY, 9)
    assert set(found.payload) == {"item_id", "due"}


# The narrow view


def test_a_provider_sees_own_items_sessions_reports_and_risk_and_nothing_else(world, case, item):
    other = items.start_item(PlanItem.objects.get(sessions_agreed=None), by=world.children)
    acts.record_session(
        other, on=clock.today(), is_delivered=False, missed_why="Other reason", by=world.children
    )
    tell(world, item, 0)
    acts.record_report(item, until_on=clock.today(), text="Own report.", by=world.provider)
    plan = text(world.provider, f"/cases/{case.reference}/plan/")
    page = text(world.provider, address(item))
    assert "1 of 7 sessions delivered" in plan
    for words in ("Own report.", "None known", "Monthly, by the council"):
        assert words in page
    for secret in (
        "Family worker",
        "Calm at home",
        "Other reason",
        "somebody to talk to",
        "Provider checks",
    ):
        assert secret not in plan + page, secret
    for rest in ("", "session/", "report/"):
        expect(address(other, rest), {world.provider: 404})
    assert list(Session.objects.visible_to(world.provider)) == [Session.objects.get(item=item)]
    assert not Session.objects.visible_to(world.auditor).exists()
    assert not SessionReport.objects.visible_to(world.children).filter(
        agency=item.agency
    ).exists() or (world.agency("children").is_core)


def test_the_form_of_an_item_asks_what_a_plan_must_tell(world, case):
    url = reverse("case_plan_item_new", args=[case.reference])
    today = clock.today()
    form = {
        "new_need": "A place", "need": "new", "addresses": "Praise.", "type": "provider",
        "title": "Talks", "agency": world.agency("provider").pk, "lead_person": "Sam",
        "measure": "Chess.", "provider_risk": "None known", "necessity": "n",
        "proportionality": "p", "whole_family": "yes", "intensity": "intensive",
        "sessions_agreed": "61",
    }  # fmt: skip
    for name, day in (("starts_on", today), ("due_on", today + DAY)):
        form |= {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}
    client = as_user(world.lead)
    page = client.post(url, form).content.decode()
    assert "Enter who supervises those who deliver it" in page
    assert "The number of sessions must be between 1 and 60" in page
    form |= {"supervision": "Weekly.", "sessions_agreed": "6", "report_months": ""}
    assert client.post(url, form).status_code == 302
    made = PlanItem.objects.get(title="Talks")
    assert (made.whole_family, made.intensity, made.report_months) == (True, "intensive", 1)
    page = text(world.lead, address(made))
    for words in ("The whole family", "Intensive", "Weekly.", "0 of 6 sessions delivered"):
        assert words in page
    assert ", for the whole family" in text(world.lead, f"/cases/{case.reference}/plan/")
    with pytest.raises(ActionInvalid, match="supervises"):
        stages.add_item(world, case, supervision="")
