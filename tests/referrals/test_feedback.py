"""What a referrer is told: by an officer, in words that betray nothing, and once."""

import datetime

import pytest
from django.urls import reverse

from channel.casework import work as works
from prevent_cms import clock
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.models import Event
from referrals import feedback
from referrals.actions import closing, hold, screening
from referrals.actions.feedback import give_feedback
from referrals.models import Case, Feedback, Referral
from tests import stages
from tests.access import as_user, expect


def url(case):
    return reverse("case_feedback", args=[case.reference])


def form(**changes):
    today = clock.today()
    day = {"on_day": today.day, "on_month": today.month, "on_year": today.year}
    return {"said": "elsewhere", "how": "phone", "note": "", **day, **changes}


def give(case, by, **changes):
    told = {"said": "looked_at", "how": "phone", "on": clock.today(), **changes}
    return give_feedback(Referral.objects.get(case=case), **told, by=by)


def close(case, world, outcome="other_needs", **changes):
    leaving = stages.leaving(**changes)
    closing.close_case(case, outcome=outcome, reason="Why", leaving=leaving, by=world.officer)
    return Case.objects.get(pk=case.pk)


def owed(user):
    found = works.work(user).sections
    return [row.case for one in found if one.key == "feedback" for row in one.rows]


def test_an_officer_tells_the_referrer_and_the_list_is_shorter(world, elsewhere):
    case = stages.released(world)
    assert owed(world.officer) == []
    close(case, world)
    assert owed(world.officer) == [case]
    assert owed(world.supervisor) == [case]
    nobody = {None: 302, world.lead: 403, world.chair: 403, world.health: 403}
    expect(url(case), nobody | {elsewhere.officer: 404, world.supervisor: 200})
    expect(url(case), nobody, method="post", data=form())
    browser = as_user(world.officer)
    page = browser.get(url(case)).content.decode()
    assert "with other agencies" in page
    assert url(case) in browser.get(f"/cases/{case.reference}/").content.decode()
    page = browser.post(url(case), form(said="", how="")).content.decode()
    assert "Select what the referrer was told" in page
    page = browser.post(url(case), form(how="")).content.decode()
    assert "Select how they were told" in page
    sent = form(referral=Referral.objects.get(case=case).pk)
    assert browser.post(url(case), sent).status_code == 302
    told = Feedback.objects.get()
    assert (told.mark, told.said, told.by) == ("COORDINATION", "elsewhere", world.officer)
    assert owed(world.officer) == []
    assert "By telephone" in browser.get(url(case)).content.decode()
    event = Event.objects.get(type=EventType.FEEDBACK_GIVEN)
    assert event.mark == "COORDINATION"
    with pytest.raises(ActionInvalid):
        give(case, world.officer)


def test_it_is_due_by_policy_and_not_before_there_is_an_outcome(world):
    case = stages.released(world)
    with pytest.raises(ActionInvalid):
        give(case, world.officer)
    assert (
        "There is no outcome to tell yet" in as_user(world.officer).get(url(case)).content.decode()
    )
    case = close(case, world)
    assert feedback.due_on(case) == clock.add_working_days(clock.today(), 10)
    with pytest.raises(ActionDenied):
        give(case, world.lead)
    with clock.at(clock.now() + datetime.timedelta(days=30)):
        section = next(one for one in works.work(world.officer).sections if one.key == "feedback")
        assert section.rows[0].late


def test_an_adoption_is_told_too(world):
    case = stages.supported(world)
    assert owed(world.officer) == [case]
    give(case, world.officer, said="together", note="She asked after the school.")
    assert owed(world.officer) == []


@pytest.mark.parametrize("why", ["investigation", "police_led", "crime", "held"])
def test_the_least_is_said_where_more_could_warn_somebody(world, why):
    case = stages.released(world)
    if why == "held":
        hold.hold(case, reason="A call from the investigation.", by=world.officer)
    today = clock.today()
    crime = {"crime": True, "crime_passed_to": "Desk", "crime_passed_on": today}
    given = crime if why == "crime" else {"handed_over_on": today}
    case = close(
        case, world, why if why in ("investigation", "police_led") else "other_needs", **given
    )
    page = (
        as_user(world.officer).post(url(case), form(said="looked_at", note="More")).content.decode()
    )
    assert "Nothing more may be said" in page
    assert "a service that can help knows" not in page
    for wrong in ({"said": "elsewhere"}, {"said": "together"}, {"note": "More"}):
        with pytest.raises(ActionInvalid, match="said"):
            give(case, world.officer, **wrong)
    assert give(case, world.officer).mark == "POLICE"
    assert not Feedback.objects.visible_to(world.lead).exists()
    assert (
        "Feedback to the referrer"
        not in as_user(world.lead).get(f"/cases/{case.reference}/timeline/").content.decode()
    )


def test_who_asked_to_stay_anonymous_is_for_police(world):
    case = close(stages.released(world, anonymous="yes"), world)
    assert "asked to stay anonymous" in as_user(world.officer).get(url(case)).content.decode()
    assert give(case, world.officer).mark == "POLICE"


def test_before_a_release_nothing_of_agencies_is_said(world):
    case = screening.take(stages.received(world), by=world.officer)
    act = {"outcome": "misguided", "reason": "Nothing in it.", "leaving": stages.leaving()}
    screening.screen(case, **act, by=world.officer)
    with pytest.raises(ActionInvalid, match="may not be said"):
        give(case, world.officer, said="together")
    assert give(case, world.officer, said="elsewhere").mark == "POLICE"


def test_who_cannot_be_told(world):
    case = close(stages.released(world), world)
    page = as_user(world.officer).post(url(case), form(said="nothing")).content.decode()
    assert "Enter why they could not be told" in page
    for wrong in ({"how": "phone", "note": "Moved"}, {"how": ""}):
        with pytest.raises(ActionInvalid):
            give(case, world.officer, said="nothing", **wrong)
    for wrong in ({"how": ""}, {"on": clock.today() + datetime.timedelta(days=1)}):
        with pytest.raises(ActionInvalid):
            give(case, world.officer, **wrong)
    give(case, world.officer, said="nothing", how="", note="They have moved.")
    assert "Could not be told" in as_user(world.officer).get(url(case)).content.decode()


@pytest.mark.parametrize("choice", ["other_support", "not_appropriate", "police_led"])
def test_a_panel_that_offers_no_support_leaves_the_referrer_to_be_told(world, choice):
    """By itself, in the work of the officer, by the day of policy (R140)."""
    case = stages.at_panel(world)
    stages.meeting_held(world, choice, case=case)
    assert owed(world.officer) == [case]
    case.refresh_from_db()
    assert feedback.due_on(case) == stages.working_day(10)
