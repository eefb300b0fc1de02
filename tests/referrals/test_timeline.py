"""The story of a case: each reader his own, newest first, without gaps that betray anything."""

import datetime
import re
import zipfile

import pytest
from django.db import transaction
from django.urls import reverse

from prevent_cms import clock
from prevent_cms.errors import ActionInvalid
from prevent_cms.history import EventType, exports
from prevent_cms.history.models import Event
from prevent_cms.history.record import record
from prevent_cms.marking import Mark
from referrals import queries
from referrals.access import Reader
from referrals.actions import copies, deconfliction, sharing
from referrals.timeline import Narrowed
from tests import stages
from tests.access import as_user, expect, prove


def url(case, query=""):
    return reverse("case_timeline", args=[case.reference]) + query


def titles(user, case, query=""):
    page = as_user(user).get(url(case, query)).content.decode()
    return re.findall(r'moj-timeline__title">([^<]*)<', page)


def test_who_may(world, elsewhere):
    case = stages.cleared(world)
    nobody = {world.lead: 404, world.chair: 404, world.health: 404, elsewhere.officer: 404}
    expect(url(case), {None: 302, **nobody, world.officer: 200})
    expect(url(case), {world.officer: 405}, method="post")
    case = stages.released(world)
    expect(url(case), {world.lead: 200, world.health: 200, world.education: 404})
    expect(url(case), {elsewhere.officer: 404, elsewhere.lead: 404, world.auditor: 404})


def test_police_read_all_of_it_in_order(world):
    case = stages.released(world)
    told = titles(world.officer, case)
    order = [
        "Information requested",
        "Released to partners",
        "Deconfliction recorded: clear",
        "Screened: go on to deconfliction",
        "Screening started",
        "Referral received",
    ]
    assert [title for title in dict.fromkeys(told) if title in order] == order
    assert "Case opened" not in told


def test_others_begin_with_the_release(world):
    case = stages.screened(world)
    stages.given(world, case, to=world.supervisor)
    deconfliction.deconflict(case, outcome="clear", systems=["pnc"], by=world.supervisor)
    from referrals.actions import release
    from tests.stages import grounds

    release.release(
        case,
        agencies=[world.agency("health")],
        due_on=case.next_due_on,
        question="",
        grounds=grounds(),
        by=world.supervisor,
    )
    assert "Case owner changed" in titles(world.officer, case)
    lead = titles(world.lead, case)
    assert "Released to partners" in lead
    assert not {"Case owner changed", "Screening started", "Referral received"} & set(lead)


def test_an_agency_reads_what_concerns_it(world):
    case = stages.released(world)
    told = titles(world.health, case)
    assert set(told) <= {"Case shared", "Information requested"}
    assert told
    page = as_user(world.health).get(url(case)).content.decode()
    assert "Testshire health" in page
    assert "children" not in re.sub(r"<header.*?</header>", "", page, flags=re.DOTALL).lower()


def test_police_marks_stay_with_police_even_when_they_name_the_agency(world):
    case = stages.released(world)
    health = world.agency("health")
    with transaction.atomic():
        record(
            EventType.CASE_ASSIGNED,
            by=world.officer,
            case=case,
            mark=Mark.POLICE,
            agency_id=health.pk,
        )
    assert "Case owner changed" not in titles(world.health, case)
    assert "Case owner changed" in titles(world.officer, case)


def test_a_share_that_ended_ends_the_story(world):
    case = stages.released(world)
    health = world.agency("health")
    sharing.unshare_case(case, agency=health, kind="respond", reason="r", by=world.officer)
    expect(url(case), {world.health: 404})


def test_narrowing(world):
    case = stages.released(world)
    everything = titles(world.officer, case)
    assert set(titles(world.officer, case, "?group=information")) == {"Information requested"}
    assert "Screening started" in titles(world.officer, case, "?group=case")
    assert "Referral received" in titles(world.officer, case, "?group=police")
    assert titles(world.officer, case, "?group=panel") == []
    assert titles(world.officer, case, "?group=nonsense") == everything
    assert titles(world.lead, case, "?group=police") == titles(world.lead, case)
    assert "Police checks" not in as_user(world.lead).get(url(case)).content.decode()


def test_pages(world):
    case = stages.released(world)
    reader = Reader(world.officer, case)
    with transaction.atomic():
        for _ in range(70):
            record(EventType.CASE_SHARED, by=world.officer, case=case, agency="Somebody")
    first = queries.timeline_page(reader)
    second = queries.timeline_page(reader, before=str(first.older))
    third = queries.timeline_page(reader, before=str(second.older))
    told = [entry.pk for page in (first, second, third) for entry in page.entries]
    assert told == sorted(set(told), reverse=True)
    assert third.older is None
    assert (first.is_first, second.is_first) == (True, False)
    page = as_user(world.officer).get(url(case, f"?before={first.older}")).content.decode()
    assert "older entries" in page
    assert "the newest entries" in page


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "999999999", "²"])
def test_an_odd_place_is_the_beginning(world, before):
    case = stages.released(world)
    reader = Reader(world.officer, case)
    assert queries.timeline_page(reader, before=before).is_first


