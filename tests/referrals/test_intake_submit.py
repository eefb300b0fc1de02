import datetime
import threading
import uuid

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prevent_cms import clock, outbox
from prevent_cms.errors import ActionInvalid
from prevent_cms.history.models import Event
from prevent_cms.outbox import OutboxMessage
from prevent_cms.typed import tidy
from referrals.actions import intake
from referrals.models import Case, CaseGroupObjectPermission, Person, PersonFact, Referral
from tests import stages
from tests.referrals.answers import answers

SATURDAY = datetime.datetime(2026, 12, 26, 15, 0, tzinfo=datetime.UTC)


def submit(world, key=None, **changes):
    return intake.submit(
        area=world.area,
        form_key=key or uuid.uuid4(),
        answers=answers(**changes),
        form_version="2026-1",
    )


def facts(case):
    return {(fact.kind, fact.value) for fact in PersonFact.objects.filter(case=case)}


def nothing_is_saved():
    tables = (Person, Case, Referral, PersonFact, CaseGroupObjectPermission, OutboxMessage)
    events = Event.objects.filter(type="referral.received")
    return not events.exists() and not any(table.objects.exists() for table in tables)


def test_a_received_case_waits_for_police_until_the_next_working_day(world):
    with clock.at(SATURDAY):  # Monday 28 December 2026 is a bank holiday
        case = stages.received(world)
    assert (case.status, case.owner, case.next_due_what) == ("RECEIVED", None, "Take the referral")
    assert case.owner_agency == world.agency("police")
    assert case.next_due_on == datetime.date(2026, 12, 29)
    assert case.received_at == SATURDAY


def test_the_referral_keeps_every_answer_as_given(world):
    referral = submit(world)
    assert referral.answers == answers()
    assert (referral.mark, referral.form_version) == ("POLICE", "2026-1")
    assert (referral.sector, referral.is_urgent, referral.cleared_at) == ("education", False, None)
    assert referral.reference.startswith("TST-")
    assert referral.reference != referral.case.reference


@pytest.mark.parametrize(
    ("changes", "urgent", "anonymous"),
    [
        ({}, False, False),
        ({"danger": "yes"}, True, False),
        ({"anonymous": "yes"}, False, True),
        ({"noticer_anonymous": "yes"}, False, True),
        ({"noticer_anonymous": "not_known"}, False, False),
    ],
)
def test_urgency_and_anonymity_are_read_from_the_answers(world, changes, urgent, anonymous):
    referral = submit(world, **changes)
    assert (referral.is_urgent, referral.wants_anonymity) == (urgent, anonymous)


def test_what_is_known_of_the_person_becomes_facts_with_the_referral_as_source(world):
    case = stages.received(world)
    assert facts(case) == {
        ("name", "Callum Brayford"),
        ("other_name", "Cal Brayford"),
        ("other_name", "Kalum Brayford"),
        ("born", "4 March 2010"),
        ("gender", "Male"),
        ("address", "18 Tollgate Row, Testwick"),
        ("district", "Testwick"),
        ("phone", "01632 960 111"),
        ("email", "cal_b_10"),
        ("school", "Wensumbrook High School"),
        ("family", "Mother, Dawn Brayford, at the same address"),
        ("language", "English"),
    }
    found = PersonFact.objects.filter(case=case)
    assert {(f.mark, f.referral.case_id, f.person_id) for f in found} == {
        ("POLICE", case.pk, case.person_id)
    }
    assert found.get(kind="born").date == datetime.date(2010, 3, 4)
    assert case.person.keys.exists()


@pytest.mark.parametrize(
    ("changes", "there", "absent"),
    [
        ({"born": None, "age": 16}, ("age", "16"), "born"),
        ({"gender": "other", "gender_word": "Non-binary"}, ("gender", "Non-binary"), ""),
        ({"gender": "not_known"}, None, "gender"),
        ({"gender": "other", "gender_word": None}, None, ""),
        ({"ethnicity": "white_roma"}, ("ethnicity", "White: Roma"), ""),
        ({"ethnicity": "declined"}, None, "ethnicity"),
        ({"other_addresses": "1 Old Road\n\n 2 New Road "}, ("address", "2 New Road"), ""),
    ],
)
def test_a_reason_for_no_answer_is_no_fact(world, changes, there, absent):
    found = facts(stages.received(world, **changes))
    assert there is None or there in found
    assert absent not in {kind for kind, _ in found}


def test_nothing_about_the_referrer_is_a_fact_of_the_person(world):
    text = str(facts(stages.received(world)))
    for said in ("Okafor", "01632 960 222", "wensumbrook.example", "Ashdown", "safeguarding"):
        assert said not in text


