"""Pauses, more time, asking again, the forecast; and what was said instead of written."""

import datetime

import pytest
from django.urls import reverse

from prevent_cms import clock, outbox
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from referrals import forecast
from referrals.actions import conversations, dates, release, requests, returns
from referrals.actions.conversations import Said
from referrals.actions.lifecycle import make_move
from referrals.models import Conversation, InformationRequest, RequestChange
from referrals.requests import requests_of, summary
from referrals.workflow import Status
from tests import people, stages
from tests.access import as_user, expect, sign_in
from tests.ground import almanac
from tests.referrals.test_release import answers

D = datetime.date
FRIDAY = datetime.datetime(2026, 11, 20, 10, tzinfo=datetime.UTC)
DUE = D(2026, 12, 4)  # ten working days on


def day(count):
    return clock.at(FRIDAY + datetime.timedelta(days=count))


@pytest.fixture(autouse=True)
def on_a_friday():
    with clock.at(FRIDAY):
        yield


@pytest.fixture
def case(world):
    return stages.released(world)


def asked_of(case, key="health"):
    return InformationRequest.objects.get(case=case, agency__key=key)


def url_of(case, name="case_requests", *more):
    return reverse(name, args=[case.reference, *more])


def date_fields(name, on):
    return {f"{name}_{part}": getattr(on, part) for part in ("day", "month", "year")}


def due_of(case):
    case.refresh_from_db()
    return case.next_due_on, case.next_due_what


def test_a_pause_adds_the_working_days_on_which_the_time_stood_still(world, case):
    asked = asked_of(case)
    with day(3):  # Monday
        dates.pause_request(asked, reason="Worker on leave.", by=world.officer)
        assert due_of(case) == (DUE, "Returns from agencies"), "the other agency still owes"
        dates.pause_request(asked_of(case, "children"), reason="Move.", by=world.officer)
        assert due_of(case) == (D(2026, 11, 30), "Paused requests")
    with day(40):
        lines = requests_of(world.officer, case)
        assert {line.status for line in lines} == {"Paused"}, "never overdue"
        assert lines[0].note == "paused since 23 November"
        assert summary(lines)[1] == "2 are paused"
    with day(6):  # Thursday: Monday, Tuesday and Wednesday are added
        assert dates.resume_request(asked, reason="Back.", by=world.officer).due_on == D(
            2026, 12, 9
        )
        assert due_of(case)[0] == D(2026, 12, 9)


def test_by_the_calendar_of_the_area(db):
    scots = {"bank_holidays": {"value": "SCT", "source": "default"}}
    world = people.build(code="SCO", slug="scots", policy=scots)
    asked = asked_of(stages.released(world))
    due = dates.extend_request(asked, due_on=D(2026, 12, 7), reason="r", by=world.officer).due_on
    with day(9):
        dates.pause_request(asked, reason="r", by=world.officer)
    with day(13):
        due = dates.resume_request(asked, reason="r", by=world.officer).due_on
    stopped = frozenset(D(2026, 11, 29) + datetime.timedelta(days=n) for n in range(4))
    count = 1  # from the date given on: the pause lies before it
    while almanac.due(D(2026, 11, 20), count, "scotland") < D(2026, 12, 7):
        count += 1
    assert due == almanac.due(D(2026, 11, 20), count, "scotland", stopped) == D(2026, 12, 9)
    with pytest.raises(ActionInvalid):  # St Andrew's Day
        dates.extend_request(asked, due_on=D(2027, 11, 30), reason="r", by=world.officer)


def test_more_time_and_asking_again_keep_their_reasons(client, world, case):
    asked, url = asked_of(case), url_of(case, "case_request_dates", asked_of(case).pk)
    sign_in(client, world.officer)
    assert "Give more time" in client.get(url).content.decode()
    wrong = {"what": "extended", "reason": "r", **date_fields("due_on", D(2026, 12, 3))}
    assert "must be later" in client.post(url, wrong).content.decode()
    closed = {"what": "extended", "reason": "r", **date_fields("due_on", D(2026, 12, 25))}
    assert "must be a working day" in client.post(url, closed).content.decode()
    assert "Enter new date" in client.post(url, {"what": "extended"}).content.decode()
    given = {"what": "extended", "reason": "Two sites.", **date_fields("due_on", D(2026, 12, 7))}
    assert client.post(url, given).status_code == 302
    assert "extended once" in client.get(url_of(case)).content.decode()
    assert client.post(url, {"what": "paused", "reason": "Leave until May."}).status_code == 302
    page = as_user(world.health).get(reverse("request_detail", args=[asked.pk])).content.decode()
    for words in ("Nothing is due for now.", "Leave until May.", "Two sites."):
        assert words in page
    assert client.post(url, {"what": "resumed", "reason": "Back."}).status_code == 302
    returns.nil_return(asked_of(case), statement="S", systems_searched="X", by=world.health)
    with day(20):
        again = {
            "what": "asked_again",
            "reason": "And since?",
            **date_fields("due_on", D(2026, 12, 18)),
        }
        assert client.post(url, again).status_code == 302
    fresh = asked_of(case)
    assert (fresh.answered_at, fresh.due_on) == (None, D(2026, 12, 18))
    assert fresh.counted_from == D(2026, 12, 10)
    assert list(fresh.changes.values_list("what", flat=True)) == [
        "extended", "paused", "resumed", "asked_again",
    ]  # fmt: skip
    with day(21):
        line = next(one for one in requests_of(world.officer, case) if one.request == fresh)
        assert (line.status, line.known) == ("Waiting", "Asked again 10 December")
        returns.nil_return(fresh, statement="S", systems_searched="X", by=world.health)
    assert asked_of(case).answered_at, "the same words once more are an answer"
    assert asked_of(case).returns.count() == 2


