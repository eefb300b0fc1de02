"""Every way of writing every audited row leaves a version that names who wrote, or is refused."""

import datetime
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, ProgrammingError, connection, models, transaction
from simple_history.models import HistoricalRecords

from channel.meetings.actions import (
    arranging,
    checking,
    conflicts,
    duties,
    invitations,
    packs,
    replies,
    room,
    timing,
)
from channel.meetings.actions.conduct import write_police_note
from channel.meetings.actions.meetings import open_meeting
from channel.meetings.actions.minutes import approve_minutes
from channel.meetings.models import Attendance, Meeting, Pack
from channel.support.actions import delivery, items, reviews
from channel.support.models import PlanItem
from prevent_cms import clock, guards, wall
from prevent_cms.history.models import Event
from referrals.actions import (
    absence,
    closing,
    conversations,
    dates,
    deconfliction,
    detail,
    elsewhere,
    emergency,
    feedback,
    handover,
    hold,
    lists,
    notices,
    one_time,
    parallel,
    people,
    restricting,
    sharing,
)
from referrals.actions import answers as writing
from referrals.filters import Filters
from referrals.front_door import Through
from referrals.models import Disclosure, InformationRequest, Referral
from tests import people as persons
from tests import stages
from vaf.actions import assessments

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]

RECORDED, REFUSED = "recorded", "refused"
FORWARDS = {"front_door": {"value": "la_forwards", "source": "seed"}}


def sql(text, values=()):
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def columns(model, row):
    """Column -> value as the database takes it, for every column but the key."""
    return {
        f.column: f.get_db_prep_save(f.value_from_object(row), connection)
        for f in model._meta.concrete_fields
        if not f.primary_key
    }


def copy(model, row):
    values = {f.attname: f.value_from_object(row) for f in model._meta.concrete_fields}
    return model(**values)


