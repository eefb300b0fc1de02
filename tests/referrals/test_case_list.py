"""The case list: each reader's order and words, and the same few queries however many cases."""

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import people as membership
from accounts.roles import Role
from prevent_cms import clock
from prevent_cms.history import EventType, record
from prevent_cms.history.models import Event
from referrals import queries
from referrals.actions import deconfliction, lifecycle, screening
from referrals.actions.caseload import generate
from referrals.models import Case, Referral
from referrals.queries import Filters
from referrals.views import desk
from tests import stages
from tests.access import as_user, expect
from tests.referrals.test_matching import crowd

URL = "/cases/"
EMPTY = "No cases match. Remove a filter or search in another way."


def page(user, query="", **data):
    client = as_user(user)
    answer = client.post(URL, data) if data else client.get(URL + query)
    assert answer.status_code == 200
    return answer.content.decode()


def references(user, query=""):
    return re.findall(r'app-ref">([^<]*)<', page(user, query))


def test_who_may(world, elsewhere):
    people = ("officer", "supervisor", "lead", "chair", "administrator", "health", "provider")
    expect(URL, {None: 302, **{getattr(world, name): 200 for name in people}})
    expect(URL, {world.police_auditor: 403, world.auditor: 403, world.sysadmin: 403})
    expect(URL, {world.officer: 405}, method="put")


def test_nobody_outside_police_counts_it_before_release(world, elsewhere):
    case = stages.cleared(world)
    assert references(world.officer) == [case.reference]
    for user in (world.lead, world.chair, world.health, elsewhere.officer, elsewhere.lead):
        assert EMPTY in page(user)
        assert EMPTY in page(user, name="Brayford")
        assert EMPTY in page(user, name=case.reference)
        assert case.reference not in page(user, f"?after={case.reference}")
    released = stages.released(world)
    assert references(world.lead) == references(world.health) == [released.reference]
    assert "1 case<" in page(world.lead)
    assert EMPTY in page(elsewhere.officer)


def test_a_received_referral_has_no_name_yet(world):
    case = stages.received(world)
    found = page(world.officer)
    assert "Not opened yet" in found
    assert "Callum" not in found
    assert "Received referrals (1)" in found
    assert f"/cases/{case.reference}/take/" in found
    screening.take(case, by=world.officer)
    found = page(world.officer)
    assert "Callum Brayford" in found
    assert "Received referrals (0)" in found
    assert references(world.officer, "?stage=RECEIVED") == []


def test_filters(world):
    received, screened, released = (
        stages.received(world),
        stages.screened(world),
        stages.released(world),
    )
    stages.given(world, released, to=world.supervisor)

    def found(query, user=world.officer):
        return set(references(user, query))

    assert found("") == {received.reference, screened.reference, released.reference}
    assert found("?stage=DECONFLICTION&stage=RECEIVED") == {received.reference, screened.reference}
    assert found("?whose=mine") == {screened.reference}
    assert found("?whose=unallocated") == {received.reference}
    assert found("?due=overdue") == set()
    with clock.at(clock.now() + datetime.timedelta(days=9)):
        assert received.reference in {c.reference for c in queries.cases(world.officer, LATE)}
    assert found("?stage=nonsense&whose=x&due=y&after=z&before=z") == found("")
    chosen = page(world.officer, "?stage=SCREENING&whose=mine&due=week")
    assert chosen.count("Remove this filter:") == 3


LATE = Filters(due="overdue")


def test_outside_police_there_is_no_hold(world):
    case = stages.released(world)
    act = {"systems": ["pnc"], "reason": "See the record.", "by": world.officer}
    deconfliction.deconflict(case, outcome="conflict", **act)
    assert "Held" in page(world.officer, "?stage=HELD")
    assert references(world.officer, "?stage=INFORMATION_GATHERING") == []
    for user, note, at_its_stage in (
        (world.lead, "With police", [case.reference]),
        (world.health, "Open", []),  # only asked: of no stage
    ):
        found = page(user)
        assert case.reference in found
        assert "Held" not in found
        assert f'app-name">{note}<' in found
        assert 'value="SCREENING"' not in found
        assert references(user, "?stage=INFORMATION_GATHERING") == at_its_stage
        assert references(user, "?stage=HELD") == [case.reference]  # as if not given


