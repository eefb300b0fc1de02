"""Asking, reminding, chasing, and going on to the assessment."""

import datetime
import re

import pytest
from django.core import mail
from django.urls import reverse

from prevent_cms import clock, outbox
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from prevent_cms.workflow import NOT_NOW
from referrals.actions import chasing, deconfliction, requests, restricting, returns, sharing
from referrals.actions.lifecycle import make_move
from referrals.models import Case, Disclosure, InformationRequest
from referrals.requests import requests_of, summary
from referrals.workflow import Status
from tests import people, stages
from tests.access import expect, sign_in, steady
from tests.referrals.test_release import answers

FRIDAY = datetime.datetime(2026, 11, 20, 10, tzinfo=datetime.UTC)
DUE = datetime.date(2026, 12, 4)


def days(count):
    return FRIDAY + datetime.timedelta(days=count)


@pytest.fixture(autouse=True)
def on_a_friday():
    with clock.at(FRIDAY):
        yield


def url_of(case, name="case_requests", *more):
    return reverse(name, args=[case.reference, *more])


def asked_of(case, key):
    return InformationRequest.objects.get(case=case, agency__key=key)


def events(case, kind):
    return Event.objects.filter(case_reference=case.reference, type=kind).count()


def test_the_page_counts_a_nil_return_as_an_answer(client, world):
    case = stages.answered(world)
    sign_in(client, world.officer)
    page = client.get(url_of(case)).content.decode()
    assert "2 of 2 agencies have answered:" in page
    assert "1 with information, 1 nil return." in page
    assert "Known. Early help since June" in page
    assert "Searched 20 November, nothing held" in page
    assert "Callum" not in page.split("</title>")[0]


def test_the_most_urgent_stand_first(world):
    stages.released(world, agencies=("children", "education", "health"))
    case = Case.objects.get()
    returns.answer(
        asked_of(case, "children"),
        known="before",
        systems_searched="Records",
        involvement="Until 2020",
        by=world.children,
    )
    with clock.at(days(21)):
        lines = requests_of(world.officer, case)
        assert [line.status for line in lines] == ["Overdue", "Overdue", "Answered"]
        assert lines[0].late == "5 working days overdue"
        head, rest = summary(lines)
    assert head == "1 of 3 agencies have answered"
    assert rest == "1 with information. 2 are overdue"


def test_one_request_in_words(world):
    case = stages.released(world, agencies=("health",))
    assert summary(requests_of(world.officer, case)) == (
        "0 of 1 agency has answered",
        "1 is waiting",
    )


def test_who_reads_the_requests(client, world, elsewhere):
    case = stages.answered(world)
    number = asked_of(case, "children").pk
    readers = [world.officer, world.supervisor, world.lead, world.chair, world.administrator]
    others = [world.children, world.health, world.education, world.auditor, elsewhere.officer]
    for url in (url_of(case), url_of(case, "case_return", number)):
        answer = dict.fromkeys(readers, 200) | dict.fromkeys(others, 404) | {None: 302}
        expect(url, answer)
    sign_in(client, world.officer)
    assert client.post(url_of(case)).status_code == 405
    assert client.get(url_of(case, "case_return", 999_999)).status_code == 404


def test_a_return_in_full(client, world):
    case = stages.answered(world)
    sign_in(client, world.lead)
    page = client.get(url_of(case, "case_return", asked_of(case, "children").pk)).content.decode()
    assert "Trusts his grandmother and his form tutor." in page
    nil = client.get(url_of(case, "case_return", asked_of(case, "health").pk)).content.decode()
    assert "and we hold nothing" in nil


def test_asking_another_agency(client, world):
    case = stages.released(world)
    sign_in(client, world.officer)
    url = url_of(case, "case_request_more")
    form = client.get(url).content.decode()
    choices = form.split("Agencies to ask")[1].split("Anything else")[0]
    assert "Testshire education" in choices
    assert "Testshire health" not in choices, "it has not answered yet"
    data = answers(world, agencies=("education",), question="Which year?")
    assert "Which year?" in client.post(url, data).content.decode()
    assert client.post(url, data | {"confirmed": "yes"}).status_code == 302
    assert "Which year?" in asked_of(case, "education").question
    assert Disclosure.objects.filter(agency=world.agency("education")).count() == 1
    assert events(case, EventType.INFORMATION_REQUESTED) == 3
    page = client.post(url, data | {"confirmed": "yes"}).content.decode()
    assert "Error:" in page, "asked already"
    assert events(case, EventType.INFORMATION_REQUESTED) == 3


