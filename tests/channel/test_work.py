"""My work: each figure leads to exactly its rows, in few queries, and nobody sees another's."""

import datetime
import re

import pytest
from django.urls import reverse

from channel.casework import work as works
from channel.casework.actions import sign_convening
from channel.meetings.actions import meetings, minutes, replies
from channel.support.actions import reviews
from prevent_cms import clock
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from referrals.actions import absence, deconfliction, handover, hold, lifecycle
from tests import stages
from tests.access import as_user, expect

URL = "/work/"


def sections(user, show=""):
    return {one.key: one for one in works.work(user, show).sections}


def references(section):
    return [row.case.reference for row in section.rows]


def due(case, days):
    on = clock.today() + datetime.timedelta(days=days)
    return lifecycle.set_due(case, on=on, what="Something")


def test_everybody_signed_in_has_the_page(world):
    expect(URL, {**dict.fromkeys(world.users.values(), 200), None: 302})
    expect(URL, {world.officer: 405}, method="post")


def test_an_officers_overdue_today_and_unallocated(world):
    late = due(stages.screened(world, name="Late One", born="1990-01-01"), -3)
    now = due(stages.screened(world, name="Today One", born="1991-01-01"), 0)
    due(stages.screened(world, name="Later One", born="1992-01-01"), 5)
    new = stages.received(world, name="New One", born="1993-01-01")
    found = sections(world.officer)
    assert references(found["overdue"]) == [late.reference]
    assert references(found["today"]) == [now.reference]
    assert references(found["unallocated"]) == [new.reference]
    text = as_user(world.officer).get(URL).content.decode()
    assert "Late One" in text
    assert "overdue" in text
    assert "New One" not in text
    assert "Not opened yet" in text
    assert reverse("case_take", args=[new.reference]) in text
    assert "Later One" not in text.split("New since yesterday:")[0]


def test_a_colleagues_cases_are_not_mine_but_the_supervisors(world):
    case = due(stages.screened(world), -1)
    other = stages.given(world, case, to=world.supervisor)
    assert references(sections(world.officer)["overdue"]) == []
    assert references(sections(world.supervisor)["overdue"]) == [other.reference]
    assert references(sections(world.chair)["overdue"]) == []


def test_strangers_and_those_before_release_learn_nothing(world, elsewhere):
    due(stages.screened(world), -1)
    stages.received(world, name="New One", born="1993-01-01")
    for user in (world.chair, world.lead, world.children, elsewhere.officer, elsewhere.chair):
        assert not any(one.rows for one in works.work(user).sections)


def test_the_councils_dates_begin_with_the_panel(world):
    case = due(stages.at_panel(world), -1)
    other = due(stages.answered(world, name="B", born="1990-01-01"), -1)
    for user in (world.chair, world.lead, world.administrator):
        assert references(sections(user)["overdue"]) == [case.reference]
    assert set(references(sections(world.officer)["overdue"])) == {
        case.reference,
        other.reference,
    }


def test_signatures_wait_for_those_whom_policy_asks(world):
    begun = stages.begun(world, name="B", born="1990-01-01")
    case = stages.assessed(world)
    for user in (world.chair, world.deputy, world.supervisor):
        assert references(sections(user)["sign"]) == [case.reference], "not before it is assessed"
    assert "sign" not in sections(world.officer)
    assert "sign" not in sections(world.lead)
    assert begun.reference not in references(sections(world.chair)["sign"])
    hold.hold(case, reason="A live inquiry.", by=world.officer)
    assert references(sections(world.chair)["sign"]) == [case.reference], "a hold tells nobody"
    assert references(sections(world.supervisor)["sign"]) == []
    hold.resume(case, reason="It has ended.", by=world.officer)
    sign_convening(case, result="panel", grounds="Grounds.", by=world.chair)
    assert references(sections(world.chair)["sign"]) == []
    assert references(sections(world.deputy)["sign"]) == []
    assert references(sections(world.supervisor)["sign"]) == [case.reference]
    sign_convening(case, result="panel", grounds="Grounds.", by=world.supervisor)
    assert references(sections(world.supervisor)["sign"]) == []


def test_requests_are_for_the_agency_and_waited_for_by_the_officer(world):
    case = stages.released(world)
    assert references(sections(world.children)["requests"]) == [case.reference]
    assert references(sections(world.education)["requests"]) == []
    assert references(sections(world.officer)["waiting"]) == [case.reference] * 2
    assert references(sections(world.lead)["waiting"]) == [case.reference] * 2
    assert references(sections(world.chair)["waiting"]) == []
    text = as_user(world.health).get(URL).content.decode()
    assert "Answer the request" in text
    assert "Callum Brayford" in text
    assert "children" not in text


