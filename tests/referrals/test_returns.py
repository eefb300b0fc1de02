"""The asked agency: its own requests, an answer, a nil return, an addition. Nothing else."""

import datetime
import re
import threading

import pytest
from django.db import connection, transaction
from django.urls import reverse

from accounts import grants
from accounts.actions import people as accounts_people
from accounts.roles import Role, ShareKind
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionDenied, ActionInvalid, Stale
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from prevent_cms.outbox import OutboxMessage
from referrals import answers, information
from referrals.actions import answers as writing
from referrals.actions import requests, restricting, returns
from referrals.actions.chasing import duty_mails
from referrals.actions.lifecycle import make_move
from referrals.information import Detail, nil_sentence
from referrals.models import InformationRequest, InformationReturn, PersonFact, ReturnDraft
from referrals.requests import PAGE, page_for_agency
from tests import people, stages
from tests.access import as_user, expect, seen, sign_in

FRIDAY = datetime.datetime(2026, 11, 20, 10, tzinfo=datetime.UTC)
SENTENCE = "I searched for the name and the date of birth, and we hold nothing"
Kind = PersonFact.Kind

TOLD = {
    "known": "yes",
    "systems_searched": "Social care records",
    "involvement": "Early help since June.",
    "support_in_place": "",
    "vulnerability": "Long evenings alone online.",
    "protective": "Trusts his grandmother.",
}


@pytest.fixture(autouse=True)
def on_a_friday():
    with clock.at(FRIDAY):
        yield


def asked(case, key):
    return InformationRequest.objects.get(case=case, agency__key=key)


def url_of(request, name="request_detail", *more):
    return reverse(name, args=[request.pk, *more])


def case_url(case, name, *more):
    return reverse(name, args=[case.reference, *more])


def sections(user):
    from channel.casework.work import work

    return {one.key: one for one in work(user).sections}


def write(client, request, **changes):
    """Fill in every screen of an answer, as far as it is taken, and send it."""
    told = TOLD | {"trust": "", "power": "Children Act 2004, s.11"} | changes
    for part in answers.PARTS:
        url = url_of(request, "request_part", part.slug)
        sent = {name: told[name] for name in part.names} | seen(client, url)
        page = client.post(url, sent)
        if page.status_code != 302:
            return page
    return client.post(url_of(request, "request_check"))


def test_the_request_says_whom_to_search_for_and_never_why(client, world):
    case = stages.released(world)
    sign_in(client, world.children)
    page = client.get(url_of(asked(case, "children"))).content.decode()
    for shown in ("Callum Brayford", "4 March 2010", "Answer by 4 December 2026", "section 38"):
        assert shown in page
    assert "Children Act 2004, s.11" in page
    told = stages.complete_answers()
    for hidden in (told["what"], told["referrer_name"], told["school"]):
        assert hidden not in page
    assert "Nobody else knows" not in page, "the reasons of police are theirs"
    assert "health" not in page.lower().split("<main")[1].split("</main")[0], (
        "nor who else is asked"
    )
    title = page.split("<title>")[1].split("</title>")[0]
    assert "Callum" not in title
    assert case.reference in title


def test_looking_is_remembered(client, world):
    case = stages.released(world)
    sign_in(client, world.children)
    client.get(url_of(asked(case, "children")))
    looked = Event.objects.filter(case_reference=case.reference, type=EventType.CASE_VIEWED).get()
    assert (looked.actor, looked.agency_id) == (world.children, world.agency("children").pk)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("request_detail", 200),
        ("request_answer", 200),
        ("request_part", 200),
        ("request_check", 302),
        ("request_add", 302),
        ("request_pass", 200),
        ("request_nil", 200),
    ],
)
def test_who_may_open_a_request(client, world, elsewhere, name, status):
    case = stages.released(world)
    more = ["known"] if name == "request_part" else []
    url = url_of(asked(case, "children"), name, *more)
    knowing = dict.fromkeys([world.officer, world.lead, world.chair, world.administrator], 403)
    strangers = [world.health, world.education, world.auditor, world.sysadmin, world.provider]
    unknowing = dict.fromkeys([*strangers, elsewhere.children, elsewhere.officer], 404)
    expect(url, {world.children: status, None: 302} | knowing | unknowing)
    if name not in ("request_detail", "request_answer"):
        expect(url, {None: 302} | knowing | unknowing, method="post", data=TOLD)
        assert not InformationReturn.objects.exists()
    expect(url, {world.children: 405}, method="put")
    expect(reverse(name, args=[999_999, *more]), {world.children: 404, world.officer: 404})


