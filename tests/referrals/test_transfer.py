"""A case moves with the person to another area: who agrees, who may know, and when (R178, R179)."""

import datetime

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from accounts.actions import people
from accounts.roles import Role
from channel.transfers.actions import carry_out
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history import EventType as E
from prevent_cms.history.models import Event
from referrals import holders, tasks, transfers
from referrals.access import Reader
from referrals.actions import hold, restricting
from referrals.actions import transfer as acts
from referrals.actions.closing import close_case
from referrals.models import Transfer
from tests import stages


def events(kind, **which):
    return Event.objects.filter(type=kind, **which)


def test_a_chair_who_proposes_has_agreed(world, elsewhere):
    found = stages.transfer_proposed(world, elsewhere)
    assert (found.by, found.agreed_by) == (world.chair, world.chair)
    assert found.step == f"Waits for the chair in {elsewhere.area.name}"
    case = found.case
    assert (case.area, case.owner) == (world.area, world.officer)
    assert events(E.TRANSFER_PROPOSED, case_reference=case.reference).count() == 1
    there = events(E.TRANSFER_PROPOSED, case_reference="").get()
    assert (there.area_code, there.chain) == ("OTH", "area:OTH")


def test_a_lead_proposes_and_the_chair_here_agrees_first(world, elsewhere):
    found = stages.transfer_proposed(world, elsewhere, by=world.lead)
    assert found.agreed_at is None
    assert found.step == "Waits for the chair here"
    assert not transfers.put_to(elsewhere.chair).exists()
    with pytest.raises(ActionDenied):
        acts.agree(found, by=world.lead)
    with pytest.raises(ActionDenied):
        acts.accept(found, lead=elsewhere.lead, by=elsewhere.chair)
    found = acts.agree(found, by=world.deputy)
    assert found.agreed_by == world.deputy
    assert transfers.put_to(elsewhere.chair).get() == found
    with pytest.raises(ActionInvalid):
        acts.agree(found, by=world.chair)


@pytest.mark.parametrize("who", ["officer", "administrator", "children"])
def test_only_chair_and_lead_propose(world, elsewhere, who):
    case = stages.released(world)
    with pytest.raises(ActionDenied):
        acts.propose(case, stages.proposal(elsewhere), by=getattr(world, who))


def test_a_stranger_proposes_nothing(world, elsewhere):
    case = stages.released(world)
    with pytest.raises(ActionDenied):
        acts.propose(case, stages.proposal(elsewhere), by=elsewhere.chair)


def test_what_cannot_be_proposed(world, elsewhere):
    case = stages.released(world)

    def refused(words, **changes):
        with pytest.raises(ActionInvalid, match=words):
            acts.propose(case, stages.proposal(elsewhere, **changes), by=world.chair)

    refused("area", to_area=world.area)
    refused("today or in the future", effective_on=clock.today() - datetime.timedelta(days=1))
    refused("length", considered=" ")
    acts.propose(case, stages.proposal(elsewhere), by=world.chair)
    refused("waits already")


def test_a_closed_case_stays_where_it_is(world, elsewhere):
    case = stages.exited(world)
    with pytest.raises(ActionInvalid):
        acts.propose(case, stages.proposal(elsewhere), by=world.chair)


@pytest.mark.parametrize("key", ["police", "council"])
def test_an_area_without_police_or_council_can_receive_nothing(world, elsewhere, key):
    case = stages.released(world)
    assert transfers.areas_to(case).get() == elsewhere.area
    gone = elsewhere.agency(key)
    gone.is_active = False
    gone.save()
    assert elsewhere.area not in transfers.areas_to(case)


def test_a_restricted_case_needs_a_word_on_who_sees_it(world, elsewhere):
    case = stages.released(world)
    restricting.restrict_case(case, people=[world.chair], reason="r", by=world.supervisor)
    with pytest.raises(ActionInvalid, match="restricted"):
        acts.propose(case, stages.proposal(elsewhere), by=world.chair)
    found = acts.propose(case, stages.proposal(elsewhere, sight="named"), by=world.chair)
    assert found.sight == "named"


