"""The queue, narrowed: for whom a case waits, by officer, by area; and how fast that is with many."""

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actions import people
from accounts.roles import Role
from referrals import queries
from referrals.actions import hold
from referrals.filters import WAITING, Filters
from tests import stages
from tests.access import as_user
from tests.referrals.test_case_list import page, references

pytestmark = pytest.mark.django_db


def found(user, **filters):
    return {case.reference for case in queries.cases(user, Filters(**filters))}


def test_every_open_case_waits_for_exactly_one(world):
    cases = {
        "police": {
            stages.received(world, name="A One").reference,
            stages.answered(world, name="A Two").reference,
            stages.assessed(world, name="A Three").reference,
        },
        "agencies": {(asked := stages.released(world, name="A Four")).reference},
        "panel": {stages.at_panel(world, name="A Five").reference},
        "support": {stages.supported(world, name="A Six").reference},
    }
    for code, wanted in cases.items():
        assert found(world.officer, waiting=code) == wanted
        chosen = page(world.officer, f"?waiting={code}")
        assert WAITING[code] in chosen.split("Remove this filter:")[1]
    lead = found(world.lead, waiting="police")
    hold.hold(asked, reason="r", by=world.officer)
    assert found(world.lead, waiting="agencies") == cases["agencies"]
    assert found(world.lead, waiting="police") == lead, "a hold tells nobody"
    assert found(world.health, waiting="panel") == found(world.health), "only asked: no filter"
    assert 'name="waiting"' not in page(world.health)


def test_an_officer_by_number_and_nobody_elsewhere(world, elsewhere):
    case, mine = stages.screened(world, name="A One"), stages.screened(world, name="A Two")
    stages.given(world, case, to=world.supervisor)
    query = f"?whose={world.supervisor.pk}"
    assert references(world.officer, query) == [case.reference]
    assert "Supervisor Invented" in page(world.officer, query).split("Remove this filter:")[1]
    strange = page(world.officer, f"?whose={elsewhere.officer.pk}")
    assert "Remove this filter:" not in strange
    assert {case.reference, mine.reference} <= set(references(world.officer))
    released = stages.released(world, name="A Three")
    assert released.reference in page(world.lead, query), "outside police owners are no filter"


def test_who_works_in_several_areas_chooses_one(world, elsewhere):
    here, there = stages.released(world), stages.released(elsewhere)
    role = Role.PREVENT_LEAD
    people.join(world.lead, agency=elsewhere.agency("council"), role=role, by=None)
    lead = type(world.lead).objects.get(pk=world.lead.pk)
    assert set(references(lead)) == {here.reference, there.reference}
    code = there.area.code
    assert references(lead, f"?area={code}") == [there.reference]
    assert there.area.name in page(lead, f"?area={code}").split("Remove this filter:")[1]
    assert 'name="area"' not in page(world.chair)
    assert references(world.chair, f"?area={code}") == [here.reference]


LISTS = [
    "/cases/",
    "/cases/?stage=INFORMATION_GATHERING&due=overdue&whose=mine",
    *(f"/cases/?waiting={code}" for code in WAITING),
    "/work/",
    "/work/handover/",
]


def counted(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url)
    assert answer.status_code == 200
    assert len(answer.content) <= 60_000
    return sum("SAVEPOINT" not in query["sql"] for query in captured)