def test_a_colleague_who_only_sits_on_the_panel_cannot_answer(client, world):
    case = stages.released(world)
    colleague = accounts_people.add(
        email="colleague@test.example", name="Colleague", password=people.PASSWORD, by=None
    )
    accounts_people.join(
        colleague, agency=world.agency("children"), role=Role.PANEL_MEMBER, by=None
    )
    expect(url_of(asked(case, "children")), {colleague: 404})
    expect(reverse("request_list"), {colleague: 403})


def test_somebody_of_two_agencies_answers_only_for_the_one(client, world):
    case = stages.released(world)
    both = accounts_people.add(email="both@test.example", name="Both", password=None, by=None)
    accounts_people.join(both, agency=world.agency("council"), role=Role.PREVENT_LEAD, by=None)
    accounts_people.join(both, agency=world.agency("children"), role=Role.AGENCY_CONTACT, by=None)
    expect(url_of(asked(case, "children")), {both: 200})
    expect(url_of(asked(case, "health")), {both: 404})


def test_a_name_given_twice_is_searched_once(world):
    case = stages.released(world, other_names="Cal Brayford\nCal Brayford")
    names = {detail.label: detail.values for detail in information.identity(world.health, case)}
    assert names["Other name"] == ["Cal Brayford"]


def test_nil_return_takes_three_clicks_from_the_mail(world):
    """The link of the mail, the button, the tick with the button: nothing has to be written twice."""
    stages.answered(world)  # so the systems are filled in
    request = asked(stages.released(world, name="Person two"), "health")
    client = as_user(world.health)
    page = client.get(url_of(request)).content.decode()
    url = re.search(r'href="([^"]*/nil/)"', page)[1]
    form = client.get(url).content.decode().split("<main")[1]
    tags = re.findall(r"<(?:input|textarea|select)\b[^>]*>", form)
    shown = [re.search(r'name="([^"]*)"', tag)[1] for tag in tags if 'type="hidden"' not in tag]
    assert sorted(shown) == ["searched", "systems_searched"], "nothing else to fill in"
    filled = dict(
        re.findall(r'<input[^>]*name="(version|systems_searched)"[^>]*value="([^"]+)"', form)
    )
    assert sorted(filled) == ["systems_searched", "version"], "and only the tick is left"
    sent = client.post(url, {**filled, "searched": "on"}, follow=True)
    assert "Nil return sent" in sent.content.decode()


def test_a_nil_return(client, world):
    case = stages.released(world)
    request = asked(case, "health")
    sign_in(client, world.health)
    assert url_of(request) in client.get(reverse("request_list")).content.decode()
    page = client.get(url_of(request, "request_nil"))
    sentence = information.nil_sentence(information.identity(world.health, case))
    assert sentence in page.content.decode()
    sent = {"version": sentence, "systems_searched": "GP records"}
    refused = client.post(url_of(request, "request_nil"), sent).content.decode()
    assert "Confirm that you searched and hold nothing" in refused
    assert "<title>Error: " in refused.replace("\n", "")
    assert not InformationReturn.objects.exists()
    done = client.post(url_of(request, "request_nil"), sent | {"searched": "on"})
    assert done.url == url_of(request)
    nil = InformationReturn.objects.get()
    assert (nil.statement, nil.known, nil.is_nil) == (sentence, "no", True)
    request.refresh_from_db()
    assert request.answered_at == FRIDAY
    again = client.post(url_of(request, "request_nil"), sent | {"searched": "on"})
    assert again.status_code == 302
    assert InformationReturn.objects.count() == 1
    assert Event.objects.filter(type=EventType.INFORMATION_NIL).count() == 1
    assert "Nil return" in client.get(url_of(request)).content.decode()