def raw_insert(model, row):
    values = {"id": row.pk, **columns(model, row)}
    names, marks = ", ".join(f'"{name}"' for name in values), ", ".join(["%s"] * len(values))
    sql(f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({marks})", list(values.values()))


def raw_update(model, row):
    name = next(iter(columns(model, row)))
    sql(f'UPDATE {model._meta.db_table} SET "{name}" = "{name}" WHERE id = %s', [row.pk])


def some_field(model):
    return next(f for f in model._meta.concrete_fields if not f.primary_key)


def update(model, row):
    field = some_field(model)
    model._base_manager.filter(pk=row.pk).update(**{field.name: getattr(row, field.name)})


CREATE = {
    "save": lambda model, row: copy(model, row).save(force_insert=True),
    "bulk_create": lambda model, row: model._base_manager.bulk_create([copy(model, row)]),
    "raw SQL": raw_insert,
}
UPDATE = {
    "save": lambda model, row: row.save(),
    "update()": update,
    "bulk_update": lambda model, row: model._base_manager.bulk_update(
        [row], [some_field(model).name]
    ),
    "raw SQL": raw_update,
}
DELETE = {
    "delete()": lambda model, row: row.delete(),
    "delete() of a query": lambda model, row: model._base_manager.filter(pk=row.pk).delete(),
    "raw SQL": lambda model, row: sql(
        f"DELETE FROM {model._meta.db_table} WHERE id = %s", [row.pk]
    ),
}
WAYS = [
    (verb, way, write)
    for verb, ways in (("create", CREATE), ("update", UPDATE), ("delete", DELETE))
    for way, write in ways.items()
]


def make_room(model, row):
    """Take a row away as nobody but the owner of the server can, so that it can be made again."""
    role = guards.RUNTIME_ROLE
    sql("RESET ROLE; SET LOCAL session_replication_role = replica")
    sql(f"DELETE FROM {model._meta.db_table} WHERE id = %s", [row.pk])
    sql(f"SET LOCAL session_replication_role = origin; SET ROLE {role}")


@contextmanager
def request_of(user):
    HistoricalRecords.context.request = SimpleNamespace(user=user)
    try:
        yield
    finally:
        del HistoricalRecords.context.request


def outcome(model, history, row, verb, write, user):
    """What becomes of one try; nothing of it stays."""
    pk = row.pk
    try:
        with transaction.atomic(), request_of(user):
            if verb == "create":
                make_room(model, row)
            write(model, row)
            sql("SET CONSTRAINTS prevent_must_have_history IMMEDIATE")
            kept = history.objects.filter(id=pk).extra(where=["txid = pg_current_xact_id()"])
            found = [(one.history_type, one.history_user_id) for one in kept]
            transaction.set_rollback(True)
    except (models.ProtectedError, TypeError):  # in use; sealed
        return REFUSED
    except (IntegrityError, ProgrammingError) as fault:
        expected = ("left no history", "append-only", "permission denied")
        return REFUSED if any(words in str(fault) for words in expected) else str(fault)
    wanted = {"create": "+", "update": "~", "delete": "-"}[verb]
    return RECORDED if found == [(wanted, user.pk)] else f"silent: {found}"


def a_row_of_everything(world):
    """Cases that between them have at least one row of every audited model."""
    first, done = stages.received(world), stages.exited(world)
    stages.agreement(world)
    second = stages.screened(world)
    of_police(world, first, second)
    notices.send_notice(
        second, agency=world.agency("children"), about="child", text="At risk.", by=world.officer
    )
    today = clock.today()
    absence.set_away(
        world.officer,
        covered_by=world.supervisor,
        starts_on=today,
        ends_on=today,
        by=world.officer,
    )
    mine = {"name": "Mine", "filters": Filters(), "is_shared": False, "by": world.officer}
    lists.set_alert(lists.save_list(**mine), how="daily", threshold=None, by=world.officer)
    handover.give(second, to=world.supervisor, reason="On leave.", by=world.officer)
    restricted = stages.released(world, name="Person restricted")
    of_answers(world, restricted)
    entry = Disclosure.objects.filter(case=restricted).first()
    sharing.correct_entry(entry, "The date is wrong.", by=world.officer)
    restricting.restrict_case(restricted, people=[world.lead], reason="r", by=world.supervisor)
    emergency.break_glass(reference=restricted.reference, reason="Life at risk.", by=world.chair)
    restricting.set_bar(done, user=world.deputy, reason="r", by=world.supervisor)
    told = {"said": "looked_at", "how": "phone", "on": clock.today(), "by": world.officer}
    feedback.give_feedback(Referral.objects.get(case=done), **told)
    closing.reopen_case(done, reason="A new concern.", by=world.chair)
    there = persons.build(code="OTH", slug="other", policy=FORWARDS)
    stages.received(there, through=Through(there.agency("council"), there.lead))
    review(world, there, stages.plan_written(world, name="Person supported"))
    of_a_draft(world, Meeting.objects.filter(closed_at__isnull=False).first())
    of_agenda(world, stages.at_panel(world, name="Person discussed"))
    of_a_meeting(world, stages.issued(world))
    case = stages.begun(world, name="Person assessed")
    stages.rate(assessments.start(case, point="initial", by=world.officer), world.officer)


def of_a_draft(world, meeting):
    checking.circulate_minutes(meeting, until=clock.today(), by=world.administrator)
    checking.find_accurate(meeting, by=world.chair)
    for item in ("", meeting.items.first().number):
        checking.add_remark(meeting, item=item, text="Please correct.", by=world.chair)
    approve_minutes(meeting, by=world.chair)


def of_agenda(world, case):
    meeting = stages.planned(world)
    arranging.arrange_agenda(meeting, order=[case.pk], minutes={}, by=world.chair)
    line = {"what": "Dates", "raised_by": world.agency("health"), "by": world.chair}
    arranging.add_other_business(meeting, **line)


def of_a_meeting(world, meeting):
    guest = invitations.Guest("Knows him", name="Tom", contact="01632 960 001")
    invitations.invite(meeting, meeting.items.first().case, guest, by=world.chair)
    sent = {"answer": "apologies", "name": "", "note": "", "version": 0, "by": world.health}
    replies.answer_invitation(meeting, agency=world.agency("health"), **sent)
    item, pack = meeting.items.first(), Pack.newest(meeting)
    replies.write_update(item, text="Seen in May.", by=world.health)
    packs.hand_out(pack, sha256="0" * 64, by=world.chair)
    packs.recall_pack(meeting, version=pack.version, reason="r", by=world.chair)
    open_meeting(meeting, by=world.administrator)
    stages.attend(world, meeting)
    of_conduct(world, item)


def of_conduct(world, item):
    write_police_note(item, text="For police.", version=0, by=world.officer)
    duties.confirm(item.meeting.panel, duty="panel", note="It meets.", by=world.chair)
    timing.start_item(item, by=world.chair)
    now, seat = clock.now(), Attendance.objects.get(meeting=item.meeting, role="chair")
    room.record_movement(seat, kind="left", at=now, by=world.chair)
    police = Attendance.objects.get(meeting=item.meeting, user=None, agency__kind="police")
    room.set_home_force(item, force="Other", spoken_for_by=police, version=0, by=world.chair)
    conflicts.withdraw(item, police, at=now, by=world.chair)


def of_police(world, first, second):
    people.compare_persons(second, other=first, verdict="same", by=world.officer)
    overt = {"outcome": "overt", "reason": "r", "overt": stages.overt_conditions()}
    deconfliction.deconflict(second, systems=["pnc"], **overt, by=world.officer)
    elsewhere.ask_elsewhere(second, by=world.officer)
    told = {"asked": "When did it begin?", "said": "In June.", "how": "phone", "on": clock.today()}
    detail.record_detail(Referral.objects.get(case=second), **told, by=world.officer)
    hold.hold(second, reason="A live inquiry.", by=world.officer)


def of_answers(world, case):
    terms = parallel.Terms("Testshire", "I. Invented", "channel", stages.working_day(20))
    parallel.record_process(case, terms, kind="mappa", since=clock.today(), by=world.lead)
    asked = InformationRequest.objects.filter(case=case).first()
    dates.pause_request(asked, reason="On leave.", by=world.officer)
    writing.save_part(
        asked, "trust", {"trust": "His aunt."}, is_done=True, version=0, by=world.children
    )
    school = one_time.Asked("Invented School", "Head", "01632 960 001", stages.working_day(5))
    one_time.ask_once(case, school, grounds=stages.grounds(power="p"), by=world.officer)
    told = conversations.Said("phone", "Lead", clock.today(), "Known to us.")
    conversations.record_conversation(case, told, by=world.officer)


def of_support(world, case):
    """A session, a report on it, and a review that was put off."""
    item = PlanItem.objects.filter(case=case, agency__kind="provider").get()
    item.sessions_agreed = 2
    with transaction.atomic():
        item.save()
    item = items.start_item(item, by=world.provider)
    delivery.record_session(item, on=clock.today(), is_delivered=True, by=world.provider)
    delivery.record_report(item, until_on=clock.today(), text="It helps.", by=world.provider)
    until = clock.add_months(clock.today(), 1) + datetime.timedelta(days=3)
    reviews.put_off(case, until=until, reason="Away.", by=world.lead)


def review(world, there, case):
    """The monthly review of a case that is to move to another area."""
    with wall.as_service():
        stages.transfer_taken(world, there, case, effective_on=stages.working_day(5))
    of_support(world, case)
    planned = PlanItem.objects.filter(plan__case=case)
    reviews.record_review(
        case,
        on=clock.today(),
        delivered="",
        risks="None new.",
        needs_open="Belonging.",
        recommendation="remain",
        reason="It helps.",
        effects={item.pk: reviews.Effect("helps", "Back at chess.") for item in planned},
        by=world.lead,
    )


def test_every_way_of_writing_every_audited_row():
    world = persons.build()
    a_row_of_everything(world)
    table = {}
    for model, history in guards.audited_models():
        for verb, way, write in WAYS:
            with transaction.atomic(), wall.as_service():
                row = model._base_manager.order_by("-pk").first()
            assert row, f"no row of {model.__name__} to try"
            name = (model.__name__, verb, way)
            table[name] = outcome(model, history, row, verb, write, world.officer)
    wrong = {name: said for name, said in table.items() if said not in (RECORDED, REFUSED)}
    assert not wrong
    silent_ways = ("bulk_create", "update()", "bulk_update", "raw SQL")
    assert {said for (_, _, way), said in table.items() if way in silent_ways} == {REFUSED}
    saved = {name: said for name, said in table.items() if name[2] == "save"}
    assert {name[0] for name, said in saved.items() if said == REFUSED} == {
        "Minutes",
        "Pack",
        "PackCopy",
        "PackRecall",
    }
    print(
        f"audited rows: {len(table)} of {len(table)} ways recorded or refused "
        f"({list(table.values()).count(REFUSED)} refused), "
        f"{len(table) // len(WAYS)} models"
    )


def test_what_was_written_once_takes_no_change_by_any_way():
    """Events and versions: whoever saves, updates or deletes them is refused."""
    stages.received(persons.build())
    for model in (Event, *(history for _, history in guards.audited_models())):
        with transaction.atomic():
            row = model._base_manager.first()
        if row is None:
            continue
        key, table = model._meta.pk.column, model._meta.db_table
        ways = [
            row.save,
            lambda row=row: row.delete(),
            lambda model=model, row=row: update(model, row),
            lambda model=model, row=row: model._base_manager.filter(pk=row.pk).delete(),
            lambda table=table, key=key: sql(f"UPDATE {table} SET {key} = {key}"),
            lambda table=table: sql(f"DELETE FROM {table}"),
        ]
        for way in ways:
            with pytest.raises((ProgrammingError, TypeError)), transaction.atomic():
                way()