def test_a_policy_without_assessment_asks_for_the_signature_at_once(world):
    world.area.policy = {"assessment_required_before": {"value": "adopt", "source": "default"}}
    world.area.save()
    case = stages.begun(world)
    chair = type(world.chair).objects.get(pk=world.chair.pk)
    assert references(sections(chair)["sign"]) == [case.reference]


def test_what_an_agency_took_on_at_the_panel_and_in_the_plan(world):
    case = stages.plan_written(world)
    action = sections(world.education)["actions"]
    assert references(action) == [case.reference]
    assert action.rows[0].url.startswith(f"/cases/{case.reference}/panel/actions/")
    assert references(sections(world.children)["actions"]) == []
    assert references(sections(world.chair)["waiting"]) == [case.reference]
    for user in (world.provider, world.children):
        (row,) = sections(user)["support"].rows
        assert row.url.startswith(f"/cases/{case.reference}/plan/items/")
        assert as_user(user).get(row.url).status_code == 200
    assert references(sections(world.education)["support"]) == []
    text = as_user(world.provider).get(URL).content.decode()
    assert "Callum Brayford" in text


def test_a_review_that_escalates_waits_for_police_until_they_check(world):
    case = stages.supported(world)
    for recommendation in ("escalate", "remain", "escalate"):
        reviews.record_review(
            case, on=clock.today(), delivered="", risks="A threat was made.", needs_open="None",
            recommendation=recommendation, reason="Why", effects={}, by=world.lead,
        )  # fmt: skip
        expected = [case.reference] if recommendation == "escalate" else []
        assert references(sections(world.officer)["escalated"]) == expected
    assert references(sections(world.supervisor)["escalated"]) == [case.reference]
    (row,) = sections(world.officer)["escalated"].rows
    assert "Escalate to police" in as_user(world.officer).get(row.url).content.decode()
    for user in (world.chair, world.lead, world.police_auditor):
        assert "escalated" not in sections(user)
    deconfliction.deconflict(case, outcome="clear", systems=["pnc"], by=world.officer)
    assert references(sections(world.officer)["escalated"]) == []


def test_what_the_panel_has_discussed_does_not_wait_for_police_any_more(world):
    case = stages.supported(world)
    reviews.record_review(
        case, on=clock.today(), delivered="", risks="None.", needs_open="None",
        recommendation="escalate", reason="Why", effects={}, by=world.lead,
    )  # fmt: skip
    stages.meeting_held(world, "remain", case=case)
    assert references(sections(world.officer)["escalated"]) == []


def test_the_next_meetings_are_named(world):
    meeting = stages.planned(world)
    (next_one,) = works.work(world.chair).meetings
    assert (next_one.pk, next_one.starts_at) == (meeting.pk, meeting.starts_at)
    assert (next_one.panel, next_one.status) == (meeting.panel.name, "Planned")
    assert works.work(world.children).meetings == [], "not before the agenda is issued"
    text = as_user(world.chair).get(URL).content.decode()
    assert reverse("meeting", args=[meeting.pk]) in text


def test_invitations_wait_for_an_answer_and_minutes_for_approval(world):
    def asked(key):
        found = {name: sections(user).get(key) for name, user in world.users.items()}
        return {name for name, section in found.items() if section and len(section.rows) == 1}

    meeting = stages.issued(world)
    members = asked("replies")
    assert {"children", "health", "education", "chair", "officer"} <= members
    assert not {"provider", "auditor", "sysadmin"} & members
    (row,) = sections(world.children)["replies"].rows
    assert (row.title, row.due_on) == (meeting.panel.name, meeting.starts_at.date())
    expect(row.url, {world.children: 200})
    answer = {"answer": "coming", "name": "C", "note": "", "version": 0}
    replies.answer_invitation(meeting, agency=world.agency("children"), **answer, by=world.children)
    assert asked("replies") == members - {"children"}
    meetings.open_meeting(meeting, by=world.administrator)
    assert asked("replies") == asked("minutes") == set()
    meetings.close_meeting(meeting, by=world.administrator)
    assert asked("minutes") == {"chair", "deputy"}
    (row,) = sections(world.chair)["minutes"].rows
    assert row.url == reverse("minutes", args=[meeting.pk])
    assert "Approve the minutes of" in as_user(world.chair).get(URL).content.decode()
    minutes.approve_minutes(meeting, by=world.chair)
    assert asked("minutes") == set()


def test_a_figure_leads_to_exactly_its_rows(world):
    cases = [
        stages.received(world, name=f"New {n}", born=f"199{n}-01-01") for n in range(works.FEW + 2)
    ]
    browser = as_user(world.officer)
    text = browser.get(URL).content.decode()
    assert f"Unallocated: {len(cases)}, showing the first {works.FEW}" in text
    assert 'href="/work/?show=unallocated"' in text
    whole = browser.get(URL, {"show": "unallocated"}).content.decode()
    assert {c.reference for c in cases} <= set(re.findall(r"TST-\d\d-\d{6}-[A-Z]", whole))
    assert "Nothing is overdue" not in whole
    assert "Nothing is overdue" in browser.get(URL, {"show": "nonsense"}).content.decode()