def test_the_next_nil_return_starts_from_the_last_systems(client, world):
    stages.answered(world)
    case = stages.released(world)
    sign_in(client, world.health)
    page = client.get(url_of(asked(case, "health"), "request_nil")).content.decode()
    assert "GP and hospital records" in page
    assert "Filled in from your last return" in page
    sign_in(client, world.children)
    page = client.get(url_of(asked(case, "children"), "request_nil")).content.decode()
    assert "GP and hospital records" not in page


def test_a_sentence_that_changed_is_read_again(client, world):
    case = stages.released(world)
    sign_in(client, world.health)
    url = url_of(asked(case, "health"), "request_nil")
    sent = {"version": "I searched for less", "systems_searched": "GP", "searched": "on"}
    page = client.post(url, sent).content.decode()
    assert "The details to search for have changed" in page
    assert not InformationReturn.objects.exists()


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ({}, "I searched for this person, and we hold nothing"),
        ({Kind.NAME: 1}, "I searched for the name, and we hold nothing"),
        ({Kind.NAME: 1, Kind.BORN: 1}, SENTENCE),
        (
            {Kind.NAME: 1, Kind.OTHER_NAME: 1, Kind.BORN: 1, Kind.ADDRESS: 2},
            "I searched for both names, the date of birth and both addresses, and we hold nothing",
        ),
        (
            {Kind.NAME: 1, Kind.OTHER_NAME: 2, Kind.AGE: 1, Kind.ADDRESS: 3},
            "I searched for all 3 names and all 3 addresses, and we hold nothing",
        ),
    ],
)
def test_the_sentence_says_what_was_searched(counts, sentence):
    assert nil_sentence(Detail(k, "", ["x"] * n) for k, n in counts.items()) == sentence


def test_an_answer_is_written_on_six_screens_and_sent_once(client, world):
    case = stages.released(world)
    request = asked(case, "children")
    sign_in(client, world.children)
    check, list_url = url_of(request, "request_check"), url_of(request, "request_answer")
    assert "0 of 5 parts are done" in client.get(list_url).content.decode()
    assert client.get(check).url == list_url
    url = url_of(request, "request_part", "known")
    assert "Filled in from your last return" in client.get(url).content.decode()
    later = {"known": "yes", "later": "yes"} | seen(client, url)
    assert client.post(url, later).url == list_url
    assert "In progress" in client.get(list_url).content.decode()
    assert client.get(check).url == list_url, "a part is missing"
    assert write(client, request).url == url_of(request)
    assert client.post(check).url == url_of(request), "sent twice"
    sent = InformationReturn.objects.get()
    assert (sent.involvement, sent.power) == ("Early help since June.", "Children Act 2004, s.11")
    assert not ReturnDraft.objects.exists()
    page = client.get(url_of(request)).content.decode()
    assert "Trusts his grandmother." in page
    assert "Make a nil return" not in page
    for name, more in (("request_answer", []), ("request_part", ["known"])):
        assert client.get(url_of(request, name, *more)).url == url_of(request, "request_add")
    assert client.get(url_of(request, "request_part", "nowhere")).status_code == 404
    kinds = Event.objects.filter(case_reference=case.reference).values_list("type", flat=True)
    assert list(kinds).count(EventType.INFORMATION_RETURNED) == 1


def test_the_check_page_reads_everything_back(client, world):
    request = asked(stages.released(world), "children")
    sign_in(client, world.children)
    for part in answers.PARTS:
        url = url_of(request, "request_part", part.slug)
        told = {name: f"My {name}." for name in part.names} | {"known": "before"}
        done = client.post(url, told | seen(client, url))
    assert done.url == url_of(request, "request_check")
    page = client.get(done.url).content.decode()
    for name in set(answers.NAMES) - {"known"}:
        assert f"My {name}." in page
    assert "Known to us in the past" in page


