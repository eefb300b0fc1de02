"""A case goes to another officer when that officer says yes, and has an owner at every moment."""

import pytest
from django.urls import reverse

from accounts.actions import people
from channel.casework import work as works
from prevent_cms import outbox
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.models import Event
from referrals.actions import handover, restricting, screening
from referrals.models import Case, HandOver
from tests import stages
from tests.access import as_user, expect, seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(world):
    return stages.second_officer(world)


def url(case, name="case_assign"):
    return reverse(name, args=[case.reference])


def owner(case):
    return Case.objects.get(pk=case.pk).owner


def offer(world, case, to, by=None):
    return handover.give(case, to=to, reason="On leave.", by=by or world.officer)


def keys(user):
    return {one.key for one in works.work(user).sections}


def test_an_offer_is_made_by_the_owner_and_accepted(world, second, elsewhere):
    case = stages.released(world)
    page = url(case)
    refused = {None: 302, second: 403, world.lead: 403, elsewhere.supervisor: 404}
    expect(page, {**refused, world.officer: 200, world.supervisor: 200})
    expect(page, refused, method="post", data={"officer": second.pk, "reason": "r"})
    mine = as_user(world.officer)
    version = seen(mine, page)
    empty = mine.post(page, version).content.decode()
    assert "Select who is to have the case" in empty
    assert "Enter why" in empty
    told = {"reason": "On leave.", **version}
    wrong = mine.post(page, {"officer": elsewhere.officer.pk, **told}).content.decode()
    assert "Select one of the answers shown" in wrong
    done = mine.post(page, {"officer": second.pk, **told}, follow=True).content.decode()
    assert "stays where it is until it is accepted" in done
    assert "Offered to Second Invented" in done
    assert owner(case) == world.officer
    assert "Withdraw the offer" in mine.get(page).content.decode()


def test_an_offer_is_seen_by_both_and_by_nobody_outside_police(world, second, mailoutbox):
    case = stages.released(world)
    offer(world, case, second)
    assert {"offered"} <= keys(world.officer)
    assert {"offers"} <= keys(second)
    expect(url(case, "case_offer"), {world.officer: 404, world.supervisor: 404, world.lead: 403})
    theirs = as_user(second)
    assert "On leave." in theirs.get(url(case, "case_offer")).content.decode()
    assert "Offered to you" in theirs.get(url(case, "case_overview")).content.decode()
    partner = as_user(world.lead)
    assert "Offered" not in partner.get(url(case, "case_overview")).content.decode()
    assert "offered" not in partner.get(url(case, "case_timeline")).content.decode()
    theirs.post(url(case, "case_offer"), {"accepts": "yes"})
    assert owner(case) == second
    assert not {"offers", "offered"} & (keys(second) | keys(world.officer))
    assert Event.objects.filter(type=EventType.CASE_ASSIGNED).get().actor == second
    assert "Case owner changed" in partner.get(url(case, "case_timeline")).content.decode()
    outbox.drain()
    mails = {mail.to[0]: mail for mail in mailoutbox if mail.to[0] != "police@test.example"}
    assert "answered" in mails[world.officer.email].subject
    assert not any(case.reference in mail.body for mail in mailoutbox)


def test_who_is_offered_a_case_is_told_by_mail_unless_it_has_ended(world, second, mailoutbox):
    case = stages.screened(world)
    outbox.drain()
    mailoutbox.clear()
    offer(world, case, second)
    outbox.drain()
    assert [mail.to for mail in mailoutbox] == [[second.email]]
    handover.withdraw(HandOver.objects.get(), by=world.supervisor)
    handover.withdraw(offer(world, case, second), by=world.officer)
    outbox.drain()
    assert len(mailoutbox) == 1


def test_declining_needs_a_reason_and_leaves_the_case(world, second):
    case = stages.screened(world)
    row = offer(world, case, second)
    page = url(case, "case_offer")
    assert "Enter why not" in as_user(second).post(page, {"accepts": "no"}).content.decode()
    as_user(second).post(page, {"accepts": "no", "reason": "Also on leave."})
    row.refresh_from_db()
    assert (row.result, row.answer, owner(case)) == ("declined", "Also on leave.", world.officer)
    story = as_user(world.officer).get(url(case, "case_timeline")).content.decode()
    assert "Offer of the case declined" in story
    assert "Also on leave." in as_user(world.officer).get(url(case)).content.decode()
    for late in (handover.accept, handover.withdraw):
        with pytest.raises(ActionInvalid, match="has ended: declined"):
            late(row, by=second if late is handover.accept else world.officer)
    expect(page, {second: 404})