MANY = """
INSERT INTO referrals_person (id, created_at)
SELECT 20000000 + n, now() FROM generate_series(%(first)s, %(last)s) n;
INSERT INTO referrals_case (id, reference, area_id, person_id, status, status_since, held_from,
  owner_agency_id, owner_id, next_due_on, next_due_what, received_at, released_at, version,
  is_restricted)
SELECT 20000000 + n, 'Y' || n, %(area)s, 20000000 + n, (%(stages)s::text[])[1 + n %% 7], now(), '',
  %(police)s, CASE n %% 7 WHEN 0 THEN NULL ELSE %(officer)s END, current_date + n %% 400 - 20, 'x',
  now() - interval '1 year', CASE WHEN n %% 7 > 2 THEN now() - interval '9 months' END, 1, false
FROM generate_series(%(first)s, %(last)s) n;
INSERT INTO referrals_casegroupobjectpermission (content_object_id, group_id, kind, permission_id,
  reason, since, waits)
SELECT 20000000 + n, g.id, 'coordinate', p.id, 'x', now() - interval '9 months', false
FROM generate_series(%(first)s, %(last)s) n, auth_permission p,
  (VALUES (%(police_group)s, 0), (%(council_group)s, 3)) g (id, least)
WHERE n %% 7 >= g.least AND p.codename = 'view_case' AND p.content_type_id =
  (SELECT id FROM django_content_type WHERE app_label = 'referrals' AND model = 'case');
INSERT INTO referrals_personfact (mark, kind, value, at, case_id, person_id, added_by_id)
SELECT 'COORDINATION', 'name', 'Madeup Invented' || n, now(), 20000000 + n, 20000000 + n,
  %(officer)s FROM generate_series(%(first)s, %(last)s) n;
INSERT INTO referrals_informationrequest
  (case_id, mark, agency_id, question, due_on, counted_from, by_id, at, ended_why)
SELECT 20000000 + n, 'COORDINATION', %(health)s, '', current_date + 5, current_date, %(officer)s,
  now(), ''
FROM generate_series(%(first)s, %(last)s) n WHERE n %% 14 = 3
"""
STAGES = ["RECEIVED", "SCREENING", "DECONFLICTION", "INFORMATION_GATHERING", "ASSESSMENT", "PANEL"]


def many(world, first, last):
    """Cases over every open stage, made inside the database; half of those that gather wait."""
    given = {
        "first": first,
        "last": last,
        "area": world.area.pk,
        "stages": [*STAGES, "SUPPORT"],
        "police": world.agency("police").pk,
        "police_group": world.agency("police").group_id,
        "council_group": world.agency("council").group_id,
        "health": world.agency("health").pk,
        "officer": world.officer.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE; SET session_replication_role = replica")
        for statement in MANY.split(";"):
            cursor.execute(statement, given)
        cursor.execute("SET session_replication_role = DEFAULT; ANALYZE; SET ROLE prevent_runtime")


def readers(world):
    """Who looks at which list: (name, browser, address)."""
    for name in ("supervisor", "lead"):
        browser = as_user(world.users[name])
        yield from ((name, browser, url) for url in LISTS if name != "lead" or "hand" not in url)


def test_as_many_queries_for_a_thousand_cases_as_for_ten(world):
    lists = list(readers(world))
    many(world, 1, 10)
    few = {(name, url): counted(browser, url) for name, browser, url in lists}
    many(world, 11, 1_000)
    more = {(name, url): counted(browser, url) for name, browser, url in lists}
    assert {one: (n, few[one]) for one, n in more.items() if n > few[one]} == {}
    assert {one: n for one, n in more.items() if n > MOST} == {}


@pytest.mark.proof
def test_the_queues_at_a_hundred_thousand_cases(world):
    """The budgets of queries and bytes, and the growth from a thousand cases."""
    lists, took = list(readers(world)), []
    for first, last in ((1, 1_000), (1_001, 100_000)):
        many(world, first, last)
        assert all(counted(browser, url) <= MOST for _, browser, url in lists)
        took.append({(name, url): fastest(browser, url) for name, browser, url in lists})
    growth = {one: took[1][one] / seconds for one, seconds in took[0].items()}
    for (name, url), times in growth.items():
        print(f"{name} {url}: {took[1][name, url] * 1000:.0f} ms, {times:.2f} times a thousand's")
    assert {one: n for one, n in growth.items() if n > GROWTH and one[1].startswith(QUEUE)} == {}


MOST = 10  # queries of a list
QUEUE = "/cases/"  # my work and the list of holders are no queues: their times are told only
GROWTH = 1.5  # the goal is 1.15; single runs on a shared machine vary


def fastest(browser, url):
    """The best of some tries, in seconds."""
    taken = []
    for _ in range(7):
        start = time.perf_counter()
        browser.get(url)
        taken.append(time.perf_counter() - start)
    return min(taken)