def test_an_agency_that_answered_can_be_asked_again(client, world):
    case = stages.answered(world)
    requests.request_more(
        case,
        agencies=[world.agency("health")],
        due_on=DUE,
        question="And since?",
        grounds=stages.grounds(),
        by=world.officer,
    )
    assert summary(requests_of(world.officer, case))[0] == "2 of 3 requests have been answered"


@pytest.mark.parametrize("stage", [Status.ASSESSMENT, Status.PANEL])
def test_asking_later_goes_back_to_gathering(world, stage):
    case = stages.answered(world)
    case = requests.begin_assessment(case, by=world.officer)
    if stage == Status.PANEL:
        case = make_move(case, "convene", by=world.chair)
    requests.request_more(
        case,
        agencies=[world.agency("education")],
        due_on=DUE,
        question="",
        grounds=stages.grounds(),
        by=world.officer,
    )
    case.refresh_from_db()
    assert case.status == Status.INFORMATION_GATHERING
    assert (case.next_due_on, case.next_due_what) == (DUE, "Returns from agencies")
    assert events(case, EventType.GATHERING_REOPENED) == 1


def test_asking_at_the_wrong_moment(client, world):
    case = stages.released(world)
    make_move(case, "hold", by=world.officer)
    expect(url_of(case, "case_request_more"), {world.officer: 409})
    make_move(case, "resume", by=world.officer)
    ask = {"due_on": DUE, "question": "", "grounds": stages.grounds(), "by": world.officer}
    with pytest.raises(ActionInvalid):
        requests.request_more(case, agencies=[], **ask)
    with pytest.raises(ActionInvalid):
        requests.request_more(case, agencies=[world.agency("health")], **ask)
    make_move(case, "close", by=world.officer)
    expect(url_of(case, "case_request_more"), {world.officer: 409, world.lead: 403})


def test_the_area_decides_who_asks(client, world, elsewhere):
    case = stages.released(world)
    answer = {world.officer: 200, world.supervisor: 200, world.lead: 403, world.chair: 403}
    answer |= {world.children: 404, elsewhere.officer: 404, None: 302}
    expect(url_of(case, "case_request_more"), answer)
    requester = {"requester": {"value": ["prevent_lead"], "source": "seed"}}
    other = people.build(code="BRO", slug="bro", policy=requester)
    theirs = stages.released(other, agencies=())
    expect(url_of(theirs, "case_request_more"), {other.lead: 200, other.officer: 403})
    requests.request_more(
        theirs,
        agencies=[other.agency("health")],
        due_on=DUE,
        question="",
        grounds=stages.grounds(),
        by=other.lead,
    )
    for user in (other.officer, other.administrator):
        with pytest.raises(ActionDenied):
            chasing.send_chasers(theirs, by=user)


@pytest.mark.parametrize("stage", ["released", "begun"])
def test_a_hold_is_not_seen_by_a_requester_outside_police(db, client, stage):
    requester = {"requester": {"value": ["prevent_lead"], "source": "seed"}}
    world = people.build(code="BRO", slug="bro", policy=requester)
    case = getattr(stages, stage)(world)
    url, data = url_of(case, "case_request_more"), answers(world, ("education",))
    sign_in(client, world.lead)

    def seen():
        pages = [client.get(url_of(case)), client.get(url), client.post(url, data)]
        assert [page.status_code for page in pages] == [200, 200, 200]
        return [re.search("<main.*</main>", steady(page), re.DOTALL)[0] for page in pages]

    before = seen()
    assert "Ask another agency" in before[0]
    make_move(case, "hold", by=world.officer)
    assert seen() == before
    refused = client.post(url, data | {"confirmed": "yes"})
    assert refused.status_code == 409
    assert NOT_NOW in refused.content.decode()
    assert not InformationRequest.objects.filter(agency__key="education").exists()


