"""Closing at any stage, a second person for a repeat, and reopening."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection, transaction
from django.urls import reverse

from accounts.actions import people as membership
from accounts.roles import Role
from prevent_cms import clock, wall
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.models import Event
from prevent_cms.workflow import NOT_NOW
from referrals.actions import closing, deconfliction, hold, restricting
from referrals.actions import people as persons
from referrals.models import Case, Closure, Reopening, SignOff
from tests import people, stages
from tests.access import as_user, expect

DAY = datetime.timedelta(days=1)
FORM = {
    "outcome": "not_susceptible",
    "reason": "There is nothing of concern.",
    **stages.LEFT_FORM,
    "sensitive": "no",
}


def url(case, name="case_close"):
    return reverse(name, args=[case.reference])


def close(case, by, **changes):
    given = {"outcome": "other_needs", "reason": "Why", "leaving": stages.raised(), **changes}
    return closing.close_case(case, **given, by=by)


@pytest.fixture
def repeat(world):
    """A case that police say is of the same person as an earlier one."""
    with clock.at(clock.now() - datetime.timedelta(days=300)):
        old = stages.received(world)
    case = stages.screened(world)
    persons.compare_persons(case, other=old, verdict="same", by=world.officer)
    return case


def test_who_may(world, elsewhere):
    case = stages.screened(world)
    nobody = {
        None: 302,
        world.lead: 404,
        world.chair: 404,
        world.health: 404,
        elsewhere.officer: 404,
    }
    expect(url(case), {**nobody, world.officer: 200, world.supervisor: 200})
    expect(url(case), nobody, method="post", data=FORM)
    expect(url(case), {world.officer: 405}, method="put")
    released = stages.released(world)
    refused = {world.lead: 403, world.chair: 403, world.health: 403}
    expect(url(released), refused, method="post", data=FORM)


@pytest.mark.parametrize("stage", ["received", "screened", "cleared", "released", "held"])
def test_from_every_stage(world, stage):
    case = stages.released(world) if stage == "held" else getattr(stages, stage)(world)
    if stage == "held":
        systems = {"systems": ["pnc"], "reason": "See the record.", "by": world.officer}
        deconfliction.deconflict(case, outcome="conflict", **systems)
    case.refresh_from_db()
    was = case.stage
    response = as_user(world.officer).post(url(case), FORM)
    assert response.status_code == 302
    case.refresh_from_db()
    assert (case.status, case.held_from, case.next_due_on) == ("CLOSED", "", None)
    closure = Closure.objects.get()
    assert closure.stage == was
    assert closure.mark == ("COORDINATION" if stage in ("released", "held") else "POLICE")
    assert Event.objects.filter(type=EventType.CASE_CLOSED).count() == 1


def test_a_case_of_another_area_makes_no_repeat(world, elsewhere):
    membership.join(
        world.officer, agency=elsewhere.agency("police"), role=Role.CT_CASE_OFFICER, by=None
    )
    both = type(world.officer).objects.get(pk=world.officer.pk)
    with clock.at(clock.now() - datetime.timedelta(days=300)):
        old = stages.received(elsewhere)
    case = stages.screened(world)
    persons.compare_persons(case, other=old, verdict="same", by=both)
    assert not closing.is_repeat(case)
    assert "referred before" not in as_user(world.supervisor).get(url(case)).content.decode()
    close(case, world.officer)


def test_an_investigation_is_not_named_outside_police(world):
    case = stages.released(world)
    close(case, world.officer, outcome="investigation")
    assert Closure.objects.visible_to(world.officer).exists()
    assert not Closure.objects.visible_to(world.lead).exists()


def test_what_is_asked(world):
    case = stages.released(world)
    client = as_user(world.officer)
    page = client.post(url(case)).content.decode()
    for words in ("Select the outcome", "Enter reason", "Select whether a crime", "social care"):
        assert words in page
    handed = {**FORM, "outcome": "police_led", "destination": "", "significant_harm": "yes"}
    page = client.post(url(case), handed).content.decode()
    assert "Enter where the person is helped next" in page
    assert "Enter the day from which police lead" in page
    assert "Significant harm is a safeguarding concern" in page
    page = client.post(url(case), {**FORM, "outcome": "risk_reduced"}).content.decode()
    assert "Select one of the answers shown" in page
    duplicate = {**FORM, "outcome": "duplicate", "health_and_care_considered": ""}
    assert client.post(url(case), duplicate).status_code == 302


@pytest.mark.parametrize(
    ("outcome", "answers", "words"),
    [
        ("not_susceptible", {"safeguarding_concern": None}, "whether there is a safeguarding"),
        ("not_susceptible", {"significant_harm": None}, "whether a child"),
        ("not_susceptible", {"crime": None}, "whether a crime"),
        ("not_susceptible", {"destination": ""}, "who takes this on"),
        ("police_led", {}, "from which police lead"),
        ("not_susceptible", {"significant_harm": True, "social_care": "A"}, "is a safeguarding"),
        ("not_susceptible", {"crime": True, "crime_passed_to": "Desk"}, "crime was passed"),
    ],
)
def test_nothing_is_left_unsaid(world, outcome, answers, words):
    case = stages.released(world)
    with pytest.raises(ActionInvalid, match=words):
        close(case, world.officer, outcome=outcome, leaving=stages.leaving(**answers))
    case.refresh_from_db()
    assert case.is_open


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"safeguarding_person": " "}, "Name the person"),
        ({"safeguarding_raised_on": None}, "before the case leaves"),
        ({"safeguarding_raised_on": clock.today() + DAY}, "before the case leaves"),
        ({"significant_harm": True}, "social care took part"),
    ],
)
def test_a_concern_is_raised_before_the_case_leaves(world, answers, words):
    case = stages.released(world)
    with pytest.raises(ActionInvalid, match=words):
        close(case, world.officer, leaving=stages.raised(**answers))
    harm = stages.raised(significant_harm=True, social_care="Duty manager, children's services")
    closure = close(case, world.officer, leaving=harm)
    assert closure.basis == "Not referred to a panel: section 36(3)"


def test_a_crime_passed_on_is_told_to_police_only(world):
    case = stages.released(world)
    crime = {"crime": True, "crime_passed_to": "A. Detective", "crime_passed_on": clock.today()}
    close(case, world.officer, leaving=stages.leaving(**crime))
    assert "A. Detective" in as_user(world.officer).get(url(case, "case_overview")).content.decode()
    text = as_user(world.lead).get(url(case, "case_overview")).content.decode()
    assert "A. Detective" not in text
    assert "How the case left" not in text


def test_the_page_says_how_the_case_left(world):
    case = stages.released(world)
    close(case, world.officer)
    for user in (world.officer, world.lead, world.chair):
        text = as_user(user).get(url(case, "case_overview")).content.decode()
        assert "How the case left" in text
        assert "Raised by A. Lead, school" in text
    for user in (world.children, world.health):
        text = as_user(user).get(url(case, "case_overview")).content.decode()
        assert "How the case left" not in text


def test_the_action_refuses(world):
    case = stages.released(world)
    with pytest.raises(ActionInvalid, match="why the case is closed"):
        close(case, world.officer, reason=" ")
    with pytest.raises(ActionInvalid, match="exit page"):
        close(case, world.officer, outcome="risk_reduced")
    with pytest.raises(ActionDenied):
        close(case, world.lead)
    close(case, world.officer)
    with pytest.raises(ActionInvalid) as refusal:
        close(case, world.officer)
    assert str(refusal.value) == NOT_NOW
    assert as_user(world.officer).get(url(case)).status_code == 409
    assert Closure.objects.get().safeguarding_person == "A. Lead, school"


def test_a_repeat_needs_a_second_person(world, repeat):
    officer, supervisor = as_user(world.officer), as_user(world.supervisor)
    page = officer.get(url(repeat)).content.decode()
    assert "Still to agree: a police Prevent supervisor" in page
    assert "Save your answer" not in page
    assert 'value="duplicate"' not in page
    assert officer.post(url(repeat), FORM).status_code == 409
    answer, agree = {"endorses": "yes", "reason": "I have read both."}, url(repeat, "case_agree")
    expect(agree, {None: 302, world.officer: 403, world.lead: 404}, method="post", data=answer)
    assert supervisor.get(agree).status_code == 405
    assert "Enter why" in supervisor.post(agree).content.decode()
    assert supervisor.post(agree, answer).status_code == 302
    signed = SignOff.objects.get()
    assert (signed.by, signed.what, signed.mark) == (world.supervisor, "repeat_closure", "POLICE")
    assert supervisor.post(url(repeat), FORM).status_code == 403  # one person is not two
    assert "Supervisor Invented agrees" in officer.get(url(repeat)).content.decode()
    assert officer.post(url(repeat), FORM).status_code == 302
    repeat.refresh_from_db()
    assert repeat.status == "CLOSED"


def restricted(world, old):
    with transaction.atomic():
        restricting.restrict_case(old, people=[], reason="r", by=world.supervisor)


def barred(world, old):
    with transaction.atomic():
        restricting.set_bar(old, user=world.officer, reason="r", by=world.supervisor)


@pytest.mark.parametrize("closed_to_officer", [restricted, barred])
def test_an_earlier_case_does_not_show_through_the_later(world, repeat, closed_to_officer):
    closed_to_officer(world, Case.objects.exclude(pk=repeat.pk).get())
    officer, timeline = as_user(world.officer), url(repeat, "case_timeline")
    page = officer.get(url(repeat)).content.decode()
    assert "Police only: a police supervisor has to agree" in page
    told = page + officer.get(timeline).content.decode()
    told += officer.post(url(repeat), FORM).content.decode()
    for words in ("referred before", "repeat referral", "Earlier referral linked"):
        assert words not in told, words
    with pytest.raises(ActionInvalid, match="must agree"):
        close(repeat, world.officer)
    supervisor = as_user(world.supervisor)
    assert "this person was referred before" in supervisor.get(url(repeat)).content.decode()
    assert "Earlier referral linked" in supervisor.get(timeline).content.decode()


def test_a_supervisor_who_does_not_agree(world, repeat):
    closing.agree_to_closing(repeat, endorses=False, reason="Look again.", by=world.supervisor)
    with pytest.raises(ActionInvalid, match="must agree"):
        close(repeat, world.officer)
    assert "does not agree" in as_user(world.officer).get(url(repeat)).content.decode()


def test_agreeing_where_nothing_is_to_agree(world):
    case = stages.screened(world)
    with pytest.raises(ActionInvalid):
        closing.agree_to_closing(case, endorses=True, reason="Yes", by=world.supervisor)
    assert closing.agreed_by(case) == []


def test_screening_out_a_repeat_needs_it_too(world):
    from referrals.actions import screening

    with clock.at(clock.now() - datetime.timedelta(days=300)):
        old = stages.received(world)
    case = screening.take(stages.received(world), by=world.officer)
    persons.compare_persons(case, other=old, verdict="same", by=world.officer)
    act = {"outcome": "misguided", "reason": "Why", "leaving": stages.raised(), "by": world.officer}
    with pytest.raises(ActionInvalid, match="must agree"):
        screening.screen(case, **act)
    closing.agree_to_closing(case, endorses=True, reason="Yes", by=world.supervisor)
    screening.screen(case, **act)
    case.refresh_from_db()
    assert case.status == "CLOSED"


def test_reopening(world, elsewhere):
    case = stages.released(world)
    expect(url(case, "case_reopen"), {world.supervisor: 409, world.chair: 409, world.officer: 403})
    close(case, world.officer)
    with pytest.raises(ActionInvalid, match="why"):
        closing.reopen_case(case, reason=" ", by=world.supervisor)
    answers = {None: 302, world.lead: 403, world.officer: 403, elsewhere.supervisor: 404}
    expect(url(case, "case_reopen"), {**answers, world.chair: 200, world.supervisor: 200})
    expect(url(case, "case_reopen"), answers, method="post", data={"reason": "New concern"})
    page = as_user(world.chair).post(url(case, "case_reopen")).content.decode()
    assert "Enter why the case is reopened" in page
    response = as_user(world.chair).post(url(case, "case_reopen"), {"reason": "New concern"})
    assert response.status_code == 302
    case.refresh_from_db()
    assert case.status == "PANEL"
    made = Reopening.objects.visible_to(world.lead).get()
    assert (made.by, made.reason) == (world.chair, "New concern")
    with pytest.raises(ActionInvalid):
        closing.reopen_case(case, reason="Again", by=world.supervisor)


def test_what_was_never_released_is_not_reopened(world):
    case = stages.cleared(world)
    close(case, world.officer)
    with pytest.raises(ActionInvalid, match="never released"):
        closing.reopen_case(case, reason="New concern", by=world.supervisor)
    assert as_user(world.supervisor).get(url(case, "case_reopen")).status_code == 409
    expect(url(case, "case_reopen"), {world.chair: 404})


def checked(case, outcome, by):
    deconfliction.deconflict(case, outcome=outcome, systems=["pnc"], reason="On file.", by=by)


def held_by_hand(case, by):
    hold.hold(case, reason="A call from the investigation.", by=by)


@pytest.mark.parametrize("held", [partial(checked, outcome="investigation"), held_by_hand])
def test_what_police_held_until_it_was_closed_is_not_reopened(world, held):
    case = stages.released(world)
    held(case, by=world.officer)
    close(case, world.officer)
    for user in (world.chair, world.supervisor):
        with pytest.raises(ActionInvalid) as refusal:
            closing.reopen_case(case, reason="New concern", by=user)
        assert str(refusal.value) == NOT_NOW
        page = as_user(user).get(url(case, "case_overview")).content.decode()
        assert url(case, "case_reopen") not in page
    answers = {world.chair: 409, world.supervisor: 409}
    expect(url(case, "case_reopen"), answers)
    expect(url(case, "case_reopen"), answers, method="post", data={"reason": "New concern"})
    case.refresh_from_db()
    assert case.status == "CLOSED"


@pytest.mark.parametrize(
    "end", [partial(hold.resume, reason="It is over."), partial(checked, outcome="clear")]
)
def test_a_hold_that_has_ended_does_not_stand_in_the_way(world, end):
    case = stages.released(world)
    held_by_hand(case, by=world.officer)
    end(case, by=world.officer)
    close(case, world.officer)
    page = as_user(world.chair).get(url(case, "case_overview")).content.decode()
    assert url(case, "case_reopen") in page
    closing.reopen_case(case, reason="New concern", by=world.chair)


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment(transactional_db):
    world = people.build()
    case = stages.screened(world)

    @wall.as_service()
    def attempt(user):
        try:
            close(Case.objects.get(pk=case.pk), user)
        except ActionInvalid as refusal:
            return str(refusal)
        finally:
            connection.close()
        return "closed"

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(attempt, [world.officer, world.supervisor]))
    assert sorted(said) == sorted(["closed", NOT_NOW])
    with transaction.atomic():
        assert Closure.objects.count() == 1
    assert Event.objects.filter(type=EventType.CASE_CLOSED).count() == 1
