"""The database remembers: what is not recorded is refused, and what was altered is found."""

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction

from prevent_cms.guards import audited_models
from prevent_cms.history import chain
from prevent_cms.history.models import Event
from referrals.actions import screening
from referrals.models import Case, Person
from tests import people, stages
from tests.access import as_user

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def case():
    return stages.received(people.build())


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def as_superuser(sql):
    """What somebody with the keys of the server could do, with every trigger switched off."""
    run("RESET ROLE")
    with transaction.atomic():
        run("SET LOCAL session_replication_role = replica")
        run(sql)


def test_changes_that_leave_no_version_are_refused(case):
    with pytest.raises(IntegrityError, match="left no history"):
        Case.objects.update(version=9)
    with pytest.raises(IntegrityError, match="left no history"):
        Person.objects.bulk_create([Person()])
    with pytest.raises(IntegrityError, match="left no history"):
        run("UPDATE referrals_case SET version = 9")
    with pytest.raises(IntegrityError, match="left no history"):
        run("INSERT INTO referrals_person (created_at) VALUES (now())")
    case.refresh_from_db()
    assert case.version == 1
    assert Person.objects.count() == 1


def test_a_save_leaves_a_version_and_is_let_through(case):
    with transaction.atomic():
        case.version = 2
        case.save(update_fields=["version"])
    assert [row.version for row in Case.history.filter(id=case.pk)] == [2, 1]


@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_events_and_versions_can_only_be_added(case, verb):
    histories = [history._meta.db_table for _, history in audited_models()]
    for table in ("prevent_cms_event", "referrals_historicalcase", histories[0]):
        column = "history_id" if "historical" in table else "id"
        with pytest.raises(ProgrammingError, match="permission denied"):
            run(verb.format(table).replace("id = id", f"{column} = {column}"))
    run("RESET ROLE")  # the owner's slips are stopped too, where a row is touched
    if not verb.startswith("TRUNCATE"):
        with pytest.raises(ProgrammingError, match="append-only"):
            run(verb.format("prevent_cms_event"))


@pytest.mark.parametrize("data", [None, {"name": "Brayford"}])
def test_a_look_is_written_in_a_transaction_of_its_own(case, monkeypatch, data):
    looks, save = [], Event.save
    monkeypatch.setattr(
        Event, "save", lambda self: (looks.append(connection.in_atomic_block), save(self))
    )
    client = as_user(case.owner_agency.memberships.first().user)
    looks.clear()  # signing in
    answer = client.post("/cases/", data) if data else client.get("/cases/")
    assert answer.status_code == 200
    assert looks == [True]
    assert not connection.in_atomic_block


def test_events_refuse_in_python_as_well(case):
    event = Event.objects.first()
    for refused in (event.save, event.delete, Event.objects.all().delete):
        with pytest.raises(TypeError):
            refused()
    with pytest.raises(TypeError):
        Event.objects.update(actor_label="x")


@pytest.mark.parametrize(
    ("tamper", "fault"),
    [
        ("UPDATE prevent_cms_event SET actor_label = 'Nobody' WHERE seq = 1", "changed"),
        ("DELETE FROM prevent_cms_event WHERE seq = 1", "missing"),
        ("UPDATE prevent_cms_event SET previous = ''::bytea WHERE seq = 2", "changed"),
    ],
)
def test_what_was_altered_is_found(case, tamper, fault):
    screening.take(case, by=case.owner_agency.memberships.first().user)
    call_command("verify_audit")
    as_superuser(tamper)
    broken = chain.first_broken()
    assert fault in broken.fault
    with pytest.raises(CommandError, match="is broken"):
        call_command("verify_audit")
