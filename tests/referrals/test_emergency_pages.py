"""Opening a case in an emergency: the form, one refusal for everything, the banner, the review."""

import datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import people
from accounts.roles import Role
from channel.casework.work import work
from prevent_cms import clock, outbox
from prevent_cms.components.text import gov_time
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history.models import Event
from prevent_cms.marking import Mark
from referrals import emergencies
from referrals.actions import emergency, hold, restricting
from referrals.models import Bar, EmergencyAccess
from tests import stages
from tests.access import as_user, expect, steady

URL, QUEUE = "/emergency/", "/emergency/reviews/"
REASON = "His mother rang: he has left with a bag."


def asked(reference, **changes):
    return {"reference": reference, "reason": REASON, "understood": "on", **changes}


def restricted(world, **changes):
    """A released case that only the owner and the supervisor can open."""
    case = stages.released(world, **changes)
    return restricting.restrict_case(case, people=[], reason="r", by=world.supervisor)


def broken(world, by=None, **changes):
    case = restricted(world, **changes)
    return emergency.break_glass(reference=case.reference, reason=REASON, by=by or world.lead)


def test_the_form_is_for_those_who_may_open_in_an_emergency(world):
    allowed = (world.officer, world.supervisor, world.lead, world.chair, world.deputy)
    allowed += (world.children, world.health)
    refused = (world.administrator, world.provider, world.auditor, world.sysadmin)
    wanted = {**dict.fromkeys(allowed, 200), **dict.fromkeys(refused, 403), None: 302}
    expect(URL, wanted)
    expect(URL, {world.provider: 403}, method="post", data=asked("TST-26-000000-X"))


def test_page_not_found_and_an_empty_search_lead_to_it_for_everybody(world):
    for person in (world.lead, world.provider, world.auditor):
        text = as_user(person).get("/cases/TST-26-000000-X/").content.decode()
        assert f'href="{URL}"' in text
    text = as_user(world.health).post("/cases/", {"name": "Nobody Known"}).content.decode()
    assert f'href="{URL}"' in text


def test_it_opens_the_case_with_a_banner_on_every_page_for_an_hour(world):
    case, client = restricted(world), as_user(world.lead)
    assert client.get(case.get_absolute_url()).status_code == 404
    response = client.post(URL, asked(case.reference.lower().replace("-", " ")))
    assert response["Location"] == case.get_absolute_url()
    opened = EmergencyAccess.objects.get()
    words = f"Opened in an emergency until {gov_time(opened.until)}."
    for name in ("case_overview", "case_referral", "case_timeline", "case_sharing", "case_why"):
        text = client.get(reverse(name, args=[case.reference])).content.decode()
        assert words in text, name
    assert words not in as_user(world.officer).get(case.get_absolute_url()).content.decode()
    with clock.at(opened.until):
        assert client.get(case.get_absolute_url()).status_code == 404


def test_an_hour_is_not_enough_to_change_who_has_the_case(world):
    opened = broken(world, world.chair)
    case, client = opened.case, as_user(world.chair)
    assert client.get(case.get_absolute_url()).status_code == 200
    for name in ("case_restrict", "case_unrestrict", "case_bar"):
        assert client.get(reverse(name, args=[case.reference])).status_code == 403, name
    with pytest.raises(ActionDenied):
        restricting.lift_restriction(case, reason="r", by=world.chair)


@pytest.mark.parametrize("missing", ["reference", "reason", "understood"])
def test_what_is_left_out_is_asked_for(world, missing):
    given = asked("TST-26-000000-X")
    del given[missing]
    response = as_user(world.lead).post(URL, given)
    assert response.status_code == 200
    assert "There is a problem" in response.content.decode()


def test_everything_else_gets_one_and_the_same_refusal(world, elsewhere):
    hidden = stages.screened(world)
    open_already = stages.released(world, name="Another Person")
    barred = stages.released(world, name="Third Person")
    restricting.set_bar(barred, user=world.lead, reason="r", by=world.supervisor)
    strange = stages.released(elsewhere)
    held = restricted(world, name="Fourth Person")
    hold.hold(held, reason="r", by=world.officer)
    references = [one.reference for one in (hidden, open_already, barred, strange, held)]
    references += ["TST-26-000000-X", "nonsense", "TST26"]
    client, pages, costs = as_user(world.lead), set(), set()
    client.get("/work/")
    for reference in references:
        with CaptureQueriesContext(connection) as found:
            response = client.post(URL, asked(reference))
        assert response.status_code == 409, reference
        pages.add(steady(response))
        costs.add(len([q for q in found.captured_queries if "SAVEPOINT" not in q["sql"]]))
    assert len(pages) == 1
    assert len(costs) == 1
    assert emergency.NOTHING_OPENED in pages.pop()
    assert not EmergencyAccess.objects.exists()
    assert Event.objects.filter(type="access.refused", details__page="emergency").count() == 8