def test_an_offer_is_taken_back_by_who_may_give_the_case(world, second):
    case = stages.screened(world)
    row = offer(world, case, second)
    with pytest.raises(ActionInvalid, match="offered to Second Invented already"):
        offer(world, case, world.supervisor)
    for stranger in (second, world.lead):
        with pytest.raises(ActionDenied):
            handover.withdraw(row, by=stranger)
    with pytest.raises(ActionDenied):
        handover.accept(row, by=world.supervisor)
    away = url(case, "case_offer_withdraw")
    expect(away, {second: 403, world.lead: 404}, method="post")
    assert as_user(world.officer).post(away).status_code == 302
    assert as_user(world.officer).post(away).status_code == 404
    row.refresh_from_db()
    assert row.result == "withdrawn"


def test_nobody_gives_what_is_not_theirs_or_to_who_has_it(world, second):
    case = stages.screened(world)
    with pytest.raises(ActionDenied):
        offer(world, case, second, by=second)
    with pytest.raises(ActionInvalid, match="has this case already"):
        offer(world, case, world.officer)


def test_why_a_case_cannot_be_given_is_said_before_it_is_tried(world, second, elsewhere):
    case = stages.screened(world)
    assert handover.why_not(case, to=second, by=world.officer) == ""
    assert "has this case already" in handover.why_not(case, to=world.officer, by=world.officer)
    away = elsewhere.officer
    words = f"{away.name} does not hold cases in this area."
    assert handover.why_not(case, to=away, by=world.officer) == words
    people.deactivate(second, by=world.sysadmin)
    words = f"{second.name} does not hold cases in this area."
    assert handover.why_not(case, to=second, by=world.officer) == words


def test_who_takes_a_case_on_oneself_has_it_at_once_and_ends_an_offer(world, second):
    case = stages.screened(world)
    row = offer(world, case, second)
    offer(world, case, world.supervisor, by=world.supervisor)
    row.refresh_from_db()
    assert (owner(case), row.result) == (world.supervisor, "withdrawn")


def test_what_is_kept_from_somebody_cannot_be_offered_or_accepted(world, second):
    """The same words for a restriction and for a conflict of interest."""
    sentences = set()
    for name in ("One Person", "Two Person"):
        case = stages.screened(world, name=name)
        if name == "One Person":
            restricting.restrict_case(case, people=[], reason="r", by=world.supervisor)
        else:
            restricting.set_bar(case, user=second, reason="r", by=world.supervisor)
        with pytest.raises(ActionInvalid) as refused:
            offer(world, case, second)
        sentences.add(str(refused.value))
    assert len(sentences) == 1
    case = stages.screened(world, name="Three Person")
    row = offer(world, case, second)
    restricting.restrict_case(case, people=[], reason="r", by=world.supervisor)
    assert "offers" not in keys(second)
    with pytest.raises(ActionDenied):
        handover.accept(row, by=second)


def test_a_received_referral_is_given_at_once_and_begun_by_who_has_it(world, second):
    case = stages.received(world)
    with pytest.raises(ActionDenied):
        offer(world, case, second, by=second)
    offer(world, case, second, by=world.supervisor)
    assert owner(case) == second
    assert "given" in keys(second)
    assert not [s for s in works.work(world.officer).sections if s.key == "unallocated" and s.rows]
    assert "it was given to you" in as_user(second).get(url(case, "case_overview")).content.decode()
    assert (
        'role="button"'
        not in as_user(world.officer)
        .get(url(case, "case_overview"))
        .content.decode()
        .split("app-case-nav")[0]
        .split("app-case-bar")[1]
    )
    with pytest.raises(ActionInvalid, match="Second Invented has already taken"):
        screening.take(case, by=world.officer)
    assert screening.take(case, by=second).status == "SCREENING"