def test_the_other_chair_accepts_and_names_the_lead(world, elsewhere):
    found = stages.transfer_accepted(world, elsewhere)
    assert (found.accepted_by, found.lead) == (elsewhere.chair, elsewhere.lead)
    assert "police of both areas" in found.step
    assert events(E.TRANSFER_ACCEPTED).count() == 2
    again = people.add(email="l2@other.example", name="Second Lead", password=None, by=None)
    people.join(again, agency=elsewhere.agency("council"), role=Role.PREVENT_LEAD, by=None)
    found = acts.accept(found, lead=again, by=elsewhere.chair)
    assert found.lead == again


def test_who_cannot_accept(world, elsewhere):
    found = stages.transfer_proposed(world, elsewhere)
    for person in (elsewhere.lead, elsewhere.officer, elsewhere.administrator, world.deputy):
        with pytest.raises(ActionDenied):
            acts.accept(found, lead=elsewhere.lead, by=person)
    with pytest.raises(ActionInvalid, match="Prevent lead"):
        acts.accept(found, lead=world.lead, by=elsewhere.chair)
    restricting.set_bar(found.case, user=elsewhere.lead, reason="Cousin", by=world.chair)
    with pytest.raises(ActionInvalid, match="Prevent lead"):
        acts.accept(found, lead=elsewhere.lead, by=elsewhere.chair)


def test_one_person_cannot_agree_for_both_areas(world, elsewhere):
    people.join(world.chair, agency=elsewhere.agency("council"), role=Role.PANEL_CHAIR, by=None)
    chair = type(world.chair).objects.get(pk=world.chair.pk)
    found = stages.transfer_proposed(world, elsewhere, by=chair)
    with pytest.raises(ActionDenied, match="other area"):
        acts.accept(found, lead=elsewhere.lead, by=chair)


def test_a_chair_with_a_conflict_of_interest_is_not_asked(world, elsewhere):
    found = stages.transfer_proposed(world, elsewhere)
    restricting.set_bar(found.case, user=elsewhere.chair, reason="Uncle", by=world.chair)
    assert not transfers.put_to(elsewhere.chair).exists()
    with pytest.raises(ActionDenied):
        acts.decline(found, reason="r", by=elsewhere.chair)
    outbox.drain()
    assert elsewhere.chair.email not in [to for one in mail.outbox for to in one.to]


def test_declining_needs_a_reason_and_leaves_the_case(world, elsewhere):
    found = stages.transfer_proposed(world, elsewhere)
    with pytest.raises(ActionInvalid, match="reason"):
        acts.decline(found, reason=" ", by=elsewhere.chair)
    found = acts.decline(found, reason="He stays for a month only.", by=elsewhere.chair)
    assert (found.result, found.ended_by) == (Transfer.Result.DECLINED, elsewhere.chair)
    assert found.step == "Declined"
    for act in (
        lambda: acts.accept(found, lead=elsewhere.lead, by=elsewhere.chair),
        lambda: acts.withdraw(found, reason="r", by=world.chair),
    ):
        with pytest.raises(ActionInvalid, match="has ended"):
            act()
    assert stages.transfer_proposed(world, elsewhere, found.case).result == "open"


def test_withdrawing(world, elsewhere):
    found = stages.transfer_taken(world, elsewhere, effective_on=tomorrow())
    with pytest.raises(ActionDenied):
        acts.withdraw(found, reason="r", by=world.officer)
    with pytest.raises(ActionInvalid, match="reason"):
        acts.withdraw(found, reason="", by=world.lead)
    acts.withdraw(found, reason="They stay after all.", by=world.lead)
    assert not transfers.put_to(elsewhere.chair).exists()
    with clock.at(clock.now() + datetime.timedelta(days=2)):
        assert not carry_out(found.pk)
    found.refresh_from_db()
    assert (found.result, found.answer) == ("withdrawn", "They stay after all.")
    assert events(E.TRANSFER_WITHDRAWN).count() == 2


def test_a_withdrawal_before_the_chair_agreed_is_not_told_elsewhere(world, elsewhere):
    found = stages.transfer_proposed(world, elsewhere, by=world.lead)
    acts.withdraw(found, reason="r", by=world.lead)
    assert not events(E.TRANSFER_WITHDRAWN, area_code="OTH").exists()