def test_only_police_of_the_area_may_know_of_it(world, elsewhere):
    case = stages.received(world)
    share = CaseGroupObjectPermission.objects.get()
    assert (share.group, share.kind) == (world.agency("police").group, "coordinate")
    seen = {
        user.email
        for w in (world, elsewhere)
        for user in w.users.values()
        if Case.objects.visible_to(user).filter(pk=case.pk).exists()
    }
    assert seen == {f"{who}@test.example" for who in ("officer", "supervisor")}
    assert Referral.objects.visible_to(world.officer).exists()
    assert not Referral.objects.visible_to(world.lead).exists()


def test_the_event_names_no_one_and_holds_nothing_of_the_answers(world):
    case = stages.received(world)
    event = Event.objects.get(type="referral.received")
    assert (event.actor, event.actor_label, event.mark) == (None, "Referrer", "POLICE")
    assert (event.case_reference, event.details) == (case.reference, {})


def test_police_get_a_mail_that_says_nothing(world):
    case = stages.received(world)
    assert OutboxMessage.objects.get(topic="referral_received").payload == {
        "referral_id": Referral.objects.get().pk
    }
    outbox.drain()
    (sent,) = mail.outbox
    assert sent.to == ["police@test.example"]
    text = sent.subject + sent.body
    assert "/cases/" in text
    for word in ("Callum", "Brayford", "Okafor", "Wensumbrook", case.reference):
        assert word not in text


def test_an_agency_without_a_mailbox_gets_none(world):
    police = world.agency("police")
    police.mailbox = ""
    police.save()
    stages.received(world)
    outbox.drain()
    assert mail.outbox == []
    assert OutboxMessage.objects.get().done_at is not None


def test_the_same_form_twice_is_one_referral(world):
    key = uuid.uuid4()
    first, second = submit(world, key), submit(world, str(key), name="Somebody Else")
    assert first == second
    assert (Referral.objects.count(), Case.objects.count(), Person.objects.count()) == (1, 1, 1)
    assert Event.objects.filter(type="referral.received").count() == 1
    assert submit(world) != first


@pytest.mark.django_db(transaction=True)
def test_the_same_form_from_two_threads_is_one_referral(world):
    key, together, got = uuid.uuid4(), threading.Barrier(2), []

    def press():
        together.wait()
        try:
            got.append(submit(world, key).reference)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(got) == 2
    assert len(set(got)) == 1
    with transaction.atomic():
        assert (Referral.objects.count(), Case.objects.count(), Person.objects.count()) == (1, 1, 1)
    assert CaseGroupObjectPermission.objects.count() == 1
    assert Event.objects.filter(type="referral.received").count() == 1
    assert OutboxMessage.objects.count() == 1


@pytest.mark.parametrize("key", intake.ESSENTIAL)
def test_without_an_essential_answer_nothing_is_received(world, key):
    with pytest.raises(ActionInvalid, match="no answer yet"):
        submit(world, **{key: None})
    assert nothing_is_saved()


def test_an_unknown_sector_is_refused(world):
    with pytest.raises(ActionInvalid):
        submit(world, sector="astrology")
    assert nothing_is_saved()


def test_an_area_without_police_takes_no_referral(world):
    police = world.agency("police")
    police.is_active = False
    police.save()
    with pytest.raises(ActionInvalid, match="Call 101"):
        submit(world)
    assert nothing_is_saved()


def test_a_failure_half_way_saves_nothing(world):
    with pytest.raises(ValueError, match="Invalid isoformat"):
        submit(world, born="the fourth of March")
    assert nothing_is_saved()


def test_a_broken_rule_of_the_database_is_not_mistaken_for_a_second_press(world):
    with pytest.raises(IntegrityError):
        intake.submit(area=world.area, form_key=uuid.uuid4(), answers=answers(), form_version=None)
    assert nothing_is_saved()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=700).map(tidy), st.text(max_size=700).map(tidy))
def test_any_text_that_a_form_lets_through_is_received(world, name, more):
    referral = submit(world, name=f"x{name}", other_names=more, family=more, what=f"y{more}")
    kept = Referral.objects.get(pk=referral.pk).answers
    assert (kept["name"], kept["what"]) == (f"x{name}", f"y{more}")
    assert PersonFact.objects.filter(referral=referral, kind="name").exists()


def test_the_reference_carries_the_year_of_receipt(world):
    with clock.at(datetime.datetime(2027, 1, 1, 0, 30, tzinfo=datetime.UTC)):
        assert submit(world).reference.startswith("TST-27-")
