"""The story of a case: each reader his own, newest first, without gaps that betray anything."""

import re

import pytest
from django.db import transaction
from django.urls import reverse

from prevent_cms.history import EventType
from prevent_cms.history.record import record
from prevent_cms.marking import Mark
from referrals import queries
from referrals.access import Reader
from referrals.actions import deconfliction, lifecycle, sharing
from tests import stages
from tests.access import as_user, expect


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
    lifecycle.assign(case, to=world.supervisor, by=world.supervisor)
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
    lifecycle.assign(case, to=world.supervisor, by=world.supervisor)
    with transaction.atomic():
        record(EventType.MEETING_PLANNED, by=world.officer, case=case, on="2026-12-03", due="soon")
        record(EventType.SIGNED_OFF, by=world.officer, case=case, party="chair")
    signed, planned, changed = queries.timeline(Reader(world.officer, case), 3)
    assert signed.details == ["Panel chair"]
    assert planned.details == ["Due soon", "On 3 December 2026"]
    assert changed.details == ["New owner: Supervisor Invented, Testshire Police"]
    assert changed.by == "Supervisor Invented, Testshire Police"
