"""What the law asks of a panel: what the service knows of it, and the chair's word (R143)."""

import datetime

import pytest
from django.urls import reverse

from channel.meetings import duties
from channel.meetings.actions.duties import confirm
from channel.meetings.models import DutyConfirmed, Panel
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from tests import stages
from tests.access import as_user, expect


def url(panel, *more):
    return reverse("panel_duty" if more else "panel_duties", args=[panel.pk, *more])


def evidence(user, panel):
    return {line.duty.value: line.evidence for line in duties.lines(user, panel)}


def test_each_duty_shows_what_the_service_knows(world):
    stages.plan_written(world, name="A One")
    stages.supported(world, name="A Two")
    refused = stages.at_panel(world, name="A Three")
    stages.meeting_held(world, "not_appropriate", case=refused)
    panel = Panel.objects.get()
    found = evidence(world.chair, panel)
    assert found["panel"] == "3 meetings held in the last 12 months."
    assert found["chair"] == "The chair and police were there at 3 of 3 meetings."
    assert found["plans"] == "1 of 2 people in support have a plan."
    assert found["consent"] == "1 of 2 people in support have given consent."
    assert found["signposting"].endswith(
        "considered in 1 of 1 decision without Channel support in a year."
    )
    assert found["co_operation"].startswith("6 of 6 requests")
    assert evidence(world.supervisor, panel)["plans"] == found["plans"]


def test_the_chair_confirms_once_a_year(world):
    stages.planned(world)
    panel = Panel.objects.get()
    browser, place = as_user(world.chair), url(panel, "consent")
    assert browser.get(url(panel)).content.decode().count("Not confirmed yet") == 6
    assert browser.get(place).status_code == 200
    assert "Enter what shows it" in browser.post(place, {"note": ""}).content.decode()
    assert browser.post(place, {"note": "Asked in every case."}).url == url(panel)
    page = browser.get(url(panel)).content.decode()
    assert "Asked in every case." in page
    assert "Confirmed by Chair Invented" in page
    assert page.count("Not confirmed yet") == 5
    with clock.at(clock.now() + datetime.timedelta(days=370)):
        line = next(one for one in duties.lines(world.chair, panel) if one.duty == "consent")
        assert line.is_due
    assert browser.get(url(panel, "nothing")).status_code == 404
    assert DutyConfirmed.objects.count() == 1


def test_who_reads_and_who_confirms(world, elsewhere):
    stages.planned(world)
    panel = Panel.objects.get()
    readers = {world.officer: 200, world.health: 200, world.administrator: 200}
    strangers = {world.provider: 404, world.sysadmin: 404, elsewhere.chair: 404, None: 302}
    expect(url(panel), readers | strangers)
    expect(url(panel, "plans"), dict.fromkeys(readers, 403) | strangers | {world.deputy: 200})
    with pytest.raises(ActionDenied):
        confirm(panel, duty="plans", note="n", by=world.administrator)
    with pytest.raises(ActionInvalid):
        confirm(panel, duty="plans", note="", by=world.chair)


def test_the_budget(world, django_assert_max_num_queries):
    stages.supported(world)
    panel = Panel.objects.get()
    browser = as_user(world.chair)
    browser.get(url(panel))
    with django_assert_max_num_queries(18):
        browser.get(url(panel))