def test_mail_says_nothing(world, mailoutbox):
    case = stages.released(world)
    outbox.drain()
    told = [message for message in mailoutbox if message.subject.startswith("Request")]
    assert {message.to[0] for message in told} == {"children@test.example", "health@test.example"}
    for message in mailoutbox:
        for word in ("Callum", "Brayford", case.reference, "Prevent", "radical", "terror"):
            assert word not in message.subject + message.body
    link = reverse("request_detail", args=[asked_of(case, "health").pk])
    assert any(link in message.body for message in told)


def test_an_agency_without_a_mailbox_gets_no_mail(world, mailoutbox):
    agency = world.agency("health")
    agency.mailbox = ""
    agency.save()
    stages.released(world, agencies=("health",))
    outbox.drain()
    assert not [message for message in mailoutbox if "Request" in message.subject]


def test_reminder_before_the_date_and_only_once(world, mailoutbox):
    case = stages.released(world)
    outbox.drain()
    mailoutbox.clear()
    returns.nil_return(
        asked_of(case, "health"), statement="S", systems_searched="X", by=world.health
    )
    with clock.at(datetime.datetime(2026, 12, 2, 8, 59, tzinfo=datetime.UTC)):
        assert outbox.drain() == 0
    with clock.at(datetime.datetime(2026, 12, 2, 9, tzinfo=datetime.UTC)):
        assert outbox.drain() == 2
        assert outbox.drain() == 0
        assert not chasing.send_reminder(asked_of(case, "children").pk, "2026-12-04"), "once"
    assert [message.to for message in mail.outbox] == [["children@test.example"]]
    assert "4 December 2026" in mail.outbox[0].subject
    reminded = Event.objects.get(type=EventType.INFORMATION_REMINDED)
    assert reminded.actor_label == "The service"
    assert asked_of(case, "children").reminded_at
    assert asked_of(case, "health").reminded_at is None


def test_a_date_so_near_that_a_reminder_would_come_at_once(world):
    case = stages.answered(world)
    later = outbox.OutboxMessage.objects.filter(topic="information_reminder")
    before = later.count()
    requests.request_more(
        case,
        agencies=[world.agency("education")],
        due_on=clock.add_working_days(clock.today(), 1),
        question="",
        grounds=stages.grounds(),
        by=world.officer,
    )
    assert later.count() == before + 2, "the two that come when it is overdue"


def test_a_closed_case_reminds_nobody(world, mailoutbox):
    case = stages.released(world)
    make_move(case, "close", by=world.officer)
    with clock.at(days(30)):
        outbox.drain()
        assert requests_of(world.officer, Case.objects.get())[0].status == "Not answered"
    assert not [message for message in mailoutbox if "equest for" in message.subject]


def end_share(world, case):
    sharing.unshare_case(
        case, agency=world.agency("health"), kind="respond", reason="r", by=world.officer
    )


def restrict(world, case):
    restricting.restrict_case(case, people=[world.health], reason="r", by=world.supervisor)


@pytest.mark.parametrize("close_to_agency", [end_share, restrict])
def test_an_agency_is_mailed_about_open_cases_only(client, world, mailoutbox, close_to_agency):
    case = stages.released(world, agencies=("health",))
    close_to_agency(world, case)
    outbox.drain()
    sign_in(client, world.officer)
    with clock.at(days(17)):
        outbox.drain()
        assert "Send a chaser" not in client.get(url_of(case)).content.decode()
        expect(url_of(case, "case_chase"), {world.officer: 409}, method="post")
        chasing.send_request_mail(InformationRequest.objects.get().pk, "information_chaser")
    assert not [mail for mail in mailoutbox if mail.to == ["health@test.example"]]
    assert events(case, EventType.INFORMATION_REMINDED) == 0


def test_a_hold_is_not_seen_in_reminders(world, mailoutbox):
    case = stages.released(world)
    make_move(case, "hold", by=world.officer)
    with clock.at(days(13)):
        outbox.drain()
    assert [m for m in mailoutbox if m.subject.startswith("Reminder")]