def test_another_cases_entry_is_no_place(world):
    case, other = stages.released(world), stages.received(world)
    entry = queries.timeline(Reader(world.officer, other), 1)[0]
    found = queries.timeline_page(Reader(world.officer, case), before=str(entry.pk))
    assert found.is_first


def test_small_details(world):
    case = stages.released(world)
    stages.given(world, case, to=world.supervisor)
    with transaction.atomic():
        record(EventType.MEETING_PLANNED, by=world.officer, case=case, on="2026-12-03", due="soon")
        record(EventType.SIGNED_OFF, by=world.officer, case=case, party="chair")
    signed, planned, changed = queries.timeline(Reader(world.officer, case), 3)
    assert signed.details == ["Panel chair"]
    assert planned.details == ["Due soon", "On 3 December 2026"]
    assert changed.details == ["New owner: Supervisor Invented, Testshire Police"]
    assert changed.by == "Supervisor Invented, Testshire Police"


def narrowed(user, case, **chosen):
    query = "?" + "&".join(f"{name}={value}" for name, value in chosen.items())
    return titles(user, case, query)


def test_by_person_and_period(world, elsewhere):
    case = stages.released(world)
    with clock.at(clock.now() + datetime.timedelta(days=10)):
        sharing_later = stages.given(world, case, to=world.supervisor)
        assert sharing_later.owner == world.supervisor
        day = clock.today()
        since = {f"since_{part}": getattr(day, part) for part in ("day", "month", "year")}
        assert narrowed(world.officer, case, **since) == ["Case owner changed"]
        until = {name.replace("since", "until"): value for name, value in since.items()}
        assert narrowed(world.officer, case, **until)[0] == "Case owner changed"
        until["until_day"], until["until_month"] = 1, 1
        assert narrowed(world.officer, case, **until) == []
        wrong = as_user(world.officer).get(url(case, "?since_day=3")).content.decode()
        assert "There is a problem" in wrong
        both = "&".join(f"{name}={value}" for name, value in {**since, **until}.items())
        early = as_user(world.officer).get(url(case, f"?{both}")).content.decode()
        assert "must be the same as or after" in early
    by = narrowed(world.officer, case, by=world.supervisor.pk)
    assert by == ["Case owner changed"]
    every = narrowed(world.officer, case, by=elsewhere.officer.pk)
    assert every == titles(world.officer, case), "as if not given"
    page = as_user(world.lead).get(url(case)).content.decode()
    assert "Supervisor Invented" in page
    hidden = as_user(world.health).get(url(case)).content.decode()
    assert "Supervisor Invented" not in hidden


def test_a_signed_copy_of_what_its_reader_may_know(world, tmp_path):
    case = stages.released(world)
    copy = reverse("case_timeline_copy", args=[case.reference])
    expect(copy, {None: 302, world.education: 404, world.officer: 302}, method="post")
    assert not Event.objects.filter(type=EventType.EXPORTED).exists()
    for user, told, untold in (
        (world.officer, "Deconfliction recorded: clear", "Panel convened"),
        (world.lead, "Released to partners", "Deconfliction"),
        (world.health, "Information requested", "Released to partners"),
    ):
        answer = as_user(user).post(copy, {"why": "review"})
        path = tmp_path / "copy.zip"
        path.write_bytes(answer.content)
        manifest = exports.read(path)
        assert (manifest["case"], manifest["why"]) == (case.reference, "review")
        with zipfile.ZipFile(path) as file:
            text = file.read("events.csv").decode()
        assert told in text
        assert untold not in text
        assert text.count("\r\n") == manifest["rows"] + 2
    exported = Event.objects.filter(type=EventType.EXPORTED, case_reference=case.reference)
    assert [one.details for one in exported] == [{"page": "case_timeline", "why": "review"}] * 3
    none = as_user(world.officer).post(f"{copy}?group=support", {"why": "review"})
    assert none.status_code == 409
    late = prove(as_user(world.officer), world.officer, ago=600)
    assert "reauthenticate" in late.post(copy, {"why": "review"})["Location"]


def test_one_copy_holds_so_many(world, monkeypatch):
    monkeypatch.setattr(copies, "MOST", 1)
    case = stages.released(world)
    with pytest.raises(ActionInvalid, match="Narrow"):
        copies.copy_timeline(Reader(world.officer, case), Narrowed(), why="review")