def test_police_open_a_restricted_case_that_is_held(world):
    case = restricted(world)
    hold.hold(case, reason="r", by=world.officer)
    stages.given(world, case, to=world.supervisor)
    restricting.restrict_case(case, people=[], reason="r", by=world.supervisor)
    opened = emergency.break_glass(reference=case.reference, reason=REASON, by=world.officer)
    assert opened.was_released


# The review


def test_the_queue_is_for_its_reviewers(world):
    reviewers = (world.supervisor, world.chair, world.deputy, world.police_auditor)
    others = (world.officer, world.lead, world.administrator, world.children, world.auditor)
    expect(QUEUE, {**dict.fromkeys(reviewers, 200), **dict.fromkeys(others, 403), None: 302})


def test_it_shows_what_each_may_review_and_nothing_else(world, elsewhere):
    opened = broken(world)
    page = reverse("emergency_review", args=[opened.pk])
    unreleased = stages.screened(world, name="Another Person")
    stages.given(world, unreleased, to=world.supervisor)
    restricting.restrict_case(unreleased, people=[], reason="r", by=world.supervisor)
    hidden = emergency.break_glass(reference=unreleased.reference, reason=REASON, by=world.officer)
    secret = reverse("emergency_review", args=[hidden.pk])
    expect(page, {world.supervisor: 200, world.chair: 200, elsewhere.chair: 404, world.lead: 403})
    expect(secret, {world.supervisor: 200, world.chair: 404, elsewhere.supervisor: 404})
    assert unreleased.reference in as_user(world.supervisor).get(QUEUE).content.decode()
    text = as_user(world.chair).get(QUEUE).content.decode()
    assert unreleased.reference not in text
    assert opened.case.reference in text
    restricting.set_bar(opened.case, user=world.chair, reason="r", by=world.supervisor)
    expect(page, {world.chair: 404, world.deputy: 200})


def test_nobody_reviews_their_own(world):
    opened = broken(world, world.chair)
    expect(reverse("emergency_review", args=[opened.pk]), {world.chair: 404, world.deputy: 200})


def is_for_auditor(world, opened):
    """Whether queue, page, act and My work are the police auditor's: all of them, or none."""
    page, auditor = reverse("emergency_review", args=[opened.pk]), as_user(world.police_auditor)
    found = {
        auditor.get(page).status_code == 200,
        page in auditor.get(QUEUE).content.decode(),
        page in auditor.get("/work/").content.decode(),
    }
    (answer,) = found
    return answer


def unreleased(world):
    """Opened by the only supervisor of the area before anybody outside police knew of it."""
    case = stages.screened(world)
    second = people.add(email="second@test.example", name="Second Invented", by=None)
    role = people.join(second, agency=world.agency("police"), role=Role.POLICE_SUPERVISOR, by=None)
    restricting.restrict_case(case, people=[], reason="r", by=second)
    opened = emergency.break_glass(reference=case.reference, reason=REASON, by=world.supervisor)
    return opened, second, role


def test_what_nobody_else_can_review_is_for_the_police_auditor(world, elsewhere, mailoutbox):
    opened, _, role = unreleased(world)
    assert not is_for_auditor(world, opened)
    with pytest.raises(ActionDenied):
        emergency.review_emergency(opened, outcome="justified", note="n", by=world.police_auditor)
    people.leave(role, by=None)
    outbox.drain()
    mails = {mail.to[0]: mail.body for mail in mailoutbox if "emergency" in mail.subject}
    assert set(mails) == {world.police_auditor.email}
    assert QUEUE in mails[world.police_auditor.email]
    assert is_for_auditor(world, opened)
    strangers = {elsewhere.police_auditor: 404, world.chair: 404, world.auditor: 403}
    expect(reverse("emergency_review", args=[opened.pk]), strangers)
    emergency.review_emergency(opened, outcome="justified", note="n", by=world.police_auditor)
    assert EmergencyAccess.objects.get().reviewed_by == world.police_auditor


def test_a_barred_supervisor_is_no_reviewer(world):
    opened, second, _ = unreleased(world)
    with transaction.atomic():
        Bar.objects.create(case=opened.case, user=second, reason="r", by=world.supervisor)
    assert is_for_auditor(world, opened)