def test_a_draft_is_the_agencys_own(world):
    case = stages.released(world)
    writing.save_part(
        asked(case, "children"), "trust", {"trust": "His aunt."}, is_done=True, version=0,
        by=world.children,
    )  # fmt: skip
    for name, user in world.users.items():
        can = ReturnDraft.objects.visible_to(user).exists()
        assert can == (name == "children"), name
    with pytest.raises(Stale):
        writing.save_part(
            asked(case, "children"), "trust", {"trust": ""}, is_done=True, version=0,
            by=world.children,
        )  # fmt: skip
    with pytest.raises(ActionInvalid, match="every part"):
        writing.send_answer(asked(case, "children"), by=world.children)
    returns.nil_return(
        asked(case, "children"), statement="S", systems_searched="X", by=world.children
    )
    assert not ReturnDraft.objects.exists(), "a nil return takes the place of what was begun"
    with pytest.raises(ActionInvalid, match="answered already"):
        writing.save_part(
            asked(case, "children"), "trust", {"trust": ""}, is_done=True, version=0,
            by=world.children,
        )  # fmt: skip


def test_who_holds_nothing_makes_a_nil_return(client, world):
    request = asked(stages.released(world), "children")
    sign_in(client, world.children)
    none = {"known": "no", "involvement": "", "vulnerability": "", "protective": ""}
    assert write(client, request, **none).status_code == 409
    assert (
        "Make a nil return instead" in client.get(url_of(request, "request_check")).content.decode()
    )
    assert not InformationReturn.objects.exists()


def test_additions_and_changes(client, world):
    case = stages.answered(world)
    request = asked(case, "children")
    url, read = url_of(request, "request_add"), case_url(case, "case_return", request.pk)
    sign_in(client, world.children)
    assert "Select what you send" in client.post(url, {}).content.decode()
    more = {"kind": "more", "text": "He has a brother."}
    assert client.post(url, more).url == client.post(url, more).url == url_of(request)
    change = {"kind": "change", "text": "He has stopped coming."}
    assert client.post(url, change).status_code == 302
    told = InformationReturn.objects.filter(request=request).order_by("pk")
    assert [(one.involvement, one.is_change) for one in told][1:] == [
        ("He has a brother.", False),
        ("He has stopped coming.", True),
    ]
    answered_at = request.answered_at
    request.refresh_from_db()
    assert request.answered_at == answered_at, "an addition does not move the date"
    assert [row.case for row in sections(world.officer)["changes"].rows] == [case]
    assert [row.case for row in sections(world.lead)["changes"].rows] == [case]
    page = as_user(world.officer).get(read).content.decode()
    assert "This agency reports a change." in page
    assert (
        "Change reported"
        in as_user(world.officer).get(case_url(case, "case_requests")).content.decode()
    )
    done = case_url(case, "case_changes_read", request.pk)
    refused = {world.administrator: 403, world.children: 404, None: 302}
    expect(done, refused, method="post")
    expect(done, {world.officer: 405})
    assert as_user(world.officer).post(done).url == read
    assert as_user(world.officer).post(done).status_code == 409
    assert sections(world.officer)["changes"].rows == []
    assert "This agency reports a change." not in as_user(world.officer).get(read).content.decode()


def test_adding_needs_an_answer_and_words(world):
    case = stages.released(world)
    with pytest.raises(ActionInvalid, match="Answer the request first"):
        returns.add(asked(case, "health"), text="x", is_change=True, by=world.health)
    case = stages.answered(world, name="Person two")
    with pytest.raises(ActionInvalid, match="Enter what is new"):
        returns.add(asked(case, "health"), text=" ", is_change=True, by=world.health)
    added = returns.add(
        asked(case, "health"), text="Seen in 2019.", is_change=False, by=world.health
    )
    assert (added.known, added.is_nil) == ("before", False), "after a nil return it is known"
    with pytest.raises(ActionInvalid, match="answered already"):
        returns.nil_return(
            asked(case, "health"), statement="S", systems_searched="X", by=world.health
        )


