"""What runs beside Channel: recorded, looked at again, ended; read by coordinators (R160-R165)."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.actions import people as membership
from accounts.roles import Role
from channel.casework import work as works
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid, Stale
from prevent_cms.history.models import Event
from prevent_cms.marking import WHO_SEES, Mark
from referrals.actions import closing, deconfliction, hold, parallel, restricting
from referrals.models import ParallelProcess
from tests import stages
from tests.access import as_user, expect, steady

DAY = datetime.timedelta(days=1)
LATER = clock.today() + 30 * DAY


def terms(**changes):
    words = {"lead": "Testshire Probation", "contact": "P. Invented, 020 7946 0001"}
    words |= {"ownership": "channel", "review_on": LATER, "note": "They meet on Mondays."}
    return parallel.Terms(**words | changes)


def add(case, by, kind="mappa", since=None, name="", **changes):
    since = since or clock.today()
    return parallel.record_process(case, terms(**changes), kind=kind, since=since, name=name, by=by)


def typed(**changes):
    words = {"kind": "marac", "lead": "Testshire MARAC", "contact": "M. Invented"}
    words |= {"ownership": "process", "note": "", "sensitive": "no"}
    for name, day in (("since", clock.today()), ("review_on", LATER)):
        words |= {f"{name}_{part}": getattr(day, part) for part in ("day", "month", "year")}
    return words | changes


def url(case, name="case_parallel", *pk):
    return reverse(name, args=[case.reference, *pk])


def page(user, case, name="case_parallel", *pk):
    return " ".join(as_user(user).get(url(case, name, *pk)).content.decode().split())


def rows(user):
    found = works.work(user).sections
    return [row.case.reference for one in found if one.key == "parallel" for row in one.rows]


def test_who_may(world, elsewhere):
    case = stages.released(world)
    readers = (world.officer, world.supervisor, world.lead, world.chair, world.deputy)
    readers = dict.fromkeys((*readers, world.administrator), 200)
    out = {None: 302, world.children: 404, world.education: 404, elsewhere.officer: 404}
    for name in ("case_parallel", "case_parallel_new"):
        expect(url(case, name), {**readers, **out})
    done = dict.fromkeys(readers, 302)
    expect(url(case, "case_parallel_new"), {**done, **out}, method="post", data=typed())
    assert ParallelProcess.objects.count() == len(readers)
    one = ParallelProcess.objects.first()
    for name in ("case_parallel_edit", "case_parallel_end"):
        expect(url(case, name, one.pk), {**readers, **out})
    with pytest.raises(ActionDenied):
        add(case, world.children)


def test_it_is_on_the_overview_its_page_and_the_timeline(world):
    case = stages.released(world)
    ours = (world.agency("education").pk, world.agency("health").pk)
    add(case, world.lead, kind="care_plan", agencies=ours)
    for user in (world.officer, world.chair):
        shown = page(user, case, "case_overview")
        assert "Care plan of several agencies" in shown
        assert "Testshire Probation (P. Invented, 020 7946 0001)" in shown
        assert "Channel owns the case, and this runs beside it" in shown
        assert "Process beside Channel recorded" in page(user, case, "case_timeline")
        shown = page(user, case)
        assert "They meet on Mondays." in shown
        assert world.agency("education").name in shown
    for user in (world.children, world.health):
        shown = page(user, case, "case_overview") + page(user, case, "case_timeline")
        assert "Care plan" not in shown
        assert "beside Channel" not in shown


def test_policing_is_for_police_and_for_nobody_else(world):
    case = stages.released(world)
    before = {u: steady(as_user(u).get(url(case, "case_overview"))) for u in (world.chair,)}
    assert 'value="policing"' not in page(world.chair, case, "case_parallel_new")
    assert 'value="policing"' in page(world.officer, case, "case_parallel_new")
    with pytest.raises(ActionInvalid):
        add(case, world.chair, kind="policing")
    one = add(case, world.officer, kind="policing")
    assert one.mark == "POLICE"
    assert "Prevent-related policing" in page(world.supervisor, case, "case_overview")
    for user, shown in before.items():
        assert steady(as_user(user).get(url(case, "case_overview"))) == shown
    assert "policing" not in page(world.chair, case).lower().split("<h1")[1].split("runs for")[0]
    assert "Nothing that you can see" in page(world.chair, case)
    for name in ("case_parallel_edit", "case_parallel_end"):
        expect(url(case, name, one.pk), {world.chair: 404, world.officer: 200})
    with pytest.raises(ActionInvalid):
        parallel.end_process(one, ended_on=clock.today(), ended_why="Over.", by=world.chair)
    assert Event.objects.get(type="parallel.recorded").mark == "POLICE"


def test_what_police_know_before_it_is_clear_opens_when_it_is(world):
    case = stages.screened(world)
    kept = [add(case, world.officer), add(case, world.officer, kind="policing")]
    assert [one.mark for one in kept] == ["POLICE"] * 2
    deconfliction.deconflict(case, outcome="clear", systems=["pnc"], by=world.officer)
    marks = dict(ParallelProcess.objects.values_list("kind", "mark"))
    assert marks == {"mappa": "COORDINATION", "policing": "POLICE"}


def test_a_conflict_keeps_it_with_police_and_shows_nothing(world):
    case = stages.released(world)
    given = {"systems": ["pnc"], "by": world.officer}
    deconfliction.deconflict(case, outcome="conflict", reason="Live.", **given)
    before = steady(as_user(world.chair).get(url(case)))
    assert add(case, world.officer).mark == "POLICE"
    assert steady(as_user(world.chair).get(url(case))) == before
    assert add(case, world.chair, kind="marac").mark == "COORDINATION", "they know of no hold"
    deconfliction.deconflict(case, outcome="clear", **given)
    assert "MAPPA" in page(world.chair, case, "case_overview")


def test_the_form(world):
    case = stages.released(world)
    browser = as_user(world.officer)
    new = url(case, "case_parallel_new")
    empty = browser.post(new, {}).content.decode()
    for words in (
        "Select what runs beside Channel",
        "Enter since when it runs",
        "Enter the lead agency",
        "Enter the contact",
        "Select who owns the case",
        "Enter the day on which this is looked at again",
        "Select whether any of this comes from intelligence",
    ):
        assert words in empty, words
    assert "Enter what it is called" in browser.post(new, typed(kind="other")).content.decode()
    browser.post(new, typed(kind="other", name="Early help", agencies=[world.agency("health").pk]))
    one = ParallelProcess.objects.get()
    assert (one.title, one.ownership, one.mark) == ("Early help", "process", "COORDINATION")
    assert one.agencies == [world.agency("health").pk]
    assert "coordinators of this case" in page(world.chair, case, "case_parallel_new")


def test_looking_again_and_the_end(world):
    case = stages.released(world)
    one = add(case, world.lead, since=clock.today() - DAY)
    edit, end = (url(case, f"case_parallel_{name}", one.pk) for name in ("edit", "end"))
    browser = as_user(world.chair)
    shown = browser.get(edit).content.decode()
    assert 'value="Testshire Probation"' in shown
    assert "Channel owns" in shown
    answer = typed(lead="Night Shelter Trust", version=1)
    assert browser.post(edit, answer).status_code == 302
    one.refresh_from_db()
    assert (one.lead, one.ownership, one.version) == ("Night Shelter Trust", "process", 2)
    with pytest.raises(Stale):
        parallel.change_process(one, terms(), version=1, by=world.lead)
    late = {f"ended_on_{p}": getattr(clock.today(), p) for p in ("day", "month", "year")}
    early = late | {"ended_on_year": clock.today().year - 1}
    assert "must not be before it began" in browser.post(end, early).content.decode()
    assert "Enter why it has ended" in browser.post(end, late).content.decode()
    assert browser.post(end, {**late, "ended_why": "The plan was met."}).status_code == 302
    shown = page(world.lead, case)
    assert "The plan was met." in shown
    assert "Ended" in shown
    assert "Night Shelter Trust" not in page(world.lead, case, "case_overview")
    assert browser.get(edit).status_code == 404
    kinds = Event.objects.filter(type__startswith="parallel.").order_by("pk")
    assert list(kinds.values_list("type", flat=True)) == [
        "parallel.recorded",
        "parallel.changed",
        "parallel.ended",
    ]
    assert all("Shelter" not in str(event.details) for event in kinds)


def test_what_the_actions_want(world, elsewhere):
    case = stages.released(world)
    yesterday, tomorrow = clock.today() - DAY, clock.today() + DAY
    for wrong, words in (
        ({"kind": "nonsense"}, "cannot be done"),
        ({"kind": "other"}, "called"),
        ({"since": tomorrow}, "in the future"),
        ({"lead": " "}, "who leads"),
        ({"contact": ""}, "whom to contact"),
        ({"ownership": "nobody"}, "who owns"),
        ({"review_on": yesterday}, "from today on"),
        ({"agencies": (elsewhere.agency("health").pk,)}, "this area"),
    ):
        with pytest.raises(ActionInvalid, match=words):
            add(case, world.officer, **wrong)
    one = add(case, world.officer)
    for day, why, words in (
        (clock.today(), " ", "why it has ended"),
        (yesterday, "Over.", "between"),
        (tomorrow, "Over.", "between"),
    ):
        with pytest.raises(ActionInvalid, match=words):
            parallel.end_process(one, ended_on=day, ended_why=why, by=world.officer)
    with pytest.raises(ActionInvalid):
        parallel.change_process(one, terms(lead=""), version=1, by=world.officer)
    with pytest.raises(ActionDenied):
        parallel.change_process(one, terms(), version=1, by=elsewhere.officer)


def test_a_case_that_is_not_taken_or_is_closed_takes_nothing(world):
    case = stages.received(world)
    with pytest.raises(ActionInvalid):
        add(case, world.officer)
    case = stages.released(world, name="B")
    one = add(case, world.officer)
    left = {"outcome": "other_mechanism", "reason": "MAPPA owns it."}
    closing.close_case(case, **left, leaving=stages.leaving(), by=world.officer)
    with pytest.raises(ActionInvalid):
        parallel.change_process(one, terms(), version=1, by=world.officer)
    shown = page(world.officer, case)
    assert "MAPPA" in shown
    assert "Record a process" not in shown
    assert as_user(world.officer).get(url(case, "case_parallel_new")).status_code == 409


def test_reviews_that_are_due_stand_in_my_work(world):
    case, later = stages.supported(world), stages.released(world, name="B", born="1991-01-01")
    for one in (case, later):
        add(one, world.officer, review_on=clock.today() + DAY)
    assert rows(world.officer) == []
    with clock.at(clock.now() + 2 * DAY):
        assert sorted(rows(world.officer)) == sorted([case.reference, later.reference])
        assert rows(world.lead) == [case.reference], "what police look after is not yet theirs"
        assert rows(world.children) == []
        assert "Look at it again" in page(world.lead, case)
        hold.hold(case, reason="Live.", by=world.officer)
        assert rows(world.lead) == [case.reference], "a hold tells nobody"


def test_a_due_review_of_policing_is_for_police_alone(world):
    case = stages.supported(world)
    add(case, world.officer, kind="policing", review_on=clock.today())
    assert rows(world.officer) == [case.reference]
    assert rows(world.lead) == rows(world.chair) == []


def test_somebody_barred_reads_nothing(world):
    case = stages.supported(world)
    add(case, world.officer, review_on=clock.today())
    assert rows(world.chair) == [case.reference]
    restricting.set_bar(case, user=world.chair, reason="r", by=world.supervisor)
    chair = type(world.chair).objects.get(pk=world.chair.pk)
    assert rows(chair) == []
    expect(url(case), {chair: 404})


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "policing"},
        {"kind": "other"},
        {"mark": "PANEL"},
        {"ended_on": clock.today(), "ended_why": "r"},
        {"ended_why": "r"},
    ],
)
def test_the_database_refuses_what_is_not_whole(world, wrong):
    case = stages.released(world)
    row = {"kind": "mappa", "mark": "COORDINATION", "since": clock.today(), "by": world.officer}
    row |= {"lead": "L", "contact": "C", "ownership": "channel", "review_on": LATER}
    with pytest.raises(IntegrityError), transaction.atomic():
        ParallelProcess.objects.create(case=case, **row | wrong)


def test_query_budget(world, django_assert_max_num_queries):
    case = stages.answered(world)
    for kind in ("mappa", "marac", "care_plan"):
        add(case, world.officer, kind=kind)
    for user in (world.officer, world.chair):
        browser = as_user(user)
        browser.get(url(case))
        for name in ("case_parallel", "case_overview"):
            with django_assert_max_num_queries(16):  # 14, and the savepoint of the view event
                browser.get(url(case, name))
        with django_assert_max_num_queries(30):
            browser.post(url(case, "case_parallel_new"), typed())


def test_an_agency_of_another_force_reads_nothing(world, elsewhere):
    case = stages.released(world)
    one = add(case, world.officer)
    both = elsewhere.officer
    membership.join(both, agency=world.agency("provider"), role=Role.PROVIDER, by=None)
    both = type(both).objects.get(pk=both.pk)
    assert not ParallelProcess.objects.visible_to(both).exists()
    expect(url(case, "case_parallel_edit", one.pk), {both: 404})


def test_the_form_says_who_reads_the_process_it_changes(world):
    case = stages.released(world)
    one = add(case, world.lead)
    told = WHO_SEES[Mark.COORDINATION]
    assert told in page(world.officer, case, "case_parallel_edit", one.pk)
    deconfliction.deconflict(
        case, systems=["pnc"], outcome="conflict", reason="A live inquiry.", by=world.officer
    )
    assert told in page(world.officer, case, "case_parallel_edit", one.pk)
    assert told not in page(world.officer, case, "case_parallel_new")