def tomorrow():
    return clock.today() + datetime.timedelta(days=1)


def test_police_there_check_once_both_chairs_agree(world, elsewhere):
    found = stages.transfer_proposed(world, elsewhere)
    assert not transfers.put_to(elsewhere.officer).exists()
    with pytest.raises(ActionDenied):
        acts.check(found, is_clear=True, systems=["pnc"], by=elsewhere.officer)
    found = acts.accept(found, lead=elsewhere.lead, by=elsewhere.chair)
    assert transfers.put_to(elsewhere.officer).get() == found
    for person in (world.officer, elsewhere.chair, elsewhere.lead):
        with pytest.raises(ActionDenied):
            acts.check(found, is_clear=True, systems=["pnc"], by=person)
    with pytest.raises(ActionInvalid, match="systems"):
        acts.check(found, is_clear=True, systems=[], by=elsewhere.officer)
    with pytest.raises(ActionInvalid, match="reason"):
        acts.check(found, is_clear=False, systems=["pnc"], by=elsewhere.officer)
    made = acts.check(found, is_clear=True, systems=["pnc"], by=elsewhere.officer)
    assert transfers.checked(found) == made
    assert transfers.who_takes(found) == elsewhere.officer
    assert {one.mark for one in events(E.TRANSFER_CHECKED)} == {"POLICE"}


def test_an_unclear_check_stops_the_move_and_tells_the_officer_alone(world, elsewhere):
    found = stages.transfer_taken(world, elsewhere)
    acts.check(found, is_clear=False, systems=["pnc"], reason="Live.", by=elsewhere.supervisor)
    assert transfers.who_takes(found) is None
    assert not carry_out(found.pk)
    mail.outbox.clear()
    outbox.drain()
    told = [one for one in mail.outbox if "waits for police" in one.subject]
    assert [one.to for one in told] == [[world.officer.email]]
    assert transfers.to_check(elsewhere.officer).get() == found
    acts.check(found, is_clear=True, systems=["pnc"], by=elsewhere.supervisor)
    assert not transfers.to_check(elsewhere.officer).exists()
    assert carry_out(found.pk)


def leave(user):
    row = user.memberships.get()
    row.started_on = clock.today() - datetime.timedelta(days=9)
    row.ended_on = clock.today()
    row.save()


def test_an_officer_or_lead_who_leaves_is_asked_for_anew(world, elsewhere):
    found = stages.transfer_taken(world, elsewhere)
    assert not transfers.to_check(elsewhere.supervisor).exists()
    assert not transfers.to_answer(elsewhere.chair).exists()
    leave(elsewhere.officer)
    leave(elsewhere.lead)
    assert transfers.to_check(elsewhere.supervisor).get() == found
    assert transfers.to_answer(elsewhere.chair).get() == found
    assert transfers.who_takes(found) is None
    acts.check(found, is_clear=True, systems=["pnc"], by=elsewhere.supervisor)
    assert not carry_out(found.pk)  # nobody leads
    elsewhere.supervisor.is_active = False
    elsewhere.supervisor.save()
    assert transfers.who_takes(found) is None


def test_somebody_switched_off_is_asked_nothing(world, elsewhere):
    stages.transfer_accepted(world, elsewhere)
    elsewhere.chair.is_active = False
    assert not transfers.put_to(elsewhere.chair).exists()


def test_it_waits_for_its_day_and_for_police(world, elsewhere):
    found = stages.transfer_taken(world, elsewhere, effective_on=tomorrow())
    assert not transfers.is_ready(found)
    assert not transfers.waiting().exists()
    with clock.at(clock.now() + datetime.timedelta(days=1)):
        assert transfers.waiting().get() == found
        hold.hold(found.case, reason="r", by=world.officer)
        assert not carry_out(found.pk)
        hold.resume(found.case, reason="r", by=world.officer)
        restricting.set_bar(found.case, user=elsewhere.officer, reason="r", by=world.chair)
        assert not carry_out(found.pk)