def test_the_duty_to_tell_of_changes_is_recalled_until_the_case_closes(world, mailoutbox):
    case = stages.answered(world)
    outbox.drain()
    mailoutbox.clear()
    with clock.at(FRIDAY + datetime.timedelta(days=40)):
        outbox.drain()
        assert {mail.subject for mail in mailoutbox} == {
            "Request for information: has anything changed?"
        }
        assert len(mailoutbox) == 2
        assert "Callum" not in mailoutbox[0].body
    make_move(case, "close", by=world.officer)
    with clock.at(FRIDAY + datetime.timedelta(days=90)):
        outbox.drain()
    assert len(mailoutbox) == 2
    assert not list(duty_mails(asked(stages.released(world, name="Person two"), "health")))


def test_the_duty_is_not_recalled_while_restricted_nor_after_the_agency_is_out(world, mailoutbox):
    case = stages.answered(world)
    outbox.drain()
    mailoutbox.clear()
    restricting.restrict_case(case, people=[], reason="r", by=world.supervisor)
    with clock.at(FRIDAY + datetime.timedelta(days=40)):
        outbox.drain()
    assert mailoutbox == [], "restricted"
    restricting.lift_restriction(case, reason="r", by=world.supervisor)
    with clock.at(FRIDAY + datetime.timedelta(days=80)):
        outbox.drain()
    assert len(mailoutbox) == 2, "asked again once it is open"
    with transaction.atomic():
        for name in ("health", "children"):
            grants.unshare(case, world.agency(name), ShareKind.RESPOND)
    with clock.at(FRIDAY + datetime.timedelta(days=120)):
        outbox.drain()
    assert len(mailoutbox) == 2, "not any more"
    assert not OutboxMessage.objects.filter(done_at=None, topic="information_duty").exists()


def test_a_return_is_read_by_coordinators_and_its_own_agency_only(world):
    case = stages.answered(world)
    every = InformationReturn.objects.filter(case=case)
    own = {user: every.visible_to(user).count() for user in world.users.values()}
    assert own == {
        world.officer: 2,
        world.supervisor: 2,
        world.lead: 2,
        world.chair: 2,
        world.deputy: 2,
        world.administrator: 2,
        world.children: 1,
        world.health: 1,
        world.education: 0,
        world.provider: 0,
        world.auditor: 0,
        world.police_auditor: 0,
        world.sysadmin: 0,
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"known": ""}, "Select whether this person is known to your agency"),
        ({"known": "maybe"}, "Select one of the answers shown"),
        ({"involvement": ""}, "Enter how you know them"),
        ({"systems_searched": ""}, "Enter the systems you searched"),
        ({"involvement": "x" * 50_000}, "5,000 characters"),
        ({"power": ""}, "Enter your power to share"),
    ],
)
def test_wrong_answers_are_named_and_kept(client, world, changes, message):
    sign_in(client, world.children)
    page = write(client, asked(stages.released(world), "children"), **changes)
    assert page.status_code == 200
    text = page.content.decode()
    assert message in text
    assert TOLD["systems_searched"] in text or changes.keys() & {"systems_searched", "power"}
    assert not InformationReturn.objects.exists()


def test_a_late_answer_is_still_an_answer(client, world):
    case = stages.released(world)
    request = asked(case, "children")
    sign_in(client, world.children)
    with clock.at(FRIDAY + datetime.timedelta(days=17)):
        page = client.get(url_of(request)).content.decode()
        assert "1 working day overdue" in page
        assert "Overdue" in client.get(reverse("request_list")).content.decode()
        assert write(client, request).status_code == 302


def test_answers_are_still_taken_after_gathering(world):
    case = stages.released(world)
    case = requests.begin_assessment(case, by=world.officer, without_answers=True)
    due = case.next_due_on
    returns.answer(asked(case, "children"), **TOLD, by=world.children)
    case.refresh_from_db()
    assert case.next_due_on == due, "the assessment has its own date"


def test_a_hold_changes_nothing_that_the_agency_sees(client, world):
    case = stages.released(world)
    request = asked(case, "children")
    sign_in(client, world.children)

    def pages():
        found = [client.get(url).content for url in (url_of(request), reverse("request_list"))]
        return [b"".join(page.split(b"csrf")[:1]) for page in found]

    before = pages()
    make_move(case, "hold", by=world.officer)
    assert pages() == before
    assert write(client, request).url == url_of(request)
    case.refresh_from_db()
    assert case.status == "HELD"
    assert case.stage == "INFORMATION_GATHERING"