def test_another_agency_reads_nothing_of_it(world, case):
    dates.pause_request(asked_of(case), reason="Secret reason.", by=world.officer)
    assert not RequestChange.objects.visible_to(world.children).exists()
    assert RequestChange.objects.visible_to(world.lead).exists()


def test_who_changes_dates_and_when(world, case, elsewhere):
    asked = asked_of(case)
    url = url_of(case, "case_request_dates", asked.pk)
    who = {world.officer: 200, world.lead: 403, world.administrator: 403, world.health: 404}
    expect(url, who | {elsewhere.officer: 404, None: 302})
    expect(url_of(case, "case_request_dates", 999_999), {world.officer: 404})
    with pytest.raises(ActionDenied):
        dates.pause_request(asked, reason="r", by=world.lead)
    with pytest.raises(ActionInvalid):
        dates.resume_request(asked, reason="r", by=world.officer)
    with pytest.raises(ActionInvalid):
        dates.pause_request(asked, reason=" ", by=world.officer)
    with pytest.raises(ActionInvalid, match="later"):
        dates.extend_request(asked, due_on=DUE, reason="r", by=world.officer)
    with pytest.raises(ActionInvalid):
        dates.ask_again(asked, due_on=DUE, reason="r", by=world.officer)
    with day(30), pytest.raises(ActionInvalid):
        dates.pause_request(asked, reason="Too late.", by=world.officer)
    returns.nil_return(asked, statement="S", systems_searched="X", by=world.health)
    with pytest.raises(ActionInvalid):
        dates.pause_request(asked, reason="r", by=world.officer)
    make_move(case, "close", by=world.officer)
    expect(url, {world.officer: 409})


def test_asking_again_takes_the_case_back_to_gathering(world):
    case = requests.begin_assessment(stages.answered(world), by=world.officer)
    dates.ask_again(asked_of(case), due_on=DUE, reason="And since?", by=world.officer)
    case.refresh_from_db()
    assert case.status == Status.INFORMATION_GATHERING


def test_mail_follows_the_new_date(world, case, mailoutbox):
    outbox.drain()
    mailoutbox.clear()
    asked = asked_of(case)

    def subjects():
        outbox.drain()
        theirs = [mail for mail in mailoutbox if mail.to == ["health@test.example"]]
        assert not any("Callum" in mail.subject + mail.body for mail in theirs)
        return [mail.subject for mail in theirs]

    dates.pause_request(asked, reason="Callum moved.", by=world.officer)
    assert subjects() == ["Request for information: nothing is due for now"]
    with day(30):
        assert len(subjects()) == 1, "no reminder while the time stands still"
        dates.resume_request(asked, reason="r", by=world.officer)
        on = clock.add_working_days(clock.today(), 20)
        dates.extend_request(asked_of(case), due_on=on, reason="r", by=world.officer)
        assert len(subjects()) == 3
    found = []
    for count in range(31, 80):
        with day(count):
            found += [(clock.today(), s.split(":")[0]) for s in subjects()[3 + len(found) :]]
    assert found == [
        (D(2027, 1, 18), "Reminder"),
        (D(2027, 1, 21), "Overdue"),
        (D(2027, 1, 27), "Overdue"),
    ]


def plan_meeting(monkeypatch, *days):
    monkeypatch.setattr("channel.meetings.dates.next_days", lambda area: list(days))


def test_the_forecast_says_what_it_rests_on(client, world, case, monkeypatch):
    lines = requests_of(world.officer, case)
    assert forecast.forecast(world.officer, case, lines) is None, "no meeting is planned"
    plan_meeting(monkeypatch, D(2026, 11, 24), D(2026, 12, 8))
    found = forecast.forecast(world.officer, case, lines)
    assert found.closes_on == D(2026, 12, 1), "five working days before the second meeting"
    assert found.head == "2 answers may miss the panel papers."
    assert "Testshire health is due on 4 December." in found.reasons
    for number in range(3):
        other = stages.released(world, agencies=("health",), name=f"Person {number}")
        with day(3):
            returns.nil_return(
                asked_of(other), statement="S", systems_searched="X", by=world.health
            )
    assert forecast.forecast(world.officer, case, lines).head.startswith("1 answer may")
    with day(10):
        late = forecast.forecast(world.officer, case, requests_of(world.officer, case))
        assert late.closes_on == D(2026, 12, 1)
    plan_meeting(monkeypatch, D(2026, 12, 28))
    with day(18):
        dates.extend_request(
            asked_of(case, "children"), due_on=D(2026, 12, 17), reason="r", by=world.officer
        )
        late = forecast.forecast(world.officer, case, requests_of(world.officer, case))
        assert late.reasons == [
            "Testshire health usually takes 1 working day to answer, and is overdue."
        ]
        dates.pause_request(asked_of(case, "children"), reason="r", by=world.officer)
        sign_in(client, world.officer)
        page = client.get(url_of(case)).content.decode()
        assert "2 answers may miss the panel papers." in page
        assert "the time stands still" in page


