"""The second wall: the database hides POLICE and AGENCY rows though the application forgets to."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Q

from accounts.middleware import identity_of
from prevent_cms import guards, wall
from referrals.actions import deconfliction
from referrals.models import Bar, Deconfliction, MarkedQuerySet, PersonFact, Referral, Screening
from tests import stages
from tests.access import as_user

CANARY = "CANARY-POLICE-ONLY"
PRIVATE = [model._meta.db_table for model in guards.private_models()]
POLICE = [model._meta.db_table for model in guards.police_models()]
AGENCY = [model._meta.db_table for model in guards.agency_models()]
MARKED = sorted(model._meta.db_table for model in guards.marked_models())


def test_every_marked_table_and_its_history_is_behind_the_wall(db):
    assert len(MARKED) > 40
    assert "referrals_historicalscreening" in MARKED
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid "
            "WHERE c.relrowsecurity AND c.relforcerowsecurity AND p.polcmd = '*' "
            "AND p.polqual IS NOT NULL AND p.polwithcheck IS NOT NULL ORDER BY 1"
        )
        walled = sorted([*MARKED, *PRIVATE, *POLICE, *AGENCY])
        assert sorted(row[0] for row in cursor.fetchall()) == walled
    assert POLICE == ["referrals_personkey"]
    kept = ("forwarded", "receivednotice")
    both = [f"referrals_{name}" for one in kept for name in (one, f"historical{one}")]
    assert sorted(AGENCY) == sorted(both)


def test_requests_have_no_way_around_it(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False)


def test_a_long_condition_is_answered_and_not_compiled_first(db):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)


@pytest.fixture
def police_text(world):
    """A released case whose police material holds a canary in every table of police work."""
    case = stages.released(world)
    for model in (Screening, Deconfliction):
        for row in model.objects.filter(case=case):
            row.reason = CANARY
            row.save()
    PersonFact.objects.create(
        case=case,
        person=case.person,
        kind="phone",
        value=CANARY,
        mark="POLICE",
        added_by=world.officer,
    )
    return case


def counts(identity):
    with transaction.atomic(), wall.acting_for(identity):
        return [model.objects.filter(mark="POLICE").count() for model in (Screening, PersonFact)]


def test_who_sees_police_rows_with_no_help_from_the_application(world, elsewhere, police_text):
    assert counts(wall.SERVICE) == [1, 1]
    assert counts(identity_of(world.officer)) == [1, 1]
    blind = (world.lead, world.chair, world.children, world.police_auditor, elsewhere.officer)
    for person in blind:
        assert counts(identity_of(person)) == [0, 0], person
    assert counts(wall.NOBODY) == [0, 0]


def test_a_barred_officer_sees_none_either(world, police_text):
    assert counts(identity_of(world.officer)) == [1, 1]
    Bar.objects.create(case=police_text, user=world.officer, reason="r", by=world.supervisor)
    assert counts(identity_of(world.officer)) == [0, 0]


def known(identity, case):
    """The facts and the keys of a person that the database gives out."""
    with transaction.atomic(), wall.acting_for(identity):
        return case.person.facts.count(), case.person.keys.count()


def test_who_a_referral_is_about_is_for_police_until_it_is_clear(world, elsewhere):
    case = stages.screened(world)
    PersonFact.objects.create(
        case=case,
        person=case.person,
        kind="phone",
        value=CANARY,
        mark="POLICE",
        added_by=world.officer,
    )
    facts, keys = known(wall.SERVICE, case)
    blind = (world.lead, world.chair, world.children, world.police_auditor)
    assert known(identity_of(world.officer), case) == (facts, keys)
    assert known(identity_of(elsewhere.officer), case) == (0, keys), "matching crosses areas"
    assert {known(identity_of(person), case) for person in blind} == {(0, 0)}
    with transaction.atomic(), wall.acting_for(identity_of(world.officer)):
        deconfliction.deconflict(case, outcome="clear", systems=["pnc"], by=world.officer)
    assert known(identity_of(world.officer), case) == (facts, keys)
    assert {known(identity_of(person), case) for person in blind} == {(facts - 1, 0)}
    versions = PersonFact.history.filter(case_id=case.pk).exclude(value=CANARY)
    assert versions.filter(mark="COORDINATION", history_type="~").count() == facts - 1


def test_nobody_writes_what_they_may_not_read(world, police_text):
    referral = Referral.objects.get(case=police_text)
    with wall.acting_for(identity_of(world.lead)):
        row = {"case": police_text, "referral": referral, "mark": "POLICE", "by": world.lead}
        with pytest.raises(DatabaseError), transaction.atomic():
            Screening.objects.create(outcome="go_on", reason="x", **row)
        assert Screening.objects.filter(case=police_text).delete()[0] == 0
        fact = PersonFact.objects.filter(case=police_text, mark="COORDINATION").first()
        fact.mark = "POLICE"
        with pytest.raises(DatabaseError), transaction.atomic():
            fact.save()
    assert Screening.objects.filter(case=police_text).count() == 1


PAGES = ("", "referral/", "requests/", "consent/", "timeline/")


def test_no_page_shows_it_though_every_check_of_the_application_is_off(
    world, police_text, monkeypatch
):
    monkeypatch.setattr(MarkedQuerySet, "readable", lambda self, user: Q())
    path = f"/cases/{police_text.reference}/"
    for person in (world.lead, world.chair, world.administrator):
        browser = as_user(person)
        for page in PAGES:
            answer = browser.get(path + page)
            assert answer.status_code == 200, page
            assert CANARY not in answer.content.decode(), (person, page)
    assert CANARY in as_user(world.officer).get(path + "screening/").content.decode()