def test_nothing_is_taken_after_closing(client, world):
    case = stages.released(world)
    request = asked(case, "children")
    make_move(case, "close", by=world.officer)
    sign_in(client, world.children)
    assert "The case is closed." in client.get(url_of(request)).content.decode()
    assert "Not answered" in client.get(reverse("request_list")).content.decode()
    assert client.get(url_of(request, "request_answer")).status_code == 409
    for name in ("request_part", "request_check", "request_nil", "request_add", "request_pass"):
        url = url_of(request, name, *(["known"] if name == "request_part" else []))
        for page in (client.get(url), client.post(url, TOLD)):
            assert page.status_code == 409, name
            assert "This cannot be done to the case at the moment" in page.content.decode()
    with pytest.raises(ActionInvalid):
        returns.answer(request, **TOLD, by=world.children)


def test_the_action_itself_holds_every_rule(world):
    case = stages.released(world)
    for user in (world.health, world.officer, world.education):
        with pytest.raises(ActionDenied):
            returns.answer(asked(case, "children"), **TOLD, by=user)
    assert not InformationReturn.objects.exists()


def test_the_list_is_the_own_agencys(client, world, elsewhere):
    case = stages.released(world)
    sign_in(client, world.education)
    assert "Nobody has asked your agency" in client.get(reverse("request_list")).content.decode()
    answer = {world.children: 200, world.officer: 403, world.lead: 403, world.auditor: 403}
    expect(reverse("request_list"), answer | {elsewhere.children: 200, None: 302})
    expect(reverse("request_list"), {world.children: 405}, method="post")
    sign_in(client, elsewhere.children)
    assert case.reference not in client.get(reverse("request_list")).content.decode()


def test_pages_of_the_list(world, client):
    made = [stages.released(world, agencies=("health",)) for _ in range(3)]
    first, second, third = (asked(case, "health") for case in made)
    returns.nil_return(first, statement="S", systems_searched="X", by=world.health)
    page = page_for_agency(world.health)
    assert [line.request for line in page.lines] == [second, third, first]
    assert (page.after, page.before) == ("", "")
    key = f"0.{second.due_on.isoformat()}.{second.pk}"
    rest = page_for_agency(world.health, after=key)
    assert [line.request for line in rest.lines] == [third, first]
    back = page_for_agency(world.health, before=rest.before)
    assert [line.request for line in back.lines] == [second]
    assert (back.after, back.before) == (key, "")
    for odd in ("x", "0.2026-99-99.1", "1.2", "0.2026-01-01.x", "9" * 5000):
        assert len(page_for_agency(world.health, after=odd).lines) == 3
    sign_in(client, world.health)
    assert client.get(reverse("request_list"), {"after": key}).status_code == 200


def test_a_full_page_of_the_list_leads_on(world, monkeypatch):
    monkeypatch.setattr("referrals.requests.PAGE", 2)
    assert PAGE == 25
    made = [asked(stages.released(world, agencies=("health",)), "health") for _ in range(3)]
    page = page_for_agency(world.health)
    assert [line.request for line in page.lines] == made[:2]
    last = page_for_agency(world.health, after=page.after)
    assert [line.request for line in last.lines] == made[2:]
    assert last.after == ""
    back = page_for_agency(world.health, before=last.before)
    assert [line.request for line in back.lines] == made[:2]


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_at_once_give_one_return(transactional_db):
    world = people.build()
    case = stages.released(world)
    request = asked(case, "health")
    gate, failed = threading.Barrier(2), []

    def send():
        try:
            with clock.at(FRIDAY):
                gate.wait()
                returns.nil_return(
                    request, statement=SENTENCE, systems_searched="GP records", by=world.health
                )
        except Exception as error:  # noqa: BLE001 - any of them fails the test below
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert InformationReturn.objects.count() == 1
    assert Event.objects.filter(type=EventType.INFORMATION_NIL).count() == 1
