"""The page of the log: what it finds, in plain words, in few queries, however long the log is."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import people
from accounts.audit import words
from accounts.audit.queries import COUNT_MOST, PAGE
from accounts.roles import Role
from prevent_cms import clock, outbox
from prevent_cms.history import EventType, heads
from prevent_cms.history.models import Event
from tests import stages
from tests.access import as_user
from tests.audit.events import run, write
from tests.audit.test_speed import FILL

MOST = 10
LONGEST = 60_000  # bytes
DAY = datetime.timedelta(days=1)
WHY = {"why": "security"}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.AUDIT_HEADS = tmp_path


@pytest.fixture
def police(world):
    return as_user(world.police_auditor)


def page(client, method="get", url="/audit/", **data):
    response = getattr(client, method)(url, data)
    assert response.status_code == 200
    return response.content.decode()


def total(text):
    return int(re.search(r'<span role="status">(\d+) event', text)[1].replace(",", ""))


def found(text):
    """What was done, row by row."""
    return re.findall(r'data-label="Did">(?:<strong>Refused:</strong> )?(.*?)<details', text)


def test_every_kind_of_event_is_in_one_group_and_has_words():
    assert set(words.kinds_in(words.GROUPS)) == set(EventType)
    for kind in EventType:
        told = words.Told(Event(type=kind, at=clock.now(), details={}), {}, with_numbers=False)
        assert told.did
    assert words.group_of(EventType.REFUSED) == "refused"
    assert words.group_of(EventType.EXPORTED) == "shared"
    assert words.group_of(EventType.PERSON_LINKED) == "changed"


def test_filters(world, police):
    case, other = stages.released(world), stages.released(world)
    as_user(world.lead).get(f"/cases/{case.reference}/")
    as_user(world.education).get(f"/cases/{case.reference}/")
    whole = Event.objects.filter(area_code__in=["", "TST"]).count()
    assert total(page(police)) == whole
    of_case = page(police, reference=case.reference.lower())
    assert other.reference not in "".join(found(of_case))
    refused = page(police, group="refused")
    assert found(refused) == ["tried to open case overview"]
    assert total(page(police, reference=case.reference, group="refused")) == 1
    assert found(page(police, kind="case.viewed")) == ["Case opened: case overview"]
    council = world.agency("council").pk
    assert (
        total(page(police, agency=council)) == Event.objects.filter(actor_agency_id=council).count()
    )
    target = Event.objects.filter(type="case.shared").first().target
    assert total(page(police, target=words.target_words(target))) == 1
    assert "Nothing" not in page(police, target=words.target_words(target).lower())


def test_dates_count_from_midnight_to_midnight_here(world, police):
    summer = datetime.datetime(2026, 6, 30, 23, 30, tzinfo=datetime.UTC)  # 1 July in London
    with clock.at(summer):
        stages.received(world)
    day = {"day": "1", "month": "7", "year": "2026"}
    on = {f"{name}_{part}": value for name in ("since", "until") for part, value in day.items()}
    assert found(page(police, **on)) == ["Referral received"]
    assert total(page(police, **{**on, "since_month": "6", "until_month": "6"})) == 0
    chips = page(police, **on, group="changed")
    assert "from 1 July 2026 to 1 July 2026" in chips
    assert 'href="/audit/?group=changed#found"' in chips


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"reference": "NFK-26"}, "Enter a reference in the right form"),
        ({"target": "Something 12"}, "Enter a record as the log names it"),
        ({"target": "Meeting"}, "Enter a record as the log names it"),
        ({"group": "everything"}, "Select one of the answers shown"),
        ({"kind": "x"}, "Select one of the answers shown"),
        ({"since_day": "31"}, "The first day must include a month and year"),
        (
            {
                "since_day": "2",
                "since_month": "7",
                "since_year": "2026",
                "until_day": "1",
                "until_month": "7",
                "until_year": "2026",
            },
            "must be the same as or after the first day",
        ),
    ],
)
def test_a_question_with_an_error_finds_nothing(police, query, error):
    text = page(police, **query)
    assert error in text
    assert "<title>\nError:" in text or "<title>Error:" in text
    assert not found(text)
    assert "No search was made" in text


def test_a_name_is_posted_and_stands_in_no_address(world, police):
    as_user(world.chair).get("/meetings/")
    as_user(world.officer).get("/meetings/")
    text = page(police, "post", person="chAIR inv", **WHY)
    actors = set(Event.objects.filter(actor=world.chair).values_list("pk", flat=True))
    assert total(text) == len(actors)
    assert total(page(police, "post", person="chair@test", **WHY)) == len(actors)
    links = re.findall(r'(?:href|action)="([^"]*)"', text)
    assert not [link for link in links if "chair" in link.lower()]
    narrowed = page(police, "post", "/audit/?group=refused", person="chair", **WHY)
    assert found(narrowed) == []
    ignored = total(page(police, person="chair"))
    assert ignored > len(actors), "a name in an address is not looked at"
    stages.received(world)
    assert "Referral received" in found(page(police, "post", person="referrer", **WHY))


def test_a_name_search_needs_a_name_and_a_purpose(police):
    assert "Enter a name, or what somebody may have searched for" in page(police, "post", **WHY)
    text = page(police, "post", person="chair")
    assert "Select why you ask" in text
    assert not found(text)


def test_pages_follow_each_other_without_a_gap(world, police):
    stages.exit_decided(world)
    whole = list(Event.objects.filter(area_code__in=["", "TST"]).order_by("-at", "-pk"))
    seen, url = [], "/audit/"
    while url:
        text = page(police, url=url)
        seen += re.findall(r"<b>Hash:</b> (\w{64})", text)
        older = re.search(r'href="([^"]*)" rel="next"', text)
        url = older[1].replace("&amp;", "&") if older else ""
        assert ("the newest events" in text) == (len(seen) > PAGE)
    hashes = [bytes(event.hash).hex() for event in whole]
    assert [one for one in seen if one in hashes] == hashes
    assert len(seen) == len(set(seen))


def test_pages_of_a_name_are_posted(world, police):
    for _ in range(PAGE + 3):
        as_user(world.chair)
        client = as_user(world.chair)
        client.get("/work/")
    first = page(police, "post", person="chair", **WHY)
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', first))
    assert fields["person"] == "chair"
    assert "Earlier events" in first
    second = page(police, "post", person="chair", before=fields["before"], **WHY)
    assert 0 < len(found(second)) < PAGE
    assert total(second) == total(first)


@pytest.mark.parametrize("before", ["x", "1", "1-", "99999999999999999-ab", "9" * 40, "-", "²-a"])
def test_a_page_that_is_not_there_begins_anew(police, before):
    assert found(page(police, before=before))[0] == found(page(police, before=before))[1]


def test_the_look_is_an_event_with_codes_and_no_words(world, police):
    page(police, group="refused", reference="TST-26-000001-X")
    page(police, "post", "/audit/?group=looked", person="Brayforde", term="Calum", **WHY)
    look = Event.objects.filter(type=EventType.LIST_VIEWED).latest("pk")
    search = Event.objects.filter(type=EventType.SEARCHED).latest("pk")
    assert look.details == {"page": "audit"}, "nothing was looked for: the reference cannot be one"
    assert search.details.keys() == {"page", "groups", "terms", "why", "found"}
    assert search.details["groups"] == ["looked"]
    assert "rayforde" not in str(search.details)
    assert "Calum" not in str(search.details)


def test_budget(world):
    case = stages.released(world)
    heads.publish()
    for user in (world.police_auditor, world.auditor):
        client = as_user(user)
        costs = []
        for _ in range(2):
            for data in ({}, {"reference": case.reference}, {"group": "looked"}):
                page(client, **data)
                with CaptureQueriesContext(connection) as asked:
                    text = page(client, **data)
                queries = [q["sql"] for q in asked if "SAVEPOINT" not in q["sql"]]
                assert len(queries) <= MOST, queries
                assert len(text) < LONGEST
                costs.append(len(queries))
            run(FILL, 50, 50, COUNT_MOST + 50)
        assert costs[3:] == costs[:3]
        text = page(client) if user == world.police_auditor else ""
        assert not text or "More than 1,000 events" in text


def test_the_state_of_the_log(world, police):
    assert "The log has not been checked yet" in page(police)
    assert "No head hash has been published" in page(police)
    assert police.post("/audit/check/").status_code == 302
    assert "A check is about to begin." in page(police)
    assert police.post("/audit/check/").status_code == 409, "one at a time"
    asked = Event.objects.get(type=EventType.CHECK_ASKED)
    assert asked.actor == world.police_auditor
    outbox.drain()
    text = page(police)
    assert re.search(r"The log is whole: \d+ events checked", text)
    assert "app-box--wait" in text, "nothing is published yet"
    quiet = page(as_user(world.auditor))
    assert "The log is whole</h2>" in quiet, "a count would betray what others do"


def test_what_was_published_and_when(world, police):
    from accounts.audit import tasks

    tasks.publish_heads()
    outbox.drain()
    text = page(police)
    assert "was published outside the database on" in text
    assert "app-box--ok" in text
    with clock.at(clock.now() + 2 * DAY):
        text = page(police)
    assert text.count("more than a day ago") == 2


def test_progress_is_shown(world, police, monkeypatch):
    from prevent_cms.history import chain

    whole = chain.check
    monkeypatch.setattr(chain, "check", lambda after: whole(after, 5))
    stages.released(world)
    outbox.drain()
    police.post("/audit/check/")
    outbox._drain_batch(1)
    assert re.search(r"A check is under way: \d+% done\.", page(police))


def broken_log(sql):
    run("RESET ROLE")
    run("SET LOCAL session_replication_role = replica")
    run(sql)
    run("SET LOCAL session_replication_role = origin")


def check(client):
    client.post("/audit/check/")
    outbox.drain()
    return page(client)


def test_a_broken_log_is_said_first_and_gives_out_no_copies(world, elsewhere, police):
    case = stages.released(world)
    event = Event.objects.filter(case_reference=case.reference, type="case.taken").get()
    broken_log(f"UPDATE prevent_cms_event SET actor_label = 'Nobody' WHERE id = {event.pk}")
    text = check(police)
    assert "The log is broken" in text
    assert f"Event {event.pk} (chain case:{case.reference}, number {event.seq})" in text
    assert "Signed copy" not in text
    for user in (world.auditor, elsewhere.police_auditor):
        text = page(as_user(user))
        assert "An event outside what you can read is broken." in text
        assert f"Event {event.pk}" not in text


def test_an_auditor_is_told_of_a_break_in_what_they_read(world):
    stages.released(world)
    event = Event.objects.filter(type="case.shared", agency_id=world.agency("council").pk).get()
    broken_log(f"UPDATE prevent_cms_event SET details = '{{}}' WHERE id = {event.pk}")
    text = check(as_user(world.auditor))
    assert "One event is broken: its content was changed." in text
    assert "number" not in text[text.index("One event is broken") :][:200]


def test_a_missing_end_is_told_where_it_belongs(world, elsewhere, police):
    case = stages.received(world)
    heads.publish()
    broken_log("DELETE FROM prevent_cms_event WHERE chain LIKE 'case:%'")
    assert f"chain case:{case.reference}" in check(police)
    assert case.reference not in page(as_user(elsewhere.police_auditor))


def test_the_service_is_everybodys(world, elsewhere):
    heads.publish()
    heads.file().write_text("{}\n")
    text = check(as_user(elsewhere.police_auditor))
    assert "Line 1 of the published heads is not as it was published." in text


def test_somebody_of_two_areas_reads_both(world, elsewhere):
    user = world.police_auditor
    people.join(user, agency=elsewhere.agency("police"), role=Role.POLICE_AUDITOR, by=None)
    text = page(as_user(user))
    assert "every act in Testshire; every act in Testshire" in text
    assert total(text) == Event.objects.filter(area_code__in=["", "TST", "OTH"]).count() - 1


def test_other_actors_and_records_are_told_as_they_are(db):
    import random

    write(random.Random(3), chains=1)
    event = Event.objects.first()
    event.target, event.details = "gone.model:3", {"terms": ["a", "b"], "ok": True, "x": None}
    told = words.Told(event, {1: "One"}, with_numbers=False)
    assert told.target == "gone.model:3"
    assert dict(told.kept) == {"Terms": "2 kept as a keyed hash", "Ok": "Yes"}
    assert words.target_words("") == ""
    assert words.said("groups", ["looked", "changed"]) == "looked, changed"
    assert reverse("audit") == "/audit/"
