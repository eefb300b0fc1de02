"""A repeat referral joins the open case: nobody else can tell, until its content is released."""

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from channel.casework import work as works
from prevent_cms import clock, outbox
from prevent_cms.errors import ActionDenied, ActionInvalid
from prevent_cms.history import EventType
from prevent_cms.history.models import Event
from prevent_cms.outbox import OutboxMessage
from referrals.actions import closing, deconfliction, hold, joining, people, screening
from referrals.models import Case, Closure, Deconfliction, Disclosure, PersonFact, Referral
from tests import stages
from tests.access import as_user, expect, steady

NOW = clock.now()
ALIAS = "Zebedee Quillfeather"
CLEAR = {"outcome": "clear", "systems": ["pnc"]}
CONFLICT = {"outcome": "conflict", "systems": ["pnc"], "reason": "r"}
GROUNDS = {**stages.grounds_form(necessity="It changes what is known."), "sensitive": "no"}


def url(case, name="case_overview"):
    return reverse(name, args=[case.reference])


def repeat(world, case, check=None):
    """A second referral of the same person, screened and linked to the first."""
    again = stages.screened(world, name="Calum Brayford", other_names=ALIAS, what="CANARY text")
    people.compare_persons(again, other=case, verdict="same", by=world.officer)
    if check:
        deconfliction.deconflict(again, **check, by=world.officer)
    again.refresh_from_db()
    return again


def join(world, case, again=None):
    again = again or repeat(world, case)
    joining.join_referral(again, into=case, reason="The same story goes on.", by=world.officer)
    case.refresh_from_db()
    return Referral.objects.order_by("pk").last()


READERS = ("lead", "chair", "administrator", "children", "health", "auditor")


def addresses(case):
    names = ("overview", "referral", "requests", "sharing", "consent", "timeline", "threshold")
    names += ("assessments", "panel", "plan", "screening", "why", "deconfliction", "join", "hold")
    yield from (url(case, f"case_{name}") for name in names)
    yield from ("/cases/", "/work/", "/requests/", "/meetings/", "/audit/")


def observed(world, case):
    """All that somebody outside police can see or count: pages, searches, mail, events."""
    told = {}
    for name in READERS:
        browser = as_user(world.users[name])
        for address in addresses(case):
            with CaptureQueriesContext(connection) as asked:
                answer = browser.get(address)
            text = answer.status_code, "" if "audit" in address else steady(answer)
            told[name, address] = (*text, len(asked))
        for typed in (ALIAS, "Callum", "CANARY"):
            with CaptureQueriesContext(connection) as asked:
                answer = browser.post("/cases/", {"name": typed})
            told[name, typed] = answer.status_code, steady(answer), len(asked)
    looks = (EventType.CASE_VIEWED, EventType.LIST_VIEWED, EventType.SEARCHED, EventType.REFUSED)
    story = Event.objects.exclude(mark="POLICE").exclude(type__in=looks)
    told["events"] = story.filter(case_reference=case.reference).count()
    outbox.drain()
    told["mail"] = [(one.to, one.subject) for one in mail.outbox if "police@" not in str(one.to)]
    told["outbox"] = OutboxMessage.objects.filter(done_at=None).count()
    fields = ("stage", "status_since", "next_due_on", "next_due_what", "owner_id", "version")
    fresh = Case.objects.get(pk=case.pk)
    told["case"] = [getattr(fresh, name) for name in fields if name != "version"]
    return told


@pytest.mark.parametrize("quiet", ["join", "check", "hold"])
@pytest.mark.parametrize("stage", ["answered", "at_panel"])
def test_nobody_outside_police_can_tell(world, stage, quiet):
    with clock.at(NOW):
        case = getattr(stages, stage)(world)
        again = None if quiet == "hold" else repeat(world, case)
        observed(world, case)
        before = observed(world, case)
        if quiet == "hold":
            hold.hold(case, reason="An arrest is planned.", by=world.officer)
        else:
            join(world, case, again)
        if quiet == "check":
            deconfliction.deconflict(case, **CONFLICT, by=world.officer)
            deconfliction.deconflict(case, **CLEAR, by=world.officer)
        after = observed(world, case)
    assert [key for key in before if before[key] != after[key]] == []
    assert not any("CANARY" in str(after[name, url(case)]) for name in READERS)