def test_what_was_released_is_for_the_chair_before_the_auditor(world):
    opened = broken(world)
    supervisor, chair, deputy = (
        getattr(world, name).memberships.get() for name in ("supervisor", "chair", "deputy")
    )
    for role in (supervisor, chair):
        people.leave(role, by=None)
        assert not is_for_auditor(world, opened)
    people.leave(deputy, by=None)
    assert is_for_auditor(world, opened)


def test_a_police_auditor_who_is_switched_off_reviews_nothing(world):
    _, _, role = unreleased(world)
    people.leave(role, by=None)
    assert emergencies.reviewable(world.police_auditor).exists()
    people.deactivate(world.police_auditor, by=world.sysadmin)
    assert not emergencies.reviewable(world.police_auditor).exists()


def test_reviewing(world):
    opened = broken(world)
    client, page = as_user(world.chair), reverse("emergency_review", args=[opened.pk])
    text = client.get(page).content.decode()
    assert "he has left with a bag" in text
    assert f'href="{opened.case.get_absolute_url()}"' not in text, "she is not named"
    assert "Select whether it was right" in client.post(page, {"note": "n"}).content.decode()
    given = {"outcome": "not_justified", "note": "The officer could have been rung."}
    assert client.post(page, given)["Location"] == QUEUE
    done = client.get(QUEUE).content.decode()
    assert "Nothing waits for your review." in done
    assert "Not justified" in done
    again = as_user(world.supervisor).get(page).content.decode()
    assert "The officer could have been rung." in again
    assert "Record the review" not in again
    expect(page, {world.supervisor: 409}, method="post", data=given)
    told = Event.objects.get(type="case.emergency_reviewed")
    assert told.mark == Mark.COORDINATION
    assert "rung" not in str(told.details)


def test_it_is_late_after_three_working_days(world):
    broken(world)
    for days, late in ((3, False), (4, True)):
        day = clock.add_working_days(clock.today(), days)
        with clock.at(clock.now() + (day - clock.today())):
            text = as_user(world.chair).get(QUEUE).content.decode()
            assert ("1 working day overdue" in text) is late


def test_none_is_ever_lost(world, monkeypatch):
    """What waits is shown to the last; what is done is paged, and nothing falls between."""
    monkeypatch.setattr(emergencies, "PAGE", 2)
    opened = broken(world)
    for _ in range(4):
        with clock.at(opened.until + datetime.timedelta(seconds=1)):
            opened = emergency.break_glass(
                reference=opened.case.reference, reason=REASON, by=world.lead
            )
    assert len(emergencies.queue(world.supervisor).waiting) == 5
    for one in EmergencyAccess.objects.all():
        emergency.review_emergency(one, outcome="justified", note="n", by=world.supervisor)
    seen, before = [], ""
    while before is not None:
        text = as_user(world.supervisor).get(QUEUE, {"before": before}).content.decode()
        found = emergencies.queue(world.supervisor, str(before))
        assert f"/emergency/reviews/{found.done[0].opening.pk}/" in text
        seen += [review.opening.pk for review in found.done]
        before = found.older
    assert sorted(seen) == sorted(EmergencyAccess.objects.values_list("pk", flat=True))
    assert emergencies.queue(world.supervisor, "9" * 30).is_first


def test_my_work_counts_what_is_to_review(world):
    opened = broken(world)
    for person in (world.supervisor, world.chair):
        text = as_user(person).get("/work/").content.decode()
        assert "To review" in text
        assert reverse("emergency_review", args=[opened.pk]) in text
    text = as_user(world.chair).get("/work/?show=review").content.decode()
    assert f'href="{opened.case.get_absolute_url()}"' not in text
    assert "To review" not in [section.title for section in work(world.lead).sections]


def test_the_mail_leads_to_the_queue(world, mailoutbox):
    broken(world)
    outbox.drain()
    mails = {mail.to[0]: mail.body for mail in mailoutbox if "emergency" in mail.subject}
    assert QUEUE in mails[world.chair.email]
    assert QUEUE in mails[world.supervisor.email]
    assert QUEUE not in mails[world.police_auditor.email], "who cannot open it"


def test_only_who_holds_the_permission_opens(world):
    case = restricted(world)
    with pytest.raises(ActionDenied):
        emergency.break_glass(reference=case.reference, reason="r", by=world.administrator)
    with pytest.raises(ActionInvalid):
        emergency.break_glass(reference="", reason="r", by=world.lead)
    world.lead.is_active = False
    assert not emergencies.openable(world.lead).exists()
    assert not emergencies.reviewable(world.lead).exists()
