"""What the page of a conflict shows, what it takes over by itself, and what it asks."""

import pytest
from django.urls import reverse

from channel.meetings.models import Attendance, Decision, PanelAction
from channel.support.actions import items
from channel.support.models import PlanItem
from prevent_cms import clock
from prevent_cms.errors import Stale
from prevent_cms.history.versions import Record, Rows
from referrals.actions import handover
from tests import stages
from tests.access import as_user, seen
from tests.edits.places import PLACES
from tests.edits.test_races import fields_of


@pytest.fixture
def item(world):
    stages.at_panel(world)
    return stages.in_session(world).items.get()


@pytest.fixture
def url(item):
    return reverse("meeting_item", args=[item.meeting_id, item.number])


def action(world, row, what):
    on = clock.today()
    parts = {"what": what, "agency": world.agency("health").pk, "owner": "Somebody Invented"}
    parts |= {"due_on_day": on.day, "due_on_month": on.month, "due_on_year": on.year}
    return {f"action-{row}-{name}": value for name, value in parts.items()}


def test_what_only_one_changed_is_taken_over_rows_as_well(world, item, url):
    mine, theirs = as_user(world.chair), as_user(world.administrator)
    theirs.post(url, {"discussion": "As begun.", "version": "0"})
    theirs.post(
        url,
        {"discussion": "As begun.", "version": "1", "risk_to_person": "higher"}
        | action(world, "new0", "Their action"),
    )
    sent = {"discussion": "As begun. And mine.", "version": "1"}
    answer = mine.post(url, sent | action(world, "new0", "My action"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Only they changed this. Theirs is kept." in page
    assert "Administrator Invented, Testshire Council saved a new version on" in page
    assert "What should be saved?" not in page
    assert mine.post(url, fields_of(page)).status_code == 302
    decision = Decision.objects.get()
    assert (decision.discussion, decision.risk_to_person) == ("As begun. And mine.", "higher")
    assert set(PanelAction.objects.values_list("what", flat=True)) == {"Their action", "My action"}


@pytest.mark.parametrize(
    ("choice", "saved"), [("mine", "Mine."), ("theirs", "Theirs."), ("both", "Read and put right.")]
)
def test_each_choice_and_none(world, url, choice, saved):
    mine = as_user(world.chair)
    as_user(world.administrator).post(url, {"discussion": "Theirs.", "version": "0"})
    page = mine.post(url, {"discussion": "Mine.", "version": "0"}).content.decode()
    again = fields_of(page) | {"joined-discussion": "Read and put right."}
    answer = mine.post(url, again)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Select what should be saved" in page
    assert "Read and put right." in page
    answer = mine.post(url, fields_of(page) | again | {"choose-discussion": choice})
    assert answer.status_code == 302
    assert Decision.objects.get().discussion == saved


def test_a_third_change_shows_the_page_again(world, url):
    mine, theirs = as_user(world.chair), as_user(world.administrator)
    theirs.post(url, {"discussion": "Theirs.", "version": "0"})
    page = mine.post(url, {"discussion": "Mine.", "version": "0"}).content.decode()
    theirs.post(url, {"discussion": "Theirs, once more.", "version": "1"})
    answer = mine.post(url, fields_of(page) | {"choose-discussion": "mine"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Mine." in page
    assert "once more." in page
    assert Decision.objects.get().discussion == "Theirs, once more."


def test_a_change_that_touches_no_question_of_the_form_is_none(world, item, url):
    mine = as_user(world.administrator)
    mine.post(url, {"discussion": "As begun.", "version": "0"})
    version = seen(mine, url)
    decision = Decision.objects.get()
    decision.version += 1
    decision.save()
    assert mine.post(url, {"discussion": "Mine.", **version}).status_code == 302


def test_who_may_no_longer_see_it_gets_the_own_text_and_nothing_of_theirs(world, item, url):
    mine = as_user(world.chair)
    mine.get(url)
    as_user(world.administrator).post(url, {"discussion": "Theirs, secret.", "version": "0"})
    for membership in world.chair.memberships.all():
        membership.ended_on = membership.started_on = clock.today()
        membership.save()
    answer = mine.post(url, {"discussion": "Mine, and long enough.", "version": "0"})
    page = answer.content.decode()
    assert answer.status_code in (403, 404)
    assert "Mine, and long enough." in page
    assert "Theirs, secret." not in page


def test_support_that_was_added_meanwhile_goes_on_in_the_new_plan(world):
    opened = PLACES["case_plan_new"](world)
    browser = as_user(world.lead)
    sent = opened.base | seen(browser, opened.url)
    case = PlanItem.objects.first().case
    stages.add_item(world, case, "health", title="Added meanwhile", need="Sleep")
    assert browser.post(opened.url, sent).status_code == 302
    current = PlanItem.objects.filter(plan__status="current")
    assert "Added meanwhile" in current.values_list("title", flat=True)
    assert set(current.values_list("status", flat=True)) == {"planned"}


def test_progress_told_by_two(world):
    case = stages.plan_written(world)
    item = PlanItem.objects.get(agency=world.agency("provider"))
    items.start_item(item, by=world.provider)
    url = reverse("case_plan_item", args=[case.reference, item.pk])
    mine = as_user(world.lead)
    on = clock.today()
    sent = {"text": "We met.", "on_day": on.day, "on_month": on.month, "on_year": on.year}
    sent |= {"status": "stopped", **seen(mine, url)}
    as_user(world.provider).post(url, sent | {"status": "done", "text": "The last one."})
    answer = mine.post(url, sent)
    assert answer.status_code in (404, 409)
    assert "We met." in answer.content.decode()
    item.refresh_from_db()
    assert item.status == "done"


def test_two_give_one_case_to_two_officers(world):
    case = stages.released(world)
    url = reverse("case_assign", args=[case.reference])
    browser = as_user(world.supervisor)
    version = seen(browser, url)
    stages.given(world, case, to=world.supervisor)
    answer = browser.post(url, {"officer": world.officer.pk, "reason": "On leave.", **version})
    assert answer.status_code in (302, 409)
    with pytest.raises(Stale):
        handover.give(case, to=world.officer, reason="r", version=1, by=world.supervisor)


def test_when_a_role_ends_is_settled_by_one(world):
    role = world.health.memberships.first()
    url = reverse("role_end", args=[world.health.pk, role.pk])
    browser = as_user(world.sysadmin)
    version = seen(browser, url)
    later = clock.today().replace(year=clock.today().year + 1)
    role.ended_on = later
    role.save()
    today = clock.today()
    sent = {"on_day": today.day, "on_month": today.month, "on_year": today.year, **version}
    answer = browser.post(url, sent)
    assert answer.status_code == 409
    assert str(later.year) in answer.content.decode()


def test_a_line_of_attendance_that_somebody_added_is_kept(world, item):
    url = reverse("meeting_attendance", args=[item.meeting_id])
    opened = {}
    for row in Attendance.objects.filter(meeting=item.meeting):
        name = "seat-chair" if row.role == "chair" else f"seat-agency{row.agency_id}"
        opened |= {f"{name}-status": row.status, f"{name}-name": row.name}
    mine, theirs = as_user(world.chair), as_user(world.administrator)
    version = seen(mine, url)
    for browser, guest in ((theirs, "Tom Invented"), (mine, "Uma Invented")):
        sent = {"status": "present", "name": guest, "speaks_for": "School"}
        sent = {f"seat-new0-{name}": value for name, value in sent.items()}
        answer = browser.post(url, {**opened, **sent, **version})
    assert answer.status_code == 409
    assert mine.post(url, fields_of(answer.content.decode())).status_code == 302
    names = Attendance.objects.filter(role="guest").values_list("name", flat=True)
    assert set(names) == {"Tom Invented", "Uma Invented"}


def test_records_of_nothing_and_of_no_version(world):
    assert Record(None).last_change().by == ""
    assert Rows(Attendance, meeting_id=0).last_change().by == ""
    assert Rows(Attendance, meeting_id=0).began(5) == {}