def test_empty_lists_keep_their_heading(world):
    text = as_user(world.officer).get(URL).content.decode()
    for words in ("Nothing is overdue.", "Nothing is due today.", "Every referral has been taken."):
        assert words in text
    assert "Nothing waits for you here." in as_user(world.auditor).get(URL).content.decode()


def test_the_look_is_recorded_without_content(world):
    as_user(world.officer).get(URL)
    event = Event.objects.get(type=EventType.LIST_VIEWED)
    assert (event.actor, event.details) == (world.officer, {"page": "work"})


@pytest.mark.parametrize("name", ["officer", "supervisor", "chair", "lead", "children"])
def test_ten_queries_at_any_size(world, name, django_assert_max_num_queries):
    for number in range(4):
        stages.released(world, name=f"Person {number}", born=f"199{number}-01-01")
    due(stages.at_panel(world), -1)
    stages.received(world, name="New One", born="1993-01-01")
    browser = as_user(world.users[name])
    browser.get(URL)
    with django_assert_max_num_queries(10):
        browser.get(URL)


@pytest.mark.parametrize("name", ["auditor", "police_auditor"])
def test_auditors_are_led_to_the_log(world, name):
    assert (
        'href="/audit/">Who did what' in as_user(world.users[name]).get("/work/").content.decode()
    )
    assert "Who did what" not in as_user(world.lead).get("/work/").content.decode()


NUMBER = re.compile(r'<a class="govuk-link[^"]*" href="([^"]+)"><b>([\d,]+)</b>([^<]*)</a>')


def test_every_number_on_every_dashboard_equals_its_rows(world):
    """The figure, the heading of its list and the rows of its list, for everybody there is."""
    due(stages.released(world, name="Late One", born="1990-01-01"), -3)
    due(stages.plan_written(world, name="Late Two", born="1991-01-01"), -1)
    due(stages.at_panel(world, name="Today One", born="1991-01-01"), 0)
    stages.assessed(world, name="To Sign", born="1992-01-01")
    handover.give(
        stages.screened(world, name="Offered One", born="1994-01-01"),
        to=world.supervisor, reason="r", by=world.officer,
    )  # fmt: skip
    for number in range(works.FEW + 2):
        stages.received(world, name=f"New {number}", born="1993-01-01")
    checked = 0
    with clock.at(clock.now() + datetime.timedelta(days=20)):
        for user in world.users.values():
            browser = as_user(user)
            for url, number, label in NUMBER.findall(browser.get(URL).content.decode()):
                body = browser.get(url).content.decode()
                rows = body.split("<tbody", 1)[1].split("</table>")[0].count("<tr")
                assert rows == int(number), (user.name, label)
                assert f"{label}: {number}" in body
                checked += 1
    assert checked > 25


def test_what_is_new_since_yesterday_for_each(world):
    before = stages.released(world, name="Old One", born="1990-01-01")
    with clock.at(clock.now() + datetime.timedelta(days=3)):
        case = stages.released(world, agencies=("children",), name="New One", born="1991-01-01")
        received = stages.received(world, name="New Two", born="1992-01-01")
        stages.given(world, before, to=world.supervisor)
        police = [received.reference, case.reference]
        assert references(sections(world.officer)["new"]) == police
        assert references(sections(world.supervisor)["new"]) == [*police, before.reference]
        for user in (world.lead, world.chair, world.children):
            assert references(sections(user)["new"]) == [case.reference]
        assert references(sections(world.health)["new"]) == []
        assert "new" not in sections(world.auditor)
        text = as_user(world.officer).get(URL, {"show": "new"}).content.decode()
        assert "New One" in text
        assert "New Two" not in text


def test_late_tasks_stand_at_the_head_for_agencies_too(world):
    case = stages.released(world)
    assert references(sections(world.health)["overdue"]) == []
    with clock.at(clock.now() + datetime.timedelta(days=40)):
        found = sections(world.health)
        assert references(found["overdue"]) == references(found["requests"]) == [case.reference]


def test_who_covers_has_what_is_due_of_who_is_away(world):
    case = due(stages.screened(world), -1)
    colleague = stages.second_officer(world)
    assert references(sections(colleague)["overdue"]) == []
    today = clock.today()
    absence.set_away(
        world.officer, covered_by=colleague, starts_on=today, ends_on=today, by=world.officer
    )
    assert references(sections(colleague)["overdue"]) == [case.reference]
    assert references(sections(world.officer)["overdue"]) == [case.reference]
    with clock.at(clock.now() + datetime.timedelta(days=1)):
        assert references(sections(colleague)["overdue"]) == []
