"""The register of disclosures: what each share rests on, corrected by adding, read without content."""

import pytest
from django.urls import reverse

from prevent_cms.errors import ActionDenied
from prevent_cms.history.models import Event
from prevent_cms.history.types import EventType
from referrals.actions import sharing
from referrals.models import Disclosure
from tests import stages
from tests.access import as_user, expect

WRONG = "The date is wrong: it was the third."


def url(case, name="case_register", *more):
    return reverse(name, args=[case.reference, *more])


def test_an_entry_says_what_the_share_rests_on(world):
    """R95 to R102: power, law, consent or what stands in its place, and the four tests."""
    case = stages.released(world)
    share = {
        "agency": world.agency("education").pk,
        "kind": "panel",
        "what": "Panel papers",
        "confirmed": "yes",
        "sensitive": "no",
    }
    said = stages.grounds_form(law="Education Act 2002", fairness="Asked of every school.")
    here = url(case, "case_share")
    assert as_user(world.officer).post(here, share | said).status_code == 302
    text = as_user(world.chair).get(url(case)).content.decode()
    for words in (
        *("Panel papers", "Education Act 2002, s.175", "Education Act 2002", "They teach him."),
        *("the public interest overrides", "Asking now would make him delete the chat."),
        *("Asked of every school.", "by Officer Invented", "Identity details and one question"),
        *("Children Act 2004, s.11", "common law duty of confidentiality"),
    ):
        assert words in text, words
    entry = Disclosure.objects.get(case=case, kind="panel")
    assert (entry.gateway, entry.law) == ("public_interest", "Education Act 2002")
    consented = stages.grounds_form(gateway="consent", gateway_reason="left over")
    again = share | consented | {"agency": world.agency("health").pk}
    as_user(world.officer).post(here, again)
    assert Disclosure.objects.get(case=case, gateway="consent").gateway_reason == ""


def test_the_register_is_for_coordinators(world, elsewhere):
    case = stages.released(world)
    inside = (world.officer, world.lead, world.chair, world.administrator)
    outside = (world.health, world.education, world.auditor, elsewhere.officer)
    expect(url(case), {**dict.fromkeys(inside, 200), **dict.fromkeys(outside, 404), None: 302})


def test_a_correction_is_added_and_changes_nothing(world):
    case, other = stages.released(world), stages.released(world, name="Person Two")
    entry = Disclosure.objects.filter(case=case).last()
    here = url(case, "case_register_correct", entry.pk)
    strange = Disclosure.objects.filter(case=other).first()
    expect(here, {world.supervisor: 200, world.lead: 403, world.health: 404})
    expect(url(case, "case_register_correct", strange.pk), {world.supervisor: 404})
    client = as_user(world.supervisor)
    assert "Enter the correction" in client.post(here, {"text": ""}).content.decode()
    assert client.post(here, {"text": WRONG}).url == url(case)
    text = client.get(url(case)).content.decode()
    assert WRONG in text
    assert "by Supervisor Invented" in text
    assert text.count("Add a correction") == 3
    assert "Add a correction" not in as_user(world.lead).get(url(case)).content.decode()
    assert Disclosure.history.filter(id=entry.pk).count() == 1
    told = Event.objects.get(type=EventType.DISCLOSURE_CORRECTED)
    assert WRONG not in str(told.details)
    with pytest.raises(ActionDenied):
        sharing.correct_entry(entry, WRONG, by=world.lead)


def test_who_made_an_entry_may_correct_it(world):
    """The lead names who delivers support, and shares in no other way."""
    case = stages.plan_written(world)
    own = Disclosure.objects.filter(case=case, by=world.lead).first()
    sharing.correct_entry(own, WRONG, by=world.lead)
    assert own.corrections.get().text == WRONG
    assert WRONG in as_user(world.officer).get(url(case)).content.decode()


def test_auditors_read_a_register_of_all_cases_without_what_a_case_says(world, elsewhere):
    case, there = stages.released(world), stages.released(elsewhere)
    sharing.let_in(
        case,
        sharing.Share(
            world.agency("education"), "panel", "Papers", stages.grounds(power="A power typed here")
        ),
        by=world.officer,
    )
    auditors = (world.auditor, world.police_auditor)
    expect("/audit/register/", {**dict.fromkeys(auditors, 200), world.officer: 403, None: 302})
    text = as_user(world.police_auditor).get("/audit/register/").content.decode()
    assert text.count(case.reference) >= 4
    for words in ("Children Act 2004, s.11", "Without consent: duty or power", "Another, written"):
        assert words in text, words
    for words in (there.reference, "A power typed here", "Papers", "at home", "Callum"):
        assert words not in text, words
    own = as_user(world.auditor).get("/audit/register/").content.decode()
    assert case.reference in own
    assert "Audit" in own


def test_the_register_of_all_cases_turns_its_pages(world):
    for number in range(9):
        stages.released(world, name=f"Person {number}")
    client = as_user(world.police_auditor)
    first = client.get("/audit/register/").content.decode()
    assert "27 events" in first
    older = first.split("?before=")[1].split('"')[0]
    second = client.get("/audit/register/", {"before": older}).content.decode()
    assert "the newest entries" in second
    assert second.count("<tr") == 3
    assert client.get("/audit/register/", {"before": "x"}).content.decode().count("<tr") == 26


def test_every_form_that_shares_says_whom_to_ask_in_this_area(world):
    """R105: whom to ask is the area's own answer, beside each form and on the register."""
    case = stages.released(world)
    words = "the Tester-in-Chief of Testshire"
    world.area.policy["advice_from"] = {"value": words, "source": "seed"}
    world.area.save()
    entry = Disclosure.objects.filter(case=case).first()
    officer = as_user(world.officer)
    for name, *more in (
        ("case_share",),
        ("case_request_more",),
        ("case_one_time",),
        ("case_notice_new",),
        ("case_register",),
        ("case_register_correct", entry.pk),
    ):
        assert f"Ask {words}." in officer.get(url(case, name, *more)).content.decode(), name
    cleared = stages.cleared(world, name="Person Two")
    assert words in officer.get(url(cleared, "case_release")).content.decode()