def test_an_agency_sees_its_own_date_and_no_order_by_police_work(world):
    first, second = stages.released(world), stages.released(world)
    lifecycle.set_due(first, on=datetime.date(2026, 1, 1), what="Police work")
    assert references(world.health) == [second.reference, first.reference]
    found = page(world.health)
    assert "1 January" not in found
    assert "Next due from you" in found
    assert 'name="due"' not in found
    assert 'name="whose"' not in found
    lifecycle.set_due(second, on=datetime.date(2026, 12, 1), what="Later")
    assert references(world.lead) == [first.reference, second.reference]


def test_somebody_with_two_kinds_of_share_gets_the_narrower_list(world):
    membership.join(world.officer, agency=world.agency("health"), role=Role.AGENCY_CONTACT, by=None)
    case = stages.released(world)
    user = type(world.officer).objects.get(pk=world.officer.pk)
    lens = queries.Lens(user)
    assert (lens.is_police, lens.is_coordinator) == (False, False)
    assert references(user) == [case.reference]


def test_search(world, elsewhere):
    case = stages.released(world)
    stages.released(elsewhere)
    for text in ("brayford", "Brayf", "Kalum Braiford", "Ford Cal", "Brayford Callum"):
        found = page(world.officer, name=text)
        assert (case.reference in found) == (text != "Ford Cal"), text
        assert text in found  # what was typed is kept
    assert case.reference in page(world.lead, name=case.reference.lower().replace("-", " "))
    assert case.reference in page(world.health, name="Brayford")
    assert "There is a problem" in page(world.officer, name=" ")
    assert EMPTY in page(world.officer, name="Z")
    made = Event.objects.filter(type=EventType.SEARCHED)
    assert made.exists()
    assert not [event for event in made if "ray" in str(event.details).lower()]


@pytest.mark.parametrize("data", [{}, {"name": "Brayford"}])
def test_a_look_is_recorded_after_drawing_and_before_the_page_leaves(world, monkeypatch, data):
    looks = Event.objects.filter(type__in=[EventType.LIST_VIEWED, EventType.SEARCHED])

    def fail(*args, **kwargs):
        raise RuntimeError

    for module, name in ((desk, "render"), (record, "record")):
        with monkeypatch.context() as broken:
            broken.setattr(module, name, fail)
            with pytest.raises(RuntimeError):
                page(world.officer, **data)
        assert not looks.exists()
    page(world.officer, **data)
    assert looks.count() == 1


def test_the_reference_that_a_referrer_was_given_finds_the_case(world, elsewhere):
    case = stages.received(world)
    given = Referral.objects.get(case=case).reference
    assert given != case.reference
    for user, found in ((world.officer, True), (world.lead, False), (elsewhere.officer, False)):
        page = as_user(user).post("/cases/", {"name": given.lower()}).content.decode()
        assert (case.get_absolute_url() in page) == found, user
    released = stages.released(world)
    given = Referral.objects.get(case=released).reference
    assert queries.by_reference(world.lead, given) == [released]
    assert queries.by_reference(world.children, given) == [], "asked, and shown no referral"


def test_search_finds_by_visible_facts_only(world):
    case = stages.released(world)
    from django.db import transaction

    from referrals import matching
    from referrals.models import PersonFact

    with transaction.atomic():
        PersonFact.objects.create(
            case=case,
            person=case.person,
            kind="other_name",
            value="Wolfgang",
            mark="POLICE",
            added_by=world.officer,
        )
        matching.rebuild_keys(case.person)
    assert case.reference in page(world.officer, name="Wolfgang")
    assert EMPTY in page(world.lead, name="Wolfgang")
    assert EMPTY in page(world.health, name="Wolfgang")