def test_a_case_closed_meanwhile_ends_the_transfer(world, elsewhere):
    case = stages.released(world)
    found = stages.transfer_taken(world, elsewhere, case, effective_on=tomorrow())
    close_case(case, outcome="other_needs", reason="r", leaving=stages.leaving(), by=world.officer)
    with pytest.raises(ActionInvalid, match="closed"):
        acts.accept(found, lead=elsewhere.lead, by=elsewhere.chair)
    assert not transfers.put_to(elsewhere.chair).exists()
    assert transfers.waiting().get() == found
    assert not carry_out(found.pk)
    found.refresh_from_db()
    assert (found.result, found.answer) == ("withdrawn", acts.CLOSED_MEANWHILE)
    assert not carry_out(found.pk)
    case.refresh_from_db()
    assert case.area == world.area


def test_what_a_reader_of_the_case_finds(world, elsewhere):
    found = stages.transfer_proposed(world, elsewhere)
    for person in (world.chair, world.lead, world.officer, world.administrator):
        assert transfers.open_of(Reader(person, found.case)) == found
    for person in (world.children, world.provider, elsewhere.chair, elsewhere.officer):
        assert transfers.open_of(Reader(person, found.case)) is None
    assert not transfers.may_propose(Reader(world.officer, found.case))


def test_mail_says_nothing_and_goes_to_whose_turn_it_is(world, elsewhere):
    case = stages.released(world)
    outbox.drain()
    found = stages.transfer_proposed(world, elsewhere, case, by=world.lead)
    mail.outbox.clear()
    outbox.drain()
    assert {to for one in mail.outbox for to in one.to} == {
        world.chair.email,
        world.deputy.email,
    }
    acts.agree(found, by=world.chair)
    mail.outbox.clear()
    outbox.drain()
    assert {to for one in mail.outbox for to in one.to} == {
        elsewhere.chair.email,
        elsewhere.deputy.email,
    }
    acts.accept(found, lead=elsewhere.lead, by=elsewhere.chair)
    mail.outbox.clear()
    outbox.drain()
    found_by = {to: one for one in mail.outbox for to in one.to}
    assert found_by.keys() == {
        world.lead.email,
        world.chair.email,
        elsewhere.agency("police").mailbox,
    }
    for one in mail.outbox:
        assert found.case.reference not in one.body + one.subject
        assert "Brayford" not in one.body


def test_the_database_keeps_one_open_transfer_a_case(world, elsewhere):
    found = stages.transfer_proposed(world, elsewhere)
    found.pk = None
    with pytest.raises(IntegrityError, match="one_open_transfer"), transaction.atomic():
        found.save(force_insert=True)


def test_only_chairs_who_may_know_of_the_case_are_mailed(world, elsewhere, mailoutbox):
    case = stages.released(world)
    named = [world.chair, world.lead]
    restricting.restrict_case(case, people=named, reason="r", by=world.supervisor)
    found = acts.propose(case, stages.proposal(elsewhere, sight="all"), by=world.lead)
    assert list(transfers.chairs_asked(found)) == [world.chair]
    found = acts.agree(found, by=world.chair)
    assert world.deputy not in transfers.chairs_asked(found)
    asked = list(transfers.chairs_asked(found))
    assert elsewhere.chair in asked
    restricting.set_bar(case, user=elsewhere.chair, reason="r", by=world.chair)
    assert list(transfers.chairs_asked(found)) == [one for one in asked if one != elsewhere.chair]
    restricting.set_bar(case, user=world.lead, reason="r", by=world.supervisor)
    tasks.mail_transfer_answered(found.pk)
    assert [box for one in mailoutbox for box in one.to] == [world.chair.email]


def test_somebody_of_the_receiving_area_can_be_barred_before_they_see_it(world, elsewhere):
    case = stages.released(world)
    assert elsewhere.officer not in holders.people_to_bar(case, world.chair)
    found = stages.transfer_accepted(world, elsewhere, case)
    assert elsewhere.officer in holders.people_to_bar(case, world.chair)
    assert elsewhere.lead in transfers.leads(found)
    restricting.set_bar(case, user=elsewhere.lead, reason="Her nephew.", by=world.chair)
    assert elsewhere.lead not in transfers.leads(found)