def test_chasing_goes_to_the_overdue_only(client, world, mailoutbox):
    case = stages.answered(world)
    requests.request_more(
        case,
        agencies=[world.agency("education")],
        due_on=DUE,
        question="",
        grounds=stages.grounds(),
        by=world.officer,
    )
    url = url_of(case, "case_chase")
    expect(url, {world.officer: 409}, method="post")
    sign_in(client, world.officer)
    assert "Send a chaser" not in client.get(url_of(case)).content.decode()
    with clock.at(days(17)):
        assert "Send a chaser to 1 agency" in client.get(url_of(case)).content.decode()
        assert client.post(url, follow=True).content.decode().count("Chaser sent to 1 agency") == 1
        assert client.post(url).status_code == 409, "once a day"
        outbox.drain()
        assert events(case, EventType.INFORMATION_REMINDED) == 1
    chased = [m for m in mailoutbox if m.subject.startswith("Overdue")]
    assert [m.to for m in chased] == [["education@test.example"]]
    with clock.at(days(18)):
        assert client.post(url).status_code == 302
    refused = {world.lead: 403, world.administrator: 403, world.health: 404, None: 302}
    expect(url, refused, method="post")
    expect(url, {world.officer: 405})


def test_begin_assessment_needs_a_tick_when_answers_are_missing(client, world):
    case = stages.released(world)
    url = url_of(case, "case_begin_assessment")
    sign_in(client, world.officer)
    assert "Begin without 2 answers" in client.get(url_of(case)).content.decode()
    page = client.post(url).content.decode()
    assert "Confirm that you begin without them" in page
    with pytest.raises(ActionInvalid):
        requests.begin_assessment(case, by=world.officer)
    case.refresh_from_db()
    assert case.status == Status.INFORMATION_GATHERING
    done = client.post(url, {"without_answers": "on"})
    assert done.url == url_of(case, "case_assessments")
    case.refresh_from_db()
    assert case.status == Status.ASSESSMENT
    assert client.post(url, {"without_answers": "on"}).status_code == 409


def test_begin_assessment_when_all_is_in(client, world):
    case = stages.answered(world)
    assert (case.next_due_what, case.next_due_on) == ("Begin the assessment", DUE)
    url = url_of(case, "case_begin_assessment")
    answer = {world.lead: 403, world.chair: 403, world.children: 404, None: 302}
    expect(url, answer, method="post")
    expect(url, {world.officer: 405})
    expect(url, {world.officer: 302}, method="post")


def test_a_second_check_where_policy_asks_for_it(db):
    twice = {"deconfliction": {"value": "again_before_assessment", "source": "seed"}}
    world = people.build(policy=twice)
    case = stages.answered(world)
    with pytest.raises(ActionInvalid, match="Check for live investigations again"):
        requests.begin_assessment(case, by=world.officer)
    with clock.at(days(1)):
        deconfliction.deconflict(case, outcome="clear", systems=["pnc"], by=world.officer)
        assert requests.begin_assessment(case, by=world.officer).status == Status.ASSESSMENT


def test_a_second_check_counts_only_after_the_last_return(db):
    twice = {"deconfliction": {"value": "again_before_assessment", "source": "seed"}}
    world = people.build(policy=twice)
    case = stages.answered(world)
    with clock.at(days(1)):
        deconfliction.deconflict(case, outcome="clear", systems=["pnc"], by=world.officer)
    with clock.at(days(2)):
        returns.add(
            asked_of(case, "children"), text="And his cousin.", is_change=False, by=world.children
        )
        with pytest.raises(ActionInvalid, match="since the last"):
            requests.begin_assessment(case, by=world.officer)


def test_before_release_the_page_says_why_not(client, world):
    case = stages.cleared(world)
    sign_in(client, world.officer)
    page = client.get(url_of(case)).content.decode()
    assert "Nobody may be asked before the case is clear and released." in page
    assert "Release this case" in page
    alone = stages.released(world, agencies=())
    assert "Nobody has been asked yet." in client.get(url_of(alone)).content.decode()