def test_police_join_it_and_see_it_waits(world, elsewhere):
    case = stages.released(world)
    again = repeat(world, case)
    browser = as_user(world.officer)
    page = browser.get(url(again, "case_screening")).content.decode()
    assert "Join this referral to it" in page
    expect(url(again, "case_join"), {world.lead: 404, elsewhere.officer: 404, world.officer: 200})
    expect(url(case, "case_join"), {world.lead: 403, world.officer: 409})
    assert "Enter reason" in browser.post(url(again, "case_join"), {}).content.decode()
    given = {"into": case.pk, "reason": "The same story goes on."}
    done = browser.post(url(again, "case_join"), given)
    assert done["Location"] == url(case, "case_deconfliction")
    again.refresh_from_db()
    joined = Referral.objects.order_by("pk").last()
    assert (joined.case_id, joined.mark, again.status) == (case.pk, "POLICE", "CLOSED")
    left = Closure.objects.get(case=again)
    assert (left.outcome, left.mark) == ("duplicate", "POLICE")
    assert case.reference not in left.destination + left.reason
    told = Event.objects.filter(type=EventType.REFERRAL_JOINED, mark="POLICE")
    assert {one.case_reference for one in told} == {case.reference, again.reference}
    assert "Check the further referral" in browser.get(url(case)).content.decode()
    assert "CANARY text" in browser.get(url(case, "case_referral")).content.decode()
    assert case.reference in browser.post("/cases/", {"name": ALIAS}).content.decode()
    rows = [row.what for one in works.work(world.officer).sections for row in one.rows]
    assert "Check the further referral" in rows


def test_its_own_check_and_then_its_release(world):
    case = stages.answered(world)
    joined = join(world, case)
    browser = as_user(world.officer)
    release = url(case, "case_referral_release")
    expect(release, {world.officer: 409, world.lead: 403, world.health: 404})
    due = Case.objects.get(pk=case.pk).next_due_on
    deconfliction.deconflict(case, **CLEAR, by=world.officer)
    joined.refresh_from_db()
    assert joined.cleared_at
    assert joined.mark == "POLICE"
    assert Deconfliction.objects.get(referral=joined).case_id == case.pk
    stages.tested(world, case)
    assert "Release the further referral" in browser.get(url(case)).content.decode()
    lead = as_user(world.lead)
    assert "CANARY text" not in lead.get(url(case, "case_referral")).content.decode()
    assert "Coordinators read the referral" in browser.get(release).content.decode()
    refused = browser.post(release, {**GROUNDS, "sensitive": "yes"}).content.decode()
    assert "Take out whatever comes from" in refused
    assert browser.post(release, GROUNDS)["Location"] == url(case, "case_referral")
    assert "CANARY text" in lead.get(url(case, "case_referral")).content.decode()
    assert "Met: a vulnerability" in lead.get(url(case, "case_threshold")).content.decode()
    assert "Further referral released" in lead.get(url(case, "case_timeline")).content.decode()
    assert case.reference in lead.post("/cases/", {"name": ALIAS}).content.decode()
    marks = PersonFact.objects.filter(referral=joined).values_list("mark", flat=True)
    assert set(marks) == {"COORDINATION"}
    entry = Disclosure.objects.order_by("pk").last()
    assert (entry.agency.key, entry.necessity) == ("council", GROUNDS["necessity"])
    assert Case.objects.get(pk=case.pk).next_due_on == due
    expect(release, {world.officer: 409})
    assert "Further referrals" not in {one.title for one in works.work(world.officer).sections}


def test_one_that_was_clear_before_it_joined_waits_too(world):
    case = stages.released(world)
    joined = join(world, case, repeat(world, case, CLEAR))
    assert joined.mark == "POLICE"
    joining.release_referral(case, grounds=stages.grounds(), by=world.officer)
    joined.refresh_from_db()
    assert joined.mark == "COORDINATION"


