"""The pages on which a system administrator looks after people."""

import datetime

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import people
from accounts.models import User
from accounts.people import queries
from accounts.people.acts import ACTS
from accounts.roles import Role
from prevent_cms import clock, outbox
from prevent_cms.history import terms
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from tests import stages
from tests.access import as_user, seen
from tests.accounts.factors import give_app
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db
LIST = reverse("people")


@pytest.fixture
def admin(world):
    return as_user(world.sysadmin)


def page(user):
    return reverse("person", args=[user.pk])


def act(user, slug):
    return reverse("person_act", args=[user.pk, slug])


def read(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def date(name, day):
    return {f"{name}_{part}": getattr(day, part) for part in ("day", "month", "year")}


def test_everybody_is_listed_with_roles_and_state(world, elsewhere, admin):
    people.deactivate(world.chair, by=world.sysadmin)
    body = read(admin.get(LIST))
    assert "more than" not in body
    assert "26 people" in body
    assert "Testshire health" in body
    assert "Switched off" in body
    event = Event.objects.filter(type=EventType.LIST_VIEWED).latest("pk")
    assert event.details["page"] == "people"


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("off", {"Chair Invented"}),
        ("invited", {"New Invented"}),
        ("no_role", {"Provider Invented"}),
        ("nonsense", None),
    ],
)
def test_the_list_is_narrowed_by_state(world, admin, state, names):
    people.deactivate(world.chair, by=world.sysadmin)
    people.leave(world.provider.memberships.get(), by=world.sysadmin)
    new = people.add(email="new@test.example", name="New Invented", by=None)
    people.join(new, agency=world.agency("health"), role=Role.PANEL_MEMBER, by=None)
    found = queries.page(state=state).people
    assert names is None or {one.user.name for one in found} == names
    assert names is None or {one.state for one in found} == {state}
    assert read(admin.get(LIST, {"state": state, "area": "TST"}))


def test_the_list_is_narrowed_by_area(world, elsewhere, admin):
    found = queries.page(area="OTH").people
    assert {one.user.email.partition("@")[2] for one in found} == {"other.example"}
    assert "13 people" in read(admin.get(LIST, {"area": "OTH"}))


def test_pages_turn_by_account_and_no_name_stands_in_an_address(world, elsewhere, admin):
    seen, url = [], LIST
    while url:
        body = read(admin.get(url))
        seen += [one.user.pk for one in queries.page(after=url.rpartition("after=")[2]).people]
        links = [part.split('"')[0] for part in body.split('href="')[1:]]
        assert not any("Invented" in link or "@" in link for link in links)
        url = next((f"{link}" for link in links if "after=" in link), "")
    assert len(seen) == len(set(seen)) == 26


def test_as_many_queries_for_few_as_for_many(world, admin):
    admin.get(LIST)
    costs = []
    for turn in range(2):
        with CaptureQueriesContext(connection) as found:
            admin.get(LIST)
        costs.append(len([q for q in found if "SAVEPOINT" not in q["sql"]]))
        for number in range(30):
            user = people.add(email=f"{turn}-{number}@test.example", name=f"A{number}", by=None)
            people.join(user, agency=world.agency("health"), role=Role.PANEL_MEMBER, by=None)
    assert costs[0] == costs[1] <= 10


def test_search_is_posted_and_leaves_no_trace_of_what_was_typed(world, admin):
    body = read(admin.post(LIST, {"name": "offic"}))
    assert "Officer Invented" in body
    assert "Chair Invented" not in body
    assert "Nobody matches" in read(admin.post(LIST, {"name": "zzz"}))
    assert "Enter a name or an email address" in read(admin.post(LIST, {"name": " "}))
    events = Event.objects.filter(type=EventType.SEARCHED)
    kept = {"page": "people", "found": 1, "terms": terms.hashed("offic")}
    assert [event.details for event in events][:1] == [kept]
    assert "offic" not in str([event.details for event in events])


def test_a_person_has_roles_and_factors_but_no_secret(world, admin):
    codes = give_app(world.officer)
    body = read(admin.get(page(world.officer)))
    assert "CT case officer" in body
    assert "Authenticator app" in body
    assert not any(code in body for code in codes)
    assert "password" not in body.lower()


def test_an_invitation_from_the_form_to_the_mailbox(world, admin):
    form = {
        "name": "New Invented",
        "email": "New@Test.example",
        "agency": world.agency("health").pk,
        "role": Role.PANEL_MEMBER,
        **date("starts_on", clock.today()),
    }
    done = admin.post(reverse("person_invite"), form, follow=True)
    assert "Works until" in read(done)
    user = User.objects.get(email="new@test.example")
    outbox.drain()
    assert mail.outbox[-1].to == [user.email]
    again = admin.post(reverse("person_invite"), form)
    assert "already an account" in read(again)