def test_pages_forward_and_back(world):
    generate(area=world.area, officer=world.officer, cases=90, seed=1)
    for query in ("", "&stage=CLOSED&stage=PANEL&stage=SUPPORT"):
        everything = [case.reference for case in queries.cases(world.officer, filters(query))]
        seen, after = [], ""
        while True:
            found = queries.page(world.officer, filters(query, after=after))
            seen += [row.case.reference for row in found.rows]
            back = queries.page(world.officer, filters(query, before=found.rows[0].case.reference))
            start = everything.index(found.rows[0].case.reference)
            expected = everything[max(0, start - queries.PAGE) : start]
            assert [row.case.reference for row in back.rows][: len(expected)] == expected
            if not found.next:
                break
            after = found.next
        assert seen == everything
    assert "due after" in page(world.officer)
    second = page(world.officer, f"?after={queries.page(world.officer, Filters()).next}")
    assert "due before" in second


def filters(query, **where):
    stages_ = tuple(re.findall("stage=([A-Z_]+)", query))
    return Filters(stages=stages_, **where)


def test_newest_first_pages_forward_and_back(world):
    cases = [stages.released(world).reference for _ in range(3)]
    first = queries.page(world.health, Filters())
    assert [row.case.reference for row in first.rows] == cases[::-1]
    after = queries.page(world.health, Filters(after=cases[2]))
    assert [row.case.reference for row in after.rows] == [cases[1], cases[0]]
    before = queries.page(world.health, Filters(before=cases[0]))
    assert [row.case.reference for row in before.rows] == [cases[2], cases[1]]
    assert before.next == cases[1]


def test_counts_are_capped(world, monkeypatch):
    monkeypatch.setattr(queries, "COUNT_MOST", 3)
    generate(area=world.area, officer=world.officer, cases=12, seed=1)
    assert queries.page(world.officer, Filters()).total_words == "more than 3 cases"


def counted(user):
    client = as_user(user)
    client.get(URL)
    with CaptureQueriesContext(connection) as captured:
        client.get(URL)
    # Savepoints are none: the tests' own transaction makes them.
    return sum("SAVEPOINT" not in query["sql"] for query in captured)


@pytest.mark.parametrize("name", ["officer", "lead", "health"])
def test_few_queries_the_same_for_many(world, name):
    user = getattr(world, name)
    stages.released(world)
    few = counted(user)
    generate(area=world.area, officer=world.officer, cases=200, seed=1)
    assert counted(user) == few <= 10


def plan(user):
    """The list's query as the database carries it out, and how long that took in milliseconds."""
    found = queries.cases(user, Filters())[: queries.PAGE + 1]
    sql, given = found.query.sql_with_params()
    times = 1 + queries.Lens(user).may_be_asked  # whether it is shared, and by more than a request
    shares = 'FROM "referrals_casegroupobjectpermission"'
    assert sql.count(f"{shares} U0") == times, "one book"
    assert sql.count(shares) == times * 2, "and in it, once, who is named while it is restricted"
    with connection.cursor() as cursor:
        taken = []
        for _ in range(3):
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", given)
            taken.append(cursor.fetchone()[0][0]["Execution Time"])
    return min(taken)


def test_one_exists(world):
    for name in ("officer", "supervisor", "lead", "chair", "health", "provider"):
        plan(getattr(world, name))


def test_a_hundred_thousand_cases(world):
    crowd(world, 100_000)
    assert plan(world.officer) < 5
    found = queries.page(world.officer, Filters())
    assert found.total_words == "more than 1,000 cases"
    far = queries.cases(world.officer, Filters())[60_000]
    next_page = queries.page(world.officer, Filters(after=far.reference))
    assert len(next_page.rows) == queries.PAGE
    assert plan(world.lead) < 5
    assert Case.objects.visible_to(world.lead).count() == 0