def test_a_threshold_test_stays_with_police_while_any_further_referral_waits(world):
    early = stages.screened(world, name="Calum Brayford", what="CANARY text")
    case = stages.released(world)
    people.compare_persons(early, other=case, verdict="same", by=world.officer)
    join(world, case, early)
    join(world, case)
    for _ in range(2):
        deconfliction.deconflict(case, **CLEAR, by=world.officer)
    test = stages.tested(world, case)
    joining.release_referral(case, grounds=stages.grounds(), by=world.officer)
    test.refresh_from_db()
    assert test.mark == "POLICE", "the other one waits"
    joining.release_referral(case, grounds=stages.grounds(), by=world.officer)
    test.refresh_from_db()
    assert test.mark == "COORDINATION"


def test_checking_the_case_again_opens_no_test_beside_one_that_waits(world):
    early = stages.screened(world, name="Calum Brayford", what="CANARY text")
    case = stages.released(world)  # its own referral is the newer
    people.compare_persons(early, other=case, verdict="same", by=world.officer)
    join(world, case, early)
    deconfliction.deconflict(case, **CLEAR, by=world.officer)
    test = stages.tested(world, case)
    check = deconfliction.deconflict(case, **CLEAR, by=world.officer)
    assert check.referral.mark == "COORDINATION", "the check was of the case's own referral"
    test.refresh_from_db()
    assert test.mark == "POLICE"


def test_into_a_case_that_waits_for_its_release(world):
    case = stages.cleared(world)
    join(world, case)
    expect(url(case, "case_release"), {world.officer: 409})
    deconfliction.deconflict(case, **CLEAR, by=world.officer)
    assert set(Referral.objects.values_list("mark", flat=True)) == {"COORDINATION"}
    expect(url(case, "case_release"), {world.officer: 200})


def test_what_waits_is_not_lost_when_the_case_closes(world):
    case = stages.released(world)
    join(world, case)
    given = {"outcome": "not_drawn_in", "reason": "r", "leaving": stages.leaving()}
    closing.close_case(case, **given, by=world.officer)
    assert "Check the further referral" in as_user(world.officer).get(url(case)).content.decode()
    deconfliction.deconflict(case, **CONFLICT, by=world.officer)
    case.refresh_from_db()
    assert case.status == "CLOSED"
    deconfliction.deconflict(case, **CLEAR, by=world.officer)
    joining.release_referral(case, grounds=stages.grounds(), by=world.officer)
    closing.reopen_case(case, reason="A further referral.", by=world.supervisor)
    with pytest.raises(ActionInvalid):
        joining.release_referral(case, grounds=stages.grounds(), by=world.officer)


def test_what_cannot_be_joined(world, elsewhere):
    case = stages.released(world)
    again = stages.screened(world, name="Calum Brayford")
    act = {"reason": "r", "by": world.officer}
    with pytest.raises(ActionInvalid):  # nobody has said that it is the same person
        joining.join_referral(again, into=case, **act)
    people.compare_persons(again, other=case, verdict="same", by=world.officer)
    with pytest.raises(ActionInvalid, match="why"):
        joining.join_referral(again, into=case, **{**act, "reason": " "})
    with pytest.raises(ActionDenied):
        joining.join_referral(again, into=case, reason="r", by=world.lead)
    theirs = stages.released(elsewhere)
    with pytest.raises(ActionDenied):
        joining.join_referral(again, into=theirs, **act)
    hold.hold(again, reason="r", by=world.officer)
    with pytest.raises(ActionInvalid):
        joining.join_referral(again, into=case, **act)
    assert list(joining.joining.targets(world.health, again)) == []


def test_screening_says_so_only_where_there_is_an_open_one(world):
    case = stages.released(world)
    again = screening.take(stages.received(world), by=world.officer)
    page = as_user(world.officer).get(url(again, "case_screening")).content.decode()
    assert case.reference in page
    assert "Join this referral" not in page