def test_forms_say_what_is_wrong_and_keep_what_was_typed(world, admin):
    form = {
        "name": "New Invented",
        "email": "new@test.example",
        "agency": world.agency("health").pk,
        "role": Role.CT_CASE_OFFICER,
        **date("starts_on", clock.today() - datetime.timedelta(days=1)),
    }
    body = read(admin.post(reverse("person_invite"), form))
    assert "CT case officer is a role at a police" in body
    assert "The first day must be today or later" in body
    assert 'value="new@test.example"' in body
    assert not User.objects.filter(email="new@test.example").exists()


def test_a_mover_gets_the_new_role_and_loses_the_old(world, admin):
    role = world.health.memberships.get(role=Role.AGENCY_CONTACT)
    form = {
        "agency": world.agency("education").pk,
        "role": Role.AGENCY_CONTACT,
        **date("starts_on", clock.today()),
    }
    assert "The role has been given" in read(
        admin.post(reverse("role_add", args=[world.health.pk]), form, follow=True)
    )
    url = reverse("role_end", args=[world.health.pk, role.pk])
    assert "End a role" in read(admin.get(url))
    past = date("on", clock.today() - datetime.timedelta(days=1))
    assert "must be today or later" in read(admin.post(url, past | seen(admin, url)))
    body = read(admin.post(url, date("on", clock.today()) | seen(admin, url), follow=True))
    assert "The role has been ended" in body
    assert "Earlier roles" in body
    kept = User.objects.get(pk=world.health.pk)
    assert {seat.agency.key for seat in kept.seats} == {"health", "education"}


def test_a_role_that_ends_later_says_so(world, admin):
    role = world.provider.memberships.get()
    url = reverse("role_end", args=[world.provider.pk, role.pk])
    day = clock.today() + datetime.timedelta(days=9)
    assert "before" in read(admin.post(url, date("on", day) | seen(admin, url), follow=True))


def test_a_police_role_with_cases_cannot_end_and_no_case_is_named(world, admin):
    role = world.officer.memberships.get()
    url = reverse("role_end", args=[world.officer.pk, role.pk])
    version = seen(admin, url)
    case = stages.screened(world)
    stages.screened(world)
    body = read(admin.get(url))
    assert "2 cases must be handed over first by the police supervisor" in body
    assert case.reference not in body
    assert admin.post(url, date("on", clock.today()) | version).status_code == 409
    role.refresh_from_db()
    assert role.ended_on is None


@pytest.mark.parametrize("slug", ACTS)
def test_every_act_says_what_it_does_before_it_does_it(world, admin, slug):
    user = world.officer
    if slug == "invite-again":
        user = people.add(email="new@test.example", name="New Invented", by=None)
    if slug == "switch-on":
        people.deactivate(user, by=world.sysadmin)
    if slug == "sign-out":
        as_user(user).get("/work/")
    assert act(user, slug) in read(admin.get(page(user)))
    asked = read(admin.get(act(user, slug)))
    assert ACTS[slug].title in asked
    before = Event.objects.count()
    done = admin.post(act(user, slug), follow=True)
    assert ACTS[slug].done in read(done)
    assert Event.objects.count() > before


def test_an_act_that_is_none_does_not_exist(admin, world):
    assert admin.get(act(world.officer, "delete")).status_code == 404
    assert admin.get(reverse("person", args=[10**9])).status_code == 404
    assert admin.get(reverse("role_end", args=[world.officer.pk, 10**9])).status_code == 404
    role = world.chair.memberships.get().pk
    assert admin.get(reverse("role_end", args=[world.officer.pk, role])).status_code == 404


def test_the_own_account_is_for_another_administrator(world, admin):
    body = read(admin.get(page(world.sysadmin)))
    assert "This is you" in body
    assert "switch-off" not in body
    assert admin.post(act(world.sysadmin, "switch-off")).status_code == 403


def test_no_form_sets_a_password_or_shows_a_code(world, admin):
    pk, role = world.officer.pk, world.officer.memberships.get().pk
    urls = [LIST, page(world.officer), reverse("person_invite"), reverse("person_name", args=[pk])]
    urls += [reverse("role_add", args=[pk]), reverse("role_end", args=[pk, role])]
    urls += [act(world.officer, slug) for slug in ACTS]
    for url in urls:
        body = read(admin.get(url))
        assert 'type="password"' not in body
        assert PASSWORD not in body


def test_administrators_have_people_in_their_menu_and_others_have_not(world, admin):
    assert f'href="{LIST}"' in read(admin.get("/work/"))
    assert f'href="{LIST}"' not in read(as_user(world.supervisor).get("/work/"))