def test_reasons_of_a_forecast(case):
    with clock.at(FRIDAY - datetime.timedelta(days=30)):
        words = forecast._reason(asked_of(case), 60, D(2026, 11, 20))
    assert "which would be" in words
    with day(30):
        assert "Testshire health is overdue." in forecast._reason(asked_of(case), None, DUE)


def test_the_real_next_meeting_is_found(world, case):
    assert forecast.papers_close(world.area) is None
    stages.planned(world)
    assert forecast.papers_close(world.area) == D(2026, 11, 27)


def test_what_was_said_and_not_written(client, world, case, elsewhere):
    url = url_of(case, "case_said")
    who = {world.officer: 200, world.lead: 200, world.administrator: 200, world.chair: 200}
    expect(url, who | {world.health: 404, world.auditor: 404, elsewhere.lead: 404, None: 302})
    sign_in(client, world.administrator)
    assert "Enter who said it" in client.post(url, {}).content.decode()
    said = {
        "how": "meeting",
        "who": "Dr Invented, GP",
        "said": "Seen twice in June.",
        "time": "2pm",
    }
    said |= {"agency": world.agency("health").pk, **date_fields("on", clock.today())}
    assert client.post(url, said).status_code == 302
    page = client.get(url_of(case)).content.decode()
    assert "Seen twice in June." in page
    assert "Dr Invented, GP" in page
    assert Event.objects.filter(type=EventType.CONVERSATION_RECORDED).count() == 1
    assert not Conversation.objects.visible_to(world.health).exists(), "their word, not their page"


@pytest.mark.parametrize(
    "changes",
    [{"how": "letter"}, {"who": " "}, {"said": ""}, {"on": D(2026, 11, 21)}, {"agency": "other"}],
)
def test_what_is_no_record_of_a_conversation(world, case, elsewhere, changes):
    if "agency" in changes:
        changes = {"agency": elsewhere.agency("health")}
    told = {"how": "phone", "who": "Lead", "said": "Known.", "on": clock.today()} | changes
    with pytest.raises(ActionInvalid):
        conversations.record_conversation(case, Said(**told), by=world.officer)


def test_an_urgent_release_logs_the_call(client, world):
    case = stages.cleared(world, danger="yes")
    url = url_of(case, "case_release")
    sign_in(client, world.officer)
    assert "Telephone the local authority" in client.get(url).content.decode()
    data = answers(world, confirmed="yes")
    assert "Enter who you telephoned" in client.post(url, data).content.decode()
    with pytest.raises(ActionInvalid, match="telephone call"):
        release.release(
            case, agencies=[], due_on=DUE, question="", grounds=stages.grounds(), by=world.officer
        )
    call = {"called": "Lead Invented", "called_at": "9:30am", "said": "Told of the threat."}
    call |= date_fields("called_on", clock.today())
    check = client.post(url, answers(world) | call).content.decode()
    assert "Told of the threat." in check
    assert "9:30am" in check
    assert client.post(url, data | call).status_code == 302
    logged = Conversation.objects.get()
    assert (logged.how, logged.time, logged.by) == ("phone", datetime.time(9, 30), world.officer)


def test_each_agency_is_asked_its_own_question(client, world):
    case = stages.cleared(world)
    sign_in(client, world.officer)
    health, education = world.agency("health").pk, world.agency("education").pk
    own = {f"own_{health}": "Is he on a list?", f"own_{education}": "Not asked, not sent."}
    data = answers(world) | own
    assert "Is he on a list?" in client.post(url_of(case, "case_release"), data).content.decode()
    client.post(url_of(case, "case_release"), data | {"confirmed": "yes"})
    assert "Is he on a list?" in asked_of(case).question
    assert "Is he on a list?" not in asked_of(case, "children").question


def test_my_work_sets_the_overdue_apart(world, case):
    from channel.casework import work

    with day(30):
        dates.extend_request(asked_of(case), due_on=D(2027, 1, 4), reason="r", by=world.officer)
        dates.pause_request(asked_of(case), reason="r", by=world.officer)
        found = {one.key: one.rows for one in work.work(world.officer).sections}
        assert [row.waiting.split(",")[0] for row in found["late_answers"]] == [
            "Testshire children's services"
        ]
        assert [row.waiting for row in found["waiting"]] == [
            "Testshire health, paused since 20 December"
        ]
        (mine,) = {one.key: one for one in work.work(world.health).sections}["requests"].rows
        assert mine.due_on is None
        page = as_user(world.health).get(url_of(case, "case_overview")).content.decode()
        assert "Nothing due for now" in page
